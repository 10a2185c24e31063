//! The calls of an engine. It tries a connection before it gives it out.

use crate::support::{self, User};
use crate::{Answer, Try};
use rebis::prelude::*;
use rebis::{Engine, OpenSession, Retry, SessionOptions};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// How the pool stands before the call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum State {
    /// The connection is free.
    Free,
    /// Somebody has it, and gives it back when the call has begun to wait.
    Held,
}
use State::{Free, Held};

pub(crate) type Call = for<'e> fn(&'e Engine) -> Answer<'e>;

macro_rules! calls {
    ($($state:ident $name:literal => |$engine:ident| $work:expr;)*) => {
        &[$(($name, $state, |$engine| Box::pin(async move { $work; Ok(()) }))),*]
    };
}

pub(crate) const CALLS: &[(&str, State, Call)] = calls! {
    Free "connect" => |engine| engine.connect().await?;
    Held "connect" => |engine| engine.connect().await?;
    Free "create_all" => |engine| support::schema().create_all(engine).await?;
    Free "create_all and drop_all" => |engine| {
        let schema = metadata![Draft];
        schema.create_all(engine).await?;
        schema.drop_all(engine).await?
    };
    Free "retry" => |engine| engine.retry(async |db| {
        db.add(User.new().name("retry"));
        db.flush().await
    }).await?;
    Held "retry" => |engine| {
        let sessions = engine.sessions(SessionOptions::new());
        sessions.retry_with(Retry::new(), async |db| db.count(User).await).await?
    };
};

#[derive(Model, Debug)]
#[model(table = "drafts")]
pub(crate) struct Draft {
    #[column(primary_key)]
    pub id: i64,
    #[column(index)]
    pub text: String,
}

pub(crate) fn run(this: &Try<'_>, state: State, call: Call) {
    match state {
        Free => this.cut(call(this.engine)),
        Held => {
            let mut held = Some(this.must(this.engine.connect()));
            let mut future = call(this.engine);
            // Its first poll finds no place.
            let first = pin!(&mut future).poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(first, Poll::Pending), "{}", this.call);
            if this.polls > 0 {
                held = None;
            }
            this.cut(future);
            drop(held);
        }
    }
}
