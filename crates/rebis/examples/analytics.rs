//! The questions that people ask a music shop, in the language and without a word of SQL: windows, recursion, grouping,
//! pages. Each answer is checked, so the program shows that all databases give the same one.
//!
//! `cargo run --example analytics`; on a server, in a schema that is empty and is emptied again: `cargo run --example
//! analytics --features postgres -- --url postgres://me@localhost/scratch`.

#[path = "support/shop.rs"]
mod shop;
#[path = "support/story.rs"]
mod story;

use rebis::blocking::{Connection, Engine};
use rebis::prelude::*;
use rebis::{Cte, Subquery, window};
use shop::*;
use std::fmt::Debug;
use story::Story;

type Outcome = Result<(), Box<dyn std::error::Error>>;
/// A title, a remark, and what finds the answer.
type Question = (&'static str, &'static str, fn(&mut Connection, &Story) -> Outcome);

fn main() -> Outcome {
    let place = story::place("analytics.db")?;
    let engine = Engine::new(&place.url)?;
    let schema = metadata![
        Artist,
        Album,
        Track,
        Playlist,
        PlaylistTrack,
        Employee,
        Customer,
        Invoice,
        InvoiceLine,
        Plays
    ];
    schema.create_all(&engine)?;
    let outcome = tell(&engine);
    if place.is_given {
        schema.drop_all(&engine)?;
    }
    outcome
}

fn tell(engine: &Engine) -> Outcome {
    let mut story = Story::new("A music shop", engine.record());
    story.step("Stock", "what the shop has and has sold");
    stock(&mut engine.session())?;

    let conn = &mut engine.connect()?;
    let questions: [Question; 12] = [
        ("Revenue", "per country and month", revenue),
        ("Top tracks", "the two best of each genre, by a window", top_tracks),
        ("Whole albums", "lists that have every track of an album", whole_albums),
        ("Managers", "everybody with the whole chain above them", managers),
        ("Cohorts", "how many of those who first came in a month came again", cohorts),
        ("Running total", "revenue so far, and beside the month before", running_total),
        ("Islands", "days in a row with a sale", islands),
        ("Median", "of what an invoice comes to, with row numbers", median),
        ("Pivot", "a column for each genre, and a total", pivot),
        ("A tree", "artists with their albums, as JSON", tree),
        ("The next page", "behind the last row of the page before", next_page),
        ("Counters", "one more where there is one, else the first", counters),
    ];
    for (title, remark, answer) in questions {
        story.step(title, remark);
        answer(conn, &story)?;
    }
    story.end(engine.counters());
    Ok(())
}

/// Runs a query, prints what it gave, and compares it with what it must be.
fn ask<R>(conn: &mut Connection, story: &Story, query: Select<R>, expected: &[R::Plain]) -> Outcome
where
    R: rebis::Row,
    R::Plain: Debug + PartialEq,
{
    let rows = conn.all(query)?;
    story.sql();
    rows.iter().for_each(|row| story.say(format!("{row:?}")));
    if rows == expected {
        return Ok(());
    }
    Err(format!("this must be {expected:?}").into())
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn revenue(conn: &mut Connection, story: &Story) -> Outcome {
    let month = Invoice.date.month();
    let query = select((Customer.country, month.clone(), InvoiceLine.cents.sum()))
        .select_from(InvoiceLine)
        .join(InvoiceLine.invoice)
        .join(Invoice.customer)
        .group_by((Customer.country, month.clone()))
        .order_by((Customer.country, month));
    let rows = [
        ("Austria", 1, 500),
        ("Austria", 2, 280),
        ("Austria", 3, 200),
        ("Brazil", 1, 120),
        ("Brazil", 3, 600),
    ];
    ask(conn, story, query, &rows.map(|(country, month, cents)| (text(country), month, Some(cents))))
}

fn top_tracks(conn: &mut Connection, story: &Story) -> Outcome {
    let cents = InvoiceLine.cents.sum();
    let best = window().partition_by(Track.genre).order_by((cents.clone().desc(), Track.name));
    let ranked = select((Track.genre, Track.name, cents, func::row_number().over(best).label("place")))
        .select_from(InvoiceLine)
        .join(InvoiceLine.track)
        .group_by((Track.genre, Track.name))
        .cte("ranked");
    let (genre, name, cents, place) = ranked.columns();
    let query = select((genre.clone(), name, cents))
        .select_from(&ranked)
        .filter(place.clone().le(2))
        .order_by((genre, place));
    let rows = [
        ("classic", "Little", 590),
        ("classic", "Great", 310),
        ("folk", "Dear Charles", 90),
        ("folk", "Tables", 90),
        ("rock", "Notes", 420),
        ("rock", "Loops", 200),
    ];
    ask(conn, story, query, &rows.map(|(genre, name, cents)| (text(genre), text(name), Some(cents))))
}

/// There is no track of the album that is not in the list.
fn whole_albums(conn: &mut Connection, story: &Story) -> Outcome {
    let held = select(PlaylistTrack.track_id)
        .filter(PlaylistTrack.playlist_id.eq(Playlist.id) & PlaylistTrack.track_id.eq(Track.id));
    let missing = select(Track.id).filter(Track.album_id.eq(Album.id) & !held.exists());
    let query = select((Playlist.name, Album.title))
        .cross_join(Album)
        .filter(!missing.exists())
        .order_by((Playlist.id, Album.id));
    let rows = [
        ("Everything", "Engines"),
        ("Everything", "Letters"),
        ("Everything", "Fugues"),
        ("Engines and more", "Engines"),
    ];
    ask(conn, story, query, &rows.map(|(list, album)| (text(list), text(album))))
}

fn managers(conn: &mut Connection, story: &Story) -> Outcome {
    // A text that grows is one without a length.
    let path = func::cast::<String>(Employee.name);
    let chain = select((Employee.id, path.label("path"), func::literal(0).label("depth")))
        .filter(Employee.boss_id.is_null())
        .recursive("chain", |chain| {
            let (boss, path, depth) = chain.columns();
            let path = func::cast::<String>(path.concat(" > ").concat(Employee.name));
            select((Employee.id, path, depth + 1)).join(chain.on(Employee.boss_id.eq(boss)))
        });
    let (id, path, depth) = chain.columns();
    let query = select((path, depth)).select_from(&chain).order_by(id);
    let rows = [("Olga", 0), ("Olga > Pit", 1), ("Olga > Pit > Quin", 2), ("Olga > Pit > Rosa", 2)];
    ask(conn, story, query, &rows.map(|(path, depth)| (text(path), depth)))
}

/// The first month of each customer.
fn first_months() -> Cte<(i64, Option<Day>)> {
    select((Invoice.customer_id, Invoice.date.min().label("first")))
        .group_by(Invoice.customer_id)
        .cte("firsts")
}

fn cohorts(conn: &mut Connection, story: &Story) -> Outcome {
    let firsts = first_months();
    let (customer, first) = firsts.columns();
    let months_later = Invoice.date.month() - first.clone().month().coalesce(0);
    let query = select((first.clone().month(), months_later.clone(), Invoice.customer_id.count_distinct()))
        .select_from(Invoice)
        .join(firsts.on(customer.eq(Invoice.customer_id)))
        .group_by((first.clone().month(), months_later.clone()))
        .order_by((first.month(), months_later));
    let rows = [(1, 0, 2), (1, 1, 1), (1, 2, 1), (2, 0, 1), (2, 1, 1)];
    ask(conn, story, query, &rows.map(|(month, later, customers)| (Some(month), later, customers)))
}

fn by_month() -> Cte<(i64, Option<i64>)> {
    let month = Invoice.date.month();
    select((month.clone().label("month"), InvoiceLine.cents.sum().label("cents")))
        .select_from(InvoiceLine)
        .join(InvoiceLine.invoice)
        .group_by(month)
        .cte("by_month")
}

fn running_total(conn: &mut Connection, story: &Story) -> Outcome {
    let months = by_month();
    let (month, cents) = months.columns();
    let order = window().order_by(month.clone());
    let so_far = cents.clone().sum().over(order.clone().rows(..=0));
    let more = cents.clone() - func::lag(cents.clone(), 1).over(order);
    let query = select((month.clone(), cents, so_far, more)).select_from(&months).order_by(month);
    let rows = [
        (1, Some(620), Some(620), None),
        (2, Some(280), Some(900), Some(-340)),
        (3, Some(800), Some(1700), Some(520)),
    ];
    ask(conn, story, query, &rows)
}

/// Days without a gap keep their distance to their number.
fn islands(conn: &mut Connection, story: &Story) -> Outcome {
    let days = select(Invoice.date.days_since(Day(EVE)).label("day")).distinct().cte("days");
    let day = days.value();
    let number = func::row_number().over(window().order_by(day.clone()));
    let numbered =
        select((day.clone(), (day - number).label("island"))).select_from(&days).as_subquery("numbered");
    let (day, island) = numbered.columns();
    let query = select((day.clone().min(), day.clone().max(), func::count()))
        .select_from(&numbered)
        .group_by(island)
        .order_by(day.min());
    let rows = [(1, 3, 3), (35, 36, 2), (65, 66, 2), (90, 90, 1)];
    ask(conn, story, query, &rows.map(|(first, last, days)| (Some(first), Some(last), days)))
}

/// What each invoice comes to.
fn totals() -> Cte<(i64, Option<i64>)> {
    select((InvoiceLine.invoice_id, InvoiceLine.cents.sum().label("cents")))
        .group_by(InvoiceLine.invoice_id)
        .cte("totals")
}

/// The one in the middle, or the mean of the two.
fn median(conn: &mut Connection, story: &Story) -> Outcome {
    let totals = totals();
    let (invoice, cents) = totals.columns();
    let number = func::row_number().over(window().order_by((cents.clone(), invoice)));
    let placed = select((cents, number.label("number"), func::count().over(window()).label("many")))
        .select_from(&totals)
        .as_subquery("placed");
    let (cents, number, many): (Expr<Option<i64>>, Expr<i64>, Expr<i64>) = placed.columns();
    let middle = (many.clone() + 1) / 2;
    let query = select(cents.avg()).select_from(&placed).filter(number.between(middle, many / 2 + 1));
    ask(conn, story, query, &[Some(150.0)])
}

fn pivot(conn: &mut Connection, story: &Story) -> Outcome {
    let of = |genre: &str| InvoiceLine.cents.sum().filter(Track.genre.eq(genre)).coalesce(0);
    let query = select((Customer.country.nullable(), of("rock"), of("folk"), of("classic")))
        .select_from(InvoiceLine)
        .join(InvoiceLine.track)
        .join(InvoiceLine.invoice)
        .join(Invoice.customer)
        .group_by(func::rollup(Customer.country))
        .order_by(Customer.country.asc().nulls_last());
    let rows = [(Some("Austria"), 500, 180, 300), (Some("Brazil"), 120, 0, 600), (None, 620, 180, 900)];
    ask(
        conn,
        story,
        query,
        &rows.map(|(country, rock, folk, classic)| (country.map(text), rock, folk, classic)),
    )
}

fn tree(conn: &mut Connection, story: &Story) -> Outcome {
    let tracks = || select(func::json_agg::<String>(Track.name)).filter(Track.album_id.eq(Album.id)).scalar();
    let album = func::json_object([("title", &Album.title.into()), ("tracks", &func::json(tracks()).into())]);
    let albums = select(func::json_agg::<String>(album)).filter(Album.artist_id.eq(Artist.id)).scalar();
    let query = select((Artist.name, albums)).order_by(Artist.id);
    let rows = conn.all(query)?;
    story.sql();
    let mut found = Vec::new();
    for (artist, albums) in rows {
        let albums = albums.unwrap_or_default().replace([' ', '\n'], "");
        story.say(format!("{artist}: {albums}"));
        found.push(albums);
    }
    // The order of the members of an array is the database's.
    let whole = found.len() == 2
        && found[0].contains(r#""title":"Engines""#)
        && found[0].contains(r#"["DearCharles"]"#)
        && found[1].contains(r#"["Little","Great"]"#);
    if whole { Ok(()) } else { Err(format!("{found:?}").into()) }
}

/// Tracks in the order of what they brought, two on each page.
fn next_page(conn: &mut Connection, story: &Story) -> Outcome {
    let sold = select((InvoiceLine.track_id, InvoiceLine.cents.sum().coalesce(0).label("cents")))
        .group_by(InvoiceLine.track_id)
        .as_subquery("sold");
    let page = |sold: &Subquery<(i64, i64)>| {
        let (track, cents) = sold.columns();
        select((Track.name, cents.clone(), Track.id))
            .join(sold.on(track.eq(Track.id)))
            .order_by((cents.desc(), Track.id))
            .limit(2)
    };
    let first = conn.all(page(&sold))?;
    let Some((_, cents, id)) = first.last().cloned() else { return Err("there is no page".into()) };
    let rows = [(text("Great"), 310, 6), (text("Loops"), 200, 2)];
    ask(conn, story, page(&sold).after((cents, id)), &rows)
}

fn counters(conn: &mut Connection, story: &Story) -> Outcome {
    for _ in 0..2 {
        let first = Plays.insert().row(Plays.new().track_id(1).count(1));
        conn.execute(
            first.on_conflict(Plays.track_id).set(Plays.count, Plays.count + Plays.count.proposed()),
        )?;
    }
    ask(conn, story, select((Plays.track_id, Plays.count)), &[(1, 2)])
}
