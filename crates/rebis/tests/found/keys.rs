//! Which row an object stands for after its key has changed.

use super::models::{City, Code, Country, Item};
use super::{Outcome, empty, ints, texts};
use rebis::{ErrorKind, State};

#[test]
fn a_delete_after_a_flushed_change_of_the_key_deletes_by_the_new_key() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let country = db.add(Country.new().code("a").name("A"));
    db.commit()?;
    db[country].code = "b".into();
    db.flush()?;
    db.delete(country);
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT count(*) FROM countries")?, [0]);
    Ok(())
}

#[test]
fn a_delete_leaves_the_row_that_took_the_old_key() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let country = db.add(Country.new().code("a").name("A"));
    db.commit()?;
    db[country].code = "b".into();
    db.flush()?;
    db.add(Country.new().code("a").name("the new A"));
    db.flush()?;
    db.delete(country);
    db.commit()?;
    assert_eq!(texts(&engine, "SELECT name FROM countries")?, ["the new A"]);
    Ok(())
}

#[test]
fn load_and_refresh_after_a_flushed_change_of_the_key_ask_for_the_new_key() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let country = db.add(Country.new().code("a").name("A"));
    db.add(City.new().name("x").country(country));
    db.commit()?;
    let mut db = engine.session();
    let country = db.get_one(Country, "a")?;
    db[country].code = "b".into();
    db.flush()?;
    db.load(country, Country.cities)?;
    assert_eq!(db[country].cities.len(), 1);
    db.refresh(country)?;
    assert_eq!(db[country].code, "b");
    Ok(())
}

#[test]
fn keys_may_be_handed_on_in_one_flush() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let a = db.add(Country.new().code("a").name("A"));
    let b = db.add(Country.new().code("b").name("B"));
    db.commit()?;
    db[a].code = "b".into();
    db[b].code = "c".into();
    db.commit()?;
    assert_eq!(db.get(Country, "b")?, Some(a));
    assert_eq!(db.get(Country, "c")?, Some(b));
    db.rollback()?;
    assert_eq!(texts(&engine, "SELECT code || name FROM countries ORDER BY code")?, ["bA", "cB"]);
    Ok(())
}

#[test]
fn a_rolled_back_savepoint_gives_back_the_key_over_several_changes() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let country = db.add(Country.new().code("a").name("A"));
    db.commit()?;
    {
        let mut sp = db.savepoint()?;
        sp[country].code = "b".into();
        sp.flush()?;
        sp[country].code = "c".into();
        sp.flush()?;
    }
    assert_eq!(db[country].code, "a");
    assert_eq!(db.get(Country, "a")?, Some(country));
    assert_eq!(db.get(Country, "b")?, None);
    assert_eq!(db.get(Country, "c")?, None);
    Ok(())
}

#[test]
fn a_chain_by_a_unique_column_is_deleted_from_its_end() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let a = db.add(Code.new().code("a"));
    let b = db.add(Code.new().code("b").parent(a));
    db.add(Code.new().code("c").parent(b));
    db.commit()?;
    db.delete(a);
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT count(*) FROM codes")?, [0]);
    Ok(())
}

#[test]
fn a_new_object_with_a_deleted_ones_key_does_not_get_children_that_the_database_would_delete() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let old = db.add(Country.new().code("a").name("A"));
    let city = db.add(City.new().name("x").country(old));
    db.commit()?;
    let new = db.add(Country.new().code("a").name("A2"));
    db.set(city, City.country, new);
    db.delete(old);
    let log = engine.record();
    let error = db.commit().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidState);
    let wrote =
        log.take_sql().iter().any(|sql| ["INSERT", "UPDATE", "DELETE"].iter().any(|w| sql.starts_with(w)));
    assert!(!wrote, "refused after something was written");
    db.rollback()?;
    assert_eq!(texts(&engine, "SELECT name FROM cities")?, ["x"]);
    assert_eq!(db.state(city), State::Persistent);
    Ok(())
}

#[test]
fn unique_positions_may_be_shifted_by_one() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let items = db.add_all((0..50).map(|n| Item.new().list(1).position(n)));
    db.commit()?;
    db.delete(items[0]);
    for item in &items[1..] {
        db[*item].position -= 1;
    }
    db.add(Item.new().list(1).position(49));
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT position FROM items ORDER BY id")?, (0..50).collect::<Vec<_>>());
    Ok(())
}

#[test]
fn unique_positions_may_be_swapped_in_pairs() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let items = db.add_all((0..50).map(|n| Item.new().list(1).position(n)));
    db.commit()?;
    for (n, item) in items.iter().enumerate() {
        db[*item].position = n as i64 ^ 1;
    }
    db.commit()?;
    let expected: Vec<i64> = (0..50).map(|n| n ^ 1).collect();
    assert_eq!(ints(&engine, "SELECT position FROM items ORDER BY id")?, expected);
    Ok(())
}
