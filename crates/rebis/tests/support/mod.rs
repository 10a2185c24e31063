//! Models that the rules of the unit of work are tested with.
#![allow(dead_code, unreachable_pub)]

pub mod bank;
pub mod log;
pub mod relations;
#[cfg(all(feature = "postgres", feature = "mysql"))]
pub mod servers;

use rebis::prelude::*;
use rebis::schema::MetaData;

/// One to many (with and without `delete-orphan`) and one to one.
#[derive(Model, Debug)]
#[model(table = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    pub nick: Option<String>,
    #[relation(inverse = user)]
    pub addresses: HasMany<Address>,
    #[relation(inverse = author, cascade = "all, delete-orphan")]
    pub posts: HasMany<Post>,
    #[relation(inverse = user)]
    pub profile: HasOne<Profile>,
}

/// May be without its parent; has a unique value.
#[derive(Model, Debug)]
#[model(table = "addresses")]
pub struct Address {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub email: String,
    #[column(references = User.id)]
    pub user_id: Option<i64>,
    #[relation(key = user_id)]
    pub user: BelongsTo<Option<User>>,
}

/// One to one, may be without its parent.
#[derive(Model, Debug)]
#[model(table = "profiles")]
pub struct Profile {
    #[column(primary_key)]
    pub id: i64,
    pub about: String,
    #[column(references = User.id)]
    pub user_id: Option<i64>,
    #[relation(key = user_id)]
    pub user: BelongsTo<Option<User>>,
}

/// Cannot be without its parent.
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
    #[relation(inverse = post, cascade = "all, delete-orphan")]
    pub comments: HasMany<Comment>,
    #[relation(through = PostTag)]
    pub tags: HasMany<Tag>,
}

/// The third level.
#[derive(Model, Debug)]
#[model(table = "comments")]
pub struct Comment {
    #[column(primary_key)]
    pub id: i64,
    pub text: String,
    #[column(references = Post.id)]
    pub post_id: i64,
    #[relation(key = post_id)]
    pub post: BelongsTo<Post>,
}

/// Many to many.
#[derive(Model, Debug)]
#[model(table = "tags")]
pub struct Tag {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub name: String,
    #[relation(through = PostTag)]
    pub posts: HasMany<Post>,
}

#[derive(Model, Debug)]
#[model(table = "post_tags")]
pub struct PostTag {
    #[column(primary_key, references = Post.id)]
    pub post_id: i64,
    #[column(primary_key, references = Tag.id)]
    pub tag_id: i64,
}

/// A composite key.
#[derive(Model, Debug)]
#[model(table = "orders")]
pub struct Order {
    #[column(primary_key)]
    pub shop: String,
    #[column(primary_key)]
    pub number: i64,
    pub note: Option<String>,
    #[relation(inverse = order, cascade = "all, delete-orphan")]
    pub items: HasMany<Item>,
}

/// A composite key with a composite foreign key in it.
#[derive(Model, Debug)]
#[model(
    table = "items",
    foreign_key(columns(order_shop, order_number), references = Order(shop, number))
)]
pub struct Item {
    #[column(primary_key)]
    pub order_shop: String,
    #[column(primary_key)]
    pub order_number: i64,
    #[column(primary_key)]
    pub line: i64,
    pub what: String,
    #[relation(key(order_shop, order_number))]
    pub order: BelongsTo<Order>,
}

/// Refers to itself.
#[derive(Model, Debug)]
#[model(table = "nodes")]
pub struct Node {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(references = Node.id)]
    pub parent_id: Option<i64>,
    #[relation(key = parent_id)]
    pub parent: BelongsTo<Option<Node>>,
    #[relation(inverse = parent)]
    pub children: HasMany<Node>,
}

/// Two tables that refer to each other.
#[derive(Model, Debug)]
#[model(table = "employees")]
pub struct Employee {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(references = Department.id)]
    pub department_id: i64,
    #[relation(key = department_id)]
    pub department: BelongsTo<Department>,
}

#[derive(Model, Debug)]
#[model(table = "departments")]
pub struct Department {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(references = Employee.id)]
    pub head_id: Option<i64>,
    #[relation(key = head_id)]
    pub head: BelongsTo<Option<Employee>>,
    #[relation(inverse = department)]
    pub employees: HasMany<Employee>,
}

/// A natural key, which the program may change.
#[derive(Model, Debug)]
#[model(table = "countries")]
pub struct Country {
    #[column(primary_key)]
    pub code: String,
    pub name: String,
    #[relation(inverse = country)]
    pub cities: HasMany<City>,
}

/// Has no wish of its own about changes of its parent's key.
#[derive(Model, Debug)]
#[model(table = "cities")]
pub struct City {
    #[column(primary_key)]
    pub name: String,
    #[column(references = Country.code, on_update = Cascade)]
    pub country_code: Option<String>,
    #[relation(key = country_code)]
    pub country: BelongsTo<Option<Country>>,
}

/// Values made up in Rust and in the database.
#[derive(Model, Debug)]
#[model(table = "articles")]
pub struct Article {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[column(default = "draft".to_owned())]
    pub status: String,
    #[column(server_default = "'en'")]
    pub language: String,
    #[column(server_default = "'none'")]
    pub subtitle: Option<String>,
    #[column(server_default = "0")]
    pub visits: i64,
    pub body: Option<String>,
}

/// All of them.
pub fn schema() -> MetaData {
    metadata![
        User, Address, Profile, Post, Comment, Tag, PostTag, Order, Item, Node, Employee, Department,
        Country, City, Article
    ]
}

/// Says that the test of this thread does not apply to a database, past what the harness captures.
pub fn skipped(database: &str, reason: &str) {
    use std::io::Write;
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let _ = writeln!(std::io::stderr(), "skipped on {database}: {test}: {reason}");
}
