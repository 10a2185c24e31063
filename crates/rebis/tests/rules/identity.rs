//! Identity map and state: rules 1 to 9.

use super::*;
use crate::support::*;
use rebis::{ErrorKind, State};

const USER: &str = "SELECT users.id, users.name, users.nick FROM users WHERE users.id = ?";
const USERS: &str = "SELECT users.id, users.name, users.nick FROM users";

#[test]
fn rule_01_two_loads_are_one_object() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let home = db.push(ann, User.addresses, Address.new().email("ann@home"));
    io!(db.commit())?;
    log.take_sql();

    let mut db = engine.session();
    let first = io!(db.get(User, 1))?.expect("a row");
    let second = io!(db.all(User))?;
    let third = io!(db.one(select(User).filter(User.name.eq("ann"))))?;
    assert_eq!((second.as_slice(), third), ([first].as_slice(), first));
    let address = io!(db.get_one(Address, 1))?;
    io!(db.load(address, Address.user))?;
    assert_eq!(db[address].user.get(), Some(first));
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN",
            USER,
            USERS,
            "SELECT users.id, users.name, users.nick FROM users WHERE users.name = ?",
            "SELECT addresses.id, addresses.email, addresses.user_id FROM addresses WHERE addresses.id = ?",
        ]
    );

    // Another class with the same key is another object, and another session has objects of its own.
    assert_ne!(format!("{first:?}"), format!("{address:?}"));
    assert_ne!(first, ann);
    assert_ne!(address, home);
    Ok(())
}

/// In Rebis nothing expires: an object is read anew when it is stale, that is older than the transaction, and a query
/// meets it.
#[test]
fn rule_02_a_load_does_not_overwrite() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    io!(db.flush())?;
    behind(&mut db, "UPDATE users SET name = 'anna'")?;
    log.take_sql();

    assert_eq!(io!(db.all(User))?, [ann]);
    assert_eq!(db[ann].name, "ann");
    io!(db.all(select(User).populate_existing()))?;
    assert_eq!(db[ann].name, "anna");

    behind(&mut db, "UPDATE users SET name = 'anne'")?;
    io!(db.refresh(ann))?;
    assert_eq!(db[ann].name, "anne");

    behind(&mut db, "UPDATE users SET name = 'annie'")?;
    io!(db.commit())?;
    assert_eq!(db[ann].name, "anne", "commit forgets nothing");
    assert!(db.is_stale(ann));
    io!(db.all(User))?;
    assert_eq!(db[ann].name, "annie");
    assert!(!db.is_stale(ann));

    assert_eq!(
        log.take_sql(),
        [
            USERS,
            USERS,
            "UPDATE users SET name = 'anne'",
            USER,
            "UPDATE users SET name = 'annie'",
            "COMMIT",
            "BEGIN",
            USERS,
        ]
    );
    Ok(())
}

/// A change that is not written yet outlives a load; only `populate_existing` and `refresh` give it up.
#[test]
fn rule_02_a_load_keeps_pending_changes() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    io!(db.commit())?;
    log.take_sql();

    db[ann].nick = Some("a".into());
    io!(db.all(select(User).no_autoflush()))?;
    assert_eq!(db[ann].nick.as_deref(), Some("a"), "stale, but changed");
    io!(db.all(select(User).no_autoflush().populate_existing()))?;
    assert_eq!(db[ann].nick, None);
    db[ann].nick = Some("b".into());
    io!(db.refresh(ann))?;
    assert_eq!(db[ann].nick, None);
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["BEGIN", USERS, USERS, USER, "COMMIT"]);
    Ok(())
}

#[test]
fn rule_03_get_asks_only_for_what_is_missing_or_stale() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    io!(db.flush())?;
    log.take_sql();

    assert_eq!(io!(db.get(User, 1))?, Some(ann));
    assert_eq!(log.take_sql(), [""; 0]);
    assert_eq!(io!(db.get(User, 2))?, None);
    assert_eq!(log.take_sql(), [USER]);
    assert_eq!(io!(db.get(Profile, 1))?, None, "the identity map knows the class");
    assert_eq!(
        log.take_sql(),
        ["SELECT profiles.id, profiles.about, profiles.user_id FROM profiles WHERE profiles.id = ?"]
    );
    let error = io!(db.get_one(User, 2)).expect_err("no such row");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(log.take_sql(), [USER]);

    io!(db.commit())?;
    assert_eq!(io!(db.get(User, 1))?, Some(ann));
    assert_eq!(io!(db.get(User, 1))?, Some(ann));
    assert_eq!(log.take_sql(), ["COMMIT", "BEGIN", USER], "stale once");
    Ok(())
}

/// A row that is gone is not found, though the session has an object for it.
#[test]
fn rule_03_get_of_a_stale_object_whose_row_is_gone() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    io!(db.commit())?;
    behind(&mut db, "DELETE FROM users")?;
    log.take_sql();
    assert_eq!(io!(db.get(User, 1))?, None);
    assert_eq!(log.take_sql(), [USER]);
    assert_eq!(db[ann].name, "ann", "still readable");
    Ok(())
}

/// In Rebis the session owns its objects until it is told otherwise: `take`, `expunge` and `expunge_all` give them
/// back, and a handle never dangles.
#[test]
fn rule_04_the_session_owns_its_objects() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    db.add_all([User.new().name("ann"), User.new().name("bob"), User.new().name("cid")]);
    io!(db.commit())?;
    io!(db.all(User))?;
    log.take_sql();

    // Nobody holds a handle of ann, and there she is.
    let ann = io!(db.get_one(User, 1))?;
    assert_eq!(log.take_sql(), [""; 0]);

    // Expunged: readable, and no longer the object of its row.
    db.expunge(ann);
    assert_eq!((db.state(ann), db[ann].name.as_str()), (State::Detached, "ann"));
    let again = io!(db.get_one(User, 1))?;
    assert_ne!(again, ann);
    assert_eq!(log.take_sql(), [USER]);

    // Taken out: a plain value.
    let bob = io!(db.get_one(User, 2))?;
    let plain: User = db.take(bob);
    assert_eq!(plain.name, "bob");
    assert_eq!(db.handles::<User>().len(), 2);

    db.expunge_all();
    assert!(db.handles::<User>().is_empty());
    assert_eq!(db[again].name, "ann");
    io!(db.get_one(User, 3))?;
    assert_eq!(log.take_sql(), [USER]);
    Ok(())
}

#[test]
#[should_panic(expected = "names no object of this session")]
fn rule_04_the_handle_of_a_taken_object() {
    let mut db = Graph::new();
    let ann = db.add(User.new().name("ann"));
    db.take(ann);
    let _ = &db[ann];
}

/// Each change of state is told once, in order.
#[test]
fn rule_05_each_change_of_state_is_told() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    db.add(User.new().name("before anybody looked"));
    io!(db.commit())?;
    db.watch_states();
    let ann = db.add(User.new().name("ann"));
    io!(db.flush())?;
    db.delete(ann);
    io!(db.commit())?;
    let bob = db.add(User.new().name("bob"));
    io!(db.flush())?;
    io!(db.rollback())?;
    db.add_again(bob);
    io!(db.commit())?;
    db.expunge(bob);
    let told = db.take_state_changes();
    let of = |user: Handle<User>| -> Vec<_> {
        let own = told.iter().filter(|change| change.handle::<User>() == Some(user));
        own.map(|change| (change.from(), change.to())).collect()
    };
    use State::*;
    assert_eq!(
        of(ann),
        [
            (None, Pending),
            (Some(Pending), Persistent),
            (Some(Persistent), Deleting),
            (Some(Deleting), Deleted),
            (Some(Deleted), Detached),
        ]
    );
    assert_eq!(
        of(bob),
        [
            (None, Pending),
            (Some(Pending), Persistent),
            (Some(Persistent), Transient),
            (Some(Transient), Pending),
            (Some(Pending), Persistent),
            (Some(Persistent), Detached),
        ]
    );
    assert_eq!(told.len(), 11);
    assert_eq!(format!("{:?}", told[1]), "User#1: Pending to Persistent");
    assert!(db.take_state_changes().is_empty());
    assert_eq!(
        log.take_sql().iter().filter(|sql| sql.starts_with("INSERT")).count(),
        4,
        "telling costs no statement"
    );
    Ok(())
}

/// A new value is transient until it is added, by not being in a session; `Deleting` says that a delete is pending.
#[test]
fn rule_05_states() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    assert_eq!((db.state(ann), db.key(ann)), (State::Pending, None));
    io!(db.flush())?;
    assert_eq!((db.state(ann), db.key(ann)), (State::Persistent, Some(1)));
    db.delete(ann);
    assert_eq!(db.state(ann), State::Deleting);
    io!(db.flush())?;
    assert_eq!(db.state(ann), State::Deleted);
    io!(db.commit())?;
    assert_eq!((db.state(ann), db[ann].name.as_str()), (State::Detached, "ann"));
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "INSERT INTO users (name, nick) VALUES (?, ?)",
            "DELETE FROM users WHERE id = ?",
            "COMMIT",
        ],
        "a new object is known to have no children: nothing is loaded to delete it"
    );

    let bob = db.add(User.new().name("bob"));
    db.expunge(bob);
    assert_eq!(db.state(bob), State::Transient);
    io!(db.commit())?;
    assert_eq!(log.take_sql(), [""; 0], "an expunged new object is not written");

    db.add_again(bob);
    assert_eq!(db.state(bob), State::Pending);
    io!(db.commit())?;
    db.expunge(bob);
    assert_eq!(db.state(bob), State::Detached);
    db[bob].name = "bert".into();
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        ["BEGIN IMMEDIATE", "INSERT INTO users (name, nick) VALUES (?, ?)", "COMMIT"],
        "nor is the change of a detached one"
    );
    Ok(())
}

/// In Rebis deleting an object that was never written takes back the adding.
#[test]
fn rule_06_deleting_a_pending_object() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let home = db.push(ann, User.addresses, Address.new().email("ann@home"));
    db.delete(home);
    assert_eq!(db.state(home), State::Transient);
    assert!(db[ann].addresses.is_empty());
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["BEGIN IMMEDIATE", "INSERT INTO users (name, nick) VALUES (?, ?)", "COMMIT"]);
    Ok(())
}

#[test]
fn rule_06_a_detached_object_comes_back_without_sql() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    io!(db.flush())?;
    db.expunge(ann);
    log.take_sql();
    db.add_again(ann);
    assert_eq!(db.state(ann), State::Persistent);
    assert_eq!(io!(db.get(User, 1))?, Some(ann));
    assert_eq!(log.take_sql(), [""; 0]);
    db[ann].name = "anna".into();
    io!(db.flush())?;
    assert_eq!(log.take_sql(), ["UPDATE users SET name = ? WHERE id = ?"]);
    Ok(())
}

/// An object belongs to the session that owns it; the handle of one session means nothing to another.
#[test]
#[should_panic(expected = "belongs to another session")]
fn rule_06_a_handle_of_another_session() {
    let engine = engine();
    let (mut one, mut two) = (engine.session(), engine.session());
    let ann = one.add(User.new().name("ann"));
    two.add(User.new().name("bob"));
    two.push(ann, User.addresses, Address.new().email("ann@home"));
}

#[test]
fn rule_07_a_key_that_is_taken() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    io!(db.commit())?;
    log.take_sql();

    let usurper = db.add(User.new().id(1).name("bob"));
    let error = io!(db.flush()).expect_err("the key is taken");
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    assert_eq!(
        log.take_sql(),
        ["BEGIN IMMEDIATE", "INSERT INTO users (id, name, nick) VALUES (?, ?, ?)", "ROLLBACK"]
    );
    io!(db.rollback())?;
    assert_eq!((db.state(ann), db.state(usurper)), (State::Persistent, State::Transient));
    assert_eq!(io!(db.get(User, 1))?, Some(ann));
    assert_eq!(db[ann].name, "ann");
    assert_eq!(log.take_sql(), ["BEGIN", USER]);
    Ok(())
}

#[test]
fn rule_08_the_identity_follows_a_changed_key() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let country = db.add(Country.new().code("ddr").name("Germany"));
    io!(db.commit())?;
    io!(db.get(Country, "ddr"))?;
    log.take_sql();

    db[country].code = "de".into();
    assert_eq!(db.find::<Country>(&"ddr".to_owned()), Some(country), "not before the flush");
    io!(db.flush())?;
    assert_eq!(db.find::<Country>(&"ddr".to_owned()), None);
    assert_eq!(io!(db.get(Country, "de"))?, Some(country));
    assert_eq!(db.key(country).as_deref(), Some("de"));
    assert_eq!(
        log.take_sql(),
        ["UPDATE countries SET code = ? WHERE code = ?"],
        "a change of a key that the database cascades loads no children"
    );
    // The old key is free for another object.
    let other = db.add(Country.new().code("ddr").name("Dresden"));
    io!(db.flush())?;
    assert_eq!(io!(db.get(Country, "ddr"))?, Some(other));

    io!(db.rollback())?;
    assert_eq!(db.find::<Country>(&"ddr".to_owned()), Some(country));
    assert_eq!(db.find::<Country>(&"de".to_owned()), None);
    Ok(())
}

/// In Rebis a column of a key is never NULL, by its type; a row of NULLs, as an outer join gives it, is no object.
#[test]
fn rule_09_a_row_of_nulls_is_no_object() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let order = db.add(Order.new().shop("n").number(1));
    let empty = db.add(Order.new().shop("n").number(2));
    let item = db.push(order, Order.items, Item.new().line(1).what("tea"));
    io!(db.flush())?;
    log.take_sql();

    let stmt = select((Order, Item.optional())).outer_join(Order.items).order_by(Order.number);
    assert_eq!(io!(db.all(stmt))?, [(order, Some(item)), (empty, None)]);
    assert_eq!(
        log.take_sql(),
        [
            "SELECT orders.shop, orders.number, orders.note, items.order_shop, items.order_number, items.line, \
          items.what FROM orders LEFT JOIN items ON items.order_shop = orders.shop AND items.order_number = \
          orders.number ORDER BY orders.number"
        ]
    );
    assert_eq!(io!(db.get(Item, ("n", 1, 1)))?, Some(item));
    assert_eq!(log.take_sql(), [""; 0]);
    Ok(())
}
