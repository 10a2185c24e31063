//! DDL, and what the capabilities say of it.

use super::{Lab, Setup};
use rebis_core::{Datum, ErrorKind, SqlType};
use rebis_sql::schema::MetaData;

pub fn a_table_is_made_used_and_dropped<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&["CREATE TABLE t (n {int})", "INSERT INTO t VALUES (1)", "DROP TABLE t"]);
    assert_eq!(db.fails("SELECT n FROM t").kind(), ErrorKind::NoSuchObject);
    db.all(&["CREATE TABLE t (other {text})", "INSERT INTO t VALUES ('x')"]);
    assert_eq!(db.rows("SELECT other FROM t"), [vec![Datum::Text("x".into())]]);
}

pub fn affects_no_rows<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&["CREATE TABLE t (n {int})", "INSERT INTO t VALUES (1), (2)"]);
    for text in
        ["CREATE TABLE u (n {int})", "CREATE INDEX ix_t_n ON t (n)", "ALTER TABLE t ADD COLUMN m {int}"]
    {
        assert_eq!(db.run(text).expect("it is made").affected, 0, "{text}");
    }
}

pub fn is_rolled_back_where_the_capabilities_say_so<S: Setup>(lab: &Lab<'_, S>) {
    if !lab.caps().transactional_ddl {
        return lab.skip("the database cannot roll DDL back");
    }
    let mut db =
        lab.prepared(&["CREATE TABLE t (n {int})", "BEGIN", "CREATE TABLE u (n {int})", "DROP TABLE t"]);
    db.all(&["ROLLBACK", "SELECT n FROM t"]);
    assert_eq!(db.fails("SELECT n FROM u").kind(), ErrorKind::NoSuchObject);
}

pub fn tables_are_listed<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.connect();
    let list = lab.caps().list_tables;
    assert!(db.rows(list).is_empty(), "the database is empty at the beginning");
    db.all(&["CREATE TABLE beta (n {int})", "CREATE TABLE alpha (n {int})"]);
    let mut names: Vec<String> = db.rows(list).iter().map(|row| format!("{row:?}")).collect();
    names.sort();
    assert_eq!(names, ["[Text(\"alpha\")]", "[Text(\"beta\")]"]);
}

pub fn every_type_can_be_a_column<S: Setup>(lab: &Lab<'_, S>) {
    use SqlType::*;
    let types = [
        Bool,
        I16,
        I32,
        I64,
        F32,
        F64,
        Text { length: None },
        Text { length: Some(5) },
        Bytes,
        Uuid,
        Date,
        Time,
        Timestamp,
        Instant,
        Decimal { precision: None },
        Decimal { precision: Some((10, 2)) },
        Json,
    ];
    let columns: Vec<String> =
        types.iter().enumerate().map(|(n, of)| format!("c{n} {}", (lab.caps().type_name)(of))).collect();
    let mut db = lab.prepared(&[&format!("CREATE TABLE t ({})", columns.join(", "))]);
    assert_eq!(db.run("SELECT * FROM t").expect("it reads").names.len(), types.len());
}

pub fn a_generated_key_is_generated_or_given<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&["CREATE TABLE t (id {key}, n {int})", "INSERT INTO t (n) VALUES (1), (2)"]);
    db.all(&["INSERT INTO t (id, n) VALUES (1000, 3)"]);
    assert_eq!(db.number("SELECT count(DISTINCT id) FROM t WHERE id > 0"), 3);
    assert_eq!(db.number("SELECT n FROM t WHERE id = 1000"), 3);
}

pub fn an_empty_schema_needs_no_statement<S: Setup>(lab: &Lab<'_, S>) {
    let none = |_: &rebis_sql::schema::Table| false;
    let texts = MetaData::default().create_statements(lab.caps(), &none).expect("nothing cannot fail");
    assert_eq!(texts, Vec::<String>::new());
}
