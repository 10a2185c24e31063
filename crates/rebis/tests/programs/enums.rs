//! Enums in a type of their own: made and dropped with their tables, in both directions as texts.

use super::engine;
use rebis::prelude::*;
use rebis::{ErrorKind, schema::MetaData};

#[derive(SqlEnum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sql_enum(native, name = "mood of the day")]
enum Mood {
    #[sql_enum(rename = "so-so, it's \\ fine")]
    SoSo,
    Good,
    Bad,
}

#[derive(Model, Debug)]
#[model(table = "days")]
struct Day {
    #[column(primary_key)]
    id: i64,
    #[column(default = Mood::Good, index)]
    mood: Mood,
    before: Option<Mood>,
}

#[derive(Model, Debug)]
#[model(table = "moods")]
struct Note {
    #[column(primary_key)]
    mood: Mood,
    note: String,
}

fn schema() -> MetaData {
    metadata![Day, Note]
}

#[test]
fn an_enum_has_a_type_of_its_own_where_there_are_such() -> rebis::Result<()> {
    let engine = engine();
    metadata![Note].create_all(&engine)?;
    schema().create_all(&engine)?; // the type is there already
    let mut db = engine.session();
    let days: Vec<_> = [Mood::Bad, Mood::SoSo, Mood::Good]
        .map(|mood| db.add(Day.new().mood(mood).before(Some(Mood::Bad))))
        .into();
    let usual = db.add(Day.new());
    db.add(Note.new().mood(Mood::SoSo).note("as ever"));
    db.commit()?;
    assert_eq!((db[usual].mood, db[usual].before), (Mood::Good, None));
    db[days[0]].mood = Mood::SoSo;
    db[days[0]].before = None;
    db[usual].before = Some(Mood::SoSo);
    db.commit()?;

    let mut other = engine.session();
    let found = other.all(select(Day).filter(Day.mood.eq(Mood::SoSo)).order_by(Day.id))?;
    assert_eq!(found.iter().map(|day| other[*day].before).collect::<Vec<_>>(), [None, Some(Mood::Bad)]);
    let note = other.get_one(Note, Mood::SoSo)?;
    assert_eq!(other[note].note, "as ever");
    let either = select(Day.id.count()).filter(Day.mood.in_([Mood::Good, Mood::Bad]));
    assert_eq!(other.scalar(either)?, 2);
    let before = select(Day.before).filter(Day.before.is_null() | Day.before.eq(Some(Mood::SoSo)));
    assert_eq!(other.all(before.order_by(Day.id))?, [None, Some(Mood::SoSo)]);
    other.rollback()?;

    let error =
        engine.connect()?.execute(rebis::sql("UPDATE days SET mood = 'odd'")).expect_err("no such mood");
    assert!(matches!(error.kind(), ErrorKind::CheckViolation | ErrorKind::Conversion), "{error}");
    // And once more: the type went with the tables.
    for _ in 0..2 {
        schema().drop_all(&engine)?;
        schema().create_all(&engine)?;
    }
    assert_eq!(engine.session().count(Day)?, 0);
    Ok(())
}

#[test]
fn two_enums_cannot_share_a_type() {
    #[derive(SqlEnum, Clone, Copy, Debug, PartialEq)]
    #[sql_enum(native, name = "mood of the day")]
    enum Weather {
        Sun,
    }

    #[derive(Model, Debug)]
    #[model(table = "reports")]
    struct Report {
        #[column(primary_key)]
        id: i64,
        weather: Weather,
    }

    let error = metadata![Day, Report].check().expect_err("one type, two lists");
    assert_eq!(error.kind(), ErrorKind::InvalidMapping);
    assert!(error.to_string().contains("`mood of the day`, with other variants"), "{error}");
}
