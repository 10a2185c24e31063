//! Tables and first rows, as texts that all three databases read. Keys are numbered from 1.

use crate::Database::{self, MySql, Postgres, Sqlite};
use crate::names;

/// Those of the field's public suite.
pub(crate) fn blog(database: Database) -> &'static [&'static str] {
    match database {
        Sqlite => &[
            "create table users (id integer primary key autoincrement not null, name varchar not null, \
             hair_color varchar)",
            "create table posts (id integer primary key autoincrement not null, user_id integer not null, \
             title varchar not null, body text)",
            "create table comments (id integer primary key autoincrement not null, post_id integer not null, \
             text text not null)",
        ],
        Postgres => &[
            "create table users (id serial primary key, name varchar not null, hair_color varchar)",
            "create table posts (id serial primary key, user_id integer not null references users (id) \
             deferrable initially deferred, title varchar not null, body text)",
            "create table comments (id serial primary key, post_id integer not null references posts (id) \
             deferrable initially deferred, text text not null)",
            "create index users_hair_color on users (hair_color)",
            "create index posts_user_id on posts (user_id)",
        ],
        MySql => &[
            "create table users (id integer primary key auto_increment, name varchar(255) not null, \
             hair_color varchar(255))",
            "create table posts (id integer primary key auto_increment, user_id integer not null, \
             title varchar(255) not null, body text)",
            "create table comments (id integer primary key auto_increment, post_id integer not null, \
             text text not null)",
        ],
    }
}

/// The same with foreign keys and their indexes: what a graph is saved in, and deleted from.
pub(crate) fn graph(database: Database) -> &'static [&'static str] {
    match database {
        Sqlite => &[
            "create table users (id integer primary key not null, name varchar not null, hair_color varchar)",
            "create table posts (id integer primary key not null, user_id integer not null references users (id), \
             title varchar not null, body text)",
            "create table comments (id integer primary key not null, post_id integer not null \
             references posts (id), text text not null)",
            "create index posts_user_id on posts (user_id)",
            "create index comments_post_id on comments (post_id)",
        ],
        Postgres => &[
            "create table users (id serial primary key, name varchar not null, hair_color varchar)",
            "create table posts (id serial primary key, user_id integer not null references users (id), \
             title varchar not null, body text)",
            "create table comments (id serial primary key, post_id integer not null references posts (id), \
             text text not null)",
            "create index posts_user_id on posts (user_id)",
            "create index comments_post_id on comments (post_id)",
        ],
        MySql => &[
            "create table users (id integer primary key auto_increment, name varchar(255) not null, \
             hair_color varchar(255))",
            "create table posts (id integer primary key auto_increment, user_id integer not null, \
             title varchar(255) not null, body text, foreign key (user_id) references users (id))",
            "create table comments (id integer primary key auto_increment, post_id integer not null, \
             text text not null, foreign key (post_id) references posts (id))",
        ],
    }
}

/// The table of SQLAlchemy's own suite.
pub(crate) fn customers(_: Database) -> &'static [&'static str] {
    &["create table customer (id integer primary key not null, name varchar(255), description varchar(255))"]
}

/// Tables whose keys are no integers.
pub(crate) fn keyed(_: Database) -> &'static [&'static str] {
    &[
        "create table places (code text primary key not null, name text not null, note text)",
        "create table tokens (id blob primary key not null, name text not null, note text)",
    ]
}

pub(crate) fn none(_: Database, _: usize) -> Vec<String> {
    Vec::new()
}

/// Users without a colour.
pub(crate) fn users(_: Database, count: usize) -> Vec<String> {
    inserts("users (name, hair_color)", count, |i| format!("'{}', null", names::user(i)))
}

/// Users with one.
pub(crate) fn coloured(_: Database, count: usize) -> Vec<String> {
    inserts("users (name, hair_color)", count, |i| format!("'{}', '{}'", names::user(i), names::hair(i)))
}

/// Users with ten posts each, posts with ten comments each.
pub(crate) fn associations(database: Database, users: usize) -> Vec<String> {
    tree(database, users, 10, 10)
}

/// One user with a hundred posts of a hundred comments: 10,101 rows.
pub(crate) fn one_tree(database: Database, _: usize) -> Vec<String> {
    tree(database, 1, 100, 100)
}

fn tree(database: Database, users: usize, posts: usize, comments: usize) -> Vec<String> {
    let mut texts = coloured(database, users);
    texts.extend(inserts("posts (user_id, title, body)", users * posts, |i| {
        let user = i / posts + 1;
        format!("{user}, '{}', null", names::post(i % posts, user))
    }));
    texts.extend(inserts("comments (post_id, text)", users * posts * comments, |i| {
        let post = i / comments + 1;
        format!("{post}, '{}'", names::comment(i % comments, post))
    }));
    texts
}

/// Rows of SQLAlchemy's own suite.
pub(crate) fn customer_rows(_: Database, count: usize) -> Vec<String> {
    inserts("customer (name, description)", count, |i| {
        format!("'customer name {i}', 'customer description {i}'")
    })
}

/// Rows whose keys are no integers.
pub(crate) fn keyed_rows(_: Database, count: usize) -> Vec<String> {
    let mut texts = inserts("places (code, name, note)", count, |i| {
        format!("'{}', 'Place {i}', null", names::place(i, count))
    });
    texts.extend(inserts("tokens (id, name, note)", count, |i| {
        format!("x'{:032x}', 'Token {i}', null", names::token(i))
    }));
    texts
}

/// INSERTs of 500 rows each.
fn inserts(into: &str, count: usize, row: impl Fn(usize) -> String) -> Vec<String> {
    let text = |first: usize| {
        let rows: Vec<String> = (first..count.min(first + 500)).map(|i| format!("({})", row(i))).collect();
        format!("insert into {into} values {}", rows.join(", "))
    };
    (0..count).step_by(500).map(text).collect()
}
