//! Toasty, on a runtime of one thread. It makes its own tables: those of the scenario, with the names it gives to keys
//! and indexes.

mod models;

use harness::Database::{MySql, Postgres, Sqlite};
use harness::{Database, Entry, Task, Turns, entry, gap, names};
use models::{Comment, Post, User};
use std::future::Future;
use toasty::Db;
use tokio::runtime::{Builder, Runtime};

const WAY: &str = "toasty";
const ON: &[Database] = &[Sqlite, Postgres, MySql];
const NO_UNIT: &str = "no unit of work, and no objects that know what was changed";

const ENTRIES: &[Entry] = &[
    entry(WAY, "trivial_query", ON, users),
    entry(WAY, "growth_load", &[Sqlite], users),
    gap(WAY, "medium_complex_query", ON, "no join in its language; an include would be a second query"),
    entry(WAY, "loading_associations", &[Sqlite, Postgres], associations),
    gap(
        WAY,
        "loading_associations",
        &[MySql],
        "its `VALUES ROW(..)` is for MySQL 8, and an error on MariaDB",
    ),
    entry(WAY, "insert", ON, insert),
    entry(WAY, "flush", ON, flush),
    entry(WAY, "save_graph", &[Sqlite, Postgres], save_graph),
    gap(WAY, "save_graph", &[MySql], "on MySQL it cannot read back the keys of nested rows"),
    entry(WAY, "cascade", &[Sqlite, Postgres], cascade),
    entry(WAY, "row_by_key", &[Sqlite], by_key),
    gap(WAY, "change", &[Sqlite, Postgres], NO_UNIT),
    gap(WAY, "merge", &[Sqlite], NO_UNIT),
];

fn main() {
    harness::main(ENTRIES);
}

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
}

fn wait<T>(call: impl Future<Output = toasty::Result<T>>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(call)).expect("it is right")
}

fn open(task: &Task) -> Db {
    let url = match task.database {
        Sqlite => "sqlite::memory:".to_owned(),
        Postgres => task.url.replacen("postgres://", "postgresql://", 1),
        MySql => task.url.clone(),
    };
    let mut db = wait(Db::builder().models(toasty::models!(User, Post, Comment)).connect(&url));
    wait(db.push_schema());
    let tables = (task.scenario.tables)(task.database);
    let fill = task.setup().into_iter().skip(tables.len());
    for text in fill {
        wait(toasty::sql::statement(text).exec(&mut db));
    }
    db
}

fn empty(db: &mut Db, task: &Task) {
    for text in task.empty() {
        wait(toasty::sql::statement(*text).exec(db));
    }
}

fn users(task: &Task, turns: Turns) {
    turns.take(
        &mut open(task),
        |db| wait(User::all().exec(db)),
        |_, users| {
            let last = users.iter().max_by_key(|user| user.id).expect("a row");
            assert!(users.len() == task.size && last.name == names::user(task.size - 1));
        },
    );
}

fn associations(task: &Task, turns: Turns) {
    turns.take(
        &mut open(task),
        |db| wait(User::all().include(User::fields().posts().comments()).exec(db)),
        |_, users| {
            assert_eq!(users.len(), task.size);
            let posts = || users.iter().flat_map(|user| user.posts.get());
            assert!(posts().count() == task.size * 10);
            assert!(posts().all(|post| post.comments.get().len() == 10));
        },
    );
}

/// New users in one statement. On MySQL, where keys of many rows do not come back, one by one, as its error advises.
async fn add(db: &mut Db, task: &Task, color: fn(usize) -> &'static str) -> toasty::Result<Vec<User>> {
    let new = |i: usize| User::create().name(names::user(i)).hair_color(color(i));
    if task.database != MySql {
        return (0..task.size).fold(User::create_many(), |many, i| many.item(new(i))).exec(db).await;
    }
    let mut transaction = db.transaction().await?;
    let mut users = Vec::with_capacity(task.size);
    for i in 0..task.size {
        users.push(new(i).exec(&mut transaction).await?);
    }
    transaction.commit().await?;
    Ok(users)
}

fn insert(task: &Task, turns: Turns) {
    turns.take(
        &mut open(task),
        |db| wait(add(db, task, |_| "hair_color")),
        |_, users| assert_eq!(users.len(), task.size),
    );
}

fn flush(task: &Task, turns: Turns) {
    turns.singly().take(
        &mut open(task),
        |db| wait(add(db, task, names::hair)),
        |db, users| {
            assert!(users.len() == task.size && users.iter().all(|user| user.id > 0));
            empty(db, task);
        },
    );
}

fn save_graph(task: &Task, turns: Turns) {
    let count = names::users_of(task.size);
    turns.singly().take(
        &mut open(task),
        |db| {
            let mut many = User::create_many();
            for i in 0..count {
                let mut posts = Post::create_many();
                for i in 0..names::POSTS {
                    let mut comments = Comment::create_many();
                    for i in 0..names::COMMENTS {
                        comments = comments.item(Comment::create().text(names::comment(i, 0)));
                    }
                    posts = posts.item(Post::create().title(names::post(i, 0)).comments(comments));
                }
                let user = User::create().name(names::user(i)).hair_color(names::hair(i)).posts(posts);
                many = many.item(user);
            }
            wait(many.exec(db))
        },
        |db, users| {
            assert!(users.len() == count && users.iter().all(|user| user.id > 0));
            let comments = wait(Comment::all().count().exec(db));
            assert_eq!(comments as usize, count * names::POSTS * names::COMMENTS);
            empty(db, task);
        },
    );
}

fn cascade(task: &Task, turns: Turns) {
    turns.singly().take(
        &mut open(task),
        |db| {
            wait(async {
                let mut transaction = db.transaction().await?;
                User::get_by_id(&mut transaction, 1).await?.delete().exec(&mut transaction).await?;
                let left = Comment::all().count().exec(&mut transaction).await?;
                transaction.rollback().await?;
                Ok(left)
            })
        },
        |_, left| assert_eq!(left, 0),
    );
}

fn by_key(task: &Task, turns: Turns) {
    turns.batch(64).take(
        &mut (open(task), names::keys(task.size).cycle()),
        |(db, keys)| wait(User::get_by_id(db, keys.next().unwrap_or(1) as u64)),
        |_, user| assert_eq!(user.name, names::user(user.id as usize - 1)),
    );
}
