//! Many rows that hand unique values to each other in one flush.

use super::models::{Code, Country, Item};
use super::{Outcome, empty, ints, texts};
use rebis::{ErrorKind, Handle};

/// So many that anything quadratic would be felt.
const MANY: i64 = 2_000;

/// Gives each of many items a new position; what the flush says, without BEGIN.
fn moved(position: impl Fn(i64) -> i64) -> rebis::Result<Vec<String>> {
    let engine = empty()?;
    let mut db = engine.session();
    let items = db.add_all((0..MANY).map(|n| Item.new().list(1).position(n)));
    db.commit()?;
    for (n, item) in items.iter().enumerate() {
        db[*item].position = position(n as i64);
    }
    let log = engine.record();
    db.commit()?;
    let expected: Vec<i64> = (0..MANY).map(&position).collect();
    assert_eq!(ints(&engine, "SELECT position FROM items ORDER BY id")?, expected);
    Ok(log.take_sql().into_iter().filter(|sql| sql.starts_with("UPDATE")).collect())
}

#[test]
fn many_rows_that_swap_in_pairs_are_few_statements() -> Outcome {
    let sql = moved(|n| n ^ 1)?;
    assert!(sql.len() <= 8, "{} statements", sql.len());
    Ok(())
}

#[test]
fn many_rows_that_swap_in_one_round_are_few_statements() -> Outcome {
    let sql = moved(|n| (n + 1) % MANY)?;
    assert!(sql.len() <= 8, "{} statements", sql.len());
    Ok(())
}

#[test]
fn many_rows_that_make_room_for_each_other_are_few_statements() -> Outcome {
    let sql = moved(|n| n + 1)?;
    assert!(sql.len() <= 8, "{} statements", sql.len());
    Ok(())
}

#[test]
fn circles_of_every_length_are_broken() -> Outcome {
    // Rounds of 1, 2, 3, … rows, one after the other.
    let round = |n: i64| {
        let (mut begin, mut length) = (0, 1);
        while n >= begin + length {
            (begin, length) = (begin + length, length + 1);
        }
        let length = length.min(MANY - begin);
        begin + (n - begin + 1) % length
    };
    let sql = moved(round)?;
    assert!(sql.len() <= 8, "{} statements", sql.len());
    Ok(())
}

#[test]
fn a_row_that_waits_for_many_circles_comes_last() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let items = db.add_all((0..100).map(|n| Item.new().list(1).position(n)));
    db.commit()?;
    for (n, item) in items.iter().enumerate().take(98) {
        db[*item].position = n as i64 ^ 1;
    }
    // A chain that ends in a circle.
    db[items[98]].position = 200;
    db[items[99]].position = 98;
    db.delete(items[0]);
    db.add(Item.new().list(1).position(99));
    db.commit()?;
    let mut expected: Vec<i64> = (1..98).map(|n| n ^ 1).chain([200, 98, 99]).collect();
    expected.sort_unstable();
    assert_eq!(ints(&engine, "SELECT position FROM items ORDER BY position")?, expected);
    Ok(())
}

#[test]
fn a_long_chain_by_a_unique_column_is_deleted_from_its_end() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let mut chain: Vec<Handle<Code>> = vec![db.add(Code.new().code("0"))];
    for n in 1..500 {
        chain.push(db.add(Code.new().code(n.to_string()).parent(chain[n - 1])));
    }
    db.commit()?;
    chain.iter().for_each(|code| db.delete(*code));
    let log = engine.record();
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT count(*) FROM codes")?, [0]);
    let deletes = log.take_sql().iter().filter(|sql| sql.starts_with("DELETE")).count();
    assert!(deletes <= 2, "{deletes} statements");
    Ok(())
}

/// No value can be parked in a primary key, because other rows may point at it.
#[test]
fn a_swap_of_primary_keys_says_what_to_do_instead() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let a = db.add(Country.new().code("a").name("A"));
    let b = db.add(Country.new().code("b").name("B"));
    db.commit()?;
    (db[a].code, db[b].code) = ("b".into(), "a".into());
    let error = db.flush().unwrap_err();
    assert_eq!((error.kind(), error.table()), (ErrorKind::InvalidState, Some("countries")));
    let help = error.help().unwrap_or_default();
    assert!(error.message().contains("primary keys"), "{error}");
    for way in ["flush", "delete", "Country.update()"] {
        assert!(help.contains(way), "{help}");
    }
    // Each of the ways works. One after the other:
    db[a].code = "for a while".into();
    db.flush()?;
    db[a].code = "b".into();
    db.commit()?;
    let swapped = "SELECT code || name FROM countries ORDER BY code";
    assert_eq!(texts(&engine, swapped)?, ["aB", "bA"]);
    // By new rows:
    db.delete(a);
    db.delete(b);
    db.add(Country.new().code("a").name("A"));
    db.add(Country.new().code("b").name("B"));
    db.commit()?;
    assert_eq!(texts(&engine, swapped)?, ["aA", "bB"]);
    // By criteria:
    for (from, to) in [("a", "for a while"), ("b", "a"), ("for a while", "b")] {
        db.execute(Country.update().set(Country.code, to).filter(Country.code.eq(from)))?;
    }
    db.commit()?;
    assert_eq!(texts(&engine, swapped)?, ["aB", "bA"]);
    Ok(())
}
