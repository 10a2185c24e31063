//! Models for what relations can be told: cascades, orphans, deletes left to the database, orders, view-only
//! collections, association objects.

use rebis::prelude::*;
use rebis::schema::MetaData;

/// An ordered collection that owns its members, a view of the same rows, and a to-one that owns its target.
#[derive(Model, Debug)]
#[model(table = "albums")]
pub struct Album {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[relation(inverse = album, cascade = "all, delete-orphan", order_by(position, id desc))]
    pub tracks: HasMany<Track>,
    #[relation(foreign_key = Track.album_id, view_only, order_by = title desc)]
    pub by_title: HasMany<Track>,
    #[relation(inverse = album, cascade = "all, delete-orphan")]
    pub sleeve: HasOne<Sleeve>,
}

/// May be without an album, until it has been in one.
#[derive(Model, Debug)]
#[model(table = "tracks")]
pub struct Track {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[column(default = 0)]
    pub position: i64,
    #[column(references = Album.id)]
    pub album_id: Option<i64>,
    #[relation(key = album_id)]
    pub album: BelongsTo<Option<Album>>,
}

/// One to one, owned.
#[derive(Model, Debug)]
#[model(table = "sleeves")]
pub struct Sleeve {
    #[column(primary_key)]
    pub id: i64,
    pub colour: String,
    #[column(references = Album.id)]
    pub album_id: Option<i64>,
    #[relation(key = album_id)]
    pub album: BelongsTo<Option<Album>>,
}

/// Leaves deleting to the database: what is not loaded, and all.
#[derive(Model, Debug)]
#[model(table = "folders")]
pub struct Folder {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relation(inverse = folder, cascade = "all, delete-orphan", passive_deletes)]
    pub files: HasMany<File>,
    #[relation(inverse = folder, passive_deletes = all)]
    pub shortcuts: HasMany<Shortcut>,
}

/// Goes with its folder.
#[derive(Model, Debug)]
#[model(table = "files")]
pub struct File {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(references = Folder.id, on_delete = Cascade)]
    pub folder_id: i64,
    #[relation(key = folder_id)]
    pub folder: BelongsTo<Folder>,
}

/// Stays without its folder.
#[derive(Model, Debug)]
#[model(table = "shortcuts")]
pub struct Shortcut {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = Folder.id, on_delete = SetNull)]
    pub folder_id: Option<i64>,
    #[relation(key = folder_id)]
    pub folder: BelongsTo<Option<Folder>>,
}

/// Many to many over an association object with columns of its own.
#[derive(Model, Debug)]
#[model(table = "students")]
pub struct Student {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relation(inverse = student, cascade = "all, delete-orphan")]
    pub enrolments: HasMany<Enrolment>,
    #[relation(through = Enrolment)]
    pub courses: HasMany<Course>,
    #[relation(through = Seat)]
    pub seats: HasMany<Course>,
}

#[derive(Model, Debug)]
#[model(table = "courses")]
pub struct Course {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relation(through = Enrolment)]
    pub students: HasMany<Student>,
}

/// An association whose own columns can be left away.
#[derive(Model, Debug)]
#[model(table = "enrolments")]
pub struct Enrolment {
    #[column(primary_key, references = Student.id)]
    pub student_id: i64,
    #[column(primary_key, references = Course.id)]
    pub course_id: i64,
    #[column(default = "guest".to_owned())]
    pub role: String,
    pub grade: Option<i64>,
    #[relation(key = student_id)]
    pub student: BelongsTo<Student>,
    #[relation(key = course_id)]
    pub course: BelongsTo<Course>,
}

/// An association that cannot be made from its two ends alone.
#[derive(Model, Debug)]
#[model(table = "seats")]
pub struct Seat {
    #[column(primary_key, references = Student.id)]
    pub student_id: i64,
    #[column(primary_key, references = Course.id)]
    pub course_id: i64,
    pub number: i64,
}

/// Owns players as long as it is there; a removal sets them free.
#[derive(Model, Debug)]
#[model(table = "teams")]
pub struct Team {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relation(inverse = team, cascade = "all")]
    pub players: HasMany<Player>,
}

/// Takes its contract with it when it is deleted.
#[derive(Model, Debug)]
#[model(table = "players")]
pub struct Player {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(references = Team.id)]
    pub team_id: Option<i64>,
    #[column(references = Contract.id)]
    pub contract_id: Option<i64>,
    #[relation(key = team_id)]
    pub team: BelongsTo<Option<Team>>,
    #[relation(key = contract_id, cascade = "delete")]
    pub contract: BelongsTo<Option<Contract>>,
}

#[derive(Model, Debug)]
#[model(table = "contracts")]
pub struct Contract {
    #[column(primary_key)]
    pub id: i64,
    pub terms: String,
}

/// Owned by two: by whom made it and by who shows it.
#[derive(Model, Debug)]
#[model(table = "paintings")]
pub struct Painting {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[column(references = Artist.id)]
    pub artist_id: Option<i64>,
    #[column(references = Gallery.id)]
    pub gallery_id: Option<i64>,
    #[relation(key = artist_id)]
    pub artist: BelongsTo<Option<Artist>>,
    #[relation(key = gallery_id)]
    pub gallery: BelongsTo<Option<Gallery>>,
}

#[derive(Model, Debug)]
#[model(table = "artists")]
pub struct Artist {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relation(inverse = artist, cascade = "all, delete-orphan")]
    pub paintings: HasMany<Painting>,
}

#[derive(Model, Debug)]
#[model(table = "galleries")]
pub struct Gallery {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relation(inverse = gallery, cascade = "all, delete-orphan")]
    pub paintings: HasMany<Painting>,
}

/// All of them.
pub fn schema() -> MetaData {
    metadata![
        Album, Track, Sleeve, Folder, File, Shortcut, Student, Course, Enrolment, Seat, Team, Player,
        Contract, Painting, Artist, Gallery
    ]
}
