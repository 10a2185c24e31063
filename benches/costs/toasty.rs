//! The program of `crates/rebis/examples/small.rs`, in Toasty.
use toasty::{Db, Deferred};

#[derive(Debug, toasty::Model)]
struct User {
    #[key]
    #[auto]
    id: u64,
    name: String,
    #[has_many]
    posts: Deferred<Vec<Post>>,
}

#[derive(Debug, toasty::Model)]
struct Post {
    #[key]
    #[auto]
    id: u64,
    title: String,
    #[index]
    user_id: u64,
    #[belongs_to(key = user_id, references = id)]
    user: Deferred<User>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> toasty::Result<()> {
    let mut db = Db::builder().models(toasty::models!(User, Post)).connect("sqlite::memory:").await?;
    db.push_schema().await?;
    toasty::create!(User { name: "alice", posts: [{ title: "Hello" }, { title: "Second" }] })
        .exec(&mut db)
        .await?;
    for mut user in User::all().include(User::fields().posts()).exec(&mut db).await? {
        let titles: Vec<_> = user.posts.get().iter().map(|post| &post.title).collect();
        println!("{} wrote {titles:?}", user.name);
        user.update().name("alicia").exec(&mut db).await?;
        user.delete().exec(&mut db).await?;
    }
    println!("posts left: {}", Post::all().count().exec(&mut db).await?);
    Ok(())
}
