//! The program of the design's first section, as a user writes it.

use super::engine;
use rebis::prelude::*;

#[derive(Model, Debug)]
#[model(table = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    #[column(length = 50, unique)]
    pub username: String,
    #[column(length = 120, unique)]
    pub email: String,
    #[column(length = 80)]
    pub password: String,
    #[relation(inverse = author, cascade = "all, delete-orphan")]
    pub posts: HasMany<Post>,
}

#[derive(SqlEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Draft,
    Published,
}

#[derive(Model, Debug)]
#[model(table = "posts")]
pub struct Post {
    #[column(primary_key)]
    pub id: i64,
    #[column(length = 200, index)]
    pub title: String,
    pub body: Option<String>,
    #[column(default = Status::Draft)]
    pub status: Status,
    #[column(references = User.id, on_delete = Cascade)]
    pub author_id: i64,
    #[relation(key = author_id)]
    pub author: BelongsTo<User>,
    #[relation(through = PostTag)]
    pub tags: HasMany<Tag>,
}

#[derive(Model, Debug)]
#[model(table = "tags")]
pub struct Tag {
    #[column(primary_key)]
    pub id: i64,
    #[column(length = 40, unique)]
    pub name: String,
    #[relation(through = PostTag)]
    pub posts: HasMany<Post>,
}

#[derive(Model, Debug)]
#[model(table = "post_tags")]
pub struct PostTag {
    #[column(primary_key, references = Post.id, on_delete = Cascade)]
    pub post_id: i64,
    #[column(primary_key, references = Tag.id)]
    pub tag_id: i64,
}

#[test]
fn the_program_of_the_design() -> rebis::Result<()> {
    let engine = engine();
    let schema = metadata![User, Post, Tag, PostTag];
    schema.create_all(&engine)?;
    let log = engine.record();

    let mut db = engine.session();
    let alice = db.add(User.new().username("alice").email("alice@example.com").password("…"));
    let hello = db.add(Post.new().title("Hello").author(alice));
    db.push(alice, User.posts, Post.new().title("Second"));
    db.push(hello, Post.tags, Tag.new().name("rust"));
    db.commit()?;
    assert_eq!(db[alice].id, 1);
    println!("{}", log.take_sql().join("\n"));

    let bob = db.add(User.new().username("bob").email("bob@example.com").password("…"));
    db.commit()?;
    println!("{}", log.take_sql().join("\n"));

    let stmt = select(User)
        .filter(User.username.eq("alice") & User.email.like("%@example.com"))
        .order_by(User.id.desc())
        .with(User.posts.then(Post.tags));
    for user in db.all(&stmt)? {
        for post in &db[user].posts {
            println!("{}: {} {:?}", db[user].username, db[post].title, db[post].tags);
            db[post].title.push('!');
        }
    }
    println!("{}", log.take_sql().join("\n"));

    db[alice].email = "alice@wonderland.example".into();
    db.set(hello, Post.author, bob);
    db.delete(hello);
    db.commit()?;
    println!("{}", log.take_sql().join("\n"));

    let rows: Vec<(String, i64)> = db.all(
        select((User.username, Post.id.count()))
            .join(User.posts)
            .group_by(User.username)
            .having(Post.id.count().gt(0)),
    )?;
    assert_eq!(rows, [("alice".to_string(), 1)]);
    let plain: Vec<User> = engine.connect()?.all(select(User).order_by(User.id))?;
    assert_eq!(plain.len(), 2);
    assert_eq!(plain[0].email, "alice@wonderland.example");
    Ok(())
}
