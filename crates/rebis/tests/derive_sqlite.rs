//! The tutorial's models against a database: what the derives say is what the session does.
#![cfg(feature = "sqlite")]

use rebis::prelude::*;
use rebis::{Engine, ErrorKind};

#[derive(SqlEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Draft,
    Live,
}

#[derive(Value, Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct UserId(i64);

#[derive(Model, Debug)]
#[model(table = "users")]
struct User {
    #[column(primary_key, generated)]
    id: UserId,
    #[column(length = 50, unique)]
    username: String,
    #[relation(inverse = author, cascade = "all, delete-orphan")]
    posts: HasMany<Post>,
}

#[derive(Model, Debug)]
#[model(table = "posts", check = "length(title) > 0")]
struct Post {
    #[column(primary_key)]
    id: i64,
    #[column(index)]
    title: String,
    body: Option<String>,
    #[column(default = Status::Draft)]
    status: Status,
    #[column(server_default = "3")]
    stars: i64,
    #[column(references = User.id, on_delete = Cascade)]
    author_id: UserId,
    #[relation(key = author_id)]
    author: BelongsTo<User>,
    #[relation(through = PostTag, order_by = name)]
    tags: HasMany<Tag>,
}

#[derive(Model, Debug)]
struct Tag {
    #[column(primary_key)]
    id: i64,
    #[column(name = "tag_name")]
    name: String,
}

#[derive(Model, Debug)]
struct PostTag {
    #[column(primary_key, references = Post.id)]
    post_id: i64,
    #[column(primary_key, references = Tag.id)]
    tag_id: i64,
}

#[derive(FromRow, Debug, PartialEq)]
struct Count {
    #[from_row(rename = "n")]
    posts: i64,
    username: String,
}

async fn tutorial() -> rebis::Result<()> {
    let engine = Engine::new("sqlite::memory:")?;
    metadata![User, Post, Tag, PostTag].create_all(&engine).await?;
    let mut db = engine.session();
    let alice = db.add(User.new().username("alice"));
    let hello =
        db.add(Post.new().title("Hello").author(alice).tags([Tag.new().name("b"), Tag.new().name("a")]));
    let second = db.push(alice, User.posts, Post.new().title("Second").status(Status::Live));
    db.commit().await?;
    assert_ne!(db[alice].id, UserId(0));
    assert_eq!(db[second].author_id, db[alice].id);
    assert_eq!((db[hello].status, db[second].status), (Status::Draft, Status::Live));
    let keys = db.all(select((PostTag.post_id, PostTag.tag_id))).await?;
    assert_eq!(keys.len(), 2);

    let mut other = engine.session();
    let user = other.get(User, UserId(1)).await?.expect("alice");
    other.load(user, User.posts.then(Post.tags)).await?;
    let posts = other[user].posts.to_vec();
    assert_eq!(posts.iter().map(|p| other[*p].title.as_str()).collect::<Vec<_>>(), ["Hello", "Second"]);
    assert_eq!((other[posts[0]].stars, other[posts[0]].body.as_deref()), (3, None));
    let tags = other[posts[0]].tags.to_vec();
    assert_eq!(tags.iter().map(|t| other[*t].name.as_str()).collect::<Vec<_>>(), ["a", "b"]);

    let stmt = select((User.username, Post.id.count()))
        .join(User.posts)
        .filter(Post.status.eq(Status::Live))
        .group_by(User.username);
    let rows: Vec<(String, i64)> = other.all(stmt).await?;
    assert_eq!(rows, [("alice".to_owned(), 1)]);
    let counted = rebis::sql("SELECT 'bob' AS username, 2 AS n").rows::<Count>();
    let counts: Vec<Count> = engine.connect().await?.all(counted).await?;
    assert_eq!(counts, [Count { posts: 2, username: "bob".to_owned() }]);

    other.add(Post.new().title("").author(user));
    let error = other.commit().await.expect_err("the check refuses it");
    assert_eq!(error.kind(), ErrorKind::CheckViolation);
    Ok(())
}

#[test]
fn the_tutorial() {
    rebis_engine::block_on(tutorial()).expect("the tutorial runs");
}
