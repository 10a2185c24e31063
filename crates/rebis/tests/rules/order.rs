//! The order of a flush: rules 17 to 20.

use super::*;
use crate::support::*;
use rebis::{ErrorKind, State};

#[test]
fn rule_17_parents_before_children() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    // The leaf comes into the session before its parents.
    let home = db.add(Address.new().email("ann@home"));
    let comment =
        db.add(Comment.new().text("first").post(Post.new().title("hello").author(User.new().name("ann"))));
    let post = db[comment].post.get();
    let ann = db[post].author.get();
    db.set(home, Address.user, ann);
    io!(db.flush())?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "SELECT (SELECT max(addresses.id) FROM addresses), (SELECT max(comments.id) FROM comments), \
             (SELECT max(posts.id) FROM posts), (SELECT max(users.id) FROM users)",
            "INSERT INTO users (id, name, nick) VALUES (?, ?, ?)",
            "INSERT INTO addresses (id, email, user_id) VALUES (?, ?, ?)",
            "INSERT INTO posts (id, title, author_id) VALUES (?, ?, ?)",
            "INSERT INTO comments (id, text, post_id) VALUES (?, ?, ?)",
        ]
    );
    assert_eq!((db[comment].post_id, db[post].author_id), (db[post].id, db[ann].id));
    assert_eq!(db[home].user_id, Some(db[ann].id));

    // And away in the other direction.
    db.delete(ann);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "UPDATE addresses SET user_id = ? WHERE id = ?",
            "DELETE FROM post_tags WHERE post_id = ?",
            "DELETE FROM comments WHERE id = ?",
            "DELETE FROM posts WHERE id = ?",
            "DELETE FROM users WHERE id = ?",
            "COMMIT",
        ]
    );
    Ok(())
}

/// In Rebis a unique value is freed before it is taken: a row that is deleted goes before the new one.
#[test]
fn rule_18_delete_and_insert_of_a_unique_value() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let old = db.add(Address.new().email("ann@home"));
    io!(db.commit())?;
    log.take_sql();
    db.delete(old);
    let new = db.add(Address.new().email("ann@home"));
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "DELETE FROM addresses WHERE id = ?",
            "INSERT INTO addresses (email, user_id) VALUES (?, ?)",
            "COMMIT",
        ]
    );
    assert_eq!((db.state(old), db.state(new)), (State::Detached, State::Persistent));
    Ok(())
}

/// Where nothing is freed and taken: updates, then inserts, then deletes.
#[test]
fn rule_18_updates_then_inserts_then_deletes() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let [one, two] = ["one", "two"].map(|email| db.add(Address.new().email(email)));
    io!(db.commit())?;
    log.take_sql();
    db.delete(one);
    db.add(Address.new().email("three"));
    db[two].email = "zwei".into();
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "UPDATE addresses SET email = ? WHERE id = ?",
            "INSERT INTO addresses (email, user_id) VALUES (?, ?)",
            "DELETE FROM addresses WHERE id = ?",
            "COMMIT",
        ]
    );
    Ok(())
}

/// Values that move on: each row is written after the row that held its value.
#[test]
fn rule_18_updates_that_take_over_a_value() -> Outcome {
    let (engine, log) = database()?;
    keep_journal(&engine, "addresses", "email")?;
    let mut db = engine.session();
    let [one, two, three] = ["1", "2", "3"].map(|email| db.add(Address.new().email(email)));
    io!(db.commit())?;
    log.take_sql();
    db[one].email = "2".into();
    db[two].email = "3".into();
    db[three].email = "4".into();
    let new = db.add(Address.new().email("1"));
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "UPDATE addresses SET email = ? WHERE id = ?",
            "INSERT INTO addresses (email, user_id) VALUES (?, ?)",
            "COMMIT",
        ]
    );
    assert_eq!(journal(&engine)?[3..], ["UPDATE 4", "UPDATE 3", "UPDATE 2", "INSERT 1"]);
    assert_eq!(db[new].id, 4);
    Ok(())
}

/// A swap goes through a temporary value, and the second half of the one goes in a batch with the other.
#[test]
fn rule_18_a_swap() -> Outcome {
    let (engine, log) = database()?;
    keep_journal(&engine, "addresses", "email")?;
    let mut db = engine.session();
    let [one, two] = ["1", "2"].map(|email| db.add(Address.new().email(email)));
    io!(db.commit())?;
    log.take_sql();
    let [a, b] = db.many_mut([one, two]);
    std::mem::swap(&mut a.email, &mut b.email);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "UPDATE addresses SET email = ? WHERE id = ?",
            "UPDATE addresses SET email = ? WHERE id = ?",
            "COMMIT",
        ]
    );
    let journal = journal(&engine)?;
    assert!(journal[2].starts_with("UPDATE ~rebis~"), "{journal:?}");
    assert_eq!(journal[3..], ["UPDATE 2", "UPDATE 1"]);
    let emails: Vec<String> = io!(io!(engine.connect())?.all(select(Address.email).order_by(Address.id)))?;
    assert_eq!(emails, ["2", "1"]);
    Ok(())
}

/// A ring of three, with other columns changing along.
#[test]
fn rule_18_a_ring() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let addresses = ["1", "2", "3"].map(|email| db.add(Address.new().email(email)));
    io!(db.commit())?;
    log.take_sql();
    for (address, email) in addresses.iter().zip(["2", "3", "1"]) {
        db[address].email = email.into();
    }
    db.set(addresses[1], Address.user, ann);
    io!(db.commit())?;
    let rows: Vec<(String, Option<i64>)> =
        io!(io!(engine.connect())?.all(select((Address.email, Address.user_id)).order_by(Address.id)))?;
    assert_eq!(rows, [("2".into(), None), ("3".into(), Some(1)), ("1".into(), None)]);
    assert_eq!(
        log.take_sql().part(..5),
        [
            "BEGIN IMMEDIATE",
            "UPDATE addresses SET email = ? WHERE id = ?",
            "UPDATE addresses SET email = ? WHERE id = ?",
            "UPDATE addresses SET email = ?, user_id = ? WHERE id = ?",
            "COMMIT",
        ]
    );
    Ok(())
}

/// In Rebis a row that takes the key of a deleted one is inserted after it went; the identity moves to the new object.
#[test]
fn rule_18_the_primary_key_is_unique_too() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let old = db.add(Country.new().code("de").name("DDR"));
    io!(db.commit())?;
    io!(db.load(old, Country.cities))?;
    log.take_sql();
    db.delete(old);
    let new = db.add(Country.new().code("de").name("Germany"));
    io!(db.flush())?;
    assert_eq!(io!(db.get(Country, "de"))?, Some(new));
    assert_eq!(
        log.take_sql(),
        ["DELETE FROM countries WHERE code = ?", "INSERT INTO countries (code, name) VALUES (?, ?)",]
    );
    io!(db.rollback())?;
    assert_eq!(db.find::<Country>(&"de".to_owned()), Some(old));
    assert_eq!((db.state(old), db.state(new)), (State::Persistent, State::Transient));
    Ok(())
}

/// Children that name their parent by a plain key wait for it, too: here the new country that takes the old one's place.
#[test]
fn rule_18_plain_keys_wait_as_well() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let old = db.add(Country.new().code("de").name("DDR"));
    io!(db.flush())?;
    log.take_sql();
    let city = db.add(City.new().name("Ulm").country_code("de".to_owned()));
    db.add(Country.new().code("de").name("Germany"));
    db.delete(old);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "DELETE FROM countries WHERE code = ?",
            "INSERT INTO countries (code, name) VALUES (?, ?)",
            "INSERT INTO cities (name, country_code) VALUES (?, ?)",
            "COMMIT",
        ]
    );
    assert_eq!(db[city].country_code.as_deref(), Some("de"));
    Ok(())
}

/// Keys cannot be swapped, since a row is found by its key: an error says so before anything is written.
#[test]
fn rule_18_a_swap_of_keys() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let [a, b] = ["a", "b"].map(|code| db.add(Country.new().code(code).name(code)));
    io!(db.commit())?;
    log.take_sql();
    (db[a].code, db[b].code) = ("b".into(), "a".into());
    let error = io!(db.commit()).expect_err("a circle");
    assert_eq!(error.kind(), ErrorKind::InvalidState);
    assert_eq!(log.take_sql(), [""; 0]);
    // The session is as it was: another value for one of them makes it possible.
    db[a].code = "c".into();
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        ["BEGIN IMMEDIATE", "UPDATE countries SET code = ? WHERE code = ?", "COMMIT",]
    );
    assert_eq!((io!(db.get(Country, "c"))?, io!(db.get(Country, "a"))?), (Some(a), Some(b)));
    Ok(())
}

#[test]
fn rule_19_inserts_as_added_updates_and_deletes_by_key() -> Outcome {
    let (engine, log) = database()?;
    keep_journal(&engine, "countries", "code")?;
    let mut db = engine.session();
    let countries = ["de", "cz", "fr", "at"].map(|code| db.add(Country.new().code(code).name(code)));
    io!(db.commit())?;
    for country in countries.iter().rev() {
        db[country].name.push('!');
    }
    io!(db.commit())?;
    io!(db.load_all(countries, Country.cities))?;
    for country in countries {
        db.delete(country);
    }
    log.take_sql();
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["DELETE FROM countries WHERE code = ?", "COMMIT",]);
    let expect = [
        ["INSERT de", "INSERT cz", "INSERT fr", "INSERT at"],
        ["UPDATE at", "UPDATE cz", "UPDATE de", "UPDATE fr"],
        ["DELETE at", "DELETE cz", "DELETE de", "DELETE fr"],
    ];
    assert_eq!(journal(&engine)?, expect.concat());
    Ok(())
}

#[test]
fn rule_20_a_tree_from_the_root_and_from_the_leaves() -> Outcome {
    let (engine, log) = database()?;
    keep_journal(&engine, "nodes", "name")?;
    log.take_sql();
    let mut db = engine.session();
    // Added leaf first.
    let leaf = db.add(Node.new().name("1.1.1"));
    let inner = db.add(Node.new().name("1.1"));
    let other = db.add(Node.new().name("1.2"));
    let root = db.add(Node.new().name("1"));
    let second = db.add(Node.new().name("2"));
    db.set(leaf, Node.parent, inner);
    db.replace(root, Node.children, [inner, other]);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "SELECT max(nodes.id) FROM nodes",
            "INSERT INTO nodes (id, name, parent_id) VALUES (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?)",
            "INSERT INTO nodes (id, name, parent_id) VALUES (?, ?, ?)",
            "COMMIT",
        ]
    );
    assert_eq!(journal(&engine)?, ["INSERT 1", "INSERT 2", "INSERT 1.1", "INSERT 1.2", "INSERT 1.1.1"]);

    io!(db.load_all([leaf, inner, other, root, second], Node.children))?;
    log.take_sql();
    for node in [root, inner, leaf, other, second] {
        db.delete(node);
    }
    io!(db.commit())?;
    let delete = "DELETE FROM nodes WHERE id = ?";
    assert_eq!(log.take_sql(), [delete, "COMMIT"]);
    assert_eq!(journal(&engine)?[5..], ["DELETE 1.1.1", "DELETE 1.1", "DELETE 1.2", "DELETE 1", "DELETE 2"]);
    Ok(())
}

/// Rows of different shapes hang together: a key that is given, one that the database makes, and one that is given.
#[test]
fn rule_20_levels_of_different_shapes() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let root = db.add(Node.new().id(10).name("1"));
    let inner = db.push(root, Node.children, Node.new().name("1.1"));
    let leaf = db.push(inner, Node.children, Node.new().id(5).name("1.1.1"));
    io!(db.commit())?;
    assert_eq!((db[inner].parent_id, db[leaf].parent_id), (Some(10), Some(db[inner].id)));
    assert_eq!(db[inner].id, if keys_above_the_highest(&engine) { 11 } else { 1 });
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "INSERT INTO nodes (id, name, parent_id) VALUES (?, ?, ?)",
            "INSERT INTO nodes (name, parent_id) VALUES (?, ?)",
            "INSERT INTO nodes (id, name, parent_id) VALUES (?, ?, ?)",
            "COMMIT",
        ]
    );
    Ok(())
}

/// A row that was there goes under a new one.
#[test]
fn rule_20_an_old_row_under_a_new_one() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let old = db.add(Node.new().name("old"));
    io!(db.commit())?;
    log.take_sql();
    let new = db.add(Node.new().name("new"));
    db.set(old, Node.parent, new);
    io!(db.commit())?;
    assert_eq!(db[old].parent_id, Some(2));
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "INSERT INTO nodes (name, parent_id) VALUES (?, ?)",
            "UPDATE nodes SET parent_id = ? WHERE id = ?",
            "COMMIT",
        ]
    );
    Ok(())
}

#[derive(Model, Debug)]
#[model(table = "tasks")]
struct Task {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(references = Task.id)]
    part_of_id: Option<i64>,
    #[column(references = Task.id)]
    after_id: Option<i64>,
    #[relation(key = part_of_id)]
    part_of: BelongsTo<Option<Task>>,
    #[relation(key = after_id)]
    after: BelongsTo<Option<Task>>,
}

/// A table with two keys on itself: a row goes behind the rows that any of them points at.
#[test]
fn rule_20_two_keys_on_the_same_table() -> Outcome {
    let (engine, log) = database_of(&metadata![Task])?;
    keep_journal(&engine, "tasks", "name")?;
    log.take_sql();
    let mut db = engine.session();
    let [second, first, whole, before] =
        ["second", "first", "whole", "before"].map(|name| db.add(Task.new().name(name)));
    db.set(second, Task.part_of, whole);
    db.set(second, Task.after, first);
    db.set(first, Task.after, before);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "SELECT max(tasks.id) FROM tasks",
            "INSERT INTO tasks (id, name, part_of_id, after_id) \
             VALUES (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?)",
            "COMMIT",
        ]
    );
    for task in [before, whole, first, second] {
        db.delete(task);
    }
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["BEGIN IMMEDIATE", "DELETE FROM tasks WHERE id = ?", "COMMIT"]);
    assert_eq!(
        journal(&engine)?,
        [
            "INSERT whole",
            "INSERT before",
            "INSERT first",
            "INSERT second",
            "DELETE second",
            "DELETE first",
            "DELETE whole",
            "DELETE before",
        ]
    );
    Ok(())
}
