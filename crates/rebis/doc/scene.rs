// What the blocks of the guide begin with: the tutorial's models, and a database with a few rows.

include!("blog.rs");

use rebis::blocking::{Engine, Session};

/// alice has two posts, "Hello" (tagged rust) and "Second" (tagged databases and rust); bob has none.
fn blog() -> rebis::Result<(Engine, Session)> {
    let engine = Engine::new("sqlite::memory:")?;
    metadata![User, Post, Tag, PostTag].create_all(&engine)?;
    let mut db = engine.session();
    let (rust, databases) = (db.add(Tag.new().name("rust")), db.add(Tag.new().name("databases")));
    let alice = db.add(User.new().username("alice").email("alice@example.com"));
    db.add(User.new().username("bob").email("bob@example.com"));
    db.add(Post.new().title("Hello").author(alice).tags([rust]));
    db.add(Post.new().title("Second").body("More.").author(alice).tags([databases, rust]));
    db.commit()?;
    let session = engine.session();
    Ok((engine, session))
}
