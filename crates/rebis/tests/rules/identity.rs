//! Identity map and state: rules 1 to 9.

use super::*;
use crate::support::*;

/// Two loads of one row are one object.
#[test]
fn rule_01_two_loads_are_one_object() -> Outcome {
    let (engine, log) = database()?;
    let mut db: Session = engine.session();
    let ann = db.add(User.new().name("ann"));
    io!(db.commit())?;
    println!("{}", log.take_sql().join("\n"));
    assert_eq!(io!(db.all(User))?, [ann]);
    println!("{}", log.take_sql().join("\n"));
    Ok(())
}
