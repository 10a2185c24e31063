//! Columns that queries leave out until somebody asks for them.
#![allow(missing_docs, clippy::unwrap_used)]
#![cfg(all(feature = "sqlite", feature = "blocking", feature = "macros"))]

use rebis::blocking::{Engine, Session};
use rebis::prelude::*;
use rebis::{ErrorKind, Recorder, State};

type Outcome = rebis::Result<()>;

#[derive(Model, Debug)]
#[model(table = "authors")]
pub struct Author {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relation(inverse = author, cascade = "all, delete-orphan")]
    pub posts: HasMany<Post>,
}

/// The deferred ones stand in the middle.
#[derive(Model, Debug)]
#[model(table = "posts")]
pub struct Post {
    #[column(primary_key)]
    pub id: i64,
    pub body: Deferred<String>,
    pub notes: Deferred<Option<String>>,
    #[column(length = 50)]
    pub title: String,
    #[column(references = Author.id)]
    pub author_id: i64,
    #[relation(key = author_id)]
    pub author: BelongsTo<Author>,
}

fn posts() -> rebis::Result<(Engine, Session, Recorder)> {
    let engine = Engine::new("sqlite::memory:")?;
    metadata![Author, Post].create_all(&engine)?;
    let mut db = engine.session();
    let ann = db.add(Author.new().name("ann"));
    db.add(Post.new().title("one").body("first body").author(ann));
    db.add(Post.new().title("two").body("second body").notes("n").author(ann));
    db.commit()?;
    let db = engine.session();
    let log = engine.record();
    Ok((engine, db, log))
}

fn bodies(engine: &Engine) -> rebis::Result<Vec<String>> {
    engine.connect()?.all(select(Post.body).order_by(Post.id))
}

const LEAN: &str = "SELECT posts.id, posts.title, posts.author_id FROM posts";

#[test]
fn queries_leave_it_out_and_reading_it_says_so() -> Outcome {
    let (engine, mut db, log) = posts()?;
    let all = db.all(Post)?;
    assert_eq!(log.take_sql(), ["BEGIN", LEAN]);
    let post = &db[all[0]];
    assert_eq!(post.title, "one");
    assert!(!post.body.is_loaded() && !post.notes.is_loaded());
    let error = rebis::Error::from(post.body.try_get().unwrap_err());
    assert_eq!(error.kind(), ErrorKind::NotLoaded);
    assert!(error.help().unwrap_or_default().contains("db.load(handle, Model.column)"), "{error}");
    assert!(format!("{post:?}").contains("body: (not loaded)"));
    assert!(format!("{:?}", db.show(all[0])).contains("body: (not loaded)"));
    // Rows without a session are the same.
    let plain: Vec<Post> = engine.connect()?.all(select(Post).order_by(Post.id))?;
    assert!(!plain[1].body.is_loaded() && plain[1].title == "two");
    // In conditions and select lists it is a column like any other.
    assert_eq!(db.count(select(Post).filter(Post.body.like("second%")))?, 1);
    let rows: Vec<(String, Option<String>)> = db.all(select((Post.body, Post.notes)).order_by(Post.id))?;
    assert_eq!(rows[1], ("second body".into(), Some("n".into())));
    Ok(())
}

#[test]
#[should_panic(
    expected = "this deferred column is not loaded; load it with the query (`.with(Model.column)`)"
)]
fn reading_what_is_not_loaded_panics() {
    let (_engine, mut db, _) = posts().unwrap();
    let post = db.get_one(Post, 1).unwrap();
    let _ = db[post].body.len();
}

#[test]
fn it_comes_with_a_query_or_afterwards() -> Outcome {
    let (_engine, mut db, log) = posts()?;
    let all = db.all(select(Post).order_by(Post.id).with(Post.body))?;
    let one = "SELECT posts.id, posts.body FROM posts WHERE posts.id IN (?, ?)";
    assert_eq!(log.take_sql()[1..], [format!("{LEAN} ORDER BY posts.id"), one.into()]);
    assert_eq!([all[0], all[1]].map(|p| db[p].body.as_str()), ["first body", "second body"]);
    assert!(!db[all[0]].notes.is_loaded());
    // Afterwards, for all that came together; what is there is not loaded again.
    db.load(all[0], Post.body)?;
    assert_eq!(log.take_sql(), [""; 0]);
    db.load(all[0], Post.notes)?;
    assert_eq!([all[0], all[1]].map(|p| db[p].notes.clone().into_inner().unwrap()), [None, Some("n".into())]);
    db.load_all(&all, Post.notes)?;
    assert_eq!(log.take_sql().len(), 1);
    // Nothing of it is a change.
    assert!(!db.is_modified(all[0]));
    db.commit()?;
    assert_eq!(log.take_sql(), ["COMMIT"]);
    Ok(())
}

#[test]
fn it_comes_at_the_end_of_a_path() -> Outcome {
    let (engine, mut db, _) = posts()?;
    let authors = db.all(select(Author).with(Author.posts.then(Post.body)))?;
    let loaded = |db: &Session| {
        db[authors[0]]
            .posts
            .iter()
            .map(|p| (db[p].body.is_loaded(), db[p].notes.is_loaded()))
            .collect::<Vec<_>>()
    };
    assert_eq!(loaded(&db), [(true, false); 2]);
    db.load(authors[0], Author.posts.joined().then(Post.notes))?;
    assert_eq!(loaded(&db), [(true, true); 2]);
    let mut other = engine.session();
    let authors = other.all(select(Author).with(Author.posts.joined().then(Post.body)))?;
    let posts = other[authors[0]].posts.to_vec();
    assert_eq!(other[posts[1]].body.as_str(), "second body");
    Ok(())
}

#[test]
fn it_is_set_loaded_or_not_and_only_a_change_is_written() -> Outcome {
    let (engine, mut db, log) = posts()?;
    let [one, two] = db.all(select(Post).order_by(Post.id))?[..] else { panic!("two posts") };
    log.clear();
    db[one].body.set("new body");
    db[one].title = "uno".into();
    db[two].notes = None.into();
    db.commit()?;
    assert_eq!(
        log.take_sql(),
        [
            "UPDATE posts SET title = ?, body = ? WHERE id = ?",
            "UPDATE posts SET notes = ? WHERE id = ?",
            "COMMIT"
        ]
    );
    assert_eq!(bodies(&engine)?, ["new body", "second body"]);
    assert_eq!(db[one].body.as_str(), "new body");
    // Loaded after it was borrowed, it is no change; changed after that it is.
    let mut db = engine.session();
    let two = db.get_one(Post, 2)?;
    db[two].title.push('!');
    db.no_autoflush().load(two, Post.body)?;
    log.clear();
    db.flush()?;
    assert_eq!(log.take_sql(), ["UPDATE posts SET title = ? WHERE id = ?"]);
    db[two].body.push('!');
    db.commit()?;
    assert_eq!(log.take_sql(), ["UPDATE posts SET body = ? WHERE id = ?", "COMMIT"]);
    // What was set is not overwritten by a load, and to what was there it is no change.
    db[two].body.set("mine");
    db.no_autoflush().load(two, Post.body)?;
    assert_eq!(db[two].body.as_str(), "mine");
    db[two].body.set("second body!");
    db.commit()?;
    assert_eq!(bodies(&engine)?, ["new body", "second body!"]);
    Ok(())
}

#[test]
fn a_rollback_brings_back_what_was_loaded_and_what_was_not() -> Outcome {
    let (_engine, mut db, _) = posts()?;
    let [one, two] = db.all(select(Post).order_by(Post.id))?[..] else { panic!("two posts") };
    db.load_all([one], Post.body)?;
    db[one].body.set("changed");
    db[two].body.set("changed");
    db.flush()?;
    db.rollback()?;
    assert_eq!(db[one].body.as_str(), "first body");
    assert!(!db[two].body.is_loaded());
    // Read in a transaction that has written, it goes with that.
    db.execute(Post.update().set(Post.body, "by criteria").all_rows())?;
    db.load_all([one, two], Post.body)?;
    assert_eq!((db[one].body.as_str(), db[two].body.as_str()), ("by criteria", "by criteria"));
    db.rollback()?;
    assert_eq!(db[one].body.as_str(), "first body");
    assert!(!db[two].body.is_loaded());
    Ok(())
}

#[test]
fn what_was_loaded_stays_when_the_row_is_read_anew_and_is_loaded_anew_on_demand() -> Outcome {
    let (engine, mut db, log) = posts()?;
    let one = db.get_one(Post, 1)?;
    db.load(one, Post.body)?;
    db.commit()?;
    engine.connect()?.execute(Post.update().set(Post.body, "elsewhere").set(Post.title, "t").all_rows())?;
    db.all(Post)?;
    assert_eq!((db[one].title.as_str(), db[one].body.as_str()), ("t", "first body"));
    log.clear();
    db.load(one, Post.body)?;
    assert_eq!((db[one].body.as_str(), log.take_sql().len()), ("elsewhere", 1));
    // A refresh gives up what was set.
    db[one].body.set("never");
    db.refresh(one)?;
    assert_eq!(db[one].body.as_str(), "elsewhere");
    db.commit()?;
    assert_eq!(bodies(&engine)?[0], "elsewhere");
    Ok(())
}

#[test]
fn merging_and_adding_plain_objects_minds_what_is_not_loaded() -> Outcome {
    let (engine, mut db, _) = posts()?;
    // A plain object without the column says nothing of it.
    let plain = Post {
        id: 1,
        title: "merged".into(),
        author_id: 1,
        body: Deferred::not_loaded(),
        notes: Deferred::new(Some("merged".into())),
        author: BelongsTo::default(),
    };
    db.merge(plain)?;
    db.merge(Post.new().id(2).title("two").body("merged").author_id(1))?;
    db.commit()?;
    assert_eq!(bodies(&engine)?, ["first body", "merged"]);
    let nothing = Post {
        id: 9,
        title: "t".into(),
        author_id: 1,
        body: Deferred::default(),
        notes: None.into(),
        author: BelongsTo::default(),
    };
    let error = db.execute(Post.insert().row(nothing)).unwrap_err();
    assert!(error.message().contains("`body`"), "{error}");
    // Added as a new row it would have no value there.
    let one = db.get_one(Post, 1)?;
    let mut taken = db.take(one);
    taken.id = 3;
    let new = db.add(taken);
    let error = db.flush().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidState);
    assert!(error.message().contains("`body`"), "{error}");
    assert_eq!(db.state(new), State::Pending);
    db[new].body.set("set after all");
    db.flush()?;
    db.commit()?;
    assert_eq!(bodies(&engine)?[2], "set after all");
    Ok(())
}

#[test]
fn trees_and_deletes() -> Outcome {
    let (engine, mut db, _) = posts()?;
    let one = db.get_one(Post, 1)?;
    assert!(db.tree(one).get("body").is_none());
    db.load(one, Post.body)?;
    assert!(db.tree(one).to_string().contains("first body"));
    let author = db.get_one(Author, 1)?;
    db.delete(author);
    db.commit()?;
    assert_eq!(bodies(&engine)?, [""; 0]);
    // Deleted for good and added again, it is a new row, with what it has.
    db.add_again(author);
    db.add_again(one);
    db[one].notes = None.into();
    db.commit()?;
    assert_eq!(bodies(&engine)?, ["first body"]);
    Ok(())
}

#[test]
fn inserts_and_updates_that_give_rows_back() -> Outcome {
    let (_engine, mut db, _) = posts()?;
    let new = Post.new().title("three").body("third").author_id(1);
    let [three] = db.all(Post.insert().row(new).returning(Post))?[..] else { panic!("one row") };
    assert!(!db[three].body.is_loaded());
    db.load(three, Post.body)?;
    assert_eq!(db[three].body.as_str(), "third");
    let back =
        db.all(Post.update().set(Post.body, "x").filter(Post.id.eq(3)).returning((Post.id, Post.body)))?;
    assert_eq!(back, [(3, "x".to_string())]);
    Ok(())
}

#[test]
fn rows_of_several_things_know_their_places() -> Outcome {
    let (_engine, mut db, _) = posts()?;
    let both = select((Post, Author.name, Post.notes, Author)).join(Post.author).order_by(Post.id);
    let rows = db.all(both)?;
    let (post, name, notes, author) = &rows[1];
    assert_eq!((db[post].title.as_str(), name.as_str(), notes.as_deref()), ("two", "ann", Some("n")));
    assert_eq!(db[author].name, "ann");
    let maybe = select((Author.name, Post.optional(), Author.id)).outer_join(Author.posts).order_by(Post.id);
    let rows: Vec<_> = db.all(maybe)?;
    assert_eq!((db[rows[0].1.unwrap()].title.as_str(), rows[0].2), ("one", 1));
    // A join that brings a collection, under a limit, and pages.
    let mut fresh = Session::from(rebis::Session::new(db.as_async().engine()));
    let author = fresh.first(select(Author).with(Author.posts.joined()).limit(1))?.unwrap();
    assert_eq!(
        fresh[author].posts.iter().map(|p| fresh[p].title.clone()).collect::<Vec<_>>(),
        ["one", "two"]
    );
    let first =
        fresh.all(select(Post).order_by(Post.id).limit(1).with(Post.author.joined()).with(Post.body))?;
    assert_eq!(fresh[first[0]].body.as_str(), "first body");
    let mut pages = fresh.batches(select(Post).with(Post.notes), 1);
    let mut seen = 0;
    while let Some(page) = pages.next(&mut fresh)? {
        assert!(page.iter().all(|p| fresh[p].notes.is_loaded()));
        seen += page.len();
    }
    assert_eq!(seen, 2);
    Ok(())
}

#[test]
fn a_restriction_and_an_alias_do_no_harm() -> Outcome {
    let (_engine, mut db, _) = posts()?;
    db.restrict("first", Post, Post.title.eq("one"));
    let other = Post.alias("other");
    let found = db.all(select(other).filter(other.body.like("%body")).with(other.body))?;
    assert_eq!(found.len(), 1);
    assert_eq!(db[found[0]].body.as_str(), "first body");
    let populated = db.all(select(Post).populate_existing().with(Post.body))?;
    assert_eq!(populated, found);
    Ok(())
}
