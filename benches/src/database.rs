//! The same database twice: one for Rebis, one for the work by hand.

use crate::models::{Comment, Place, Post, Token, User, uuid_of};
use rebis::blocking::Engine;
use rebis::prelude::*;
use rusqlite::params;
use std::sync::atomic::{AtomicUsize, Ordering};

/// An engine over a database in memory, with all tables.
pub fn engine() -> Engine {
    with_tables("sqlite::memory:")
}

fn with_tables(url: &str) -> Engine {
    let engine = Engine::new(url).expect("the URL is right");
    metadata![User, Post, Comment, Place, Token].create_all(&engine).expect("the tables are made");
    engine
}

/// A connection by hand, over a database in memory of the kind that the driver of Rebis opens (`memdb`, so that
/// several connections could share it), with the same tables and settings.
pub fn by_hand() -> rusqlite::Connection {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("file:/by-hand-{}?vfs=memdb", NEXT.fetch_add(1, Ordering::Relaxed));
    prepared(rusqlite::Connection::open(name).expect("SQLite opens a database in memory"))
}

/// The same over SQLite's private database in memory.
pub fn by_hand_private() -> rusqlite::Connection {
    prepared(rusqlite::Connection::open_in_memory().expect("SQLite opens a database in memory"))
}

fn prepared(connection: rusqlite::Connection) -> rusqlite::Connection {
    connection.pragma_update(None, "foreign_keys", true).expect("SQLite has foreign keys");
    for text in tables() {
        connection.execute_batch(&text).expect("the tables are made");
    }
    connection
}

/// The tables as Rebis makes them.
fn tables() -> Vec<String> {
    let texts = engine().connect().and_then(|mut c| {
        let all = rebis::sql("select sql from sqlite_schema where sql is not null order by rowid");
        c.all(all.rows::<String>())
    });
    texts.expect("the schema can be read")
}

/// The same statements on both.
pub struct Both {
    pub engine: Engine,
    pub hand: rusqlite::Connection,
}

impl Both {
    pub fn new() -> Both {
        Both { engine: engine(), hand: by_hand() }
    }

    pub fn run(&self, text: &str) {
        run(&self.engine, text);
        self.hand.execute_batch(text).expect("the statement is right");
    }

    pub fn users(self, count: usize) -> Both {
        self.run(&users(count));
        self
    }

    pub fn places(self, count: usize) -> Both {
        self.run(&format!(
            "insert into places with recursive n(i) as (select 0 union all select i + 1 from n where i < {count} - 1) \
             select printf('place-%07d', i * 7919 % {count}), 'Place ' || i, null from n"
        ));
        self
    }

    pub fn tokens(self, count: usize) -> Both {
        let mut connection = self.engine.connect().expect("a connection");
        connection.begin(true).expect("a transaction");
        let mut insert = self.hand.prepare("insert into tokens values (?, ?, null)").expect("it is right");
        self.hand.execute_batch("begin").expect("a transaction");
        for n in 0..count {
            let (id, name) = (uuid_of(n), format!("Token {n}"));
            insert.execute(params![id.as_bytes(), name]).expect("it goes in");
            let same = rebis::sql("insert into tokens values ({}, {}, null)").bind(id).bind(name);
            connection.execute(same).expect("it goes in");
        }
        self.hand.execute_batch("commit").expect("it is kept");
        connection.commit().expect("it is kept");
        drop(insert);
        drop(connection);
        self
    }

    /// Each user has posts, each post has comments.
    pub fn blog(self, users: usize, posts: usize, comments: usize) -> Both {
        let both = self.users(users);
        both.run(&format!(
            "insert into posts (user_id, title, body)
                 with recursive n(i) as (select 0 union all select i + 1 from n where i < {posts} - 1)
                 select users.id, 'Post ' || i || ' by user ' || users.id, null from users, n;"
        ));
        both.run(&format!(
            "insert into comments (post_id, text)
                 with recursive n(i) as (select 0 union all select i + 1 from n where i < {comments} - 1)
                 select posts.id, 'Comment ' || i || ' on post ' || posts.id from posts, n;"
        ));
        both
    }
}

/// Runs a text on an engine.
pub fn run(engine: &Engine, text: &str) {
    let mut connection = engine.connect().expect("a connection");
    connection.execute_raw(text).expect("the statement is right");
}

/// An INSERT of users named after their numbers.
pub fn users(count: usize) -> String {
    format!(
        "insert into users (name) with recursive n(i) as (select 0 union all select i + 1 from n where i < {count} - 1) \
         select 'User ' || i from n"
    )
}
