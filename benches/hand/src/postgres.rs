//! By hand on tokio-postgres, on a runtime of one thread.

use crate::model::*;
use harness::Database::Postgres;
use harness::{Entry, Task, Turns, entry, names, tree};
use tokio::runtime::Runtime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Row, Statement};

const ON: &[harness::Database] = &[Postgres];

pub const ENTRIES: &[Entry] = &[
    entry("hand", "trivial_query", ON, users),
    entry("hand", "medium_complex_query", ON, pairs),
    entry("hand", "loading_associations", ON, associations),
    entry("hand", "insert", ON, insert),
    entry("hand", "flush", ON, flush),
    entry("hand", "save_graph", ON, save_graph),
    entry("hand", "change", ON, change),
    entry("hand", "cascade", ON, cascade),
];

struct Db {
    runtime: Runtime,
    client: Client,
}

impl Db {
    fn open(task: &Task) -> Db {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let client = runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&task.url, NoTls).await.expect("a connection");
            tokio::spawn(connection);
            client.batch_execute(&task.setup().join(";")).await.expect("tables and rows");
            client
        });
        Db { runtime, client }
    }

    fn prepare(&self, text: &str) -> Statement {
        self.runtime.block_on(self.client.prepare(text)).expect("SQL")
    }

    fn run(&self, text: &str) {
        self.runtime.block_on(self.client.batch_execute(text)).expect("SQL");
    }
}

fn user(row: &Row) -> User {
    User { id: row.get(0), name: row.get(1), hair_color: row.get(2) }
}

fn users(task: &Task, turns: Turns) {
    let db = Db::open(task);
    let kept = db.prepare("select id, name, hair_color from users");
    turns.take(
        &mut (),
        |()| {
            let rows = db.runtime.block_on(db.client.query(&kept, &[])).expect("rows");
            rows.iter().map(user).collect::<Vec<_>>()
        },
        |(), users| check_users(&users, task.size),
    );
}

fn pairs(task: &Task, turns: Turns) {
    let db = Db::open(task);
    let kept = db.prepare(
        "select u.id, u.name, u.hair_color, p.id, p.user_id, p.title, p.body \
         from users u left join posts p on u.id = p.user_id where u.hair_color = $1",
    );
    let pair = |row: &Row| {
        let post = row.get::<_, Option<i32>>(3).map(|id| Post {
            id,
            user_id: row.get(4),
            title: row.get(5),
            body: row.get(6),
        });
        (user(row), post)
    };
    turns.take(
        &mut (),
        |()| {
            let rows = db.runtime.block_on(db.client.query(&kept, &[&"black"])).expect("rows");
            rows.iter().map(pair).collect::<Vec<_>>()
        },
        |(), pairs| check_pairs(&pairs, task.size),
    );
}

fn associations(task: &Task, turns: Turns) {
    let db = Db::open(task);
    let of_users = db.prepare("select id, name, hair_color from users");
    let of_posts = db.prepare("select id, user_id, title, body from posts where user_id = any($1)");
    let of_comments = db.prepare("select id, post_id, text from comments where post_id = any($1)");
    let post = |row: &Row| Post { id: row.get(0), user_id: row.get(1), title: row.get(2), body: row.get(3) };
    let comment = |row: &Row| Comment { id: row.get(0), post_id: row.get(1), text: row.get(2) };
    turns.take(
        &mut (),
        |()| {
            let work = async {
                let users: Vec<User> = db.client.query(&of_users, &[]).await?.iter().map(user).collect();
                let keys: Vec<i32> = users.iter().map(|user| user.id).collect();
                let posts: Vec<Post> = db.client.query(&of_posts, &[&keys]).await?.iter().map(post).collect();
                let keys: Vec<i32> = posts.iter().map(|post| post.id).collect();
                let comments = db.client.query(&of_comments, &[&keys]).await?.iter().map(comment).collect();
                Ok::<_, tokio_postgres::Error>(grouped(users, posts, comments))
            };
            db.runtime.block_on(work).expect("rows")
        },
        |(), tree| tree::check(&tree, task.size, |c| &c.text),
    );
}

/// `($1, $2), ($3, $4), …`
fn marks(rows: usize, columns: usize) -> String {
    let row = |r| {
        let marks: Vec<String> = (1..=columns).map(|c| format!("${}", r * columns + c)).collect();
        format!("({})", marks.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

fn insert(task: &Task, turns: Turns) {
    let db = Db::open(task);
    let kept = db.prepare(&format!("insert into users (name, hair_color) values {}", marks(task.size, 2)));
    turns.take(
        &mut (),
        |()| {
            let names: Vec<String> = (0..task.size).map(names::user).collect();
            let values: Vec<&(dyn ToSql + Sync)> =
                names.iter().flat_map(|name| [name as &(dyn ToSql + Sync), &"hair_color"]).collect();
            db.runtime.block_on(db.client.execute(&kept, &values)).expect("they go in")
        },
        |(), count| assert_eq!(count as usize, task.size),
    );
}

const NEW_USERS: &str =
    "insert into users (name, hair_color) select * from unnest($1::text[], $2::text[]) returning id";
const NEW_POSTS: &str = "insert into posts (user_id, title, body) \
                         select * from unnest($1::int4[], $2::text[], $3::text[]) returning id";
const NEW_COMMENTS: &str =
    "insert into comments (post_id, text) select * from unnest($1::int4[], $2::text[]) returning id";

fn flush(task: &Task, turns: Turns) {
    let db = Db::open(task);
    let kept = db.prepare(NEW_USERS);
    turns.singly().take(
        &mut (),
        |_| {
            let mut users: Vec<User> = (0..task.size).map(new_user).collect();
            let work = async {
                db.client.batch_execute("begin").await?;
                let names: Vec<&str> = users.iter().map(|user| user.name.as_str()).collect();
                let colors: Vec<Option<&str>> = users.iter().map(|user| user.hair_color.as_deref()).collect();
                let keys = db.client.query(&kept, &[&names, &colors]).await?;
                db.client.batch_execute("commit").await?;
                Ok::<_, tokio_postgres::Error>(keys)
            };
            let keys = db.runtime.block_on(work).expect("they go in");
            users.iter_mut().zip(keys).for_each(|(user, row)| user.id = row.get(0));
            users
        },
        |_, users| {
            assert!(users.len() == task.size && users.iter().all(|user| user.id > 0));
            db.run(task.empty()[0]);
        },
    );
}

fn save_graph(task: &Task, turns: Turns) {
    let db = Db::open(task);
    let users = names::users_of(task.size);
    let kept = (db.prepare(NEW_USERS), db.prepare(NEW_POSTS), db.prepare(NEW_COMMENTS));
    turns.singly().take(
        &mut (),
        |()| {
            let mut tree = graph(users);
            db.runtime.block_on(save(&db.client, &kept, &mut tree)).expect("they go in");
            tree
        },
        |(), tree| {
            check_saved(&tree, users);
            db.run(task.empty()[0]);
        },
    );
}

/// A statement for each level, with arrays for the columns; keys come back for the next.
async fn save(
    client: &Client,
    (users, posts, comments): &(Statement, Statement, Statement),
    tree: &mut Tree,
) -> Result<(), tokio_postgres::Error> {
    client.batch_execute("begin").await?;
    let names: Vec<&str> = tree.iter().map(|(user, _)| user.name.as_str()).collect();
    let colors: Vec<Option<&str>> = tree.iter().map(|(user, _)| user.hair_color.as_deref()).collect();
    let keys = client.query(users, &[&names, &colors]).await?;
    for ((user, posts), key) in tree.iter_mut().zip(keys) {
        user.id = key.get(0);
        posts.iter_mut().for_each(|(post, _)| post.user_id = user.id);
    }
    let all = || tree.iter().flat_map(|(_, posts)| posts);
    let parents: Vec<i32> = all().map(|(post, _)| post.user_id).collect();
    let titles: Vec<&str> = all().map(|(post, _)| post.title.as_str()).collect();
    let bodies: Vec<Option<&str>> = all().map(|(post, _)| post.body.as_deref()).collect();
    let keys = client.query(posts, &[&parents, &titles, &bodies]).await?;
    for ((post, comments), key) in tree.iter_mut().flat_map(|(_, posts)| posts).zip(keys) {
        post.id = key.get(0);
        comments.iter_mut().for_each(|comment| comment.post_id = post.id);
    }
    let all = || tree.iter().flat_map(|(_, posts)| posts).flat_map(|(_, comments)| comments);
    let parents: Vec<i32> = all().map(|comment| comment.post_id).collect();
    let texts: Vec<&str> = all().map(|comment| comment.text.as_str()).collect();
    let keys = client.query(comments, &[&parents, &texts]).await?;
    let all = tree.iter_mut().flat_map(|(_, posts)| posts).flat_map(|(_, comments)| comments);
    all.zip(keys).for_each(|(comment, key)| comment.id = key.get(0));
    client.batch_execute("commit").await
}

fn change(task: &Task, turns: Turns) {
    let db = Db::open(task);
    let all = db.prepare("select id, name, hair_color from users");
    let rows = db.runtime.block_on(db.client.query(&all, &[])).expect("rows");
    let users: Vec<User> = rows.iter().map(user).collect();
    let update = db.prepare(
        "update users set name = new.name from unnest($1::int4[], $2::text[]) as new (id, name) where users.id = new.id",
    );
    turns.singly().take(
        &mut (users, 0),
        |(users, round)| {
            *round += 1;
            let changed = || users.iter().step_by(100);
            let keys: Vec<i32> = changed().map(|user| user.id).collect();
            let names: Vec<String> = changed().map(|_| format!("Name {round}")).collect();
            let work = async {
                db.client.batch_execute("begin").await?;
                let written = db.client.execute(&update, &[&keys, &names]).await?;
                db.client.batch_execute("commit").await?;
                Ok::<_, tokio_postgres::Error>(written)
            };
            let written = db.runtime.block_on(work).expect("they are written");
            users.iter_mut().step_by(100).zip(names).for_each(|(user, name)| user.name = name);
            written
        },
        |_, written| assert_eq!(written as usize, task.size / 100),
    );
}

fn cascade(task: &Task, turns: Turns) {
    let db = Db::open(task);
    let [comments, posts, users] = [
        "delete from comments where post_id in (select id from posts where user_id = $1)",
        "delete from posts where user_id = $1",
        "delete from users where id = $1",
    ]
    .map(|text| db.prepare(text));
    turns.singly().take(
        &mut (),
        |()| {
            let work = async {
                db.client.batch_execute("begin").await?;
                let mut gone = 0;
                for kept in [&comments, &posts, &users] {
                    gone += db.client.execute(kept, &[&1_i32]).await?;
                }
                db.client.batch_execute("rollback").await?;
                Ok::<_, tokio_postgres::Error>(gone)
            };
            db.runtime.block_on(work).expect("they go")
        },
        |(), gone| assert_eq!(gone as usize, task.size),
    );
}
