//! Keys that are keys of others: a row whose primary key is its parent's, and so on.

use super::{Outcome, engine, ints};
use rebis::prelude::*;

#[derive(Model, Debug)]
#[model(table = "ships")]
pub struct Ship {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relation(inverse = ship)]
    pub papers: HasOne<Papers>,
}

#[derive(Model, Debug)]
#[model(table = "papers")]
pub struct Papers {
    #[column(primary_key, references = Ship.id)]
    pub ship_id: i64,
    #[relation(key = ship_id)]
    pub ship: BelongsTo<Ship>,
    #[relation(inverse = papers)]
    pub stamps: HasMany<Stamp>,
}

#[derive(Model, Debug)]
#[model(table = "stamps")]
pub struct Stamp {
    #[column(primary_key, references = Papers.ship_id)]
    pub papers_id: i64,
    #[column(primary_key)]
    pub number: i64,
    #[column(server_default = "'none'")]
    pub note: Option<String>,
    #[relation(key = papers_id)]
    pub papers: BelongsTo<Papers>,
}

#[test]
fn a_key_passes_through_several_tables() -> Outcome {
    let engine = engine();
    metadata![Ship, Papers, Stamp].create_all(&engine)?;
    for count in [1, 3] {
        let mut db = engine.session();
        let ships = db.add_all((0..count).map(|n| Ship.new().name(format!("{n}"))));
        let mut stamps = Vec::new();
        for ship in &ships {
            let papers = db.add(Papers.new().ship(ship));
            stamps.push((*ship, papers, db.add(Stamp.new().number(7).papers(papers))));
        }
        db.commit()?;
        for (ship, papers, stamp) in stamps {
            let id = db[ship].id;
            assert_eq!((db[papers].ship_id, db[stamp].papers_id), (id, id));
            assert_eq!(db[stamp].note.as_deref(), Some("none"));
        }
    }
    let stored = "SELECT stamps.papers_id FROM stamps JOIN ships ON ships.id = papers_id";
    assert_eq!(ints(&engine, stored)?.len(), 4);
    Ok(())
}
