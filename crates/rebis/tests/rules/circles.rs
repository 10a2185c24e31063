//! Circles of tables and of rows: rules 21 and 22.

use super::*;
use crate::support::*;
use rebis::{ErrorKind, State};

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
    if is_sqlite(&engine) {
        assert_eq!(sql[1].matches("max(").count(), 3);
    }
    assert_eq!(
        sql.after_keys(),
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
        log.take_sql().after_keys(),
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
    let update = "UPDATE nodes SET parent_id = ? WHERE id = ?";
    if is_mysql(&engine) {
        let sql = sql.after_keys();
        assert_eq!(sql.part(..4), [insert, insert, update, "COMMIT"]);
        assert_eq!(sql.part(5..8), [insert, update, "COMMIT"], "its own key is known behind");
    } else {
        assert_eq!(sql.part(..6), ["BEGIN IMMEDIATE", key, insert, insert, update, "COMMIT"]);
        assert_eq!(
            sql.part(7..11),
            ["BEGIN IMMEDIATE", key, insert, "COMMIT"],
            "its own key is known before"
        );
    }

    io!(db.load_all([a, b, narcissus], Node.children))?;
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
    let rows: Vec<(i64, String, Option<i64>)> =
        io!(io!(engine.connect())?.all(select((Node.id, Node.name, Node.parent_id)).order_by(Node.id)))?;
    let keys: Vec<Option<i64>> = ring.iter().map(|node| db.key(*node)).collect();
    for (id, name, parent) in rows {
        let at: usize = name.parse().expect("a number");
        assert_eq!((Some(id), parent), (keys[at], keys[(at + 1) % 70]));
    }
    if !is_mysql(&engine) {
        assert_eq!(
            keys,
            (1..71).map(Some).collect::<Vec<_>>(),
            "keys are drawn before, in the order of the objects"
        );
    }
    Ok(())
}
