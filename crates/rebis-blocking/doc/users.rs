// What the examples in the documentation stand on: a database in memory with two users. Included by them.

use rebis::blocking::*;
use rebis::prelude::*;

#[derive(Model, Debug)]
#[model(table = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub name: String,
    #[column(default = 0)]
    pub karma: i64,
}

/// An engine whose database has alice and bob.
fn engine() -> rebis::Result<Engine> {
    let engine = Engine::new("sqlite::memory:")?;
    metadata![User].create_all(&engine)?;
    let mut db = engine.session();
    db.add(User.new().name("alice"));
    db.add(User.new().name("bob"));
    db.commit()?;
    Ok(engine)
}
