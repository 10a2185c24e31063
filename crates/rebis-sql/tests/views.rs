//! Views, tables of queries, options of tables, constraints and texts: their DDL on each database.
#![allow(missing_docs)]

use rebis_core::{ErrorKind, SqlType};
use rebis_sql::schema::{Column, Exclusion, Index, MetaData, Script, Table, TableAs, TableOptions, View};
use rebis_sql::{Capabilities, dialect, func, select, table};

const TEXT: SqlType = SqlType::Text { length: Some(40) };

fn all() -> [&'static Capabilities; 4] {
    [dialect::sqlite(), dialect::postgres(), dialect::mysql(), dialect::mariadb()]
}

fn people() -> Table {
    let mut people = Table::new("people");
    people.columns.push(Column::new("id", SqlType::I64));
    people.columns.push(Column::new("name", TEXT));
    people
}

#[track_caller]
fn ddl(table: Table, caps: &'static Capabilities, expect: &str) {
    assert_eq!(MetaData::new(vec![table]).ddl(caps).expect("it can be made"), expect);
}

#[test]
fn views_of_each_database() {
    let name = table("order").column::<String>("na\"me");
    let view = View::new("it's", select(name).filter(name.eq("a'b\\")).limit(3)).columns(["select"]);
    let text = |caps| view.create_statements(caps).expect("it can be made").remove(0);
    assert_eq!(
        all().map(text),
        [
            "CREATE VIEW \"it's\" (\"select\") AS SELECT \"order\".\"na\"\"me\" FROM \"order\" \
             WHERE \"order\".\"na\"\"me\" = 'a''b\\' LIMIT 3",
            "CREATE VIEW \"it's\" (\"select\") AS SELECT \"order\".\"na\"\"me\" FROM \"order\" \
             WHERE \"order\".\"na\"\"me\" = 'a''b\\' LIMIT 3",
            "CREATE VIEW `it's` (`select`) AS SELECT `order`.`na\"me` FROM `order` \
             WHERE `order`.`na\"me` = 'a''b\\\\' LIMIT 3",
            "CREATE VIEW `it's` (`select`) AS SELECT `order`.`na\"me` FROM `order` \
             WHERE `order`.`na\"me` = 'a''b\\\\' LIMIT 3",
        ]
    );
}

#[test]
fn a_materialized_view_with_an_index_in_a_schema() {
    let id = table("people").column::<i64>("id");
    let unique = Index { unique: true, ..Index::new(["n"]) };
    let view = View::new("counts", select(func::max(id)))
        .in_schema("app")
        .columns(["n"])
        .materialized()
        .index(unique);
    assert_eq!(
        view.create_statements(dialect::postgres()).expect("it can be made"),
        [
            "CREATE MATERIALIZED VIEW app.counts (n) AS SELECT max(people.id) FROM people",
            "CREATE UNIQUE INDEX ix_counts_n ON app.counts (n)"
        ]
    );
    for caps in [dialect::sqlite(), dialect::mysql(), dialect::mariadb()] {
        let error = view.create_statements(caps).expect_err("there is no such thing");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.help().is_some_and(|help| help.contains("TableAs")), "{error}");
    }
    let acme =
        dialect::postgres().with_schemas(&[(Some("app".into()), "acme".into()), (None, "duck".into())]);
    assert_eq!(
        view.create_statements(acme).expect("it can be made")[0],
        "CREATE MATERIALIZED VIEW acme.counts (n) AS SELECT max(people.id) FROM duck.people"
    );
}

#[test]
fn views_come_after_what_they_read_and_go_before() {
    let of = |name: &'static str, from: &str| View::new(name, select(table(from).column::<i64>("id")));
    let schema = MetaData::new(vec![people()])
        .with_view(of("c", "b"))
        .with_view(of("b", "a"))
        .with_view(of("a", "people"));
    let made = schema.create_views(dialect::sqlite(), &|view| view.name == "b").expect("they can be made");
    assert_eq!(
        made,
        ["CREATE VIEW a AS SELECT people.id FROM people", "CREATE VIEW c AS SELECT b.id FROM b"]
    );
    let gone = schema.drop_views(dialect::sqlite(), &|view| view.name != "b").expect("they can be dropped");
    assert_eq!(gone, ["DROP VIEW c", "DROP VIEW a"]);
}

#[test]
fn what_is_wrong_with_views() {
    let id = table("people").column::<i64>("id");
    for (view, part) in [
        (View::new("people", select(id)), "has the name of something else"),
        (View::new("two", select(id)).columns(["a", "b"]), "names 2 columns, and its SELECT has 1"),
    ] {
        let error = MetaData::new(vec![people()]).with_view(view).check().expect_err("it is wrong");
        assert!(error.message().contains(part), "{error}");
    }
}

#[test]
fn tables_of_queries() {
    let made = TableAs::new("kept", select(table("people").column::<i64>("id")));
    let (kept, own) = (made.clone().in_schema("app"), made.temporary());
    let acme = dialect::postgres().with_schemas(&[(None, "acme".into())]);
    assert_eq!(
        kept.create_statement(acme).expect("text"),
        "CREATE TABLE app.kept AS SELECT people.id FROM acme.people"
    );
    assert_eq!(
        own.create_statement(acme).expect("text"),
        "CREATE TEMPORARY TABLE kept AS SELECT people.id FROM acme.people"
    );
}

#[test]
fn options_of_tables() {
    let mut made = people();
    made.comment = Some("who's there".into());
    made.columns[1].comment = Some("a name".into());
    made.options = TableOptions {
        strict: true,
        without_rowid: true,
        unlogged: true,
        engine: Some("Aria".into()),
        tablespace: Some("fast disk".into()),
        storage: Some("fillfactor = 70".into()),
    };
    let columns = |name: &str| format!("(\n    id {name} NOT NULL,\n    name");
    ddl(
        made.clone(),
        dialect::sqlite(),
        &format!("CREATE TABLE people {} TEXT NOT NULL\n) STRICT, WITHOUT ROWID;\n", columns("INTEGER")),
    );
    ddl(
        made.clone(),
        dialect::postgres(),
        &format!(
            "CREATE UNLOGGED TABLE people {} VARCHAR(40) NOT NULL\n) WITH (fillfactor = 70) TABLESPACE \"fast disk\";\n\n\
             COMMENT ON TABLE people IS 'who''s there';\n\nCOMMENT ON COLUMN people.name IS 'a name';\n",
            columns("BIGINT")
        ),
    );
    ddl(
        made,
        dialect::mariadb(),
        &format!(
            "CREATE TABLE people {} VARCHAR(40) NOT NULL COMMENT 'a name'\n) ENGINE = `Aria` \
             DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin COMMENT = 'who''s there';\n",
            columns("BIGINT")
        ),
    );
}

#[test]
fn every_type_has_a_name_in_a_strict_table() {
    let types = [
        SqlType::Bool,
        SqlType::I16,
        SqlType::I32,
        SqlType::I64,
        SqlType::F32,
        SqlType::F64,
        TEXT,
        SqlType::Bytes,
        SqlType::Uuid,
        SqlType::Date,
        SqlType::Time,
        SqlType::Timestamp,
        SqlType::Instant,
        SqlType::Json,
        SqlType::Decimal { precision: Some((9, 2)) },
    ];
    for of in types {
        let name = (dialect::sqlite().strict_type)(&of);
        assert!(["INTEGER", "REAL", "TEXT", "BLOB", "ANY"].contains(&name.as_str()), "{of:?}: {name}");
    }
}

#[test]
fn a_generated_key_needs_a_rowid() {
    let mut made = people();
    made.columns[0].generated = true;
    made.primary_key.push(0);
    made.options.without_rowid = true;
    let error = MetaData::new(vec![made]).check().expect_err("nothing counts there");
    assert!(error.message().contains("generated = false"), "{error}");
}

#[test]
fn exclusion_constraints() {
    let mut made = people();
    let sql = "USING gist (name WITH =)".into();
    made.exclusions.push(Exclusion { name: "one_name".into(), sql });
    let text = MetaData::new(vec![made.clone()]).ddl(dialect::postgres()).expect("it can be made");
    assert!(text.contains(",\n    CONSTRAINT one_name EXCLUDE USING gist (name WITH =)\n)"), "{text}");
    for caps in [dialect::sqlite(), dialect::mysql(), dialect::mariadb()] {
        let error = MetaData::new(vec![made.clone()]).ddl(caps).expect_err("there is no such thing");
        assert_eq!((error.kind(), error.table()), (ErrorKind::Unsupported, Some("people")));
    }
}

#[test]
fn texts_of_the_program() {
    let schema = MetaData::new(vec![people()])
        .with_script(Script::before_create("first"))
        .with_script(Script::after_create("last").of("people"))
        .with_script(Script::after_create("never").of("nobody"))
        .with_script(Script::after_create("there").only(dialect::postgres()).only(dialect::mysql()))
        .with_script(Script::before_drop("before"))
        .with_script(Script::after_drop("after"));
    let made = |caps, there| schema.create_statements(caps, &|_| there).expect("it can be made");
    let postgres = made(dialect::postgres(), false);
    assert_eq!(
        (postgres[0].as_str(), &postgres[2..]),
        ("first", &["last".to_owned(), "there".to_owned()][..])
    );
    assert_eq!(made(dialect::sqlite(), false).len(), 3);
    assert!(made(dialect::postgres(), true).is_empty());
    let gone = |there| schema.drop_statements(dialect::sqlite(), &|_| there).expect("it can be dropped");
    assert_eq!(gone(true), ["before", "DROP TABLE people", "after"]);
    assert!(gone(false).is_empty());
}
