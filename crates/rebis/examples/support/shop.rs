//! A music shop: artists, albums and tracks, playlists, employees, customers and what they bought.
#![allow(missing_docs, unreachable_pub)]

use rebis::blocking::Session;
use rebis::prelude::*;
use rebis::{Binds, Cell, SqlType, Temporal, Value};

/// A date, as a number of days since 1970: a type of one's own in a column. Programs take that of `chrono`, `jiff` or
/// `time`, each behind the feature of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i32);

impl Value for Day {
    type Base = Day;
    fn sql_type() -> SqlType {
        SqlType::Date
    }
    fn encode(&self, out: &mut Binds) {
        out.push(Cell::Date(self.0));
    }
    fn decode(cell: Cell<'_>) -> rebis::Result<Self> {
        match cell {
            Cell::Date(days) => Ok(Day(days)),
            Cell::Text(text) => rebis::iso::date(text).map(Day).ok_or_else(no_date),
            _ => Err(no_date()),
        }
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

fn no_date() -> rebis::Error {
    rebis::Error::conversion("expected a date")
}

impl Temporal for Day {
    type Span = std::time::Duration;
    type Part = i64;
}

#[derive(Model, Debug)]
#[model(table = "artists")]
pub struct Artist {
    #[column(primary_key)]
    pub id: i64,
    #[column(length = 40)]
    pub name: String,
}

#[derive(Model, Debug)]
#[model(table = "albums")]
pub struct Album {
    #[column(primary_key)]
    pub id: i64,
    #[column(length = 40)]
    pub title: String,
    #[column(references = Artist.id)]
    pub artist_id: i64,
    #[relation(key = artist_id)]
    pub artist: BelongsTo<Artist>,
}

#[derive(Model, Debug)]
#[model(table = "tracks")]
pub struct Track {
    #[column(primary_key)]
    pub id: i64,
    #[column(length = 40)]
    pub name: String,
    #[column(length = 20)]
    pub genre: String,
    #[column(references = Album.id)]
    pub album_id: i64,
    #[relation(key = album_id)]
    pub album: BelongsTo<Album>,
}

#[derive(Model, Debug)]
#[model(table = "playlists")]
pub struct Playlist {
    #[column(primary_key)]
    pub id: i64,
    #[column(length = 40)]
    pub name: String,
}

#[derive(Model, Debug)]
#[model(table = "playlist_tracks")]
pub struct PlaylistTrack {
    #[column(primary_key, references = Playlist.id)]
    pub playlist_id: i64,
    #[column(primary_key, references = Track.id)]
    pub track_id: i64,
}

#[derive(Model, Debug)]
#[model(table = "employees")]
pub struct Employee {
    #[column(primary_key)]
    pub id: i64,
    #[column(length = 40)]
    pub name: String,
    #[column(references = Employee.id)]
    pub boss_id: Option<i64>,
}

#[derive(Model, Debug)]
#[model(table = "customers")]
pub struct Customer {
    #[column(primary_key)]
    pub id: i64,
    #[column(length = 40)]
    pub name: String,
    #[column(length = 40)]
    pub country: String,
}

#[derive(Model, Debug)]
#[model(table = "invoices")]
pub struct Invoice {
    #[column(primary_key)]
    pub id: i64,
    pub date: Day,
    #[column(references = Customer.id)]
    pub customer_id: i64,
    #[relation(key = customer_id)]
    pub customer: BelongsTo<Customer>,
}

#[derive(Model, Debug)]
#[model(table = "invoice_lines")]
pub struct InvoiceLine {
    #[column(primary_key)]
    pub id: i64,
    pub cents: i64,
    #[column(references = Invoice.id)]
    pub invoice_id: i64,
    #[relation(key = invoice_id)]
    pub invoice: BelongsTo<Invoice>,
    #[column(references = Track.id)]
    pub track_id: i64,
    #[relation(key = track_id)]
    pub track: BelongsTo<Track>,
}

#[derive(Model, Debug)]
#[model(table = "plays")]
pub struct Plays {
    #[column(primary_key, references = Track.id)]
    pub track_id: i64,
    pub count: i64,
}

/// Tracks, each with its genre.
type Songs = &'static [(&'static str, &'static str)];

/// What is in the shop: the artist, the album and its tracks.
const ALBUMS: [(&str, &str, Songs); 3] = [
    ("Ada", "Engines", &[("Notes", "rock"), ("Loops", "rock"), ("Tables", "folk")]),
    ("Ada", "Letters", &[("Dear Charles", "folk")]),
    ("Bach", "Fugues", &[("Little", "classic"), ("Great", "classic")]),
];

/// Its lists, by the positions of tracks.
const LISTS: [(&str, &[usize]); 3] =
    [("Everything", &[0, 1, 2, 3, 4, 5]), ("Engines and more", &[0, 1, 2, 4]), ("Half of it", &[0, 1])];

const CUSTOMERS: [(&str, &str); 3] = [("Carl", "Austria"), ("Dora", "Brazil"), ("Emil", "Austria")];

/// Positions of tracks, with prices in cents.
type Lines = &'static [(usize, i64)];

/// What was bought: the customer, the day of 2026 (from 1), and what.
const SALES: [(usize, i32, Lines); 8] = [
    (0, 1, &[(0, 100), (1, 100)]),
    (1, 2, &[(0, 120)]),
    (0, 3, &[(4, 300)]),
    (2, 35, &[(2, 90), (3, 90)]),
    (0, 36, &[(1, 100)]),
    (1, 65, &[(5, 310), (4, 290)]),
    (2, 66, &[(0, 100)]),
    (2, 90, &[(0, 100)]),
];

/// 2025-12-31.
pub const EVE: i32 = 20_453;

/// Fills the tables.
pub fn stock(db: &mut Session) -> rebis::Result<()> {
    let mut tracks = Vec::new();
    let mut artists: Vec<(&str, Handle<Artist>)> = Vec::new();
    for (name, title, songs) in ALBUMS {
        let artist = match artists.iter().find(|(known, _)| *known == name) {
            Some((_, artist)) => *artist,
            None => db.add(Artist.new().name(name)),
        };
        artists.push((name, artist));
        let album = db.add(Album.new().title(title).artist(artist));
        for (song, genre) in songs {
            tracks.push(db.add(Track.new().name(*song).genre(*genre).album(album)));
        }
    }
    let lists = LISTS.map(|(name, of)| (db.add(Playlist.new().name(name)), of));
    let customers = CUSTOMERS.map(|(name, country)| db.add(Customer.new().name(name).country(country)));
    for (customer, day, lines) in SALES {
        let invoice = db.add(Invoice.new().date(Day(EVE + day)).customer(customers[customer]));
        for (track, cents) in lines {
            db.add(InvoiceLine.new().cents(*cents).invoice(invoice).track(tracks[*track]));
        }
    }
    db.flush()?;
    for (list, of) in lists {
        for track in of {
            db.add(PlaylistTrack.new().playlist_id(db[list].id).track_id(db[tracks[*track]].id));
        }
    }
    hire(db)?;
    db.commit()
}

/// The director, two managers, two who do the work.
fn hire(db: &mut Session) -> rebis::Result<()> {
    let mut boss = None;
    for name in ["Olga", "Pit"] {
        let next = db.add(Employee.new().name(name).boss_id(boss));
        db.flush()?;
        boss = Some(db[next].id);
    }
    for name in ["Quin", "Rosa"] {
        db.add(Employee.new().name(name).boss_id(boss));
    }
    db.flush()
}
