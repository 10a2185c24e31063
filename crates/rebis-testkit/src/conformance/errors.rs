//! The error contract: each native error has its kind, its statement and its source, names no value, and does not
//! touch what comes after it.

use super::lab::{Wire, ints};
use super::{Lab, Setup};
use rebis_core::{Datum, Error, ErrorKind};
use rebis_driver::Link;
use std::error::Error as _;

fn schema<'s, S: Setup>(lab: &Lab<'s, S>) -> Wire<'s, S> {
    lab.prepared(&[
        "CREATE TABLE parents (id {int} PRIMARY KEY, name {name} NOT NULL UNIQUE, age {int}, \
         CONSTRAINT ck_parents_age CHECK (age >= 0))",
        "CREATE TABLE children (id {int} PRIMARY KEY, parent_id {int} NOT NULL, \
         CONSTRAINT fk_children_parent_id FOREIGN KEY (parent_id) REFERENCES parents (id))",
        "INSERT INTO parents VALUES (1, 'a name', 7)",
        "INSERT INTO children VALUES (1, 1)",
    ])
}

/// What holds for every error of a statement.
fn check<S: Setup>(db: &mut Wire<'_, S>, text: &str, kind: ErrorKind) -> Error {
    let error = db.fails(text);
    assert_eq!(error.kind(), kind, "{text}: {error}");
    assert_eq!(error.sql(), Some(db.text(text).as_str()), "it names its statement");
    assert!(error.source().is_some(), "{text}: the native error is the source");
    assert!(!error.is_disconnect(), "{text}: the connection is not lost");
    assert!(!error.is_retryable(), "{text}: it would fail again");
    assert_eq!(db.link(), Link::Idle, "{text}: without a transaction nothing is aborted");
    assert_eq!(db.number("SELECT count(*) FROM parents"), 1, "{text}: nothing was written");
    error
}

/// An error about a constraint names the constraint, or the table and column.
fn names_its_object(error: &Error, table: &str) {
    let named = error.constraint().is_some() || (error.table() == Some(table) && error.column().is_some());
    assert!(named, "neither constraint nor column is named: {error}");
}

pub fn a_value_that_is_there_is_a_unique_violation<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = schema(lab);
    for text in ["INSERT INTO parents VALUES (2, 'a name', 7)", "INSERT INTO parents VALUES (1, 'other', 7)"]
    {
        let error = check(&mut db, text, ErrorKind::UniqueViolation);
        names_its_object(&error, "parents");
    }
}

pub fn a_missing_parent_is_a_foreign_key_violation<S: Setup>(lab: &Lab<'_, S>) {
    check(&mut schema(lab), "INSERT INTO children VALUES (2, 99)", ErrorKind::ForeignKeyViolation);
}

pub fn a_parent_with_children_is_a_foreign_key_violation<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = schema(lab);
    check(&mut db, "DELETE FROM parents", ErrorKind::ForeignKeyViolation);
    check(&mut db, "DROP TABLE no_such_table", ErrorKind::NoSuchObject);
}

pub fn null_in_a_required_column_is_a_not_null_violation<S: Setup>(lab: &Lab<'_, S>) {
    let error =
        check(&mut schema(lab), "INSERT INTO parents VALUES (2, NULL, 7)", ErrorKind::NotNullViolation);
    assert_eq!(error.column(), Some("name"));
}

pub fn a_refused_row_is_a_check_violation<S: Setup>(lab: &Lab<'_, S>) {
    let error = check(&mut schema(lab), "INSERT INTO parents VALUES (2, 'b', -1)", ErrorKind::CheckViolation);
    assert_eq!(error.constraint(), Some("ck_parents_age"));
}

pub fn an_update_violates_as_an_insert_does<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = schema(lab);
    check(&mut db, "UPDATE parents SET age = -1", ErrorKind::CheckViolation);
    check(&mut db, "UPDATE parents SET name = NULL", ErrorKind::NotNullViolation);
    check(&mut db, "UPDATE children SET parent_id = 99", ErrorKind::ForeignKeyViolation);
}

pub fn a_missing_table_is_no_such_object<S: Setup>(lab: &Lab<'_, S>) {
    let error = check(&mut schema(lab), "SELECT * FROM no_such_table", ErrorKind::NoSuchObject);
    assert!(error.to_string().contains("no_such_table"), "it is named: {error}");
}

pub fn a_missing_column_is_no_such_object<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = schema(lab);
    for text in ["SELECT no_such_column FROM parents", "UPDATE parents SET no_such_column = 1"] {
        let error = check(&mut db, text, ErrorKind::NoSuchObject);
        assert!(error.message().contains("no_such_column") || error.column() == Some("no_such_column"));
    }
}

pub fn what_is_no_sql_is_an_invalid_statement<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = schema(lab);
    for text in ["SELEC 1", "SELECT FROM WHERE", "INSERT INTO", "SELECT 'open"] {
        check(&mut db, text, ErrorKind::InvalidStatement);
    }
}

pub fn a_text_is_one_statement<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = schema(lab);
    let error = db.fails("DELETE FROM children; DELETE FROM parents");
    assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{error}");
    assert_eq!(db.number("SELECT count(*) FROM parents"), 1);
}

pub fn a_table_that_is_there_is_an_error<S: Setup>(lab: &Lab<'_, S>) {
    check(&mut schema(lab), "CREATE TABLE parents (id {int})", ErrorKind::InvalidStatement);
}

pub fn no_value_stands_in_a_message<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = schema(lab);
    let insert = "INSERT INTO parents VALUES ({?}, {?}, {?})";
    let secret = Datum::Text("s3cr3t-value".into());
    db.bound(insert, &[Datum::Int(50), secret.clone(), Datum::Int(1)]).expect("it writes");
    for age in [1, -1] {
        let error = db.bound(insert, &[Datum::Int(51), secret.clone(), Datum::Int(age)]).expect_err("no");
        assert!(!error.to_string().contains("s3cr3t"), "{error}");
        assert!(!format!("{error:?}").contains("s3cr3t"), "{error:?}");
    }
}

pub fn the_next_statement_is_innocent_after_each<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = schema(lab);
    let insert = db.statement("INSERT INTO children VALUES ({?}, {?})");
    for n in 2..30 {
        db.full(&insert, &ints([1, 1]), 1, Default::default()).expect_err("it is there");
        db.fails("SELECT * FROM no_such_table");
        db.fails("SELEC");
        db.full(&insert, &ints([n, 1]), 1, Default::default()).expect("this one is not");
    }
    assert_eq!(db.number("SELECT count(*) FROM children"), 29);
}

pub fn a_database_that_cannot_be_reached_is_told_when_connecting<S: Setup>(lab: &Lab<'_, S>) {
    let Some(driver) = lab.setup().unreachable() else {
        return lab.skip("the setup names no database that cannot be reached");
    };
    let error = lab.setup().block_on(driver.connect()).err().expect("there is nothing to connect to");
    assert_eq!(error.kind(), ErrorKind::CannotConnect, "{error}");
    assert!(error.help().is_some(), "it says what to look at: {error}");
    assert!(error.source().is_some(), "the native error is the source");
}
