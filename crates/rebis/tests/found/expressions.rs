//! Columns set to SQL expressions.

use super::models::{Item, Post, User};
use super::{Outcome, ints, seeded};
use rebis::prelude::*;
use rebis::{ErrorKind, State};

#[test]
fn a_new_row_has_no_columns_to_read() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let items = db.add_all([1, 2].map(|n| Item.new().list(1).position(n)));
    db.set_expr(items[1], Item.position, Item.position + 1);
    let log = engine.record();
    let error = db.flush().unwrap_err();
    assert_eq!((error.kind(), error.column()), (ErrorKind::InvalidStatement, Some("position")));
    assert!(error.message().contains("new `Item`"), "{error}");
    assert!(error.help().unwrap_or_default().contains("flush first"), "{error}");
    assert_eq!(log.take_sql(), [""; 0]);
    // The session is as it was: the other way is open.
    assert!(items.iter().all(|item| db.state(*item) == State::Pending));
    db.set_expr(items[1], Item.position, func::value(2));
    db.flush()?;
    db.set_expr(items[1], Item.position, Item.position + 1);
    db.commit()?;
    assert_eq!(db[items[1]].position, 3);
    assert_eq!(ints(&engine, "SELECT position FROM items ORDER BY id")?, [1, 3]);
    Ok(())
}

#[test]
fn an_expression_reads_other_tables_by_subqueries_only() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let item = db.add(Item.new().list(1).position(1));
    db.set_expr(item, Item.position, select(Post.id.count()).scalar());
    db.flush()?;
    assert_eq!(db[item].position, 2);
    db.set_expr(item, Item.position, User.id);
    let log = engine.record();
    let error = db.flush().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidStatement);
    assert_eq!(log.take_sql(), [""; 0]);
    db.set_expr(item, Item.position, Item.position + select(User.id.count()).scalar());
    db.commit()?;
    assert_eq!(db[item].position, 4);
    Ok(())
}
