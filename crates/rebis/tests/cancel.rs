//! A future of a session may be dropped at any await: nothing is half written, nothing is kept that did not happen,
//! and after a rollback the session works as before.
#![allow(missing_docs, clippy::unwrap_used)]

use rebis::prelude::*;
use rebis::{Engine, ErrorKind, Handle, Session};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

#[derive(Model, Debug)]
#[model(table = "shelves")]
pub struct Shelf {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relation(inverse = shelf, cascade = "all, delete-orphan")]
    pub books: HasMany<Book>,
}

#[derive(Model, Debug)]
#[model(table = "books")]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[column(references = Shelf.id)]
    pub shelf_id: i64,
    #[relation(key = shelf_id)]
    pub shelf: BelongsTo<Shelf>,
}

/// Polls a future so many times, then drops it. Its result, if it completed before.
fn cut<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..polls {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Some(value);
        }
        std::thread::yield_now();
    }
    None
}

async fn library() -> rebis::Result<(Engine, Session, Handle<Shelf>)> {
    let engine = Engine::new("sqlite::memory:?placement=worker")?;
    metadata![Shelf, Book].create_all(&engine).await?;
    let mut db = engine.session();
    let shelf = db.add(Shelf::named("first"));
    db.push(shelf, Shelf.books, Book.new().title("one"));
    db.commit().await?;
    Ok((engine, db, shelf))
}

impl Shelf {
    fn named(name: &str) -> impl NewRow<Model = Shelf> + use<> {
        Shelf.new().name(name)
    }
}

/// A change of every kind.
fn change(db: &mut Session, shelf: Handle<Shelf>) -> Handle<Book> {
    db[shelf].name = "changed".into();
    let second = db.add(Shelf::named("second"));
    db.push(second, Shelf.books, Book.new().title("two"))
}

#[test]
fn a_commit_that_is_cut_happened_wholly_or_not_at_all() {
    rebis_engine::block_on(async {
        let mut cuts = 0;
        for polls in (0..60).chain([200, 1_000, 5_000]) {
            let (engine, mut db, shelf) = library().await.unwrap();
            let book = change(&mut db, shelf);
            let done = cut(db.commit(), polls);
            cuts += usize::from(done.is_none());
            let mut other = engine.session();
            if done.is_none() && db.in_transaction() {
                // What was under way is over once the session has been told to roll back.
                let refused = db.count(Shelf).await;
                assert!(refused.is_err() || db[book].id > 0, "a cut transaction went on by itself");
            }
            db.rollback().await.unwrap();
            let shelves = other.count(Shelf).await.unwrap();
            let books = other.count(Book).await.unwrap();
            other.rollback().await.unwrap();
            assert!(matches!((shelves, books), (1, 1) | (2, 2)), "half written: {shelves} and {books}");
            if shelves == 1 {
                assert_eq!(db[shelf].name, "first");
                assert_eq!(db[book].title, "two");
            }
            // The session works.
            assert_eq!(db.count(Shelf).await.unwrap(), shelves);
            db.add(Shelf::named("third"));
            db.commit().await.unwrap();
            assert_eq!(engine.pool_status().in_use, 0);
        }
        assert!(cuts > 0, "no future was cut");
    });
}

#[test]
fn a_query_that_is_cut_overwrites_nothing_later() {
    rebis_engine::block_on(async {
        for polls in 0..40 {
            let (_engine, mut db, shelf) = library().await.unwrap();
            let _ = cut(db.all(select(Shelf).populate_existing().with(Shelf.books)), polls);
            db.rollback().await.unwrap();
            db[shelf].name = "mine".into();
            // Had the cut query left its way of reading behind, this would take the change away.
            let _ = db.no_autoflush().all(Shelf).await.unwrap();
            assert_eq!(db[shelf].name, "mine");
            db.commit().await.unwrap();
        }
    });
}

#[test]
fn after_a_cut_in_a_transaction_every_statement_says_so_until_the_rollback() {
    rebis_engine::block_on(async {
        let (_engine, mut db, shelf) = library().await.unwrap();
        change(&mut db, shelf);
        db.flush().await.unwrap();
        let mut polls = 1;
        while cut(db.all(Shelf), polls).is_some() {
            polls = 1;
        }
        let error = db.count(Shelf).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TransactionAborted);
        db.rollback().await.unwrap();
        assert_eq!(db.count(Shelf).await.unwrap(), 1);
        assert_eq!(db[shelf].name, "first");
    });
}
