//! By hand on mysql_async, on a runtime of one thread.

use crate::model::*;
use harness::Database::MySql;
use harness::{Entry, Task, Turns, entry, names, tree};
use mysql_async::prelude::*;
use mysql_async::{Conn, Opts, Statement, TxOpts, Value};
use tokio::runtime::Runtime;

const ON: &[harness::Database] = &[MySql];

pub const ENTRIES: &[Entry] = &[
    entry("hand", "trivial_query", ON, users),
    entry("hand", "medium_complex_query", ON, pairs),
    entry("hand", "loading_associations", ON, associations),
    entry("hand", "insert", ON, insert),
    entry("hand", "flush", ON, flush),
    entry("hand", "save_graph", ON, save_graph),
];

struct Db {
    runtime: Runtime,
    conn: Conn,
}

impl Db {
    fn open(task: &Task) -> Db {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let conn = runtime.block_on(async {
            let mut conn = Conn::new(Opts::from_url(&task.url).expect("a URL")).await.expect("a connection");
            for text in task.setup() {
                conn.query_drop(text).await.expect("tables and rows");
            }
            conn
        });
        Db { runtime, conn }
    }

    fn prepare(&mut self, text: &str) -> Statement {
        self.runtime.block_on(self.conn.prep(text)).expect("SQL")
    }

    fn empty(&mut self, task: &Task) {
        for text in task.empty() {
            self.runtime.block_on(self.conn.query_drop(*text)).expect("they go");
        }
    }
}

type UserRow = (i32, String, Option<String>);

fn user((id, name, hair_color): UserRow) -> User {
    User { id, name, hair_color }
}

fn users(task: &Task, turns: Turns) {
    let mut db = Db::open(task);
    let kept = db.prepare("select id, name, hair_color from users");
    turns.take(
        &mut db,
        |db| db.runtime.block_on(db.conn.exec_map(&kept, (), user)).expect("rows"),
        |_, users| check_users(&users, task.size),
    );
}

/// A user beside what a LEFT JOIN found.
type Joined = (i32, String, Option<String>, Option<i32>, Option<i32>, Option<String>, Option<String>);

type PostRow = (Option<i32>, Option<i32>, Option<String>, Option<String>);

fn pairs(task: &Task, turns: Turns) {
    let mut db = Db::open(task);
    let kept = db.prepare(
        "select u.id, u.name, u.hair_color, p.id, p.user_id, p.title, p.body \
         from users u left join posts p on u.id = p.user_id where u.hair_color = ?",
    );
    let pair = |(a, b, c, d, e, f, g): Joined| (user((a, b, c)), post((d, e, f, g)));
    turns.take(
        &mut db,
        |db| db.runtime.block_on(db.conn.exec_map(&kept, ("black",), pair)).expect("rows"),
        |_, pairs| check_pairs(&pairs, task.size),
    );
}

fn post((id, user_id, title, body): PostRow) -> Option<Post> {
    Some(Post { id: id?, user_id: user_id?, title: title?, body })
}

/// `?, ?, …`
fn list(count: usize) -> String {
    vec!["?"; count].join(", ")
}

fn associations(task: &Task, turns: Turns) {
    let mut db = Db::open(task);
    let of_users = db.prepare("select id, name, hair_color from users");
    let post = |(id, user_id, title, body)| Post { id, user_id, title, body };
    let comment = |(id, post_id, text)| Comment { id, post_id, text };
    turns.take(
        &mut db,
        |Db { runtime, conn }| {
            let work = async {
                let users: Vec<User> = conn.exec_map(&of_users, (), user).await?;
                let text = format!(
                    "select id, user_id, title, body from posts where user_id in ({})",
                    list(users.len())
                );
                let keys: Vec<Value> = users.iter().map(|user| user.id.into()).collect();
                let posts: Vec<Post> = conn.exec_map(text, keys, post).await?;
                let text = format!(
                    "select id, post_id, text from comments where post_id in ({})",
                    list(posts.len())
                );
                let keys: Vec<Value> = posts.iter().map(|post| post.id.into()).collect();
                let comments = conn.exec_map(text, keys, comment).await?;
                Ok::<_, mysql_async::Error>(grouped(users, posts, comments))
            };
            runtime.block_on(work).expect("rows")
        },
        |_, tree| tree::check(&tree, task.size, |c| &c.text),
    );
}

/// `(?, ?), (?, ?), …`
fn marks(rows: usize, columns: usize) -> String {
    vec![format!("({})", list(columns)); rows].join(", ")
}

fn insert(task: &Task, turns: Turns) {
    let mut db = Db::open(task);
    let kept = db.prepare(&format!("insert into users (name, hair_color) values {}", marks(task.size, 2)));
    turns.take(
        &mut db,
        |Db { runtime, conn }| {
            let values: Vec<Value> =
                (0..task.size).flat_map(|i| [names::user(i).into(), "hair_color".into()]).collect();
            runtime.block_on(conn.exec_drop(&kept, values)).expect("they go in");
            conn.affected_rows()
        },
        |_, count| assert_eq!(count as usize, task.size),
    );
}

fn flush(task: &Task, turns: Turns) {
    let mut db = Db::open(task);
    turns.singly().take(
        &mut db,
        |Db { runtime, conn }| {
            let mut users: Vec<User> = (0..task.size).map(new_user).collect();
            let work = async {
                let mut transaction = conn.start_transaction(TxOpts::default()).await?;
                let values =
                    users.iter().flat_map(|user| [user.name.as_str().into(), user.hair_color.clone().into()]);
                let text = format!("insert into users (name, hair_color) values {}", marks(users.len(), 2));
                transaction.exec_drop(text, values.collect::<Vec<Value>>()).await?;
                let first = transaction.last_insert_id().unwrap_or_default();
                transaction.commit().await?;
                Ok::<_, mysql_async::Error>(first)
            };
            let first = runtime.block_on(work).expect("they go in");
            users.iter_mut().zip(first..).for_each(|(user, key)| user.id = key as i32);
            users
        },
        |db, users| {
            assert!(users.len() == task.size && users[0].id > 0);
            db.empty(task);
        },
    );
}

fn save_graph(task: &Task, turns: Turns) {
    let mut db = Db::open(task);
    let users = names::users_of(task.size);
    turns.singly().take(
        &mut db,
        |Db { runtime, conn }| {
            let mut tree = graph(users);
            runtime.block_on(save(conn, &mut tree)).expect("they go in");
            tree
        },
        |db, tree| {
            check_saved(&tree, users);
            db.empty(task);
        },
    );
}

/// A statement for each level; the keys of many rows follow the first, which the server tells.
async fn save(conn: &mut Conn, tree: &mut Tree) -> mysql_async::Result<()> {
    let mut transaction = conn.start_transaction(TxOpts::default()).await?;
    let values =
        tree.iter().flat_map(|(user, _)| [user.name.as_str().into(), user.hair_color.clone().into()]);
    let text = format!("insert into users (name, hair_color) values {}", marks(tree.len(), 2));
    transaction.exec_drop(text, values.collect::<Vec<Value>>()).await?;
    let first = transaction.last_insert_id().unwrap_or_default() as i32;
    for ((user, posts), key) in tree.iter_mut().zip(first..) {
        user.id = key;
        posts.iter_mut().for_each(|(post, _)| post.user_id = key);
    }
    let all = || tree.iter().flat_map(|(_, posts)| posts);
    let values = all()
        .flat_map(|(post, _)| [post.user_id.into(), post.title.as_str().into(), post.body.clone().into()]);
    let text = format!("insert into posts (user_id, title, body) values {}", marks(all().count(), 3));
    transaction.exec_drop(text, values.collect::<Vec<Value>>()).await?;
    let first = transaction.last_insert_id().unwrap_or_default() as i32;
    for ((post, comments), key) in tree.iter_mut().flat_map(|(_, posts)| posts).zip(first..) {
        post.id = key;
        comments.iter_mut().for_each(|comment| comment.post_id = key);
    }
    let mut all: Vec<&mut Comment> =
        tree.iter_mut().flat_map(|(_, posts)| posts).flat_map(|(_, comments)| comments).collect();
    // A statement takes 65,535 values.
    for chunk in all.chunks_mut(30_000) {
        let values = chunk.iter().flat_map(|comment| [comment.post_id.into(), comment.text.as_str().into()]);
        let text = format!("insert into comments (post_id, text) values {}", marks(chunk.len(), 2));
        transaction.exec_drop(text, values.collect::<Vec<Value>>()).await?;
        let first = transaction.last_insert_id().unwrap_or_default() as i32;
        chunk.iter_mut().zip(first..).for_each(|(comment, key)| comment.id = key);
    }
    transaction.commit().await
}
