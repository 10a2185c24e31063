//! Loading of relations: rules 78 to 84.

use super::super::Session;
use super::*;
use crate::support::relations::*;
use crate::support::{Address, Comment, Post, Tag, User};
use rebis::{ErrorKind, SessionOptions};

const USERS: &str = "SELECT users.id, users.name, users.nick FROM users";
const POSTS: &str = "SELECT posts.id, posts.title, posts.author_id FROM posts";
const COMMENTS: &str = "SELECT comments.id, comments.text, comments.post_id FROM comments";

/// Three users with two posts of two comments each, in a new session.
fn library() -> rebis::Result<(Session, Log)> {
    let (engine, log) = stocked()?;
    Ok((engine.session(), log))
}

fn stocked() -> rebis::Result<(Engine, Log)> {
    let (engine, log) = database()?;
    let mut db = engine.session();
    for user in ["ann", "bob", "cy"] {
        let handle = db.add(User.new().name(user));
        for post in ["one", "two"] {
            let post = db.push(handle, User.posts, Post.new().title(format!("{user} {post}")));
            for text in ["first", "second"] {
                db.push(post, Post.comments, Comment.new().text(text));
            }
        }
    }
    io!(db.commit())?;
    log.clear();
    Ok((engine, log))
}

/// What is loaded below users, on one line.
fn shown(db: &Session, users: &[Handle<User>]) -> String {
    let mut lines = Vec::new();
    for user in users {
        for post in &db[*user].posts {
            let texts: Vec<&str> = db[post].comments.iter().map(|c| db[c].text.as_str()).collect::<Vec<_>>();
            lines.push(format!("{}: {}", db[post].title, texts.join(" ")));
        }
    }
    lines.join(", ")
}

#[test]
fn rule_78_a_parent_in_the_session_costs_no_query() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    db.add(Address.new().email("a").user(User.new().name("ann")));
    db.add(Address.new().email("b"));
    db.add(Address.new().email("c").user(User.new().name("bob")));
    io!(db.commit())?;

    let mut db = engine.session();
    let ann = io!(db.get_one(User, 1))?;
    let [a, b, c] = io!(db.all(select(Address).order_by(Address.id)))?[..] else { panic!("three") };
    log.clear();
    io!(db.load_all([a, b], Address.user))?;
    assert!(log.take_sql().is_empty());
    assert_eq!((db[a].user.get(), db[b].user.get()), (Some(ann), None));
    assert!(!db[c].user.is_loaded());
    io!(db.load(c, Address.user))?;
    assert_eq!(log.take_sql(), [format!("{USERS} WHERE users.id = ?")]);
    // Once loaded, it is loaded.
    io!(db.load(c, Address.user))?;
    assert!(log.take_sql().is_empty());
    Ok(())
}

#[test]
fn rule_78_siblings_are_loaded_together() -> Outcome {
    let (mut db, log) = library()?;
    let users = io!(db.all(select(User).order_by(User.id)))?;
    log.clear();
    let mut seen = 0;
    for user in &users {
        io!(db.load(*user, User.posts))?;
        for post in &db[*user].posts {
            io!(db.load(post, Post.comments))?;
            for comment in &db[post].comments {
                io!(db.load(comment, Comment.post))?;
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 12);
    assert_eq!(
        log.take_sql(),
        [
            format!("{POSTS} WHERE posts.author_id IN (?, ?, ?)"),
            format!("{COMMENTS} WHERE comments.post_id IN (?, ?, ?, ?, ?, ?)"),
        ]
    );
    Ok(())
}

#[test]
fn rule_78_batching_of_siblings_can_be_turned_off() -> Outcome {
    let (engine, log) = stocked()?;
    let mut db = engine.sessions(SessionOptions::new().batch_siblings(false)).session();
    let users = io!(db.all(select(User).order_by(User.id)))?;
    log.clear();
    for user in &users {
        io!(db.load(*user, User.posts))?;
    }
    assert_eq!(log.take_sql(), vec![format!("{POSTS} WHERE posts.author_id = ?"); 3]);
    Ok(())
}

#[test]
fn rule_79_selectin_goes_by_pages_of_keys() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    for n in 0..1104 {
        let user = db.add(User.new().name(format!("{n}")));
        db.push(user, User.addresses, Address.new().email(format!("{n}")));
    }
    io!(db.commit())?;

    let mut db = engine.session();
    log.clear();
    let users = io!(db.all(select(User).with(User.addresses)))?;
    assert_eq!(users.len(), 1104);
    assert!(users.iter().all(|user| db[*user].addresses.len() == 1));
    let keys: Vec<usize> = log.take_sql().iter().map(|sql| sql.matches('?').count()).collect();
    match is_sqlite(&engine) {
        true => assert_eq!(keys, [0, 0, 500, 500, 104]),
        // A list is one parameter, or is filled up to a length that is asked for again.
        false => assert_eq!(keys.len(), 5),
    }

    // The other way the keys come from the addresses, each once.
    let mut db = engine.session();
    let first = io!(db.get_one(User, 1))?;
    let all = io!(db.all(Address))?;
    for address in &all[500..] {
        db[*address].user_id = Some(2);
    }
    io!(db.flush())?;
    log.clear();
    io!(db.load_all(&all, Address.user))?;
    let keys: Vec<usize> = log.take_sql().iter().map(|sql| sql.matches('?').count()).collect();
    match is_sqlite(&engine) {
        true => assert_eq!(keys, [499]),
        false => assert_eq!(keys.len(), 1),
    }
    assert_eq!(db[all[0]].user.get(), Some(first));
    Ok(())
}

/// Entities are de-duplicated without asking; rows never.
#[test]
fn rule_80_a_joined_collection_with_a_limit() -> Outcome {
    let (mut db, log) = library()?;
    let users = io!(db.all(select(User).order_by(User.name.desc()).limit(2).with(User.posts.joined())))?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN",
            "SELECT users.id, users.name, users.nick, posts_1.id, posts_1.title, posts_1.author_id FROM (SELECT \
             users.id, users.name, users.nick FROM users ORDER BY users.name DESC LIMIT ?) AS users LEFT JOIN posts \
             AS posts_1 ON posts_1.author_id = users.id ORDER BY users.name DESC",
        ]
    );
    let names: Vec<&str> = users.iter().map(|user| db[*user].name.as_str()).collect();
    assert_eq!(names, ["cy", "bob"]);
    assert!(users.iter().all(|user| db[*user].posts.len() == 2));

    let rows: Vec<Handle<User>> = io!(db.all(select(User).join(User.posts)))?;
    assert_eq!(rows.len(), 3);
    let plain: Vec<String> = io!(db.all(select(User.name).join(User.posts)))?;
    assert_eq!(plain.len(), 6);
    let pairs: Vec<(Handle<User>, String)> = io!(db.all(select((User, Post.title)).join(User.posts)))?;
    assert_eq!(pairs.len(), 6);
    Ok(())
}

#[test]
fn rule_80_first_and_one_with_a_joined_collection() -> Outcome {
    let (mut db, _log) = library()?;
    let ann = io!(db.one(select(User).filter(User.name.eq("ann")).with(User.posts.joined())))?;
    assert_eq!(db[ann].posts.len(), 2);
    let first =
        io!(db.first(select(User).order_by(User.id.desc()).with(User.posts.joined())))?.expect("a user");
    assert_eq!((db[first].name.as_str(), db[first].posts.len()), ("cy", 2));
    Ok(())
}

#[test]
fn rule_80_selectin_three_deep_with_filter_order_and_limit() -> Outcome {
    let (mut db, log) = library()?;
    let path = User
        .posts
        .filter(Post.title.ne("cy one"))
        .order_by(Post.title.desc())
        .then(Post.comments.order_by(Comment.id.desc()).limit(1));
    let users = io!(db.all(select(User).filter(User.name.ne("bob")).order_by(User.id).with(path)))?;
    assert_eq!(shown(&db, &users), "ann two: second, ann one: second, cy two: second");
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN".to_owned(),
            format!("{USERS} WHERE users.name <> ? ORDER BY users.id"),
            format!("{POSTS} WHERE posts.author_id IN (?, ?) AND posts.title <> ? ORDER BY posts.title DESC"),
            "SELECT ranked.c0, ranked.c1, ranked.c2 FROM (SELECT comments.id AS c0, comments.text AS c1, \
             comments.post_id AS c2, row_number() OVER (PARTITION BY comments.post_id ORDER BY comments.id DESC) AS \
             place FROM comments WHERE comments.post_id IN (?, ?, ?)) AS ranked WHERE ranked.place <= ? \
             ORDER BY ranked.place"
                .to_owned(),
        ]
    );
    Ok(())
}

#[test]
fn rule_80_joined_three_deep_with_filter_and_order() -> Outcome {
    let (mut db, log) = library()?;
    let path = User
        .posts
        .joined()
        .filter(Post.title.ne("cy one"))
        .order_by(Post.title.desc())
        .then(Post.comments.joined().order_by(Comment.id.desc()));
    let users = io!(db.all(select(User).filter(User.name.ne("bob")).order_by(User.id).limit(5).with(path)))?;
    assert_eq!(shown(&db, &users), "ann two: second first, ann one: second first, cy two: second first");
    assert_eq!(log.take_sql().len(), 2);
    Ok(())
}

/// A limit for each owner and a join do not go together: the statement is refused, or the limit holds.
#[test]
fn rule_80_a_limit_of_a_joined_collection_is_not_lost() -> Outcome {
    let (mut db, _log) = library()?;
    match io!(db.all(select(User).with(User.posts.joined().limit(1)))) {
        Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
        Ok(users) => assert!(users.iter().all(|user| db[*user].posts.len() == 1)),
    }
    Ok(())
}

#[test]
fn rule_80_contains_eager_three_deep() -> Outcome {
    let (mut db, log) = library()?;
    let users = io!(db.all(
        select(User)
            .join(User.posts)
            .join(Post.comments)
            .filter(Comment.text.eq("second") & Post.title.like("%two"))
            .order_by(Post.title.desc())
            .with(User.posts.contains_eager().then(Post.comments.contains_eager()))
    ))?;
    assert_eq!(shown(&db, &users), "cy two: second, bob two: second, ann two: second");
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN",
            "SELECT users.id, users.name, users.nick, posts.id, posts.title, posts.author_id, comments.id, \
             comments.text, comments.post_id FROM users JOIN posts ON posts.author_id = users.id JOIN comments ON \
             comments.post_id = posts.id WHERE comments.text = ? AND posts.title LIKE ? ORDER BY posts.title DESC",
        ]
    );

    // The session knows that it is a part: a cascade over it loads the whole.
    db.delete(users[0]);
    io!(db.flush())?;
    let left: Vec<String> = io!(db.all(select(Post.title).order_by(Post.id)))?;
    assert_eq!(left, ["ann one", "ann two", "bob one", "bob two"]);
    Ok(())
}

#[test]
fn rule_80_selectin_below_joined_and_joined_below_selectin() -> Outcome {
    let (mut db, log) = library()?;
    let path = User.posts.joined().order_by(Post.id).then(Post.comments.order_by(Comment.id));
    let path = path.then(Comment.post.joined());
    let users = io!(db.all(select(User).order_by(User.id).limit(1).with(path)))?;
    assert_eq!(shown(&db, &users), "ann one: first second, ann two: first second");
    assert_eq!(log.take_sql().len(), 3);
    let path = User.posts.order_by(Post.id).then(Post.comments.joined().order_by(Comment.id));
    db.expunge_all();
    let users = io!(db.all(select(User).order_by(User.id).limit(1).with(path)))?;
    assert_eq!(shown(&db, &users), "ann one: first second, ann two: first second");
    assert_eq!(log.take_sql().len(), 2);
    Ok(())
}

#[test]
fn rule_81_a_loaded_collection_is_not_overwritten() -> Outcome {
    let (mut db, log) = library()?;
    let ann = io!(db.one(select(User).filter(User.name.eq("ann")).with(User.posts)))?;
    behind(&mut db, "INSERT INTO posts (title, author_id) VALUES ('behind', 1)")?;
    log.clear();
    for stmt in [select(User).with(User.posts), select(User).with(User.posts.joined())] {
        io!(db.all(stmt))?;
        assert_eq!(db[ann].posts.len(), 2);
    }
    // Only the two that were not loaded were asked for, once.
    assert_eq!(log.take_sql()[1], format!("{POSTS} WHERE posts.author_id IN (?, ?)"));

    io!(db.all(select(User).with(User.posts.joined()).populate_existing()))?;
    assert_eq!(db[ann].posts.len(), 3);
    behind(&mut db, "DELETE FROM posts WHERE title = 'behind'")?;
    io!(db.all(select(User).with(User.posts).populate_existing()))?;
    assert_eq!(db[ann].posts.len(), 2);
    Ok(())
}

/// What is pending stays in a collection that is read anew.
#[test]
fn rule_81_a_collection_that_is_read_anew_keeps_what_is_pending() -> Outcome {
    let (mut db, _log) = library()?;
    let ann = io!(db.one(select(User).filter(User.name.eq("ann")).with(User.posts)))?;
    let gone = db[ann].posts.to_vec()[0];
    let new = db.push(ann, User.posts, Post.new().title("pending"));
    db.remove(ann, User.posts, gone);
    io!(db.all(select(User).with(User.posts).populate_existing().no_autoflush()))?;
    let posts = db[ann].posts.to_vec();
    assert!(posts.contains(&new) && !posts.contains(&gone) && posts.len() == 2, "{posts:?}");
    Ok(())
}

/// Rebis loads nothing that nobody asked for, so every relation raises: `iter` panics, `try_iter` is an error. A flush
/// loads what it must know all the same.
#[test]
fn rule_82_what_is_not_loaded_says_so_and_a_flush_loads_it() -> Outcome {
    let (mut db, log) = library()?;
    let ann = io!(db.get_one(User, 1))?;
    log.clear();
    let error: rebis::Error = db[ann].posts.try_iter().expect_err("not loaded").into();
    assert_eq!(error.kind(), ErrorKind::NotLoaded);
    assert!(error.help().is_some_and(|help| help.contains(".with(")), "{error:?}");
    assert!(log.take_sql().is_empty());
    db.delete(ann);
    io!(db.flush())?;
    assert!(log.take_sql().contains(&format!("{POSTS} WHERE posts.author_id = ?")));
    assert_eq!(io!(db.count(Post))?, 4);
    Ok(())
}

#[test]
#[should_panic(expected = "this relation to `Post` is not loaded")]
fn rule_82_iterating_what_is_not_loaded() {
    let (mut db, _log) = library().expect("a library");
    let ann = io!(db.get_one(User, 1)).expect("ann");
    for _ in &db[ann].posts {}
}

/// Options do not stick in Rebis, because nothing is loaded later by itself: a later load says what it wants, and gets
/// the whole collection if it says nothing.
#[test]
fn rule_83_options_do_not_stick() -> Outcome {
    let (mut db, log) = library()?;
    let ann = io!(db.one(
        select(User)
            .filter(User.name.eq("ann"))
            .with(User.posts.filter(Post.title.like("%two")).then(Post.comments))
    ))?;
    assert_eq!(db[ann].posts.len(), 1);
    log.clear();
    io!(db.load(ann, User.posts))?;
    assert_eq!(db[ann].posts.len(), 2);
    assert_eq!(log.take_sql(), [format!("{POSTS} WHERE posts.author_id = ?")]);
    let one = db[ann].posts.iter().find(|post| db[*post].title == "ann one").expect("it");
    assert!(!db[one].comments.is_loaded());

    // A part of a collection is replaced by another part, and is never taken for the whole.
    io!(db.load(ann, User.posts.filter(Post.title.like("%one"))))?;
    assert_eq!(db[ann].posts.to_vec(), [one]);
    db.replace(ann, User.posts, [one]);
    io!(db.flush())?;
    let left: Vec<String> = io!(db.all(select(Post.title).filter(Post.author.eq(ann))))?;
    assert_eq!(left, ["ann one"]);
    Ok(())
}

#[test]
fn rule_84_restrictions_hold_in_loads() -> Outcome {
    let (mut db, log) = library()?;
    db.restrict("no firsts", Comment, Comment.text.ne("first"));
    db.restrict("no ones", Post, !Post.title.like("%one"));
    let two = "ann two: second, bob two: second, cy two: second";
    for path in [
        User.posts.then(Post.comments),
        User.posts.joined().then(Post.comments.joined()),
        User.posts.joined().then(Post.comments),
        User.posts.then(Post.comments.joined()),
    ] {
        db.expunge_all();
        let users = io!(db.all(select(User).order_by(User.id).with(path)))?;
        assert_eq!(shown(&db, &users), two);
    }
    db.expunge_all();
    let users = io!(db.all(select(User).order_by(User.id)))?;
    log.clear();
    io!(db.load(users[0], User.posts.then(Post.comments)))?;
    assert_eq!(shown(&db, &users), two);
    assert_eq!(
        log.take_sql(),
        [
            format!("{POSTS} WHERE posts.author_id IN (?, ?, ?) AND posts.title NOT LIKE ?"),
            format!("{COMMENTS} WHERE comments.post_id IN (?, ?, ?) AND comments.text <> ?"),
        ]
    );
    // A cascade sees every row, or it would leave some behind.
    db.delete(users[0]);
    io!(db.flush())?;
    db.unrestrict("no ones");
    db.unrestrict("no firsts");
    assert_eq!((io!(db.count(Post))?, io!(db.count(Comment))?), (4, 8));
    Ok(())
}

#[test]
fn rule_84_a_restriction_of_a_parent() -> Outcome {
    let (mut db, _log) = library()?;
    db.restrict("not bob", User, User.name.ne("bob"));
    let posts = io!(db.all(select(Post).order_by(Post.id).with(Post.author)))?;
    assert_eq!(posts.len(), 6);
    let seen: Vec<bool> = posts.iter().map(|post| db[*post].author.try_get().is_ok()).collect();
    assert_eq!(seen, [true, true, false, false, true, true]);
    assert_eq!(io!(db.get(User, 2))?, None);
    Ok(())
}

/// Pages go by key, so what happens to the rows of a page does not disturb the next.
#[test]
fn rule_79_batches_while_deleting() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    for n in 0..10 {
        db.add(Tag.new().name(format!("{n}")));
    }
    io!(db.commit())?;
    log.clear();
    let mut sizes = Vec::new();
    let mut pages = db.batches(select(Tag).filter(Tag.name.ne("3")), 4);
    while let Some(page) = io!(pages.next(&mut db))? {
        sizes.push(page.len());
        for (n, tag) in page.into_iter().enumerate() {
            match n % 2 {
                0 => db.delete(tag),
                _ => db[tag].name.push('!'),
            }
        }
        io!(db.flush())?;
    }
    assert_eq!(sizes, [4, 4, 1]);
    let sql = log.take_sql();
    assert_eq!(sql.iter().filter(|sql| sql.starts_with("SELECT")).count(), 3);
    assert_eq!(sql[1], "SELECT tags.id, tags.name FROM tags WHERE tags.name <> ? ORDER BY tags.id LIMIT ?");
    io!(db.commit())?;
    let left: Vec<String> = io!(db.all(select(Tag.name).order_by(Tag.id)))?;
    assert_eq!(left, ["1!", "3", "4!", "6!", "8!"]);
    Ok(())
}

#[test]
fn rule_79_batches_with_relations() -> Outcome {
    let (mut db, log) = library()?;
    let mut pages = db.batches(select(User).with(User.posts.then(Post.comments)), 2);
    let mut users = Vec::new();
    while let Some(page) = io!(pages.next(&mut db))? {
        users.extend(page);
    }
    assert_eq!(shown(&db, &users).matches("first second").count(), 6);
    assert_eq!(log.take_sql().len(), 7);
    Ok(())
}

#[test]
fn rule_79_one_to_one_and_many_to_many() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    let courses = ["rust", "sql"].map(|name| db.add(Course.new().name(name)));
    for (n, name) in ["ann", "bob", "cy"].into_iter().enumerate() {
        let student = db.add(Student.new().name(name));
        for course in &courses[..n.min(2)] {
            db.push(student, Student.courses, *course);
        }
        db.add(Album.new().title(name).sleeve(Sleeve.new().colour(name)));
    }
    db.add(Album.new().title("bare"));
    io!(db.commit())?;

    let mut db = engine.session();
    log.clear();
    let students =
        io!(db.all(select(Student).order_by(Student.id).with(Student.courses.then(Course.students))))?;
    let counts: Vec<usize> = students.iter().map(|s| db[*s].courses.len()).collect();
    assert_eq!(counts, [0, 1, 2]);
    let rust = db[students[1]].courses.to_vec()[0];
    assert_eq!(db[rust].students.to_vec(), students[1..]);
    assert_eq!(log.take_sql().len(), 4);

    for stmt in [select(Album).with(Album.sleeve), select(Album).with(Album.sleeve.joined())] {
        db.expunge_all();
        log.clear();
        let albums = io!(db.all(stmt.order_by(Album.id)))?;
        let colours: Vec<Option<String>> =
            albums.iter().map(|a| db[*a].sleeve.get().map(|s| db[s].colour.clone())).collect();
        assert_eq!(colours, [Some("ann".into()), Some("bob".into()), Some("cy".into()), None]);
        assert!(log.take_sql().len() <= 2);
    }
    Ok(())
}
