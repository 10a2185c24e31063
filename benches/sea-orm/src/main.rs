//! SeaORM, on a runtime of one thread and a pool of one connection.

mod entities;

use entities::{comment, post, user};
use harness::Database::{MySql, Postgres, Sqlite};
use harness::{Database, Entry, Task, Turns, entry, gap, names};
use sea_orm::prelude::*;
use sea_orm::{ConnectOptions, ConnectionTrait, DbErr, Set, TransactionTrait};
use std::future::Future;
use tokio::runtime::{Builder, Runtime};

const WAY: &str = "sea-orm";
const ON: &[Database] = &[Sqlite, Postgres, MySql];
const NO_UNIT: &str = "no unit of work, and no objects that know what was changed";

const ENTRIES: &[Entry] = &[
    entry(WAY, "trivial_query", ON, users),
    entry(WAY, "growth_load", &[Sqlite], users),
    entry(WAY, "medium_complex_query", ON, pairs),
    entry(WAY, "loading_associations", ON, associations),
    entry(WAY, "insert", ON, insert),
    entry(WAY, "flush", ON, flush),
    entry(WAY, "growth_flush", &[Sqlite], flush),
    entry(WAY, "save_graph", ON, save_graph),
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

fn wait<T>(call: impl Future<Output = Result<T, DbErr>>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(call)).expect("it is right")
}

fn open(task: &Task) -> DatabaseConnection {
    let url = if task.database == Sqlite { "sqlite::memory:" } else { &task.url };
    let mut options = ConnectOptions::new(url);
    options.min_connections(1).max_connections(1).sqlx_logging(false);
    let db = wait(sea_orm::Database::connect(options));
    run(&db, &task.setup());
    db
}

fn run(db: &DatabaseConnection, texts: &[impl AsRef<str>]) {
    texts.iter().for_each(|text| drop(wait(db.execute_unprepared(text.as_ref()))));
}

fn users(task: &Task, turns: Turns) {
    turns.take(
        &mut open(task),
        |db| wait(user::Entity::find().all(&*db)),
        |_, users| {
            let last = users.iter().max_by_key(|user| user.id).expect("a row");
            assert!(users.len() == task.size && last.name == names::user(task.size - 1));
        },
    );
}

fn pairs(task: &Task, turns: Turns) {
    turns.take(
        &mut open(task),
        |db| {
            let pairs = user::Entity::find().find_also_related(post::Entity);
            wait(pairs.filter(user::COLUMN.hair_color.eq("black")).all(&*db))
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
        |db| wait(user::Entity::load().with((post::Entity, comment::Entity)).all(&*db)),
        |_, users| {
            assert_eq!(users.len(), task.size);
            let posts = || users.iter().flat_map(|user| &user.posts);
            assert!(posts().count() == task.size * 10);
            assert!(posts().all(|post| post.comments.len() == 10));
        },
    );
}

fn new_user(i: usize, color: &str) -> user::ActiveModel {
    user::ActiveModel {
        name: Set(names::user(i)),
        hair_color: Set(Some(color.to_owned())),
        ..Default::default()
    }
}

fn insert(task: &Task, turns: Turns) {
    turns.take(
        &mut open(task),
        |db| {
            let new: Vec<user::ActiveModel> = (0..task.size).map(|i| new_user(i, "hair_color")).collect();
            wait(user::Entity::insert_many(new).exec(&*db))
        },
        |_, inserted| assert!(inserted.last_insert_id.is_some_and(|id| id > 0)),
    );
}

/// A statement takes so many values on SQLite, and no more than twice as many elsewhere.
const VALUES: usize = 32_766;

fn flush(task: &Task, turns: Turns) {
    turns.singly().take(
        &mut open(task),
        |db| {
            let work = async {
                let transaction = db.begin().await?;
                let mut users: Vec<user::Model> = Vec::with_capacity(task.size);
                for first in (0..task.size).step_by(VALUES / 2) {
                    let end = task.size.min(first + VALUES / 2);
                    let new: Vec<user::ActiveModel> =
                        (first..end).map(|i| new_user(i, names::hair(i))).collect();
                    if task.database == MySql {
                        users.extend(keyed(new, &transaction).await?);
                    } else {
                        users.extend(user::Entity::insert_many(new).exec_with_returning(&transaction).await?);
                    }
                }
                transaction.commit().await?;
                Ok(users)
            };
            wait(work)
        },
        |db, users| {
            assert!(users.len() == task.size && users.iter().all(|user| user.id > 0));
            run(db, task.empty());
        },
    );
}

/// Without RETURNING the keys follow the first, which the server tells.
async fn keyed(new: Vec<user::ActiveModel>, db: &impl ConnectionTrait) -> Result<Vec<user::Model>, DbErr> {
    let inserted = user::Entity::insert_many(new.clone()).exec(db).await?;
    let first = inserted.last_insert_id.unwrap_or_default();
    let model = |(new, id): (user::ActiveModel, i32)| user::Model {
        id,
        name: new.name.unwrap(),
        hair_color: new.hair_color.unwrap(),
    };
    Ok(new.into_iter().zip(first..).map(model).collect())
}

fn save_graph(task: &Task, turns: Turns) {
    let count = names::users_of(task.size);
    turns.singly().take(
        &mut open(task),
        |db| {
            let work = async {
                let transaction = db.begin().await?;
                let mut saved = Vec::with_capacity(count);
                for i in 0..count {
                    let mut user = user::ActiveModel::builder()
                        .set_name(names::user(i))
                        .set_hair_color(Some(names::hair(i).to_owned()));
                    for i in 0..names::POSTS {
                        let mut post = post::ActiveModel::builder().set_title(names::post(i, 0));
                        for i in 0..names::COMMENTS {
                            post = post
                                .add_comment(comment::ActiveModel::builder().set_text(names::comment(i, 0)));
                        }
                        user = user.add_post(post);
                    }
                    saved.push(user.save(&transaction).await?);
                }
                transaction.commit().await?;
                Ok(saved)
            };
            wait(work)
        },
        |db, saved| {
            assert!(saved.len() == count && saved.iter().all(|user| *user.id.as_ref() > 0));
            let comments = wait(comment::Entity::find().count(&*db));
            assert_eq!(comments as usize, count * names::POSTS * names::COMMENTS);
            run(db, task.empty());
        },
    );
}

fn cascade(task: &Task, turns: Turns) {
    turns.singly().take(
        &mut open(task),
        |db| {
            wait(async {
                let transaction = db.begin().await?;
                let root = user::Entity::find_by_id(1).one(&transaction).await?;
                let root = root.ok_or(DbErr::RecordNotFound("the root".into()))?;
                let gone = root.cascade_delete(&transaction).await?.rows_affected;
                transaction.rollback().await?;
                Ok(gone)
            })
        },
        |_, gone| assert_eq!(gone as usize, task.size),
    );
}

fn by_key(task: &Task, turns: Turns) {
    turns.batch(64).take(
        &mut (open(task), names::keys(task.size).cycle()),
        |(db, keys)| wait(user::Entity::find_by_id(keys.next().unwrap_or(1)).one(&*db)),
        |_, user| assert!(user.is_some_and(|user| user.name == names::user(user.id as usize - 1))),
    );
}
