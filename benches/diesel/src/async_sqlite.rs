//! diesel-async over SQLite: the blocking connection on another thread. Rows go in one by one.

use crate::schema::*;
use diesel::prelude::{BelongingToDsl, ExpressionMethods, GroupedBy, QueryDsl};
use diesel::{QueryResult, SqliteConnection};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
use harness::Database::Sqlite;
use harness::{Database, Entry, Task, Turns, entry, names, tree};
use std::future::Future;
use tokio::runtime::{Builder, Runtime};

const WAY: &str = "diesel-async";
const ON: &[Database] = &[Sqlite];
type Db = SyncConnectionWrapper<SqliteConnection>;

pub const ENTRIES: &[Entry] = &[
    entry(WAY, "trivial_query", ON, all_users),
    entry(WAY, "medium_complex_query", ON, pairs),
    entry(WAY, "loading_associations", ON, associations),
    entry(WAY, "insert", ON, insert),
    entry(WAY, "row_by_key", ON, by_key),
];

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
}

fn wait<T>(call: impl Future<Output = QueryResult<T>>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(call)).expect("it is right")
}

fn open(task: &Task) -> Db {
    let mut db = RUNTIME.with(|runtime| runtime.block_on(Db::establish(":memory:"))).expect("a connection");
    wait(db.batch_execute(&task.setup().join(";")));
    db
}

fn all_users(task: &Task, turns: Turns) {
    turns.take(
        &mut open(task),
        |db| wait(users::table.load::<User>(db)),
        |_, users| assert!(users.len() == task.size && users[0].name == names::user(0)),
    );
}

fn pairs(task: &Task, turns: Turns) {
    turns.take(
        &mut open(task),
        |db| {
            let pairs = users::table.left_outer_join(posts::table).filter(users::hair_color.eq("black"));
            wait(pairs.load::<(User, Option<Post>)>(db))
        },
        |_, pairs| assert_eq!(pairs.len(), task.size.div_ceil(2)),
    );
}

fn associations(task: &Task, turns: Turns) {
    turns.take(
        &mut open(task),
        |db| {
            let users = wait(users::table.load::<User>(db));
            let posts = wait(Post::belonging_to(&users).load::<Post>(db));
            let comments = wait(Comment::belonging_to(&posts).load::<Comment>(db)).grouped_by(&posts);
            let posts = posts.into_iter().zip(comments).grouped_by(&users);
            users.into_iter().zip(posts).collect::<Vec<(User, Vec<(Post, Vec<Comment>)>)>>()
        },
        |_, tree| tree::check(&tree, task.size, |comment| &comment.text),
    );
}

fn insert(task: &Task, turns: Turns) {
    turns.take(
        &mut open(task),
        |db| {
            let mut count = 0;
            for i in 0..task.size {
                let new = NewUser { name: names::user(i), hair_color: Some("hair_color".into()) };
                count += wait(diesel::insert_into(users::table).values(new).execute(db));
            }
            count
        },
        |_, count| assert_eq!(count, task.size),
    );
}

fn by_key(task: &Task, turns: Turns) {
    turns.batch(64).take(
        &mut (open(task), names::keys(task.size).cycle()),
        |(db, keys)| wait(users::table.find(keys.next().unwrap_or(1)).first::<User>(db)),
        |_, user| assert_eq!(user.name, names::user(user.id as usize - 1)),
    );
}
