//! What costs on a network is round trips: how many the unit of work takes, counted on the wire, BEGIN and COMMIT
//! included.
#![allow(missing_docs)]
#![cfg(all(feature = "postgres", feature = "mysql"))]

#[path = "../examples/lockfile.rs"]
#[allow(dead_code)]
mod lockfile;
mod support;

use lockfile::{cargo_lock, lock};
use rebis::blocking::Engine;
use rebis::prelude::*;
use rebis::schema::MetaData;
use rebis_testkit::Proxy;
use std::collections::HashMap;
use std::time::Duration;
use support::servers;
use support::{Address, Comment, Department, Employee, Node, Post, Profile, User};

/// An engine behind a proxy, with the tables made and one connection open.
fn through_proxy(url: &str) -> (Engine, Proxy) {
    behind_proxy(url, &support::schema())
}

fn behind_proxy(url: &str, schema: &MetaData) -> (Engine, Proxy) {
    let (proxy, through) = servers::through_proxy(url);
    let engine = Engine::new(&through).expect("a URL");
    // On a connection of its own: that is reset behind its return, which takes round trips, too.
    Engine::new(url).and_then(|direct| schema.create_all(&direct)).expect("tables");
    engine.connect().expect("a connection");
    proxy.turns();
    (engine, proxy)
}

/// Three levels with generated keys: 10 users, 100 posts, 1,000 comments.
fn add_graph(db: &mut rebis::blocking::Session) -> Vec<Handle<Comment>> {
    let mut comments = Vec::new();
    for u in 0..10 {
        let user = db.add(User.new().name(format!("user {u}")));
        for p in 0..10 {
            let post = db.push(user, User.posts, Post.new().title(format!("post {u}.{p}")));
            for c in 0..10 {
                comments.push(db.push(post, Post.comments, Comment.new().text(format!("{u}.{p}.{c}"))));
            }
        }
    }
    comments
}

/// Every comment hangs on the post, and that on the user, that the texts say.
fn check_graph(engine: &Engine, db: &rebis::blocking::Session, comments: &[Handle<Comment>]) {
    let rows: Vec<(i64, String, String, String)> = engine
        .connect()
        .and_then(|mut connection| {
            connection.all(
                select((Comment.id, Comment.text, Post.title, User.name))
                    .join(Comment.post)
                    .join(Post.author)
                    .order_by(Comment.id),
            )
        })
        .expect("rows");
    assert_eq!(rows.len(), comments.len());
    for (id, text, title, name) in &rows {
        let (up, _) = text.rsplit_once('.').expect("two points");
        let (u, _) = up.split_once('.').expect("a point");
        assert_eq!((title, name), (&format!("post {up}"), &format!("user {u}")));
        assert!(comments.iter().any(|comment| db[comment].id == *id && db[comment].text == *text));
    }
}

/// Round trips of ten users with three relations of theirs, and with one more level below.
fn load_siblings(engine: &Engine, proxy: &Proxy) -> (u64, u64) {
    let mut db = engine.session();
    add_graph(&mut db);
    for (n, user) in db.all(select(User).order_by(User.id)).expect("users").into_iter().enumerate() {
        db.push(user, User.addresses, Address.new().email(format!("{n}@example.com")));
        db.set(user, User.profile, Profile.new().about(format!("{n}")));
    }
    db.commit().expect("it is kept");
    let load = |stmt: Select<User>| {
        let mut db = engine.session();
        proxy.turns();
        let users = db.all(stmt).expect("rows");
        let turns = proxy.turns();
        assert_eq!(users.len(), 10);
        for user in users {
            let profile = db[user].profile.get().expect("a profile");
            let address = db[user].addresses.iter().next().expect("an address");
            assert_eq!(db[address].email, format!("{}@example.com", db[profile].about));
            assert_eq!(db[user].posts.len(), 10);
        }
        // Else the connection comes back behind the next session's back, which opens another.
        db.rollback().expect("nothing was written");
        turns
    };
    let siblings = || select(User).with(User.posts).with(User.addresses).with(User.profile);
    (load(siblings()), load(siblings().with(User.posts.then(Post.comments))))
}

/// The graph of this workspace's own lock file: what saving it, and merging it again, takes at most.
fn lock_file(url: &str, saved: u64, merged: u64) {
    let (_, mut entries) = cargo_lock::read(None).expect("a lock file");
    let (engine, proxy) =
        behind_proxy(url, &metadata![lock::Package, lock::Source, lock::Release, lock::Dependency]);
    proxy.delay(Duration::from_millis(5));
    let store = |entries: &[cargo_lock::Entry]| {
        proxy.turns();
        lockfile::store(&mut engine.session(), entries).expect("it is kept");
        proxy.turns()
    };
    let (first, again) = (store(&entries), store(&entries));
    entries[0].checksum = Some("0".repeat(64));
    let changed = store(&entries);
    println!(
        "figure: round trips | {} | {} releases of a lock file: saved {first}, merged {again}, changed {changed}",
        engine.capabilities().name,
        entries.len()
    );
    assert!(first <= saved && again <= merged, "{first}, {again}");
    let mut connection = engine.connect().expect("a connection");
    let edges: usize = entries.iter().map(|entry| entry.dependencies.len()).sum();
    assert_eq!(connection.all(select(lock::Dependency)).expect("rows").len(), edges);
    assert_eq!(connection.all(select(lock::Release)).expect("rows").len(), entries.len());
}

mod postgres {
    use super::*;

    #[test]
    fn three_levels_take_two() {
        let (engine, proxy) = through_proxy(&servers::postgres());
        let mut db = engine.session();
        let comments = add_graph(&mut db);
        db.commit().expect("it is kept");
        assert_eq!(proxy.turns(), 2, "keys of all levels, then all rows and COMMIT");
        check_graph(&engine, &db, &comments);
    }

    #[test]
    fn one_level_takes_one() {
        let (engine, proxy) = through_proxy(&servers::postgres());
        let mut db = engine.session();
        let users = db.add_all((0..200).map(|n| User.new().name(format!("{n}"))));
        db.commit().expect("it is kept");
        assert_eq!(proxy.turns(), 1);
        let names: Vec<(i64, String)> =
            engine.connect().and_then(|mut c| c.all(select((User.id, User.name)))).expect("rows");
        for user in &users {
            assert!(names.contains(&(db[user].id, db[user].name.clone())), "keys are with their rows");
        }
    }

    #[test]
    fn keys_in_hand_take_one() {
        let (engine, proxy) = through_proxy(&servers::postgres());
        let mut db = engine.session();
        for n in 1..=50 {
            let user = db.add(User.new().id(n).name(format!("{n}")));
            db.push(user, User.posts, Post.new().id(n).title("given"));
        }
        db.commit().expect("it is kept");
        assert_eq!(proxy.turns(), 1);
    }

    #[test]
    fn changes_of_one_shape() {
        let (engine, proxy) = through_proxy(&servers::postgres());
        let mut db = engine.session();
        let users = db.add_all((0..100).map(|n| User.new().name(format!("{n}"))));
        db.commit().expect("it is kept");
        proxy.turns();
        for user in &users {
            db[user].name.push('!');
        }
        db.commit().expect("it is kept");
        assert_eq!(proxy.turns(), 2, "one, and COMMIT behind the count of the rows");
        for user in &users {
            db.delete(user);
        }
        db.flush().expect("it is written");
        let deleting = proxy.turns();
        db.commit().expect("it is kept");
        println!(
            "figure: round trips | PostgreSQL | deleting 100 users with the relations that may hold rows: {deleting}"
        );
        assert!(
            deleting <= 4,
            "relations that may hold rows are looked at, then all goes in one: {deleting}"
        );
    }

    #[test]
    fn relations_take_one_for_each_level() {
        let (engine, proxy) = through_proxy(&servers::postgres());
        assert_eq!(
            load_siblings(&engine, &proxy),
            (2, 3),
            "the users, then three relations; and a level below"
        );
    }

    #[test]
    fn a_lock_file() {
        lock_file(&servers::postgres(), 4, 6);
    }
}

mod mysql {
    use super::*;

    #[test]
    fn three_levels_take_one() {
        let (engine, proxy) = through_proxy(&servers::mysql());
        let mut db = engine.session();
        let comments = add_graph(&mut db);
        db.commit().expect("it is kept");
        assert_eq!(proxy.turns(), 1, "rows name the keys of the rows before them");
        check_graph(&engine, &db, &comments);
    }

    #[test]
    fn keys_of_writers_at_the_same_time_are_told_apart() {
        let (engine, _proxy) = through_proxy(&servers::mysql());
        let write = |engine: &Engine| {
            for _ in 0..10 {
                let mut db = engine.session();
                let comments = add_graph(&mut db);
                db.commit().expect("it is kept");
                let posts = comments.iter().map(|comment| (db[comment].id, db[comment].post_id));
                let told: HashMap<i64, i64> = posts.collect();
                let rows = select((Comment.id, Comment.post_id)).filter(Comment.id.in_(told.keys().copied()));
                let rows: Vec<(i64, i64)> = db.all(rows).expect("rows");
                assert_eq!(
                    rows.into_iter().collect::<HashMap<_, _>>(),
                    told,
                    "links are those that are told"
                );
            }
        };
        std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(|| write(&engine)))));
        // Whoever wrote it, each comment hangs where its text says.
        let texts = select((Comment.text, Post.title, User.name)).join(Comment.post).join(Post.author);
        let rows: Vec<(String, String, String)> =
            engine.connect().and_then(|mut connection| connection.all(texts)).expect("rows");
        assert_eq!(rows.len(), 4 * 10 * 1000);
        for (text, title, name) in rows {
            assert!(
                title
                    .strip_prefix("post ")
                    .is_some_and(|post| text.rsplit_once('.').is_some_and(|t| t.0 == post))
            );
            let user = title.split(['.', ' ']).nth(1);
            assert_eq!(name.strip_prefix("user "), user);
        }
    }

    #[test]
    fn a_tree_and_rows_that_point_at_each_other_take_one() {
        let (engine, proxy) = through_proxy(&servers::mysql());
        let mut db = engine.session();
        let root = db.add(Node.new().name("root"));
        for n in 0..70 {
            let node = db.push(root, Node.children, Node.new().name(format!("{n}")));
            db.push(node, Node.children, Node.new().name(format!("under {n}")));
        }
        db.commit().expect("it is kept");
        assert_eq!(proxy.turns(), 1, "a tree of three levels");
        let parent = Node.alias("parent");
        let rows: Vec<(String, String)> = engine
            .connect()
            .and_then(|mut connection| {
                connection.all(select((Node.name, parent.name)).join(Node.parent.to(parent)))
            })
            .expect("rows");
        assert_eq!(rows.len(), 140);
        assert!(rows.iter().all(|(name, of)| of == "root" || *name == format!("under {of}")));

        let sales = db.add(Department.new().name("sales"));
        let ann = db.push(sales, Department.employees, Employee.new().name("ann"));
        db.set(sales, Department.head, ann);
        proxy.turns();
        db.commit().expect("it is kept");
        let turns = proxy.turns();
        let rows: Vec<(i64, Option<i64>)> =
            db.all(select((Department.id, Department.head_id))).expect("rows");
        assert_eq!(rows, [(db[sales].id, Some(db[ann].id))]);
        assert_eq!((db[ann].department_id, turns), (db[sales].id, 1));
    }

    #[test]
    fn one_level_takes_one() {
        let (engine, proxy) = through_proxy(&servers::mysql());
        let mut db = engine.session();
        db.add_all((0..200).map(|n| User.new().name(format!("{n}"))));
        db.commit().expect("it is kept");
        assert_eq!(proxy.turns(), 1);
    }

    #[test]
    fn relations_take_one_for_each_level() {
        let (engine, proxy) = through_proxy(&servers::mysql());
        assert_eq!(
            load_siblings(&engine, &proxy),
            (2, 3),
            "the users, then three relations; and a level below"
        );
    }

    #[test]
    fn a_lock_file() {
        lock_file(&servers::mysql(), 4, 6);
    }
}
