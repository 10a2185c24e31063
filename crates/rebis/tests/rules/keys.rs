//! Keys and association rows in a flush, and what it does not touch: rules 23 to 27.

use super::*;
use crate::support::*;
use rebis::ErrorKind;

/// The key of a parent is copied by the flush, not before; the relation can be read at once.
#[test]
fn rule_23_keys_are_copied_by_the_flush() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    io!(db.commit())?;
    let bob = db.add(User.new().name("bob"));
    let home = db.add(Address.new().email("home").user(ann));
    let work = db.push(bob, User.addresses, Address.new().email("work"));
    assert_eq!((db[home].user_id, db[work].user_id), (None, None));
    assert_eq!((db[home].user.get(), db[work].user.get()), (Some(ann), Some(bob)));
    log.take_sql();
    io!(db.flush())?;
    assert_eq!((db[home].user_id, db[work].user_id), (Some(db[ann].id), Some(db[bob].id)));

    // The relation wins over a plain value of the key.
    db[home].user_id = None;
    db.set(home, Address.user, bob);
    assert_eq!(db[home].user_id, None);
    io!(db.flush())?;
    assert_eq!(db[home].user_id, Some(db[bob].id));
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "SELECT (SELECT max(users.id) FROM users), (SELECT max(addresses.id) FROM addresses)",
            "INSERT INTO users (id, name, nick) VALUES (?, ?, ?)",
            "INSERT INTO addresses (id, email, user_id) VALUES (?, ?, ?), (?, ?, ?)",
            "UPDATE addresses SET user_id = ? WHERE id = ?",
        ]
    );
    Ok(())
}

/// Keys that are part of the child's own key, through two levels.
#[test]
fn rule_23_composite_keys() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let order = db.add(
        Order
            .new()
            .shop("north")
            .number(7)
            .items([Item.new().line(1).what("tea"), Item.new().line(2).what("jam")]),
    );
    io!(db.commit())?;
    let items = db[order].items.to_vec();
    assert_eq!(db.key(items[1]), Some(("north".to_owned(), 7, 2)));
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "INSERT INTO orders (shop, number, note) VALUES (?, ?, ?)",
            "INSERT INTO items (order_shop, order_number, line, what) VALUES (?, ?, ?, ?), (?, ?, ?, ?)",
            "COMMIT",
        ]
    );
    Ok(())
}

#[test]
fn rule_24_association_rows() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let tag = db.add(Tag.new().name("rust"));
    let post = db.add(Post.new().title("hello").author(ann));
    // From both sides: one row.
    db.push(post, Post.tags, tag);
    db.push(tag, Tag.posts, post);
    let other = db.push(post, Post.tags, Tag.new().name("sql"));
    io!(db.commit())?;
    let sql = log.take_sql();
    if is_sqlite(&engine) {
        assert_eq!(sql[1].matches("max(").count(), 3);
    }
    assert_eq!(
        sql.after_keys(),
        [
            "INSERT INTO users (id, name, nick) VALUES (?, ?, ?)",
            "INSERT INTO tags (id, name) VALUES (?, ?), (?, ?)",
            "INSERT INTO posts (id, title, author_id) VALUES (?, ?, ?)",
            "INSERT INTO post_tags (post_id, tag_id) VALUES (?, ?), (?, ?)",
            "COMMIT",
        ]
    );
    assert_eq!(db[tag].posts.to_vec(), [post]);

    // Within the association's table: those that go, then those that come.
    io!(db.load(post, Post.tags))?;
    log.take_sql();
    let third = db.add(Tag.new().name("orm"));
    db.replace(post, Post.tags, [third, other]);
    assert!(db[tag].posts.is_empty());
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "INSERT INTO tags (name) VALUES (?)",
            "DELETE FROM post_tags WHERE post_id = ? AND tag_id = ?",
            "INSERT INTO post_tags (post_id, tag_id) VALUES (?, ?)",
            "COMMIT",
        ]
    );

    // Before either side goes.
    db.delete(tag);
    db.delete(post);
    io!(db.commit())?;
    let sql = log.take_sql();
    let at = |start: &str| sql.iter().position(|sql| sql.starts_with(start)).expect(start);
    assert!(at("DELETE FROM post_tags") < at("DELETE FROM tags"), "{sql:?}");
    assert!(at("DELETE FROM post_tags") < at("DELETE FROM posts"), "{sql:?}");
    assert_eq!(io!(db.count(PostTag))?, 0);
    Ok(())
}

/// An association row that comes and goes, or goes and comes, within a flush is not written.
#[test]
fn rule_24_nothing_comes_of_to_and_fro() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let post = db.add(Post.new().title("hello").author(User.new().name("ann")));
    let tag = db.push(post, Post.tags, Tag.new().name("rust"));
    let other = db.add(Tag.new().name("sql"));
    io!(db.commit())?;
    log.take_sql();
    db.push(post, Post.tags, other);
    db.remove(other, Tag.posts, post);
    db.remove(tag, Tag.posts, post);
    db.push(post, Post.tags, tag);
    io!(db.commit())?;
    assert_eq!(log.take_sql(), [""; 0]);
    Ok(())
}

/// A session that has never seen an association row can delete it.
#[test]
fn rule_24_a_row_that_was_never_loaded() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    db.add(Post.new().title("hello").author(User.new().name("ann")).tags([Tag.new().name("rust")]));
    io!(db.commit())?;
    let mut db = engine.session();
    let (post, tag) = (io!(db.get_one(Post, 1))?, io!(db.get_one(Tag, 1))?);
    log.take_sql();
    db.remove(post, Post.tags, tag);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        ["DELETE FROM post_tags WHERE post_id = ? AND tag_id = ?", "COMMIT"],
        "neither side's collection is loaded for it"
    );
    assert_eq!(io!(db.count(PostTag))?, 0);
    Ok(())
}

#[test]
fn rule_25_an_association_row_that_is_not_there() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let post = db.add(Post.new().title("hello").author(User.new().name("ann")));
    let tag = db.push(post, Post.tags, Tag.new().name("rust"));
    io!(db.commit())?;

    // Known by what it connects.
    let mut db = engine.session();
    let (post, tag) = (io!(db.get_one(Post, db_key(post)))?, io!(db.get_one(Tag, db_key(tag)))?);
    io!(db.load(post, Post.tags))?;
    behind(&mut db, "DELETE FROM post_tags")?;
    log.take_sql();
    db.remove(post, Post.tags, tag);
    let error = io!(db.commit()).expect_err("it is not there");
    assert_eq!(error.kind(), ErrorKind::StaleRow);
    assert!(error.sql().is_some_and(|sql| sql.contains("post_tags")), "{error}");
    assert_eq!(log.take_sql(), ["DELETE FROM post_tags WHERE post_id = ? AND tag_id = ?", "ROLLBACK"]);
    io!(db.rollback())?;
    assert_eq!(db[post].tags.to_vec(), [tag]);
    Ok(())
}

/// The first row of every table has this key.
fn db_key<M: Model>(_: Handle<M>) -> i64 {
    1
}

#[test]
fn rule_26_a_changed_collection_is_no_change_of_its_owner() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let [ann, bob] = ["ann", "bob"].map(|name| db.add(User.new().name(name)));
    let home = db.push(ann, User.addresses, Address.new().email("home"));
    let post = db.push(ann, User.posts, Post.new().title("hello"));
    let tag = db.add(Tag.new().name("rust"));
    io!(db.commit())?;
    log.take_sql();

    db.push(ann, User.addresses, Address.new().email("work"));
    db.push(bob, User.addresses, home);
    db.push(post, Post.tags, tag);
    assert!(!db.is_modified(ann) && !db.is_modified(bob) && !db.is_modified(tag));
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "UPDATE addresses SET user_id = ? WHERE id = ?",
            "INSERT INTO addresses (email, user_id) VALUES (?, ?)",
            "INSERT INTO post_tags (post_id, tag_id) VALUES (?, ?)",
            "COMMIT",
        ]
    );
    Ok(())
}

/// What a hook before the flush adds and changes is written by the same flush; its error leaves everything as it was.
#[test]
fn rule_27_before_a_flush() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    db.before_flush(|graph| {
        let new: Vec<Handle<User>> =
            graph.take_state_changes().iter().filter_map(|change| change.handle()).collect();
        for user in new {
            if graph[user].name.is_empty() {
                return Err(rebis::Error::new(rebis::ErrorKind::InvalidState, "a user needs a name"));
            }
            graph.push(user, User.posts, Post.new().title("welcome"));
        }
        Ok(())
    });
    db.watch_states();
    let ann = db.add(User.new().name("ann"));
    io!(db.commit())?;
    let sent: Vec<String> = log.take_sql().iter().filter(|sql| sql.starts_with("INSERT")).cloned().collect();
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert_eq!(io!(db.count(select(Post).filter(Post.title.eq("welcome"))))?, 1);
    db.take_state_changes();
    io!(db.commit())?;

    let nobody = db.add(User.new().name(""));
    let error = io!(db.flush()).expect_err("the hook refuses");
    assert!(error.to_string().contains("a user needs a name"), "{error}");
    assert_eq!(db.state(nobody), rebis::State::Pending, "as it was");
    log.take_sql();
    db[nobody].name = "somebody".into();
    io!(db.commit())?;
    assert_eq!(io!(db.count(User))?, 2);
    assert_eq!(db[ann].posts.iter().count(), 1);
    Ok(())
}

/// In Rebis a flush holds the session for itself, so that nothing can change it meanwhile; what its own cascades find
/// is part of it. A second flush finds nothing.
#[test]
fn rule_27_a_flush_is_whole() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    db.push(ann, User.posts, Post.new().title("hello").comments([Comment.new().text("first")]));
    io!(db.commit())?;

    let mut db = engine.session();
    let ann = io!(db.get_one(User, 1))?;
    log.take_sql();
    db.delete(ann);
    io!(db.flush())?;
    let sql = log.take_sql();
    assert_eq!(
        sql.part(sql.len() - 4..),
        [
            "DELETE FROM post_tags WHERE post_id = ?",
            "DELETE FROM comments WHERE id = ?",
            "DELETE FROM posts WHERE id = ?",
            "DELETE FROM users WHERE id = ?",
        ]
    );
    io!(db.flush())?;
    assert!(!db.has_changes());
    assert_eq!(log.take_sql(), [""; 0]);
    Ok(())
}
