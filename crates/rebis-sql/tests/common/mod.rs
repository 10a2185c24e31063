//! A small model by hand: what the derive would make.
#![allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::unwrap_used)]

use rebis_core::{Result, SqlType};
use rebis_sql::ast::{self, Source, TableRef};
use rebis_sql::schema::{self, ForeignKey, Index, MetaData, Table, Unique};
use rebis_sql::{
    Capabilities, Column, Compiled, Delete, Expr, IntoCondition, IntoSource, JoinPart, JoinTarget, Query,
    Select, Update, dialect, render,
};

pub struct User {}
pub struct Post {}

#[derive(Clone, Copy)]
pub struct UserColumns {
    pub id: Column<User, i64>,
    pub name: Column<User, String>,
    pub email: Column<User, Option<String>>,
    pub karma: Column<User, i64>,
    pub score: Column<User, f64>,
    pub active: Column<User, bool>,
    pub key: Column<User, Vec<u8>>,
}

#[derive(Clone, Copy)]
pub struct PostColumns {
    pub id: Column<Post, i64>,
    pub author_id: Column<Post, i64>,
    pub editor_id: Column<Post, Option<i64>>,
    pub title: Column<Post, String>,
    pub body: Column<Post, Option<String>>,
    pub hits: Column<Post, i64>,
    pub order: Column<Post, i32>,
}

pub const User: UserColumns = UserColumns {
    id: Column::new("users", "id", 0),
    name: Column::new("users", "name", 1),
    email: Column::new("users", "email", 2),
    karma: Column::new("users", "karma", 3),
    score: Column::new("users", "score", 4),
    active: Column::new("users", "active", 5),
    key: Column::new("users", "key", 6),
};

pub const Post: PostColumns = PostColumns {
    id: Column::new("posts", "id", 0),
    author_id: Column::new("posts", "author_id", 1),
    editor_id: Column::new("posts", "editor_id", 2),
    title: Column::new("posts", "title", 3),
    body: Column::new("posts", "body", 4),
    hits: Column::new("posts", "hits", 5),
    order: Column::new("posts", "order", 6),
};

impl UserColumns {
    pub fn alias(self, alias: &'static str) -> UserColumns {
        let UserColumns { id, name, email, karma, score, active, key } = self;
        UserColumns {
            id: id.aliased(alias),
            name: name.aliased(alias),
            email: email.aliased(alias),
            karma: karma.aliased(alias),
            score: score.aliased(alias),
            active: active.aliased(alias),
            key: key.aliased(alias),
        }
    }

    pub fn table(self) -> TableRef {
        let alias = (self.id.source() != self.id.table()).then(|| self.id.source().into());
        TableRef { alias, ..TableRef::new("users") }
    }

    pub fn on(self, condition: impl IntoCondition) -> JoinPart {
        on(self.table(), condition)
    }

    pub fn update(self) -> Update<User> {
        Update::new(self.table())
    }

    pub fn delete(self) -> Delete<User> {
        Delete::new(self.table())
    }
}

impl PostColumns {
    pub fn table(self) -> TableRef {
        TableRef::new("posts")
    }

    pub fn on(self, condition: impl IntoCondition) -> JoinPart {
        on(self.table(), condition)
    }

    pub fn update(self) -> Update<Post> {
        Update::new(self.table())
    }
}

impl IntoSource for UserColumns {
    fn into_source(self) -> Source {
        Source::Table(self.table())
    }
}

impl IntoSource for PostColumns {
    fn into_source(self) -> Source {
        Source::Table(self.table())
    }
}

fn on(table: TableRef, condition: impl IntoCondition) -> JoinPart {
    JoinPart { source: Source::Table(table), on: Some(condition.into_condition().into_ast()) }
}

/// The relation from a user to their posts.
pub struct Posts;

impl JoinTarget for Posts {
    fn into_join(self) -> Vec<JoinPart> {
        vec![Post.on(Post.author_id.eq(User.id))]
    }
}

/// The three families, in the order of every table of expected texts.
pub fn dialects() -> [&'static Capabilities; 3] {
    [dialect::sqlite(), dialect::postgres(), dialect::mysql()]
}

/// A statement as a tree.
pub fn tree<Q: Query>(query: Q) -> ast::Query {
    match query.into_request().body.unfolded() {
        rebis_sql::Body::Ast(query) => query,
        other => panic!("a tree was expected: {other:?}"),
    }
}

pub fn compile(query: &ast::Query, caps: &Capabilities) -> Result<Compiled> {
    render::render(query, caps)
}

/// The SQL of a query in SQLite, PostgreSQL and MySQL, with placeholders; an error is shown by its message.
pub fn sqls<Q: Query>(query: Q) -> [String; 3] {
    let tree = tree(query);
    dialects().map(|caps| match compile(&tree, caps) {
        Ok(compiled) => compiled.sql,
        Err(error) => format!("error: {}", error.message()),
    })
}

/// Checks the SQL of a query in SQLite, PostgreSQL and MySQL.
#[track_caller]
pub fn check<Q: Query>(query: Q, expected: [&str; 3]) {
    assert_eq!(sqls(query), expected.map(str::to_owned));
}

/// Checks a condition, in the middle of the same query, in all three; parameters are written `?`.
#[track_caller]
pub fn check_where(condition: impl IntoCondition, expected: [&str; 3]) {
    let select: Select<i64> = rebis_sql::select(User.id).join(Posts).filter(condition);
    let heads = [
        "SELECT users.id FROM users JOIN posts ON posts.author_id = users.id WHERE ",
        "SELECT users.id FROM users JOIN posts ON posts.author_id = users.id WHERE ",
        "SELECT users.id FROM users JOIN posts ON posts.author_id = users.id WHERE ",
    ];
    let got = sqls(select);
    for ((got, head), expected) in got.iter().zip(heads).zip(expected) {
        assert_eq!(got.strip_prefix(head), Some(expected), "whole text: {got}");
    }
}

/// Checks an expression with its values in the text, in SQLite's words.
#[track_caller]
pub fn check_expr<T>(expr: Expr<T>, expected: &str) {
    assert_eq!(format!("{expr:?}"), expected);
}

/// Tables for the columns above.
pub fn schema() -> MetaData {
    let mut users = Table::new("users");
    let column = |name: &'static str, sql_type| schema::Column::new(name, sql_type);
    users.columns = vec![
        schema::Column { generated: true, ..column("id", SqlType::I64) },
        column("name", SqlType::Text { length: Some(50) }),
        schema::Column { nullable: true, ..column("email", SqlType::Text { length: Some(120) }) },
        schema::Column {
            default: Some(schema::Default::Value(rebis_core::Datum::Int(0))),
            ..column("karma", SqlType::I64)
        },
        schema::Column { nullable: true, ..column("score", SqlType::F64) },
        schema::Column {
            default: Some(schema::Default::Value(rebis_core::Datum::Bool(true))),
            ..column("active", SqlType::Bool)
        },
        schema::Column { nullable: true, ..column("key", SqlType::Bytes) },
    ];
    users.primary_key = vec![0];
    users.uniques = vec![Unique { name: None, columns: vec!["email".into()] }];
    let mut posts = Table::new("posts");
    posts.columns = vec![
        schema::Column { generated: true, ..column("id", SqlType::I64) },
        column("author_id", SqlType::I64),
        schema::Column { nullable: true, ..column("editor_id", SqlType::I64) },
        column("title", SqlType::Text { length: Some(200) }),
        schema::Column { nullable: true, ..column("body", SqlType::Text { length: None }) },
        schema::Column {
            default: Some(schema::Default::Value(rebis_core::Datum::Int(0))),
            ..column("hits", SqlType::I64)
        },
        schema::Column {
            default: Some(schema::Default::Value(rebis_core::Datum::Int(0))),
            ..column("order", SqlType::I32)
        },
    ];
    posts.primary_key = vec![0];
    posts.foreign_keys = vec![
        foreign_key("author_id", "users", schema::Action::Cascade),
        foreign_key("editor_id", "users", schema::Action::SetNull),
    ];
    posts.indexes = vec![Index::new(["title"])];
    // Children first, so that sorting has something to do.
    MetaData::new(vec![posts, users])
}

pub fn foreign_key(column: &'static str, target: &'static str, on_delete: schema::Action) -> ForeignKey {
    ForeignKey {
        name: None,
        columns: vec![column.into()],
        target_schema: None,
        target_table: target.into(),
        target_columns: vec!["id".into()],
        on_delete,
        on_update: schema::Action::NoAction,
    }
}

/// An SQLite with the tables above.
pub fn database() -> rusqlite::Connection {
    let db = rusqlite::Connection::open_in_memory().unwrap();
    db.execute_batch(&schema().ddl(dialect::sqlite()).unwrap()).unwrap();
    db
}

/// Whether SQLite takes a query: it is prepared with real tables.
#[track_caller]
pub fn prepares<Q: Query>(db: &rusqlite::Connection, query: Q) {
    let sql = compile(&tree(query), dialect::sqlite()).unwrap().sql;
    if let Err(error) = db.prepare(&sql) {
        panic!("{sql}\n{error}");
    }
}
