//! Values in the file that are not what the model says, and values that are hard to say.

use super::*;

#[derive(Model, Debug)]
#[model(table = "things")]
struct Thing {
    #[column(primary_key)]
    id: i64,
    small: Option<i16>,
    name: Option<String>,
    flag: Option<bool>,
    bytes: Option<Vec<u8>>,
}

/// Things that this program has written, and a value that something else has put into the second.
fn things(placement: &str, column: &str, value: &str) -> Engine {
    let engine = Engine::new(&format!("sqlite::memory:?placement={placement}")).expect("a right URL");
    metadata![Thing].create_all(&engine).expect("the table is made");
    let mut db = engine.session();
    let named = |name: &str| Thing.new().name(Some(name.to_owned())).small(Some(1));
    db.add_all([named("one"), named("two"), named("three")]);
    db.commit().expect("it is written");
    let mut conn = engine.connect().expect("it opens");
    conn.execute_raw(&format!("UPDATE things SET {column} = {value} WHERE id = 2")).expect("it is damaged");
    drop(conn);
    engine
}

/// The error that reading the damaged column gives, by a session and by a connection; both go on afterwards.
#[track_caller]
fn cannot_be_read(column: &'static str, value: &str, message: &str) {
    for placement in PLACEMENTS {
        let engine = things(placement, column, value);
        let mut db = engine.session();
        let says = || Says {
            table: Some("things"),
            column: Some(column),
            sql: Some("SELECT things.id"),
            help: "",
            ..Says::default()
        };
        let error = db.all(select(Thing).order_by(Thing.id)).expect_err("it does not fit");
        check(&error, (ErrorKind::Conversion, "R0504"), says());
        assert!(error.message().contains(message), "{error}");
        let error = db.get(Thing, 2).expect_err("it does not fit");
        check(&error, (ErrorKind::Conversion, "R0504"), says());

        // The session is well: other rows can be read and written, and the transaction is open.
        let three = db.get_one(Thing, 3).expect("this one is right");
        db[three].small = Some(3);
        db.commit().expect("it writes");
        let mut conn = engine.connect().expect("it opens");
        let error = conn.all(select(Thing).order_by(Thing.id)).expect_err("it does not fit");
        assert_eq!((error.kind(), error.column()), (ErrorKind::Conversion, Some(column)), "{error}");
        assert!(error.sql().is_some() && error.site().is_some() && error.help().is_some(), "{error}");
        let small: Option<i16> = conn.one(select(Thing.small).filter(Thing.id.eq(3))).expect("it reads");
        assert_eq!(small, Some(3));

        // Once the row is mended, the same session reads it.
        conn.execute_raw(&format!("UPDATE things SET {column} = NULL WHERE id = 2")).expect("it is mended");
        assert_eq!(db.all(Thing).expect("it reads").len(), 3);
    }
}

#[test]
fn a_text_where_an_integer_should_be() {
    cannot_be_read("small", "'many'", "expected an integer, found text");
}

#[test]
fn an_integer_where_a_text_should_be() {
    // The column has the affinity of text, which makes a text of an integer, but not of bytes.
    cannot_be_read("name", "x'0102'", "expected text, found bytes");
}

#[test]
fn a_number_that_is_no_boolean() {
    cannot_be_read("flag", "7", "expected a boolean");
}

#[test]
fn a_text_where_bytes_should_be() {
    cannot_be_read("bytes", "'text'", "expected bytes, found text");
}

#[test]
fn an_integer_that_does_not_fit_the_field() {
    cannot_be_read("small", "70000", "does not fit `i16`");
    cannot_be_read("small", "-9223372036854775808", "does not fit `i16`");
}

#[test]
fn a_text_that_is_no_utf8() {
    cannot_be_read("name", "CAST(x'61ff41' AS TEXT)", "not UTF-8");
}

#[test]
fn a_value_that_came_with_an_eager_load_names_its_own_table() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut conn = engine.connect().expect("it opens");
        conn.execute_raw("UPDATE users SET age = 'old'").expect("it is damaged");
        let mut db = engine.session();
        let joined = db.all(select(Post).with(Post.author.joined())).expect_err("it does not fit");
        let apart = db.all(select(Post).with(Post.author)).expect_err("it does not fit");
        let hello = db.get_one(Post, 1).expect("this one is right");
        let loaded = db.load(hello, Post.author).expect_err("it does not fit");
        for error in [joined, apart, loaded] {
            assert_eq!((error.kind(), error.code()), (ErrorKind::Conversion, "R0504"), "{error}");
            assert_eq!((error.table(), error.column()), (Some("users"), Some("age")), "{error}");
            assert!(error.sql().is_some() && error.site().is_some() && error.help().is_some(), "{error}");
        }
        db.rollback().expect("it lets go of the database");
        conn.execute_raw("UPDATE users SET age = 7").expect("it is mended");
        db.load(hello, Post.author).expect("now it fits");
        assert_eq!(db[(hello, Post.author)].age, Some(7));
    }
}

#[test]
fn an_integer_that_no_database_holds_is_refused_and_never_wraps() {
    #[derive(Model, Debug)]
    #[model(table = "counters")]
    struct Counter {
        #[column(primary_key)]
        id: i64,
        hits: u64,
    }
    for placement in PLACEMENTS {
        let engine = Engine::new(&format!("sqlite::memory:?placement={placement}")).expect("a right URL");
        metadata![Counter].create_all(&engine).expect("the table is made");
        let mut db = engine.session();
        let most = db.add(Counter.new().hits(i64::MAX as u64));
        db.commit().expect("it fits");
        db.refresh(most).expect("it reads");
        assert_eq!(db[most].hits, i64::MAX as u64);
        db[most].hits = u64::MAX;
        let outcome = db.commit();
        db.rollback().expect("it rolls back");
        let stored: String = engine
            .connect()
            .and_then(|mut c| c.one(rebis::sql("SELECT CAST(hits AS TEXT) FROM counters").rows::<String>()))
            .expect("it reads");
        assert!(outcome.is_err(), "it was stored as {stored}");
        assert_eq!(stored, i64::MAX.to_string());
    }
}

#[test]
fn a_nul_in_a_text_is_kept_found_and_compared() {
    for placement in PLACEMENTS {
        let engine = things(placement, "name", "NULL");
        let odd = "a\0b";
        let mut db = engine.session();
        let thing = db.add(Thing.new().name(Some(odd.to_owned())));
        db.commit().expect("a text like others");
        db.refresh(thing).expect("it reads");
        assert_eq!(db[thing].name.as_deref(), Some(odd));
        let by_value = select(Thing).filter(Thing.name.eq(Some(odd.to_owned())));
        assert_eq!(db.all(&by_value).expect("it is found"), [thing]);
        assert_eq!(db.all(select(Thing).filter(Thing.name.eq(Some("a".to_owned())))).expect("it reads"), []);
        // Printed with its values, the statement still finds it.
        let text = by_value.to_string();
        assert!(!text.contains('\0'), "{text:?}");
        let found = db.all(rebis::sql_unchecked(text).rows::<Thing>()).expect("it reads");
        assert_eq!(found, [thing]);
        // In a list that is too long for a parameter each.
        let list = (0..1000).map(|n| format!("name {n}")).chain([odd.to_owned()]).map(Some);
        let found = db.all(select(Thing).filter(Thing.name.in_(list.collect::<Vec<_>>())));
        assert_eq!(found.expect("it reads"), [thing]);
    }
}

#[test]
fn forty_thousand_values_in_a_list() {
    for placement in PLACEMENTS {
        let engine = things(placement, "name", "'forty'");
        let mut db = engine.session();
        let keys: Vec<i64> = (2..40_002).collect();
        assert_eq!(db.all(select(Thing).filter(Thing.id.in_(keys.clone()))).expect("it reads").len(), 2);
        assert_eq!(db.count(select(Thing).filter(Thing.id.not_in(keys.clone()))).expect("it reads"), 1);
        let names: Vec<Option<String>> = (0..40_000).map(|n| Some(format!("it's \"{n}\""))).collect();
        let names = names.into_iter().chain([Some("one".to_owned())]).collect::<Vec<_>>();
        assert_eq!(db.all(select(Thing).filter(Thing.name.in_(names))).expect("it reads").len(), 1);
        let bytes: Vec<Option<Vec<u8>>> = (0..40_000u32).map(|n| Some(n.to_be_bytes().to_vec())).collect();
        assert_eq!(db.all(select(Thing).filter(Thing.bytes.in_(bytes))).expect("it reads").len(), 0);
        assert_eq!(db.execute(Thing.delete().filter(Thing.id.in_(keys))).expect("it writes"), 2);
        db.commit().expect("it commits");
        assert_eq!(engine.connect().and_then(|mut c| c.all(Thing)).expect("it reads").len(), 1);
    }
}
