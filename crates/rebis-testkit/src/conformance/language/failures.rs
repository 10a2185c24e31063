//! What databases refuse: the kind of the error, the names in it, and no value that was bound.

use super::desk::{Db, Desk, Plain};
use super::scene::{Any, ID, N, column, count_of, delete, put, source, table, update};
use rebis_core::{Datum, Error, ErrorKind, SqlType};
use rebis_sql::schema::Action;
use rebis_sql::{Column, func, select, sql, sql_unchecked};

const SECRET: &str = "s3cr3t-4711";
const WORD: Column<Any, String> = Column::new("t", "word", 2);

/// `t` with the row (1, 10, `SECRET`), which a row of `others` refers to.
fn strict<'s>(desk: &Desk<'s>) -> Db<'s> {
    let text = SqlType::Text { length: Some(20) };
    let t = table("t").key("id").column("n", SqlType::I32).column("word", text);
    let t = t.unique(["word"]).check("n", "n >= 0").made();
    let others = table("others").key("id").column("t_id", SqlType::I64);
    let mut db = desk.with([t, others.references("t_id", "t", Action::NoAction).made()]);
    db.run(put("t", ["id", "n", "word"]).row((1i64, 10i64, SECRET)));
    db.run(put("others", ["id", "t_id"]).row((1i64, 1i64)));
    db
}

/// What holds for each error of a statement.
fn well(db: &mut Db<'_>, error: &Error) {
    let all = format!("{error} {error:?}");
    assert!(!all.contains(SECRET) && !all.contains("4711"), "a value stands in the text: {all}");
    assert!(error.sql().is_some() && error.site().is_some(), "{error}");
    assert!(std::error::Error::source(error).is_some(), "the error of the database is the source: {error}");
    assert!(!error.is_disconnect() && !error.is_retryable(), "{error}");
    db.gives(count_of("t"), [1]);
}

fn row(id: i64, n: Option<i64>, word: Option<&str>) -> super::scene::Put {
    put("t", ["id", "n", "word"]).row((id, n, word))
}

pub fn a_key_that_is_there(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let error = db.fails(row(1, Some(1), Some("x")), ErrorKind::UniqueViolation);
    assert!(error.constraint().is_some() || error.column() == Some("id"), "{error}");
    well(&mut db, &error);
}

pub fn a_unique_value_that_is_there(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let error = db.fails(row(2, Some(1), Some(SECRET)), ErrorKind::UniqueViolation);
    let by_column = error.table() == Some("t") && error.column() == Some("word");
    assert!(error.constraint() == Some("uq_t_word") || by_column, "{error}");
    well(&mut db, &error);
}

pub fn an_update_to_a_unique_value_that_is_there(desk: &Desk<'_>) {
    let mut db = strict(desk);
    db.run(row(2, Some(1), Some("x")));
    let error = db.fails(update("t").set(WORD, SECRET).filter(ID.eq(2)), ErrorKind::UniqueViolation);
    db.run(delete("t").filter(ID.eq(2)));
    well(&mut db, &error);
}

pub fn a_parent_that_is_missing(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let insert = put("others", ["id", "t_id"]).row((2i64, 4711i64));
    let error = db.fails(insert, ErrorKind::ForeignKeyViolation);
    assert_eq!(error.constraint().is_some(), desk.facts.names_foreign_keys, "{error}");
    assert!(error.constraint().is_none_or(|name| name == "fk_others_t_id_t"), "{error}");
    well(&mut db, &error);
}

pub fn a_parent_that_has_children(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let error = db.fails(delete("t").filter(WORD.eq(SECRET)), ErrorKind::ForeignKeyViolation);
    assert!(error.constraint().is_none_or(|name| name == "fk_others_t_id_t"), "{error}");
    well(&mut db, &error);
}

pub fn null_in_a_required_column(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let error = db.fails(row(4711, None, Some(SECRET)), ErrorKind::NotNullViolation);
    assert_eq!(error.column(), Some("n"), "{error}");
    well(&mut db, &error);
}

pub fn a_required_column_that_was_left_out(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let error = db.fails(put("t", ["id", "n"]).row((4711i64, 1i64)), ErrorKind::NotNullViolation);
    assert_eq!(error.column(), Some("word"), "{error}");
    well(&mut db, &error);
}

pub fn an_update_to_null(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let word = column::<Option<String>>("t", "word");
    let error = db.fails(update("t").set(word, None).filter(WORD.eq(SECRET)), ErrorKind::NotNullViolation);
    assert_eq!(error.column(), Some("word"), "{error}");
    well(&mut db, &error);
}

pub fn a_row_that_a_check_refuses(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let error = db.fails(row(2, Some(-4711), Some(SECRET)), ErrorKind::CheckViolation);
    assert_eq!(error.constraint(), Some("ck_t_n"), "{error}");
    well(&mut db, &error);
}

pub fn a_table_that_is_missing(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let missing: Column<Any, i64> = Column::new("nowhere", "id", 0);
    let error = db.refuses(select(missing).filter(missing.eq(4711)), ErrorKind::NoSuchObject);
    assert!(error.message().contains("nowhere"), "{error}");
    assert_eq!(error.table(), Some("nowhere"), "{error}");
    well(&mut db, &error);
}

pub fn a_write_into_a_table_that_is_missing(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let error = db.fails(put("nowhere", ["id"]).row((SECRET,)), ErrorKind::NoSuchObject);
    well(&mut db, &error);
    let error = db.fails(delete("nowhere").all_rows(), ErrorKind::NoSuchObject);
    well(&mut db, &error);
}

pub fn a_column_that_is_missing(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let missing = column::<i64>("t", "nothing");
    let error = db.refuses(select(missing).filter(WORD.eq(SECRET)), ErrorKind::NoSuchObject);
    assert!(error.message().contains("nothing"), "{error}");
    well(&mut db, &error);
}

pub fn a_write_of_a_column_that_is_missing(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let error = db.fails(put("t", ["id", "nothing"]).row((4711i64, SECRET)), ErrorKind::NoSuchObject);
    assert!(error.to_string().contains("nothing"), "{error}");
    well(&mut db, &error);
    let error = db
        .fails(update("t").set(column::<String>("t", "nothing"), SECRET).all_rows(), ErrorKind::NoSuchObject);
    well(&mut db, &error);
}

pub fn a_function_that_is_missing(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let call = func::call::<i64>("no_such_function", func::value(SECRET.to_owned()));
    let error = db.refuses(select(call), ErrorKind::NoSuchObject);
    well(&mut db, &error);
}

pub fn a_syntax_that_is_none(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let wrong = sql("selec {} from t").bind(SECRET).rows::<String>();
    let error = db.refuses(wrong, ErrorKind::InvalidStatement);
    well(&mut db, &error);
    let error = db.fails(Plain("UPDATE t SET"), ErrorKind::InvalidStatement);
    well(&mut db, &error);
}

pub fn several_statements_in_a_text(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let error = db.fails(Plain("DELETE FROM others; DELETE FROM t"), ErrorKind::InvalidStatement);
    well(&mut db, &error);
    db.gives(count_of("others"), [1]);
}

pub fn a_column_that_is_ambiguous(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let error = db.refuses(sql("select id from t, others").rows::<i64>(), ErrorKind::InvalidStatement);
    well(&mut db, &error);
}

pub fn a_column_beside_an_aggregate_that_is_not_grouped(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let wrong = sql_unchecked("select count(*) from t where count(*) > 1").rows::<i64>();
    let error = db.refuses(wrong, ErrorKind::InvalidStatement);
    well(&mut db, &error);
}

pub fn a_division_by_zero(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let quotient = || select(N / (N - 10)).select_from(source("t"));
    match desk.facts.division_by_zero {
        None => db.gives(quotient(), [None]),
        Some(kind) => {
            let error = db.refuses(quotient(), kind);
            well(&mut db, &error);
        }
    }
}

pub fn the_rest_of_a_division_by_zero(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let rest = || select(N % (N - 10)).select_from(source("t"));
    match desk.facts.division_by_zero {
        None => db.gives(rest(), [None]),
        Some(kind) => {
            let error = db.refuses(rest(), kind);
            well(&mut db, &error);
        }
    }
}

pub fn a_text_that_is_too_long(desk: &Desk<'_>) {
    if !desk.facts.lengths {
        return desk.skip("the database takes a text of any length in any column");
    }
    let mut db = strict(desk);
    let long = SECRET.repeat(9);
    let error = db.fails(row(2, Some(1), Some(&long)), ErrorKind::Conversion);
    well(&mut db, &error);
    let error = db.fails(update("t").set(WORD, long).all_rows(), ErrorKind::Conversion);
    well(&mut db, &error);
}

pub fn a_number_that_is_too_large(desk: &Desk<'_>) {
    if !desk.facts.ranges {
        return desk.skip("the database takes any integer in any column");
    }
    let mut db = strict(desk);
    let error = db.fails(row(2, Some(47_110_000_000), Some(SECRET)), ErrorKind::Conversion);
    well(&mut db, &error);
}

pub fn a_sum_beyond_64_bits(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let beyond = select(ID + i64::MAX).filter(WORD.eq(SECRET));
    let error = db.refuses(beyond, ErrorKind::Conversion);
    assert!(!error.is_disconnect() && !error.to_string().contains(SECRET), "{error}");
}

pub fn a_text_where_a_number_is_wanted(desk: &Desk<'_>) {
    if !desk.facts.types {
        return desk.skip("the database takes any value in any column");
    }
    let mut db = strict(desk);
    let insert = put("t", ["id", "n", "word"]).row((2i64, Datum::Text(SECRET.into()), "x"));
    let error = db.fails(insert, ErrorKind::Conversion);
    well(&mut db, &error);
}

pub fn a_wrong_number_of_parameters(desk: &Desk<'_>) {
    let mut db = strict(desk);
    let wrong = sql("select id from t where word = {} and n = {}").bind(SECRET).rows::<i64>();
    db.refuses(wrong, ErrorKind::InvalidStatement);
    db.gives(count_of("t"), [1]);
}

pub fn errors_one_after_the_other(desk: &Desk<'_>) {
    let mut db = strict(desk);
    for _ in 0..10 {
        db.fails(row(1, Some(1), Some("x")), ErrorKind::UniqueViolation);
        db.fails(row(2, Some(-1), Some("x")), ErrorKind::CheckViolation);
        db.fails(Plain("SELEC"), ErrorKind::InvalidStatement);
        db.gives(select(N), [Some(10)]);
    }
}
