//! How the database counts generated keys.

use super::engine;
use rebis::prelude::*;
use rebis::{ErrorKind, Result};

/// Every tenth number, where the database can.
#[derive(Model, Debug)]
#[model(table = "tickets")]
struct Ticket {
    #[column(
        primary_key,
        identity(start = 1000, increment = 10, min = 1000, max = 90000, cache = 5, optional)
    )]
    id: i64,
    title: String,
    part_of: Option<i64>,
    #[relation(key = part_of)]
    whole: BelongsTo<Option<Ticket>>,
}

/// Downwards, where the database can.
#[derive(Model, Debug)]
#[model(table = "cellars")]
struct Cellar {
    #[column(primary_key, identity(start = -1, increment = -1, optional))]
    id: i64,
    title: String,
}

/// Nobody but the database gives a key.
#[derive(Model, Debug)]
#[model(table = "receipts")]
struct Receipt {
    #[column(primary_key, identity(always))]
    id: i64,
    #[column(unique)]
    number: i64,
    #[relation(inverse = receipt)]
    lines: HasMany<Line>,
}

#[derive(Model, Debug)]
#[model(table = "receipt_lines")]
struct Line {
    #[column(primary_key, identity(always))]
    id: i64,
    amount: i64,
    receipt_id: i64,
    #[relation(key = receipt_id)]
    receipt: BelongsTo<Receipt>,
}

#[derive(Model, Debug)]
#[model(table = "late_starts")]
struct LateStart {
    #[column(primary_key, identity(start = 500))]
    id: i64,
    title: String,
}

#[derive(Model, Debug)]
#[model(table = "jumps")]
struct Jump {
    #[column(primary_key, identity(start = 5, increment = 5))]
    id: i64,
}

#[derive(Model, Debug)]
#[model(table = "orders")]
struct Order {
    #[column(primary_key)]
    id: i64,
    #[column(sequence(
        name = "order_numbers",
        start = 100,
        increment = 7,
        min = 50,
        max = 1000,
        cache = 1,
        cycle
    ))]
    number: i64,
}

#[test]
fn keys_of_many_rows_are_those_of_the_rows() -> Result<()> {
    let engine = engine();
    let exact = engine.capabilities().identity;
    metadata![Ticket, Cellar].create_all(&engine)?;
    let mut db = engine.session();
    let many = db.add_all((0..70).map(|n| Ticket.new().title(format!("t{n}"))));
    let whole = db.add(Ticket.new().title("whole"));
    let part = db.add(Ticket.new().title("part").whole(whole));
    let cellars = db.add_all((0..40).map(|n| Cellar.new().title(format!("c{n}"))));
    db.commit()?;
    let mut fresh = engine.session();
    for ticket in many {
        let stored = fresh.get(Ticket, db[ticket].id)?.expect("it is there");
        assert_eq!(fresh[stored].title, db[ticket].title);
        assert!(!exact || db[ticket].id >= 1000 && db[ticket].id % 10 == 0, "{}", db[ticket].id);
    }
    for cellar in cellars {
        let stored = fresh.get(Cellar, db[cellar].id)?.expect("it is there");
        assert_eq!(fresh[stored].title, db[cellar].title);
        assert!(!exact || db[cellar].id < 0);
    }
    assert_eq!(db[part].part_of, Some(db[whole].id));
    Ok(())
}

#[test]
fn always_is_always() -> Result<()> {
    let engine = engine();
    metadata![Receipt, Line].create_all(&engine)?;
    let mut db = engine.session();
    let receipts = db.add_all(
        (0..5).map(|n| Receipt.new().number(n).lines((0..3).map(|amount| Line.new().amount(amount)))),
    );
    db.commit()?;
    for receipt in &receipts {
        assert!(db[*receipt].id > 0);
        assert!(db[*receipt].lines.iter().all(|line| db[line].receipt_id == db[*receipt].id));
    }

    let given = Receipt { id: 77, number: 77, lines: HasMany::default() };
    db.add(given);
    let error = db.flush().expect_err("the key is the database's");
    assert_eq!((error.kind(), error.column()), (ErrorKind::InvalidState, Some("id")), "{error}");
    db.rollback()?;
    let mut conn = engine.connect()?;
    let by_hand = Receipt.insert().row(Receipt.id.to(77).and(Receipt.number.to(77)));
    let error = conn.execute(&by_hand).expect_err("the key is the database's");
    assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{error}");
    assert!(error.help().is_some_and(|help| help.contains(".overriding()")), "{error}");
    conn.execute(by_hand.overriding())?;
    let copied = Receipt
        .insert()
        .from_select((Receipt.id, Receipt.number), select((Receipt.id + 1000, Receipt.number + 1000)));
    assert!(conn.execute(&copied).is_err());
    assert_eq!(conn.execute(copied.overriding())?, 6);
    conn.execute(Receipt.insert().row(Receipt.new().number(78)).row(Receipt.number.to(79)))?;
    assert_eq!(conn.one(select(Receipt.number).filter(Receipt.id.eq(77)))?, 77);
    Ok(())
}

#[test]
fn what_a_database_cannot_count_it_refuses() -> Result<()> {
    let engine = engine();
    let caps = engine.capabilities();
    let made = metadata![LateStart].create_all(&engine);
    if caps.identity || caps.first_key.is_some() {
        made?;
        let mut db = engine.session();
        let late = db.add_all([LateStart.new().title("a"), LateStart.new().title("b")]);
        db.commit()?;
        assert_eq!(late.iter().map(|late| db[*late].id).collect::<Vec<_>>(), [500, 501]);
    } else {
        let error = made.expect_err("there is no start");
        assert_eq!((error.kind(), error.column()), (ErrorKind::Unsupported, Some("id")), "{error}");
        assert!(error.help().is_some_and(|help| help.contains("optional")), "{error}");
    }
    match metadata![Jump].create_all(&engine) {
        Ok(()) => assert!(caps.identity),
        Err(error) => assert!(!caps.identity && error.kind() == ErrorKind::Unsupported, "{error}"),
    }
    Ok(())
}

#[test]
fn a_sequence_counts_as_it_is_said() -> Result<()> {
    let engine = engine();
    let made = metadata![Order].create_all(&engine);
    if engine.capabilities().next_number.is_none() {
        assert_eq!(made.expect_err("there are no sequences").kind(), ErrorKind::Unsupported);
        return Ok(());
    }
    made?;
    let mut db = engine.session();
    for number in [100, 107, 114] {
        let order = db.add(Order.new());
        db.flush()?;
        assert_eq!(db[order].number, number);
    }
    db.commit()
}
