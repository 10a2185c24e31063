//! The smallest whole program: two models, one relation, and a row's life from insert to delete.
//!
//! `cargo run --example small`, in memory; `--features postgres -- --url postgres://me@localhost/scratch` on a server.
use rebis::{blocking::Engine, prelude::*};

#[derive(Model)]
#[model(table = "users")]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relation(inverse = author, cascade = "all, delete-orphan")]
    posts: HasMany<Post>,
}

#[derive(Model)]
#[model(table = "posts")]
struct Post {
    #[column(primary_key)]
    id: i64,
    title: String,
    author_id: i64,
    #[relation(key = author_id)]
    author: BelongsTo<User>,
}

fn main() -> rebis::Result<()> {
    let url = std::env::args().skip_while(|word| word != "--url").nth(1);
    let engine = Engine::new(url.as_deref().unwrap_or("sqlite::memory:"))?;
    let schema = metadata![User, Post];
    schema.create_all(&engine)?;
    let mut db = engine.session();
    db.add(User.new().name("alice").posts(["Hello", "Second"].map(|title| Post.new().title(title))));
    db.commit()?;
    for user in db.all(select(User).with(User.posts))? {
        let titles: Vec<_> = db[user].posts.iter().map(|post| &db[post].title).collect();
        println!("{} wrote {titles:?}", db[user].name);
        db[user].name = "alicia".into();
        db.commit()?;
        db.delete(user);
        db.commit()?;
    }
    println!("posts left: {}", db.count(Post)?);
    db.commit()?;
    schema.drop_all(&engine)
}
