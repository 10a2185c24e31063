//! Types that SQL wraps on the way in and unwraps on the way out.

use super::engine;
use rebis::prelude::*;
use rebis::{Binds, Cell, Conversion, Result, SqlType, Value, func, prepare, sql};

/// Kept as its three bytes.
#[derive(Value, Clone, Debug, PartialEq, Eq, Hash)]
#[value(
    sql_type(sqlite = "BLOB", postgres = "BYTEA", mysql = "VARBINARY(3)"),
    write(sqlite = "unhex({})", postgres = "decode({}, 'hex')", mysql = "unhex({})"),
    read(sqlite = "hex({})", postgres = "upper(encode({}, 'hex'))", mysql = "hex({})")
)]
struct Colour(String);

/// Kept in lower case.
#[derive(Value, Clone, Debug, PartialEq, Eq, Hash)]
#[value(write = "lower({})", sql_type = "VARCHAR(80)")]
struct Email(String);

/// A place on the map: geometry where there is such, text elsewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Point(f64, f64);

impl Value for Point {
    const CONVERSION: Option<&'static Conversion> = Some(
        &Conversion::NONE
            .kept_as(&[("postgres", "POINT"), ("mysql", "POINT")])
            .write_in(&[
                ("postgres", ["CAST(translate(substr(", ", 6), ' ', ',') AS POINT)"]),
                ("mysql", ["ST_GeomFromText(", ")"]),
            ])
            .read_in(&[
                ("postgres", ["replace('POINT' || CAST(", " AS TEXT), ',', ' ')"]),
                ("mysql", ["ST_AsText(", ")"]),
            ]),
    );
    type Base = Point;
    fn sql_type() -> SqlType {
        SqlType::Text { length: Some(60) }
    }
    fn encode(&self, out: &mut Binds) {
        let Point(x, y) = self;
        out.text(&format!("POINT({x} {y})"));
    }
    fn decode(cell: Cell<'_>) -> Result<Self> {
        let text = String::decode(cell)?;
        let numbers = text.trim_start_matches("POINT(").trim_end_matches(')');
        let mut numbers = numbers.split(' ').map(str::parse::<f64>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(x)), Some(Ok(y))) => Ok(Point(x, y)),
            _ => Err(rebis::Error::conversion("this is no point")),
        }
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

#[derive(Model, Debug)]
#[model(table = "paints")]
struct Paint {
    #[column(primary_key)]
    colour: Colour,
    #[column(length = 40)]
    name: String,
    mixed_with: Option<Colour>,
    #[relation(inverse = paint)]
    walls: HasMany<Wall>,
}

#[derive(Model, Debug)]
#[model(table = "walls")]
struct Wall {
    #[column(primary_key)]
    id: i64,
    #[column(unique)]
    painter: Email,
    at: Point,
    colour: Colour,
    #[relation(key = colour)]
    paint: BelongsTo<Paint>,
}

fn colour(hex: &str) -> Colour {
    Colour(hex.to_owned())
}

fn email(text: &str) -> Email {
    Email(text.to_owned())
}

/// Two paints; the first with two walls, the second with one.
fn filled() -> Result<rebis::blocking::Engine> {
    let engine = engine();
    metadata![Paint, Wall].create_all(&engine)?;
    let mut db = engine.session();
    let blue = Paint.new().colour(colour("1E90FF")).name("blue").mixed_with(colour("FF0000"));
    let blue = db.add(blue.walls([
        Wall.new().painter(email("Ann@X.example")).at(Point(1.0, 2.5)),
        Wall.new().painter(email("BOB@x.example")).at(Point(-3.0, 0.0)),
    ]));
    let red = db.add(Paint.new().colour(colour("FF0000")).name("red"));
    db.push(red, Paint.walls, Wall.new().painter(email("cem@x.example")).at(Point(7.0, 7.0)));
    db.commit()?;
    assert_eq!(db[blue].mixed_with, Some(colour("FF0000")));
    Ok(engine)
}

#[test]
fn a_flush_wraps_and_a_query_unwraps() -> Result<()> {
    let engine = filled()?;
    let mut db = engine.session();
    let walls = db.all(select(Wall).order_by(Wall.id))?;
    let seen: Vec<_> =
        walls.iter().map(|w| (db[*w].painter.0.clone(), db[*w].at, db[*w].colour.0.clone())).collect();
    assert_eq!(
        seen,
        [
            ("ann@x.example".to_owned(), Point(1.0, 2.5), "1E90FF".to_owned()),
            ("bob@x.example".to_owned(), Point(-3.0, 0.0), "1E90FF".to_owned()),
            ("cem@x.example".to_owned(), Point(7.0, 7.0), "FF0000".to_owned()),
        ]
    );
    // The bytes are what the database has.
    let length =
        db.one(sql("SELECT length(colour) FROM walls WHERE id = {}").bind(db[walls[0]].id).rows::<i64>())?;
    assert_eq!(length, 3);

    let statements = engine.counters().statements;
    db[walls[0]].at = Point(1.0, 2.5);
    db.flush()?;
    assert_eq!(engine.counters().statements, statements, "nothing differs");
    db[walls[0]].at = Point(4.0, 2.5);
    db[walls[1]].colour = colour("FF0000");
    db.commit()?;
    let mut fresh = engine.session();
    assert_eq!(fresh.all(select(Wall.at).order_by(Wall.id))?[0], Point(4.0, 2.5));
    assert_eq!(fresh.all(select(Wall.id).filter(Wall.colour.eq(colour("FF0000"))))?.len(), 2);
    drop(fresh);
    db.delete(walls[2]);
    db.commit()?;
    assert_eq!(engine.session().count(select(Wall))?, 2);
    Ok(())
}

#[test]
fn keys_and_relations() -> Result<()> {
    let engine = filled()?;
    let mut db = engine.session();
    let blue = db.get(Paint, colour("1E90FF"))?.expect("it is there");
    db.load(blue, Paint.walls)?;
    assert_eq!(db[blue].walls.len(), 2);
    let wall = db[blue].walls.iter().next().expect("a wall");
    assert_eq!(db[(wall, Wall.paint)].name, "blue");

    drop(db);

    for stmt in [
        select(Paint).with(Paint.walls),
        select(Paint).with(Paint.walls.limit(1)),
        select(Paint).with(Paint.walls.joined()),
        select(Paint).order_by(Paint.name).limit(9).with(Paint.walls.joined()),
    ] {
        let mut fresh = engine.session();
        for paint in fresh.all(&stmt)? {
            let walls: Vec<_> = fresh[paint].walls.iter().collect();
            assert!(
                !walls.is_empty() && walls.iter().all(|wall| fresh[*wall].colour == fresh[paint].colour),
                "{stmt}"
            );
        }
    }
    let mut db = engine.session();
    let blue = db.get(Paint, colour("1E90FF"))?.expect("it is there");
    assert_eq!(db.count(select(Wall).filter(Wall.paint.eq(blue)))?, 2);
    assert_eq!(db.count(select(Paint).filter(Paint.walls.any(Wall.painter.eq(email("ANN@x.example")))))?, 1);
    let of_bob = select(Paint).join(Paint.walls).filter(Wall.painter.eq(email("Bob@X.example")));
    assert_eq!(db.all(of_bob)?, [blue]);
    db.refresh(blue)?;
    let red = db.get(Paint, colour("FF0000"))?.expect("it is there");
    let first = db.all(select(Wall).order_by(Wall.id))?[0];
    db.set(first, Wall.paint, red);
    db.commit()?;
    assert_eq!(db[first].colour, colour("FF0000"));
    let mut pages = db.batches(select(Paint), 1);
    let mut seen = Vec::new();
    while let Some(page) = pages.next(&mut db)? {
        seen.extend(page.iter().map(|paint| db[*paint].name.clone()));
    }
    assert_eq!(seen, ["blue", "red"]);
    Ok(())
}

#[test]
fn statements_without_a_session() -> Result<()> {
    let engine = filled()?;
    let mut conn = engine.connect()?;
    conn.execute(
        Paint
            .insert()
            .row(Paint.new().colour(colour("00FF00")).name("green"))
            .row(Paint.new().colour(colour("000000")).name("black").mixed_with(colour("00FF00"))),
    )?;
    conn.execute(Paint.insert().row(Paint.colour.to(colour("FFFFFF")).and(Paint.name.to("white"))))?;
    let many = (0..3u32).map(|n| Paint.new().colour(colour(&format!("0000{:02X}", n + 1))).name("many"));
    assert_eq!(conn.execute(Paint.insert().rows(many))?, 3);
    let again =
        Paint.insert().row(Paint.new().colour(colour("FFFFFF")).name("snow").mixed_with(colour("000000")));
    let upsert = again.on_conflict(Paint.colour).set_all_proposed();
    conn.execute(upsert)?;
    let snow = conn.one(select(Paint).filter(Paint.colour.eq(colour("FFFFFF"))))?;
    assert_eq!((snow.name.as_str(), snow.mixed_with), ("snow", Some(colour("000000"))));

    conn.execute(Paint.update().set(Paint.mixed_with, colour("ABCDEF")).filter(Paint.name.eq("many")))?;
    assert_eq!(conn.count(select(Paint).filter(Paint.mixed_with.eq(colour("ABCDEF"))))?, 3);
    conn.execute(Paint.update().set(Paint.mixed_with, None).filter(Paint.name.eq("many")))?;
    assert_eq!(conn.count(select(Paint).filter(Paint.mixed_with.eq(None)))?, 5);
    let back: Vec<(String, Option<Colour>)> = conn.all(
        Paint
            .update()
            .set(Paint.mixed_with, Paint.colour)
            .filter(Paint.colour.in_([colour("000001"), colour("000002")]))
            .returning((Paint.name, Paint.mixed_with)),
    )?;
    assert_eq!(back.len(), 2);
    assert!(
        back.iter().all(|(_, mixed)| mixed.as_ref().is_some_and(|mixed| mixed.0.starts_with("00000"))),
        "{back:?}"
    );
    let new = Paint.insert().row(Paint.new().colour(colour("123456")).name("new")).returning(Paint);
    assert_eq!(conn.one(new)?.colour, colour("123456"));
    let copied = Paint.insert().from_select(
        (Paint.colour, Paint.name),
        select((Paint.mixed_with.coalesce(colour("777777")), Paint.name)).filter(Paint.name.eq("new")),
    );
    conn.execute(copied)?;
    assert_eq!(conn.one(select(Paint.name).filter(Paint.colour.eq(colour("777777"))))?, "new");
    assert_eq!(
        conn.execute(Paint.delete().filter(Paint.colour.in_([colour("777777"), colour("123456")])))?,
        2
    );
    Ok(())
}

#[test]
fn long_lists_and_tuples() -> Result<()> {
    let engine = filled()?;
    let mut conn = engine.connect()?;
    let many: Vec<Colour> =
        (0..5000u32).map(|n| colour(&format!("{:06X}", n * 3))).chain([colour("FF0000")]).collect();
    assert_eq!(conn.all(select(Paint.name).filter(Paint.colour.in_(&many)))?, ["red"]);
    assert_eq!(conn.all(select(Paint.name).filter(Paint.colour.not_in(&many)))?, ["blue"]);
    let pair = (Paint.colour, Paint.name).in_([(colour("FF0000"), "red"), (colour("1E90FF"), "red")]);
    assert_eq!(conn.all(select(Paint.name).filter(pair))?, ["red"]);
    assert_eq!(
        conn.all(select(Paint.name).filter(Paint.mixed_with.in_([None, Some(colour("FF0000"))])))?.len(),
        2
    );
    let by_colour =
        prepare(|of: Expr<Colour>| select((Paint.name, Paint.mixed_with)).filter(Paint.colour.eq(of)));
    for _ in 0..2 {
        assert_eq!(conn.one(by_colour.with(colour("1E90FF")))?, ("blue".into(), Some(colour("FF0000"))));
    }
    Ok(())
}

#[test]
fn within_a_statement_it_is_as_it_is_kept() -> Result<()> {
    let engine = filled()?;
    let mut conn = engine.connect()?;
    let paints = [colour("1E90FF"), colour("FF0000")];
    let inner = select((Paint.colour, Paint.name)).as_subquery("inner_paints");
    let (of, name) = inner.columns();
    let joined = select((of.clone(), Wall.at)).select_from(&inner).join(Wall.on(Wall.colour.eq(of.clone())));
    assert_eq!(conn.all(joined.filter(name.clone().eq("red")))?, [(colour("FF0000"), Point(7.0, 7.0))]);
    assert_eq!(conn.all(select(&inner).order_by(name))?[1], (colour("FF0000"), "red".to_owned()));
    let cte = select(Paint).filter(Paint.name.eq("red")).cte("reds");
    assert_eq!(conn.one(select(&cte))?.colour, paints[1]);
    let recent = select(Wall.colour).order_by(Wall.id).limit(1).cte("recent");
    assert_eq!(conn.all(select(recent.value()).select_from(&recent))?, [colour("1E90FF")]);
    assert_eq!(conn.all(select(Paint.name).filter(Paint.colour.in_(select(Wall.colour))))?.len(), 2);
    let red = select(Paint.colour).filter(Paint.name.eq("red")).scalar();
    assert_eq!(conn.one(select(red))?, Some(colour("FF0000")));

    let both = select(Paint.colour).union(select(Wall.colour));
    let mut all = conn.all(&both)?;
    all.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(all, paints);
    assert_eq!(conn.all(both.order_by(Paint.colour.desc()).limit(1))?, [colour("FF0000")]);
    let limited = select(Paint.colour).union_all(select(Wall.colour).order_by(Wall.id.desc()).limit(1));
    assert_eq!(conn.all(limited)?.len(), 3);
    assert_eq!(conn.all(select(Wall.colour).distinct().order_by(Wall.colour))?, paints);
    assert_eq!(
        conn.all(select((Wall.colour, func::count())).group_by(Wall.colour).order_by(Wall.colour))?,
        [(paints[0].clone(), 2), (paints[1].clone(), 1)]
    );
    let firsts =
        select((Wall.colour, Wall.painter)).distinct_on(Wall.colour).order_by((Wall.colour, Wall.id));
    assert_eq!(conn.all(firsts)?[0], (colour("1E90FF"), email("ann@x.example")));
    let copies = select(Wall.colour).intersect_all(select(Wall.colour));
    assert_eq!(conn.all(copies)?.len(), 3);
    assert_eq!(
        conn.all(select(Paint.colour).order_by(Paint.colour).limit(9).after((colour("1E90FF"),)))?,
        [colour("FF0000")]
    );
    let case = func::case().when(Paint.name.eq("red"), Paint.colour).otherwise(colour("010203"));
    assert_eq!(conn.all(select(case).order_by(Paint.name))?, [colour("010203"), colour("FF0000")]);
    assert_eq!(conn.one(select(func::value(colour("0A0B0C"))))?, colour("0A0B0C"));
    let rows = rebis::values("v", ["a", "n"], [(colour("FF0000"), 1i64), (colour("000000"), 2)]);
    let (a, n) = rows.columns();
    assert_eq!(conn.all(select(n).select_from(&rows).join(Paint.on(Paint.colour.eq(a))))?, [1]);
    assert_eq!(conn.all(select(&rows))?.len(), 2);
    assert_eq!(conn.all(select(Paint.name).filter(Paint.colour.as_read::<String>().like("FF%")))?, ["red"]);
    assert!(conn.exists(select(Paint).filter(Paint.colour.eq(colour("FF0000"))))?);
    Ok(())
}

#[test]
fn text_and_views() -> Result<()> {
    let engine = filled()?;
    let mut conn = engine.connect()?;
    let red = colour("FF0000");
    // A value is wrapped in text too; what text reads is as it is kept.
    let name: String = conn.one(sql!("SELECT name FROM paints WHERE colour = {red}").rows::<String>())?;
    assert_eq!(name, "red");
    let table = rebis::schema::TableAs::new("kept_colours", select((Paint.colour, Paint.name)));
    table.create(&engine)?;
    let again: i64 =
        conn.one(sql("SELECT count(*) FROM paints JOIN kept_colours USING (colour)").rows::<i64>())?;
    assert_eq!(again, 2);
    Ok(())
}
