//! Models that have what the faults needed: cascades, natural keys, keys to unique columns, deletes by the database.
#![allow(unreachable_pub)]

use rebis::prelude::*;
use rebis::schema::MetaData;

#[derive(Model, Debug)]
#[model(table = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub name: String,
    #[relation(inverse = author, cascade = "all, delete-orphan")]
    pub posts: HasMany<Post>,
    #[relation(inverse = user)]
    pub profile: HasOne<Profile>,
}

#[derive(Model, Debug)]
#[model(table = "profiles")]
pub struct Profile {
    #[column(primary_key)]
    pub id: i64,
    pub text: String,
    #[column(references = User.id)]
    pub user_id: Option<i64>,
    #[relation(key = user_id)]
    pub user: BelongsTo<Option<User>>,
}

#[derive(Model, Debug)]
#[model(table = "posts")]
pub struct Post {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[column(references = User.id)]
    pub author_id: i64,
    #[relation(key = author_id)]
    pub author: BelongsTo<User>,
    #[relation(through = PostTag)]
    pub tags: HasMany<Tag>,
    #[relation(inverse = post, cascade = "all, delete-orphan")]
    pub comments: HasMany<Comment>,
}

#[derive(Model, Debug)]
#[model(table = "comments")]
pub struct Comment {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = Post.id)]
    pub post_id: i64,
    #[relation(key = post_id)]
    pub post: BelongsTo<Post>,
}

#[derive(Model, Debug)]
#[model(table = "tags")]
pub struct Tag {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relation(through = PostTag)]
    pub posts: HasMany<Post>,
}

/// An association that is an object, too.
#[derive(Model, Debug)]
#[model(table = "post_tags")]
pub struct PostTag {
    #[column(primary_key, references = Post.id)]
    pub post_id: i64,
    #[column(primary_key, references = Tag.id)]
    pub tag_id: i64,
    #[relation(key = post_id)]
    pub post: BelongsTo<Post>,
    #[relation(key = tag_id)]
    pub tag: BelongsTo<Tag>,
}

/// Refers to itself by a unique column that is not the key.
#[derive(Model, Debug)]
#[model(table = "codes")]
pub struct Code {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub code: String,
    #[column(references = Code.code)]
    pub parent_code: Option<String>,
    #[relation(key = parent_code)]
    pub parent: BelongsTo<Option<Code>>,
    #[relation(inverse = parent, cascade = "all")]
    pub children: HasMany<Code>,
}

/// A natural key.
#[derive(Model, Debug)]
#[model(table = "countries")]
pub struct Country {
    #[column(primary_key)]
    pub code: String,
    pub name: String,
    #[relation(inverse = country)]
    pub cities: HasMany<City>,
}

/// Goes with its country, by the database.
#[derive(Model, Debug)]
#[model(table = "cities")]
pub struct City {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(references = Country.code, on_delete = Cascade, on_update = Cascade)]
    pub country_code: Option<String>,
    #[relation(key = country_code)]
    pub country: BelongsTo<Option<Country>>,
}

/// A unique value that rows hand on to each other.
#[derive(Model, Debug)]
#[model(table = "items", unique(list, position))]
pub struct Item {
    #[column(primary_key)]
    pub id: i64,
    pub list: i64,
    pub position: i64,
}

pub fn schema() -> MetaData {
    metadata![User, Profile, Post, Comment, Tag, PostTag, Code, Country, City, Item]
}
