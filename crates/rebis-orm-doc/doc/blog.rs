//! What the examples in the documentation stand on: a blog with a user, two posts and a tag. A crate, so that its
//! models are compiled once and not in each of them.

#![forbid(unsafe_code)]
#![allow(missing_docs)]

pub use rebis::prelude::*;
pub use rebis::{Engine, Session};

#[derive(Model, Debug)]
#[model(table = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub username: String,
    #[column(default = true)]
    pub active: bool,
    #[relation(inverse = author, cascade = "all, delete-orphan")]
    pub posts: HasMany<Post>,
}

#[derive(Model, Debug)]
#[model(table = "posts")]
pub struct Post {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[column(default = 0)]
    pub hits: i64,
    pub deleted_at: Option<i64>,
    #[column(references = User.id)]
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
    #[column(unique)]
    pub name: String,
}

#[derive(Model, Debug)]
#[model(table = "post_tags")]
pub struct PostTag {
    #[column(primary_key, references = Post.id)]
    pub post_id: i64,
    #[column(primary_key, references = Tag.id)]
    pub tag_id: i64,
}

/// Runs an example on a session of its own: with the user alice, and her post "Hello" with the tag "rust".
pub fn run(
    example: impl AsyncFnOnce(&mut Session, Handle<User>, Handle<Post>) -> rebis::Result<()>,
) -> rebis::Result<()> {
    rebis_engine::block_on(async {
        let engine = Engine::new("sqlite::memory:?placement=inline")?;
        metadata![User, Post, Tag, PostTag].create_all(&engine).await?;
        let mut db = engine.session();
        let alice = db.add(User.new().username("alice"));
        let hello = db.add(Post.new().title("Hello").author(alice).tags([Tag.new().name("rust")]));
        db.push(alice, User.posts, Post.new().title("Second"));
        db.commit().await?;
        example(&mut db, alice, hello).await
    })
}
