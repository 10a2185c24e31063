//! Errors as a user meets them, through sessions and connections: kind, code, the thing concerned, statement, call
//! site and help, and the stated condition of data and session afterwards. `docs/errors.md` is what they are held to.
#![allow(missing_docs)]
#![cfg(all(feature = "sqlite", feature = "blocking", feature = "macros"))]

use rebis::blocking::{Engine, Session};
use rebis::prelude::*;
use rebis::{Error, ErrorKind, State};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

#[path = "errors/constraints.rs"]
mod constraints;
#[path = "errors/files.rs"]
mod files;
#[path = "errors/sessions.rs"]
mod sessions;
#[path = "errors/statements.rs"]
mod statements;
#[path = "errors/values.rs"]
mod values;

#[derive(Model, Debug)]
#[model(table = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub email: String,
    #[column(check = "age >= 0")]
    pub age: Option<i64>,
    #[relation(inverse = author)]
    pub posts: HasMany<Post>,
}

#[derive(Model, Debug)]
#[model(table = "posts")]
pub struct Post {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[column(references = User.id)]
    pub author_id: i64,
    #[relation(key = author_id)]
    pub author: BelongsTo<User>,
}

/// Where SQLite's connections run: the errors are the same.
const PLACEMENTS: [&str; 2] = ["inline", "worker"];

/// A folder of its own inside of the target folder, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("errors-{name}-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder can be made");
        Folder(path)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    /// An engine on a file of the folder; nothing is opened.
    fn engine(&self, file: &str, query: &str) -> Engine {
        // Three slashes and the first of the path: an absolute one.
        Engine::new(&format!("sqlite:///{}?{query}", self.path(file).display())).expect("a right URL")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An engine over a database in memory that has the tables, and Alice with a post.
fn engine(placement: &str) -> Engine {
    let engine = Engine::new(&format!("sqlite::memory:?placement={placement}")).expect("a right URL");
    fill(&engine);
    engine
}

fn fill(engine: &Engine) {
    metadata![User, Post].create_all(engine).expect("the tables are made");
    let mut db = engine.session();
    let alice = db.add(User.new().email("alice@x").age(7));
    db.push(alice, User.posts, Post.new().title("Hello"));
    db.commit().expect("it is written");
}

/// Users and posts.
type Contents = (Vec<(String, Option<i64>)>, Vec<(String, i64)>);

/// What is in the database, seen by a connection that has nothing to do with the session.
fn contents(engine: &Engine) -> Contents {
    let mut conn = engine.connect().expect("it opens");
    let users = conn.all(select((User.email, User.age)).order_by(User.id)).expect("it reads");
    let posts = conn.all(select((Post.title, Post.author_id)).order_by(Post.id)).expect("it reads");
    (users, posts)
}

fn untouched() -> Contents {
    (vec![("alice@x".into(), Some(7))], vec![("Hello".into(), 1)])
}

/// What an error is to say of itself.
#[derive(Default)]
struct Says {
    table: Option<&'static str>,
    column: Option<&'static str>,
    constraint: Option<&'static str>,
    /// How the statement begins; `None`: there is none.
    sql: Option<&'static str>,
    /// A part of the help.
    help: &'static str,
}

/// Checks all that an error says, in its parts and in its text.
#[track_caller]
fn check(error: &Error, (kind, code): (ErrorKind, &str), says: Says) {
    let here = std::panic::Location::caller();
    let text = error.to_string();
    assert_eq!((error.kind(), error.code()), (kind, code), "{text}");
    assert!(text.contains(&format!("[{code}]")), "{text}");
    assert_eq!((error.table(), error.column()), (says.table, says.column), "{text}");
    assert_eq!(error.constraint(), says.constraint, "{text}");
    match (error.sql(), says.sql) {
        (Some(sql), Some(begins)) => {
            assert!(sql.starts_with(begins), "{text}");
            assert!(text.contains(&format!("statement: {begins}")), "{text}");
        }
        (None, None) => {}
        (found, wanted) => panic!("statement {found:?}, expected {wanted:?}: {text}"),
    }
    let site = error.site().unwrap_or_else(|| panic!("no call site: {text}"));
    assert_eq!(site.file(), here.file(), "the call site is the user's: {text}");
    assert!(site.line() <= here.line() && site.line() + 12 > here.line(), "line {}: {text}", site.line());
    assert!(text.contains(&format!("at: {}:{}", site.file(), site.line())), "{text}");
    let help = error.help().unwrap_or_else(|| panic!("no help: {text}"));
    assert!(help.contains(says.help) && text.contains("help: "), "{text}");
}

/// The session says that it must be rolled back, whatever it is asked, and its objects stay readable.
#[track_caller]
fn waits_for_rollback(db: &mut Session) {
    let before = db.engine_statements();
    for result in [
        db.commit(),
        db.flush(),
        db.all(User).map(drop),
        db.get(User, 4711).map(drop),
        db.execute(User.update().set(User.age, 1).all_rows()).map(drop),
        db.savepoint().map(drop),
    ] {
        let error = result.expect_err("a rollback is due");
        assert_eq!((error.kind(), error.code()), (ErrorKind::InvalidState, "R0405"), "{error}");
        assert!(error.help().is_some_and(|help| help.contains("rollback()")), "{error}");
    }
    assert_eq!(db.engine_statements(), before, "nothing of it reached the database");
    assert!(!db.in_transaction(), "the transaction is over");
}

/// How many statements the engine of a session has run.
trait Statements {
    fn engine_statements(&mut self) -> u64;
}

impl Statements for Session {
    fn engine_statements(&mut self) -> u64 {
        self.as_async().engine().counters().statements
    }
}
