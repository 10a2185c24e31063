//! The order of a flush: rules 17 to 27.

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
        log.take_sql()[..5],
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
    io!(db.load_all(&countries, Country.cities))?;
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

    io!(db.load_all(&[leaf, inner, other, root, second], Node.children))?;
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
    assert_eq!((db[inner].parent_id, db[leaf].parent_id), (Some(10), Some(11)));
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

/// Tables that point at each other are written row by row; the others of the same flush are not.
#[test]
fn rule_21_a_circle_of_tables() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let sales = db.add(Department.new().name("sales"));
    let staff = ["ann", "bob", "cid"].map(|name| db.add(Employee.new().name(name).department(sales)));
    db.add_all([Tag.new().name("a"), Tag.new().name("b")]);
    io!(db.commit())?;
    let sql = log.take_sql();
    assert_eq!(sql[1].matches("max(").count(), 3);
    assert_eq!(
        sql[2..],
        [
            "INSERT INTO tags (id, name) VALUES (?, ?), (?, ?)",
            "INSERT INTO departments (id, name, head_id) VALUES (?, ?, ?)",
            "INSERT INTO employees (id, name, department_id) VALUES (?, ?, ?), (?, ?, ?)",
            "INSERT INTO employees (id, name, department_id) VALUES (?, ?, ?)",
            "COMMIT",
        ]
    );
    assert!(staff.iter().all(|e| db[e].department_id == 1));
    Ok(())
}

#[derive(Model, Debug)]
struct Hen {
    #[column(primary_key)]
    id: i64,
    #[column(references = Egg.id)]
    egg_id: i64,
    #[relation(key = egg_id)]
    egg: BelongsTo<Egg>,
}

#[derive(Model, Debug)]
struct Egg {
    #[column(primary_key)]
    id: i64,
    #[column(references = Hen.id)]
    hen_id: i64,
    #[relation(key = hen_id)]
    hen: BelongsTo<Hen>,
}

/// A circle of rows where no key takes NULL cannot be written: an error says so before any of it is.
#[test]
fn rule_21_a_circle_of_rows_that_cannot_be_broken() -> Outcome {
    let (engine, log) = database_of(&metadata![Hen, Egg])?;
    let mut db = engine.session();
    let hen = db.add(Hen.new().egg_id(0));
    let egg = db.add(Egg.new().hen(hen));
    db.set(hen, Hen.egg, egg);
    let error = io!(db.flush()).expect_err("which was first?");
    assert_eq!(error.kind(), ErrorKind::InvalidState);
    assert!(error.to_string().contains("wait for each other in a circle"), "{error}");
    let sql = log.take_sql();
    assert!(sql.iter().all(|sql| !sql.starts_with("INSERT")), "{sql:?}");
    // The session is as it was.
    assert_eq!((db.state(hen), db.state(egg)), (State::Pending, State::Pending));
    db.delete(egg);
    db.delete(hen);
    io!(db.commit())?;
    Ok(())
}

/// In Rebis this needs no declaration: where rows point at each other, a key that takes NULL is set afterwards, and
/// is NULL before the row it points at goes.
#[test]
fn rule_22_post_update() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let sales = db.add(Department.new().name("sales"));
    let ann = db.push(sales, Department.employees, Employee.new().name("ann"));
    db.set(sales, Department.head, ann);
    io!(db.flush())?;
    assert_eq!((db[sales].head_id, db[ann].department_id), (Some(1), 1));
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "SELECT (SELECT max(departments.id) FROM departments), (SELECT max(employees.id) FROM employees)",
            "INSERT INTO departments (id, name, head_id) VALUES (?, ?, ?)",
            "INSERT INTO employees (id, name, department_id) VALUES (?, ?, ?)",
            "UPDATE departments SET head_id = ? WHERE id = ?",
        ]
    );

    db.delete(ann);
    db.delete(sales);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "UPDATE departments SET head_id = ? WHERE id = ?",
            "DELETE FROM employees WHERE id = ?",
            "DELETE FROM departments WHERE id = ?",
            "COMMIT",
        ]
    );
    assert_eq!((db.state(ann), db.state(sales)), (State::Detached, State::Detached));
    Ok(())
}

/// Second halves of one kind go together.
#[test]
fn rule_22_post_updates_in_one_batch() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    for name in ["sales", "research"] {
        let department = db.add(Department.new().name(name));
        let head = db.push(department, Department.employees, Employee.new().name("head"));
        db.set(department, Department.head, head);
    }
    io!(db.commit())?;
    assert_eq!(
        log.take_sql()[2..],
        [
            "INSERT INTO departments (id, name, head_id) VALUES (?, ?, ?), (?, ?, ?)",
            "INSERT INTO employees (id, name, department_id) VALUES (?, ?, ?), (?, ?, ?)",
            "UPDATE departments SET head_id = ? WHERE id = ?",
            "COMMIT",
        ]
    );
    let heads: Vec<(i64, Option<i64>)> =
        io!(io!(engine.connect())?.all(select((Department.id, Department.head_id)).order_by(Department.id)))?;
    assert_eq!(heads, [(1, Some(1)), (2, Some(2))]);
    Ok(())
}

/// Two rows of one table that point at each other, and one that points at itself.
#[test]
fn rule_22_within_one_table() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let [a, b] = ["a", "b"].map(|name| db.add(Node.new().name(name)));
    db.set(a, Node.parent, b);
    db.set(b, Node.parent, a);
    io!(db.commit())?;
    assert_eq!((db[a].parent_id, db[b].parent_id), (Some(db[b].id), Some(db[a].id)));
    let parents: Vec<(i64, Option<i64>)> =
        io!(io!(engine.connect())?.all(select((Node.id, Node.parent_id)).order_by(Node.id)))?;
    assert_eq!(parents, [(1, Some(2)), (2, Some(1))]);
    let narcissus = db.add(Node.new().name("narcissus"));
    db.set(narcissus, Node.parent, narcissus);
    io!(db.commit())?;
    assert_eq!(db[narcissus].parent_id, Some(3));
    let stored: Option<i64> = io!(io!(engine.connect())?.one(select(Node.parent_id).filter(Node.id.eq(3))))?;
    assert_eq!(stored, Some(3));
    let insert = "INSERT INTO nodes (id, name, parent_id) VALUES (?, ?, ?)";
    let key = "SELECT max(nodes.id) FROM nodes";
    let sql = log.take_sql();
    assert_eq!(
        sql[..6],
        ["BEGIN IMMEDIATE", key, insert, insert, "UPDATE nodes SET parent_id = ? WHERE id = ?", "COMMIT"]
    );
    assert_eq!(sql[7..11], ["BEGIN IMMEDIATE", key, insert, "COMMIT"], "its own key is known before");

    io!(db.load_all(&[a, b, narcissus], Node.children))?;
    log.take_sql();
    for node in [a, b, narcissus] {
        db.delete(node);
    }
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        ["UPDATE nodes SET parent_id = ? WHERE id = ?", "DELETE FROM nodes WHERE id = ?", "COMMIT",]
    );
    assert_eq!(io!(db.count(Node))?, 0);
    Ok(())
}

/// A ring that would not fit into one statement.
#[test]
fn rule_22_a_ring_of_rows() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ring = db.add_all((0..70).map(|n| Node.new().name(format!("{n}"))));
    for (at, node) in ring.iter().enumerate() {
        db.set(*node, Node.parent, ring[(at + 1) % ring.len()]);
    }
    io!(db.commit())?;
    let sql = log.take_sql();
    assert_eq!(sql.iter().filter(|sql| sql.starts_with("UPDATE")).count(), 1, "the ring is cut once");
    let parents: Vec<Option<i64>> =
        io!(io!(engine.connect())?.all(select(Node.parent_id).order_by(Node.id)))?;
    let expect: Vec<Option<i64>> = (0..70).map(|n| Some((n + 1) % 70 + 1)).collect();
    assert_eq!(parents, expect);
    Ok(())
}

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
    assert_eq!(sql[1].matches("max(").count(), 3);
    assert_eq!(
        sql[2..],
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
        sql[sql.len() - 4..],
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
