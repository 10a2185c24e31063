//! Columns that draw from a sequence, which is made and dropped with their tables.

use super::engine;
use rebis::prelude::*;
use rebis::{ErrorKind, Result};

#[derive(Model, Debug)]
#[model(table = "invoices")]
struct Invoice {
    #[column(primary_key)]
    id: i64,
    #[column(sequence = "Paper numbers")]
    number: i64,
    title: String,
}

#[derive(Model, Debug)]
#[model(table = "reminders")]
struct Reminder {
    #[column(primary_key, sequence = "Paper numbers")]
    number: i64,
    title: String,
}

#[test]
fn numbers_are_drawn_where_there_are_sequences() -> Result<()> {
    let engine = engine();
    let schema = metadata![Invoice, Reminder];
    if engine.capabilities().next_number.is_none() {
        let error = schema.create_all(&engine).expect_err("there are no sequences");
        assert_eq!((error.kind(), error.column()), (ErrorKind::Unsupported, Some("number")));
        return Ok(());
    }
    metadata![Reminder].create_all(&engine)?;
    schema.create_all(&engine)?; // the sequence is there already
    let mut db = engine.session();
    let first = db.add(Invoice.new().title("one"));
    db.flush()?;
    let reminder = db.add(Reminder.new().title("two"));
    db.flush()?;
    let given = db.add(Invoice.new().title("by hand").number(100));
    let many = db.add_all((0..3).map(|n| Invoice.new().title(format!("{n}"))));
    db.commit()?;
    assert_eq!((db[first].number, db[reminder].number, db[given].number), (1, 2, 100));
    let mut drawn: Vec<i64> = many.iter().map(|invoice| db[*invoice].number).collect();
    drawn.sort_unstable();
    assert_eq!(drawn, [3, 4, 5]);
    let stored = engine
        .connect()?
        .all(select(Invoice.number).filter(Invoice.number.lt(100)).order_by(Invoice.number))?;
    assert_eq!(stored, [1, 3, 4, 5]);
    assert_eq!(db.get(Reminder, 2)?, Some(reminder));
    drop(db);

    schema.drop_all(&engine)?;
    schema.create_all(&engine)?;
    let mut db = engine.session();
    let again = db.add(Reminder.new().title("anew"));
    db.commit()?;
    assert_eq!(db[again].number, 1);
    Ok(())
}
