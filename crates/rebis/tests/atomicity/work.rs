//! The database, the work, and what is looked at.

use super::{Place, database};
use crate::support::{Address, Comment, Node, Post, Profile, Tag, User};
use rebis::blocking::{Engine, Session};
use rebis::driver::{Each, Step};
use rebis::prelude::*;
use rebis::{Binds, Cell, Datum, State, Tree};
use rebis_sql::{Statement, StatementKind};
use rebis_testkit::faulty::Faults;
use std::ops::ControlFlow;

/// A filled database with an engine that fails where it is told to.
pub(crate) fn library(place: Place) -> (Engine, Faults) {
    let (engine, faults) = database(place);
    let mut db = engine.session();
    let [one, two, three] = ["one", "two", "three"].map(|name| db.add(Tag.new().name(name)));
    let ann = db.add(User.new().name("ann"));
    let bob = db.add(User.new().name("bob"));
    let first = db.push(ann, User.posts, Post.new().title("first"));
    let second = db.push(ann, User.posts, Post.new().title("second"));
    for (post, text) in [(first, "a"), (first, "b"), (second, "c")] {
        db.push(post, Post.comments, Comment.new().text(text));
    }
    db.push(first, Post.tags, one);
    db.push(first, Post.tags, two);
    db.push(second, Post.tags, two);
    db.push(bob, User.posts, Post.new().title("third"));
    db.push(ann, User.addresses, Address.new().email("ann@x"));
    db.push(bob, User.addresses, Address.new().email("bob@x"));
    db.set(ann, User.profile, db_profile());
    let root = db.add(Node.new().name("root"));
    let leaf = db.push(root, Node.children, Node.new().name("branch"));
    db.push(leaf, Node.children, Node.new().name("leaf"));
    let _ = three;
    db.commit().expect("it is filled");
    (engine, faults)
}

fn db_profile() -> impl NewRow<Model = Profile> {
    Profile.new().about("ann's")
}

/// Users, and most of what hangs on them.
pub(crate) fn everything() -> Select<User> {
    select(User)
        .order_by(User.id)
        .with(User.posts.then(Post.comments))
        .with(User.posts.then(Post.tags))
        .with(User.addresses)
        .with(User.profile)
}

/// A session that has read everything.
pub(crate) struct Reader {
    pub(crate) db: Session,
    users: Vec<Handle<User>>,
    posts: Vec<Handle<Post>>,
    tags: Vec<Handle<Tag>>,
    addresses: Vec<Handle<Address>>,
    nodes: Vec<Handle<Node>>,
}

impl Reader {
    /// Reads everything, and ends the transaction it was read in or not.
    pub(crate) fn new(engine: &Engine, ends: bool) -> Reader {
        let mut db = engine.session();
        let mut reader = Reader {
            users: db.all(everything()).expect("it reads"),
            posts: db.all(select(Post).order_by(Post.id)).expect("it reads"),
            tags: db.all(select(Tag).order_by(Tag.id).with(Tag.posts)).expect("it reads"),
            addresses: db.all(select(Address).order_by(Address.id)).expect("it reads"),
            nodes: db.all(select(Node).order_by(Node.id).with(Node.children)).expect("it reads"),
            db,
        };
        if ends {
            reader.db.commit().expect("nothing to write");
        }
        reader
    }

    /// Everything that the session knows, as values.
    pub(crate) fn seen(&self) -> Vec<Tree> {
        let db = &self.db;
        let mut seen = db.trees(&self.users);
        seen.extend(db.trees(&self.posts));
        seen.extend(db.trees(&self.tags));
        seen.extend(db.trees(&self.addresses));
        seen.extend(db.trees(&self.nodes));
        seen
    }

    /// Every object stands for a row, and has no change.
    #[track_caller]
    pub(crate) fn is_clean(&self) {
        let db = &self.db;
        for user in &self.users {
            assert_eq!((db.state(*user), db.is_modified(*user)), (State::Persistent, false));
        }
        for post in &self.posts {
            assert_eq!((db.state(*post), db.is_modified(*post)), (State::Persistent, false));
        }
        for tag in &self.tags {
            assert_eq!((db.state(*tag), db.is_modified(*tag)), (State::Persistent, false));
        }
        for address in &self.addresses {
            assert_eq!((db.state(*address), db.is_modified(*address)), (State::Persistent, false));
        }
        for node in &self.nodes {
            assert_eq!((db.state(*node), db.is_modified(*node)), (State::Persistent, false));
        }
        assert!(!db.has_changes());
    }

    /// Changes of every kind, in memory.
    pub(crate) fn work(&mut self) -> New {
        self.rewrite();
        self.rearrange();
        self.add()
    }

    /// Updates, also of unique values that change places.
    fn rewrite(&mut self) {
        let Reader { db, users, posts, tags, addresses, .. } = self;
        db[users[0]].name = "anna".into();
        db[users[0]].nick = Some("an".into());
        db[users[1]].name = "robert".into();
        db[posts[0]].title = "first of all".into();
        db[tags[2]].name = "drei".into();
        let [one, two] = db.many_mut([addresses[0], addresses[1]]);
        std::mem::swap(&mut one.email, &mut two.email);
    }

    /// Deletes with cascades, moves between parents, many-to-many.
    fn rearrange(&mut self) {
        let Reader { db, users, posts, tags, addresses, nodes } = self;
        db.delete(posts[1]);
        db.remove(posts[0], Post.tags, tags[0]);
        db.push(posts[0], Post.tags, tags[2]);
        db.push(posts[2], Post.tags, tags[0]);
        db.set(posts[2], Post.author, users[0]);
        db.set(addresses[0], Address.user, None::<Handle<User>>);
        db.push(users[0], User.addresses, addresses[1]);
        db.set(nodes[2], Node.parent, nodes[0]);
        db.delete(nodes[1]);
    }

    /// New rows at three levels, of a table that refers to itself, and of a many-to-many relation.
    fn add(&mut self) -> New {
        let Reader { db, posts, tags, nodes, .. } = self;
        let carol = db.add(User.new().name("carol"));
        let mut comments = Vec::new();
        for title in ["fourth", "fifth"] {
            let post = db.push(carol, User.posts, Post.new().title(title));
            comments.extend(["d", "e"].map(|text| db.push(post, Post.comments, Comment.new().text(text))));
            db.push(post, Post.tags, Tag.new().name(format!("of {title}")));
            db.push(post, Post.tags, tags[1]);
        }
        comments.push(db.push(posts[0], Post.comments, Comment.new().text("f")));
        db.push(carol, User.addresses, Address.new().email("carol@x"));
        let twig = db.push(nodes[0], Node.children, Node.new().name("twig"));
        db.push(twig, Node.children, Node.new().name("bud"));
        New { carol, comments, twig }
    }
}

/// Some of what was added.
pub(crate) struct New {
    carol: Handle<User>,
    comments: Vec<Handle<Comment>>,
    twig: Handle<Node>,
}

impl New {
    /// They are new again, and can be read.
    #[track_caller]
    pub(crate) fn is_transient(&self, db: &Session) {
        assert_eq!((db.state(self.carol), db.key(self.carol)), (State::Transient, None));
        assert_eq!(db[self.carol].name, "carol");
        for (comment, text) in self.comments.iter().zip(["d", "e", "d", "e", "f"]) {
            assert_eq!((db.state(*comment), db[*comment].text.as_str()), (State::Transient, text));
        }
        assert_eq!((db.state(self.twig), db[self.twig].name.as_str()), (State::Transient, "twig"));
    }
}

/// Columns that hold keys, and of which table.
type Keys = &'static [(usize, &'static str)];

/// Tables, what their rows are ordered by, and where keys are.
const TABLES: [(&str, &str, Keys); 8] = [
    ("users", "id", &[(0, "users")]),
    ("posts", "id", &[(0, "posts"), (2, "users")]),
    ("comments", "id", &[(0, "comments"), (2, "posts")]),
    ("tags", "id", &[(0, "tags")]),
    ("post_tags", "post_id, tag_id", &[(0, "posts"), (1, "tags")]),
    ("addresses", "id", &[(0, "addresses"), (2, "users")]),
    ("profiles", "id", &[(0, "profiles"), (2, "users")]),
    ("nodes", "id", &[(0, "nodes"), (2, "nodes")]),
];

/// All rows of all tables, as text. Where keys that were drawn do not come back with a rollback, the first key of a
/// table stands as 1, the second as 2, and so on.
pub(crate) fn dump(engine: &Engine) -> Vec<String> {
    let mut tables: Vec<Vec<Vec<Datum>>> =
        TABLES.iter().map(|(table, key, _)| rows(engine, table, key)).collect();
    if engine.capabilities().name != "SQLite" {
        let keys = |rows: &Vec<Vec<Datum>>| rows.iter().map(|row| row[0].clone()).collect::<Vec<_>>();
        let known: Vec<Vec<Datum>> = tables.iter().map(keys).collect();
        for ((_, _, columns), rows) in TABLES.iter().zip(&mut tables) {
            for (column, of) in columns.iter() {
                let of = TABLES.iter().position(|(table, ..)| table == of).expect("a table");
                for row in &mut *rows {
                    if let Some(place) = known[of].iter().position(|key| *key == row[*column]) {
                        row[*column] = Datum::Int(place as i64 + 1);
                    }
                }
            }
        }
    }
    let lines = TABLES.iter().zip(tables);
    lines
        .flat_map(|((table, ..), rows)| rows.into_iter().map(move |row| format!("{table} {row:?}")))
        .collect()
}

fn rows(engine: &Engine, table: &str, key: &str) -> Vec<Vec<Datum>> {
    let mut conn = engine.connect().expect("the pool has a connection");
    let select = Statement::once(format!("SELECT * FROM {table} ORDER BY {key}"), StatementKind::Read);
    let (mut rows, mut none) = (Vec::new(), Binds::new());
    let mut sink = Each(|cells: &[Cell<'_>]| {
        rows.push(cells.iter().map(|cell| Datum::from(*cell)).collect());
        Ok(ControlFlow::Continue(()))
    });
    let here = std::panic::Location::caller();
    let mut steps = [Step::new(&select, &mut none, &mut sink)];
    rebis_engine::block_on(conn.as_async().run(&mut steps, here)).expect("it reads");
    rows
}
