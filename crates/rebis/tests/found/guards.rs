//! Scopes that end in ways nobody plans.

use super::models::{Tag, schema};
use super::{Outcome, seeded, texts};
use rebis::Engine;
use rebis::prelude::*;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};

#[test]
fn an_inner_savepoint_that_was_dropped_is_undone_when_the_outer_one_is_kept() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    {
        let mut outer = db.savepoint()?;
        {
            let mut inner = outer.savepoint()?;
            inner.add(Tag.new().name("inner"));
            inner.flush()?;
        }
        outer.commit()?;
    }
    db.commit()?;
    assert_eq!(texts(&engine, "SELECT name FROM tags ORDER BY id")?, ["t1", "t2", "t3"]);
    // Nothing is left behind that holds the database.
    let mut other = engine.session();
    other.add(Tag.new().name("t4"));
    other.commit()
}

#[test]
fn a_nested_scope_that_is_dropped_in_the_middle_keeps_nothing() {
    for url in ["sqlite::memory:", "sqlite::memory:?placement=worker"] {
        rebis_engine::block_on(async {
            let engine = Engine::new(url)?;
            schema().create_all(&engine).await?;
            let mut db = engine.session();
            let outside = db.add(Tag.new().name("outside"));
            db.flush().await?;
            let flushed = AtomicBool::new(false);
            {
                let mut nested = pin!(db.nested(async |db| {
                    db.add(Tag.new().name("cut"));
                    db[outside].name = "cut".into();
                    db.flush().await?;
                    flushed.store(true, Ordering::Relaxed);
                    std::future::pending::<Outcome>().await
                }));
                let mut context = Context::from_waker(Waker::noop());
                while !flushed.load(Ordering::Relaxed) {
                    assert!(nested.as_mut().poll(&mut context).is_pending());
                    std::thread::yield_now();
                }
            }
            db.commit().await?;
            assert_eq!(db[outside].name, "outside");
            let mut names = Vec::new();
            for tag in db.all(Tag).await? {
                names.push(db[tag].name.clone());
            }
            assert_eq!(names, ["outside"], "{url}");
            Outcome::Ok(())
        })
        .unwrap();
    }
}
