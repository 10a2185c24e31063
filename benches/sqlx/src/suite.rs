//! The suite over one database.

use super::face::{Kind, ON, open, run, wait};
use super::own;
use crate::rows::{Joined, Post, User, split};
use harness::{Entry, Task, Turns, entry, names, tree};
use sqlx::{AssertSqlSafe, Connection, QueryBuilder};

const WAY: &str = "sqlx";

pub const ENTRIES: &[Entry] = &[
    entry(WAY, "trivial_query", ON, users),
    entry(WAY, "growth_load", ON, users),
    entry(WAY, "medium_complex_query", ON, pairs),
    entry(WAY, "loading_associations", ON, associations),
    entry(WAY, "insert", ON, insert),
    entry(WAY, "flush", ON, flush),
    entry(WAY, "growth_flush", ON, flush),
    entry(WAY, "save_graph", ON, save_graph),
    entry(WAY, "row_by_key", ON, by_key),
];

const USERS: &str = "SELECT id, name, hair_color FROM users";

fn users(task: &Task, turns: Turns) {
    turns.take(
        &mut open(task),
        |db| wait(sqlx::query_as::<_, User>(USERS).fetch_all(db)),
        |_, users| {
            let last = users.iter().max_by_key(|user| user.id).expect("a row");
            assert!(users.len() == task.size && last.name == names::user(task.size - 1));
        },
    );
}

fn pairs(task: &Task, turns: Turns) {
    let query = format!(
        "SELECT u.id, u.name, u.hair_color, p.id, p.user_id, p.title, p.body FROM users u \
         LEFT JOIN posts p ON u.id = p.user_id WHERE u.hair_color = {}",
        own::MARK
    );
    turns.take(
        &mut open(task),
        |db| {
            let query = AssertSqlSafe(query.as_str());
            let rows = wait(sqlx::query_as::<_, Joined>(query).bind("black").fetch_all(db));
            rows.into_iter().map(split).collect::<Vec<(User, Option<Post>)>>()
        },
        |_, pairs| {
            assert_eq!(pairs.len(), task.size.div_ceil(2));
            assert!(pairs.iter().all(|(u, p)| u.hair_color.as_deref() == Some("black") && p.is_none()));
        },
    );
}

fn associations(task: &Task, turns: Turns) {
    turns.take(
        &mut open(task),
        |db| {
            let users = wait(sqlx::query_as::<_, User>(USERS).fetch_all(&mut *db));
            let posts = own::posts(db, &users.iter().map(|user| user.id).collect::<Vec<_>>());
            let comments = own::comments(db, &posts.iter().map(|post| post.id).collect::<Vec<_>>());
            tree::grouped(users, posts, comments, |u| u.id, |p| (p.id, p.user_id), |c| c.post_id)
        },
        |_, tree| {
            tree::check(&tree, task.size, |comment| &comment.text);
            assert!(tree.iter().all(|(_, posts)| posts.iter().all(|(p, of)| {
                p.body.is_none() && !p.title.is_empty() && of.iter().all(|c| c.id > 0)
            })));
        },
    );
}

fn insert(task: &Task, turns: Turns) {
    turns.take(
        &mut open(task),
        |db| {
            let mut query = QueryBuilder::<Kind>::new("INSERT INTO users (name, hair_color) ");
            query.push_values(0..task.size, |mut row, i| {
                row.push_bind(names::user(i)).push_bind("hair_color");
            });
            wait(query.build().execute(db)).rows_affected()
        },
        |_, count| assert_eq!(count as usize, task.size),
    );
}

fn flush(task: &Task, turns: Turns) {
    turns.singly().take(
        &mut open(task),
        |db| {
            let new: Vec<(String, String)> =
                (0..task.size).map(|i| (names::user(i), names::hair(i).to_owned())).collect();
            let mut transaction = wait(db.begin());
            let mut keys = Vec::with_capacity(new.len());
            for chunk in new.chunks(own::VALUES / 2) {
                keys.extend(own::new_users(&mut transaction, chunk));
            }
            wait(transaction.commit());
            let users = new.into_iter().zip(keys);
            users.map(|((name, color), id)| User { id, name, hair_color: Some(color) }).collect::<Vec<_>>()
        },
        |db, users| {
            assert!(users.len() == task.size && users.iter().all(|user| user.id > 0));
            run(db, task.empty());
        },
    );
}

fn save_graph(task: &Task, turns: Turns) {
    let count = names::users_of(task.size);
    turns.singly().take(
        &mut open(task),
        |db| {
            let mut transaction = wait(db.begin());
            let new: Vec<(String, String)> =
                (0..count).map(|i| (names::user(i), names::hair(i).to_owned())).collect();
            let users = own::new_users(&mut transaction, &new);
            let of = |user: i32| (0..names::POSTS).map(move |i| (user, names::post(i, 0)));
            let new: Vec<(i32, String)> = users.iter().copied().flat_map(of).collect();
            let posts = own::new_posts(&mut transaction, &new);
            let of = |post: i32| (0..names::COMMENTS).map(move |i| (post, names::comment(i, 0)));
            let new: Vec<(i32, String)> = posts.iter().copied().flat_map(of).collect();
            let mut comments = Vec::with_capacity(new.len());
            for chunk in new.chunks(own::VALUES / 2) {
                comments.extend(own::new_comments(&mut transaction, chunk));
            }
            wait(transaction.commit());
            (users, posts, comments)
        },
        |db, (users, posts, comments)| {
            assert!(users.len() == count && posts.len() == count * names::POSTS);
            assert!(comments.len() == posts.len() * names::COMMENTS && comments.iter().all(|key| *key > 0));
            run(db, task.empty());
        },
    );
}

fn by_key(task: &Task, turns: Turns) {
    let query = format!("{USERS} WHERE id = {}", own::MARK);
    turns.batch(64).take(
        &mut (open(task), names::keys(task.size).cycle()),
        |(db, keys)| {
            let found = sqlx::query_as::<_, User>(AssertSqlSafe(query.as_str())).bind(keys.next());
            wait(found.fetch_one(db))
        },
        |_, user| assert_eq!(user.name, names::user(user.id as usize - 1)),
    );
}
