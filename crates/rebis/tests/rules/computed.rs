//! Columns that the database computes: never written, always read back.

use super::*;
use rebis::ErrorKind;

/// A line of an order. Of the large ones each has a price of its own.
#[derive(Model, Debug)]
#[model(table = "lines")]
struct Line {
    #[column(primary_key)]
    id: i64,
    price: i64,
    #[column(computed = "price * amount")]
    total: i64,
    amount: i64,
    #[column(computed = "CASE WHEN amount > 9 THEN price END", stored, unique)]
    large: Option<i64>,
}

macro_rules! computed {
    ($db:ident, $lines:ident) => {
        $lines.iter().map(|line| ($db[*line].total, $db[*line].large)).collect::<Vec<_>>()
    };
}

fn lines() -> rebis::Result<(Engine, Log)> {
    database_of(&metadata![Line])
}

fn line(price: i64, amount: i64) -> impl NewRow<Model = Line> + use<> {
    Line.new().price(price).amount(amount)
}

#[test]
fn they_come_back_with_new_rows() -> Outcome {
    let (engine, log) = lines()?;
    let mut db = engine.session();
    let several = db.add_all([line(2, 3), line(5, 10), line(7, 1)]);
    io!(db.flush())?;
    assert_eq!(computed!(db, several), [(6, None), (50, Some(5)), (7, None)]);
    let one = db.add(line(11, 11));
    io!(db.commit())?;
    assert_eq!((db[one].total, db[one].large), (121, Some(11)));
    let texts = log.take_sql();
    assert!(!is_sqlite(&engine) || texts.iter().all(|text| !text.contains("(id, price, total")), "{texts:?}");
    let mut connection = io!(engine.connect())?;
    io!(connection.execute(Line.insert().row(line(3, 4))))?;
    assert_eq!(io!(connection.all(select(Line.total).filter(Line.price.eq(3))))?, [12]);
    Ok(())
}

#[test]
fn they_come_back_with_changes() -> Outcome {
    let (engine, log) = lines()?;
    let mut db = engine.session();
    let all = db.add_all([line(2, 3), line(5, 10)]);
    io!(db.commit())?;
    db[all[0]].price = 4;
    db[all[1]].price = 6;
    log.take_sql();
    io!(db.flush())?;
    assert_eq!(computed!(db, all), [(12, None), (60, Some(6))]);
    if is_sqlite(&engine) {
        let update = "UPDATE lines SET price = ? WHERE id = ? RETURNING total, large";
        assert_eq!(log.take_sql(), ["BEGIN IMMEDIATE", update, update]);
    }
    db.set_expr(all[0], Line.amount, Line.amount + 7);
    io!(db.flush())?;
    assert_eq!(computed!(db, all), [(40, Some(4)), (60, Some(6))]);
    assert!(!db.is_modified(all[0]));
    io!(db.rollback())?;
    assert_eq!(computed!(db, all), [(6, None), (50, Some(5))]);
    Ok(())
}

#[test]
fn what_is_unique_is_computed_by_the_database() -> Outcome {
    let (engine, _log) = lines()?;
    let mut db = engine.session();
    let all = db.add_all([line(2, 10), line(5, 10), line(2, 1)]);
    io!(db.commit())?;
    // The one that frees its price is not written first: nothing is known of what the values mean.
    db[all[0]].price = 3;
    io!(db.commit())?;
    db[all[2]].amount = 12;
    io!(db.commit())?;
    assert_eq!(db[all[2]].large, Some(2));
    db[all[2]].price = 5;
    let error = io!(db.flush()).expect_err("two large ones have the price");
    assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
    Ok(())
}

#[test]
fn a_change_of_them_is_an_error_before_anything_is_sent() -> Outcome {
    let (engine, log) = lines()?;
    let mut db = engine.session();
    let one = db.add(line(2, 3));
    io!(db.commit())?;
    log.take_sql();
    db[one].total = 7;
    let error = io!(db.flush()).expect_err("the database computes it");
    assert_eq!((error.kind(), error.column()), (ErrorKind::InvalidState, Some("total")), "{error}");
    assert!(log.take_sql().iter().all(|text| !text.contains("UPDATE")));
    db[one].total = 6;
    db.set_expr(one, Line.large, None);
    let error = io!(db.flush()).expect_err("nor is it an expression of the program");
    assert_eq!(error.column(), Some("large"), "{error}");
    Ok(())
}
