//! The service: a user by key, and one more visit of a user. Each peer brings how it does these two.

use crate::table;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use std::future::Future;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

/// What a peer does.
pub trait Store: Clone + Send + Sync + 'static {
    type User: Serialize + Send;

    /// The user with this key.
    fn find(&self, id: i32) -> impl Future<Output = Result<Option<Self::User>, Failure>> + Send;

    /// Reads the user, adds a visit, and saves it, in one transaction.
    fn visit(&self, id: i32) -> impl Future<Output = Result<Option<Self::User>, Failure>> + Send;
}

/// An error of a peer, in its own words.
#[derive(Debug)]
pub struct Failure(String);

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure(error.to_string())
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        eprintln!("failed: {self}");
        (StatusCode::INTERNAL_SERVER_ERROR, self.0).into_response()
    }
}

async fn one<S: Store>(State(store): State<S>, Path(id): Path<i32>) -> Result<Response, Failure> {
    Ok(answer(store.find(id).await?))
}

async fn visit<S: Store>(State(store): State<S>, Path(id): Path<i32>) -> Result<Response, Failure> {
    Ok(answer(store.visit(id).await?))
}

fn answer(user: Option<impl Serialize>) -> Response {
    match user {
        Some(user) => Json(user).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Listens on a free port and prints it; until the input ends. The sum of all visits is read past the peer.
pub async fn run<S: Store>(store: S, place: &str) -> Result<(), Failure> {
    let place = place.to_owned();
    let visits = async move || -> Result<String, Failure> { Ok(table::visits(&place).await?.to_string()) };
    let users = get(one::<S>).post(visit::<S>);
    let app = Router::new().route("/users/{id}", users).with_state(store).route("/visits", get(visits));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let (mut input, mut rest) = (tokio::io::stdin(), Vec::new());
    tokio::select! {
        ended = axum::serve(listener, app) => ended?,
        _ = input.read_to_end(&mut rest) => {}
    }
    Ok(())
}
