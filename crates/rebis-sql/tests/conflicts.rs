//! INSERT with ON CONFLICT, writes that read other tables, first rows: one statement, three texts.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use rebis_core::Datum;
use rebis_sql::ast::{Key, TableRef};
use rebis_sql::legalize::{self, Plan};
use rebis_sql::{Assignments, Body, Capabilities, Command, Insert, Returning, dialect, render, select};

fn keys() -> Vec<Key> {
    let key = |name: &'static str, column: &'static str| Key {
        name: Some(name.into()),
        columns: vec![column.into()],
        generated: column == "id",
        always: false,
    };
    vec![key("pk_users", "id"), key("uq_users_email", "email")]
}

fn insert() -> Insert<User> {
    Insert::new(TableRef::new("users"), keys)
}

fn ann() -> Assignments<User> {
    User.email.to("a@x").and(User.karma.to(5))
}

#[track_caller]
fn check_command(command: impl Command, expected: [&str; 3]) {
    let Body::Ast(query) = command.into_request().unwrap().body else { panic!("a tree was expected") };
    let got = dialects().map(|caps| match render::render(&query, caps) {
        Ok(compiled) => compiled.sql,
        Err(error) => format!("error: {}", error.message()),
    });
    assert_eq!(got, expected.map(str::to_owned));
}

#[track_caller]
fn check_returning<R: rebis_core::Row>(statement: Returning<R>, expected: [&[&str]; 3]) {
    let keys = [vec![Datum::Int(7)], vec![Datum::Int(8)]];
    let texts = |caps: &Capabilities| -> rebis_core::Result<Vec<String>> {
        let text = |query: &rebis_sql::ast::Query| render::render_inline(query, caps);
        match legalize::plan(statement.ast().clone(), caps)? {
            Plan::Once(query) => Ok(vec![text(&query)?]),
            Plan::Reread(reread) => {
                let found = text(&rebis_sql::ast::Query::Select(Box::new(reread.keys.clone())))?;
                let [first, second] = reread.with(&keys);
                Ok(vec![found, text(&first)?, text(&second)?])
            }
            other => panic!("{other:?}"),
        }
    };
    let got = dialects()
        .map(|caps| texts(caps).unwrap_or_else(|error| vec![format!("error: {}", error.message())]));
    assert_eq!(got, expected.map(|texts| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()));
}

#[test]
fn do_nothing() {
    check_command(
        insert().row(ann()).on_conflict(User.email).do_nothing(),
        [
            "INSERT INTO users (email, karma) VALUES (?, ?) ON CONFLICT (email) DO NOTHING",
            "INSERT INTO users (email, karma) VALUES ($1, $2) ON CONFLICT (email) DO NOTHING",
            "INSERT INTO users (email, karma) VALUES (?, ?) ON DUPLICATE KEY UPDATE email = users.email",
        ],
    );
    check_command(
        insert().row(ann()).on_conflict(()).do_nothing(),
        [
            "INSERT INTO users (email, karma) VALUES (?, ?) ON CONFLICT DO NOTHING",
            "INSERT INTO users (email, karma) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            "INSERT INTO users (email, karma) VALUES (?, ?) ON DUPLICATE KEY UPDATE email = users.email",
        ],
    );
}

#[test]
fn set_from_the_proposed_row() {
    check_command(
        insert()
            .row(ann())
            .on_conflict(User.email)
            .set(User.karma, User.karma + User.karma.proposed())
            .set(User.name, "again"),
        [
            "INSERT INTO users (email, karma) VALUES (?, ?) \
             ON CONFLICT (email) DO UPDATE SET karma = users.karma + excluded.karma, name = ?",
            "INSERT INTO users (email, karma) VALUES ($1, $2) \
             ON CONFLICT (email) DO UPDATE SET karma = users.karma + excluded.karma, name = $3",
            "INSERT INTO users (email, karma) VALUES (?, ?) \
             ON DUPLICATE KEY UPDATE karma = users.karma + VALUES(karma), name = ?",
        ],
    );
}

#[test]
fn a_condition_is_a_case_where_there_is_no_clause() {
    check_command(
        insert()
            .row(ann())
            .on_conflict(User.email)
            .set(User.karma, User.karma.proposed())
            .set(User.active, true)
            .filter(User.karma.lt(User.karma.proposed())),
        [
            "INSERT INTO users (email, karma) VALUES (?, ?) ON CONFLICT (email) \
             DO UPDATE SET karma = excluded.karma, active = ? WHERE users.karma < excluded.karma",
            "INSERT INTO users (email, karma) VALUES ($1, $2) ON CONFLICT (email) \
             DO UPDATE SET karma = excluded.karma, active = $3 WHERE users.karma < excluded.karma",
            // What the condition reads is set last.
            "INSERT INTO users (email, karma) VALUES (?, ?) ON DUPLICATE KEY UPDATE \
             active = CASE WHEN users.karma < VALUES(karma) THEN ? ELSE users.active END, \
             karma = CASE WHEN users.karma < VALUES(karma) THEN VALUES(karma) ELSE users.karma END",
        ],
    );
}

#[test]
fn a_constraint_by_name() {
    check_command(
        insert().row(ann()).on_conflict("uq_users_email").set_all_proposed(),
        [
            "INSERT INTO users (email, karma) VALUES (?, ?) \
             ON CONFLICT (email) DO UPDATE SET karma = excluded.karma",
            "INSERT INTO users (email, karma) VALUES ($1, $2) \
             ON CONFLICT ON CONSTRAINT uq_users_email DO UPDATE SET karma = excluded.karma",
            "INSERT INTO users (email, karma) VALUES (?, ?) ON DUPLICATE KEY UPDATE karma = VALUES(karma)",
        ],
    );
    check_command(
        insert().row(ann()).on_conflict("uq_other").do_nothing(),
        [
            "error: SQLite cannot do this: a conflict of the constraint `uq_other`, whose columns are not known",
            "INSERT INTO users (email, karma) VALUES ($1, $2) ON CONFLICT ON CONSTRAINT uq_other DO NOTHING",
            "error: MySQL cannot do this: a conflict of the constraint `uq_other`, whose columns are not known",
        ],
    );
}

#[test]
fn where_the_meaning_would_differ_is_an_error() {
    check_command(
        insert().row(ann().and(User.id.to(1))).on_conflict(User.email).do_nothing(),
        [
            "INSERT INTO users (email, karma, id) VALUES (?, ?, ?) ON CONFLICT (email) DO NOTHING",
            "INSERT INTO users (email, karma, id) VALUES ($1, $2, $3) ON CONFLICT (email) DO NOTHING",
            "error: MySQL cannot do this: a conflict of one key where the table has others",
        ],
    );
    check_command(
        insert().row(ann()).on_conflict((User.email, User.karma)).do_nothing(),
        [
            "INSERT INTO users (email, karma) VALUES (?, ?) ON CONFLICT (email, karma) DO NOTHING",
            "INSERT INTO users (email, karma) VALUES ($1, $2) ON CONFLICT (email, karma) DO NOTHING",
            "error: MySQL cannot do this: a conflict of columns that are no key of the table, as far as is known",
        ],
    );
    check_command(
        insert().row(ann()).on_conflict(()).set(User.karma, 1),
        [
            "INSERT INTO users (email, karma) VALUES (?, ?) ON CONFLICT DO UPDATE SET karma = ?",
            "error: PostgreSQL cannot do this: an update on a conflict of any key",
            "INSERT INTO users (email, karma) VALUES (?, ?) ON DUPLICATE KEY UPDATE karma = ?",
        ],
    );
    let changes = insert().row(ann()).on_conflict(User.email).set(User.karma, 1).set(User.active, true);
    check_command(
        changes.filter(User.karma.gt(1) & User.active),
        [
            "INSERT INTO users (email, karma) VALUES (?, ?) ON CONFLICT (email) \
             DO UPDATE SET karma = ?, active = ? WHERE users.karma > ? AND users.active",
            "INSERT INTO users (email, karma) VALUES ($1, $2) ON CONFLICT (email) \
             DO UPDATE SET karma = $3, active = $4 WHERE users.karma > $5 AND users.active",
            "error: MySQL cannot do this: a condition of ON CONFLICT over several columns that are set as well",
        ],
    );
}

#[test]
fn rows_of_a_query() {
    let copied = || select((Post.title, Post.hits)).filter(Post.hits.gt(1));
    check_command(
        insert().from_select((User.name, User.karma), copied()),
        [
            "INSERT INTO users (name, karma) SELECT posts.title, posts.hits FROM posts WHERE posts.hits > ?",
            "INSERT INTO users (name, karma) SELECT posts.title, posts.hits FROM posts WHERE posts.hits > $1",
            "INSERT INTO users (name, karma) SELECT posts.title, posts.hits FROM posts WHERE posts.hits > ?",
        ],
    );
    check_command(
        insert().from_select((User.email, User.karma), copied()).on_conflict(User.email).do_nothing(),
        [
            "INSERT INTO users (email, karma) SELECT * FROM (SELECT posts.title, posts.hits FROM posts \
             WHERE posts.hits > ?) AS proposed WHERE 1 = 1 ON CONFLICT (email) DO NOTHING",
            "INSERT INTO users (email, karma) SELECT posts.title, posts.hits FROM posts WHERE posts.hits > $1 \
             ON CONFLICT (email) DO NOTHING",
            "INSERT INTO users (email, karma) SELECT * FROM (SELECT posts.title, posts.hits FROM posts \
             WHERE posts.hits > ?) AS proposed WHERE 1 = 1 ON DUPLICATE KEY UPDATE email = users.email",
        ],
    );
}

#[test]
fn nothing_is_proposed_elsewhere() {
    check_command(
        insert().row(User.karma.to(User.karma.proposed())),
        ["error: `karma.proposed()` stands outside of `on_conflict`, where no row is proposed"; 3],
    );
}

#[test]
fn an_update_that_reads_other_tables() {
    let author = || Post.on(Post.author_id.eq(User.id));
    check_command(
        User.update().set(User.karma, User.karma + Post.hits).join(author()).filter(Post.hits.gt(9)),
        [
            "UPDATE users SET karma = users.karma + posts.hits FROM posts \
             WHERE posts.author_id = users.id AND posts.hits > ?",
            "UPDATE users SET karma = users.karma + posts.hits FROM posts \
             WHERE posts.author_id = users.id AND posts.hits > $1",
            "UPDATE users, posts SET users.karma = users.karma + posts.hits \
             WHERE posts.author_id = users.id AND posts.hits > ?",
        ],
    );
}

#[test]
fn a_delete_that_reads_other_tables() {
    let author = || User.on(User.id.eq(Post.author_id));
    check_command(
        rebis_sql::Delete::<Post>::new(Post.table()).join(author()).filter(User.active),
        [
            "DELETE FROM posts WHERE EXISTS (SELECT 1 FROM users WHERE users.id = posts.author_id AND users.active)",
            "DELETE FROM posts USING users WHERE users.id = posts.author_id AND users.active",
            "DELETE posts FROM posts, users WHERE users.id = posts.author_id AND users.active",
        ],
    );
}

#[test]
fn the_first_rows() {
    check_command(
        User.update()
            .set(User.karma, 0)
            .filter(User.active)
            .order_by(User.karma.desc())
            .limit(3)
            .keyed(["id".into()]),
        [
            "UPDATE users SET karma = ? WHERE id IN \
             (SELECT id FROM users WHERE active ORDER BY karma DESC LIMIT ?)",
            "UPDATE users SET karma = $1 WHERE id IN \
             (SELECT id FROM users WHERE active ORDER BY karma DESC LIMIT $2)",
            "UPDATE users SET karma = ? WHERE active ORDER BY karma DESC LIMIT ?",
        ],
    );
    check_command(
        User.delete().all_rows().limit(3),
        [
            "error: SQLite cannot do this: LIMIT on an UPDATE or DELETE of a table whose key is not known",
            "error: PostgreSQL cannot do this: LIMIT on an UPDATE or DELETE of a table whose key is not known",
            "DELETE FROM users LIMIT ?",
        ],
    );
    let author = Post.on(Post.author_id.eq(User.id));
    let error = "cannot do this: LIMIT on an UPDATE or DELETE that reads other tables";
    check_command(
        User.delete().join(author).limit(3).keyed(["id".into()]),
        [
            &*format!("error: SQLite {error}"),
            &*format!("error: PostgreSQL {error}"),
            &*format!("error: MySQL {error}"),
        ],
    );
}

#[test]
fn rows_that_come_back() {
    check_returning(
        User.update()
            .set(User.karma, 0)
            .filter(User.active)
            .keyed(["id".into()])
            .returning((User.id, User.karma)),
        [
            &["UPDATE users SET karma = 0 WHERE active RETURNING id, karma"],
            &["UPDATE users SET karma = 0 WHERE active RETURNING id, karma"],
            &[
                "SELECT users.id FROM users WHERE users.active FOR UPDATE",
                "UPDATE users SET karma = 0 WHERE id IN (7, 8)",
                "SELECT users.id, users.karma FROM users WHERE users.id IN (7, 8)",
            ],
        ],
    );
    check_returning(
        User.delete().filter(User.active).keyed(["id".into()]).returning(User.name),
        [
            &["DELETE FROM users WHERE active RETURNING name"],
            &["DELETE FROM users WHERE active RETURNING name"],
            &[
                "SELECT users.id FROM users WHERE users.active FOR UPDATE",
                "SELECT users.name FROM users WHERE users.id IN (7, 8)",
                "DELETE FROM users WHERE id IN (7, 8)",
            ],
        ],
    );
    let author = Post.on(Post.author_id.eq(User.id));
    check_returning(
        User.update().set(User.karma, Post.hits).join(author).keyed(["id".into()]).returning(User.karma),
        [
            &[
                "UPDATE users SET karma = posts.hits FROM posts WHERE posts.author_id = users.id RETURNING karma",
            ],
            &[
                "UPDATE users SET karma = posts.hits FROM posts WHERE posts.author_id = users.id RETURNING users.karma",
            ],
            &[
                "SELECT users.id FROM users CROSS JOIN posts WHERE posts.author_id = users.id FOR UPDATE",
                "UPDATE users, posts SET users.karma = posts.hits \
                 WHERE posts.author_id = users.id AND users.id IN (7, 8)",
                "SELECT users.karma FROM users WHERE users.id IN (7, 8)",
            ],
        ],
    );
    let changed = User.update().set(User.id, 3).all_rows().keyed(["id".into()]).returning(User.id);
    check_returning(
        changed,
        [
            &["UPDATE users SET id = 3 RETURNING id"],
            &["UPDATE users SET id = 3 RETURNING id"],
            &["error: MySQL cannot do this: RETURNING of an UPDATE that changes keys"],
        ],
    );
}

#[test]
fn an_insert_shows_all_its_statements() {
    let short = insert().row(User.karma.to(1)).row(ann()).defaults();
    assert_eq!(
        short.to_string(),
        "INSERT INTO users (karma) VALUES (1); INSERT INTO users (karma, email) VALUES (5, 'a@x'); \
         INSERT INTO users DEFAULT VALUES"
    );
    assert_eq!(
        short.to_sql(dialect::postgres()).unwrap(),
        "INSERT INTO users (karma, email) VALUES ($1, DEFAULT), ($2, $3), (DEFAULT, DEFAULT)"
    );
    let error = insert().into_request().unwrap_err();
    assert_eq!(error.message(), "an INSERT has no row");
    let both = insert().row(ann()).from_select(User.name, select(Post.title));
    assert_eq!(both.into_request().unwrap_err().message(), "an INSERT has rows and a query that gives rows");
}
