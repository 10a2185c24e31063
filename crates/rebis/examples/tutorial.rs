//! The classic tutorial, every step: connect, models, tables, a session per request, create, read, update, delete,
//! rollback. It works on a file that it makes in the target folder, and prints what it does and the SQL it ran.
//!
//! `cargo run --example tutorial`; the same with `.await` is `tutorial_async`. On a server, in a schema that is empty and is
//! emptied again: `cargo run --example tutorial --features postgres -- --url postgres://me@localhost/scratch`.

#[path = "../doc/blog.rs"]
#[allow(unreachable_pub)]
mod blog;
#[path = "support/story.rs"]
mod story;

use blog::{Post, PostTag, Status, Tag, User};
use rebis::ErrorKind;
use rebis::blocking::{Engine, Session};
use rebis::prelude::*;
use rebis::schema::MetaData;
use story::Story;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let place = story::place("tutorial.db")?;
    let engine = Engine::new(&place.url)?;
    let schema = metadata![User, Post, Tag, PostTag];
    let outcome = tell(&engine, &schema);
    if place.is_given {
        schema.drop_all(&engine)?;
    }
    outcome
}

fn tell(engine: &Engine, schema: &MetaData) -> Result<(), Box<dyn std::error::Error>> {
    let mut story = Story::new("The tutorial", engine.record());

    story.step("Connect", "an engine is made from a URL and opens nothing yet");
    story.say(format!("{}, {} connections", engine.url(), engine.pool_status().opened));

    story.step("Models", "structs in crates/rebis/doc/blog.rs; together they are a schema, here as text");
    story.say(schema.ddl(engine.capabilities())?);

    story.step("Tables", "create_all makes those that are missing, parents first");
    schema.create_all(engine)?;
    story.sql();

    story.step("Create", "a session per request; new objects and what hangs on them go in with one commit");
    let alice = sign_up(&mut engine.session(), "alice")?;
    story.say(format!("alice is user {alice}, bob is user {}", sign_up(&mut engine.session(), "bob")?));
    story.sql();

    story.step("Create on both sides", "pushing into user.posts sets post.author, and the other way round");
    write_posts(&mut engine.session(), alice, &story)?;
    story.sql();

    story.step("Read", "filters, order and limit; what cannot be right does not compile");
    read(&mut engine.session(), &story)?;

    story.step("Eager loads", "two levels of relations are two more statements, however many rows there are");
    read_with_relations(&mut engine.session(), &story)?;

    story.step("Update", "assign to fields: a flush writes the columns that differ, and nothing else");
    update(&mut engine.session(), alice, &story)?;

    story.step("Roll back", "a unique name is taken twice; every object is again what it was, without SQL");
    roll_back(&mut engine.session(), alice, &story)?;

    story.step("A savepoint", "part of a transaction can fail on its own");
    savepoint(&mut engine.session(), alice, &story)?;

    story.step("Delete", "the cascade takes the posts with their user");
    delete(&mut engine.session(), alice, &story)?;
    story.end(engine.counters());
    Ok(())
}

/// A request that creates a user. The session takes a connection when it needs one, and gives it back at the commit.
fn sign_up(db: &mut Session, name: &str) -> rebis::Result<i64> {
    let user = db.add(User.new().username(name).email(format!("{name}@example.com")));
    db.commit()?;
    Ok(db[user].id)
}

fn write_posts(db: &mut Session, alice: i64, story: &Story) -> rebis::Result<()> {
    let alice = db.get_one(User, alice)?;
    let rust = db.add(Tag.new().name("rust"));
    let hello = db.add(Post.new().title("Hello").status(Status::Published).author(alice).tags([rust]));
    let second = db.push(alice, User.posts, Post.new().title("Second").body("More to come."));
    db.push(second, Post.tags, rust);
    db.push(second, Post.tags, Tag.new().name("databases"));
    story.say(format!(
        "before the commit: author of `{}` is {}",
        db[second].title,
        db[(second, Post.author)].username
    ));
    db.commit()?;
    story.say(format!("after it: `Hello` is post {}, `Second` is post {}", db[hello].id, db[second].id));
    Ok(())
}

fn read(db: &mut Session, story: &Story) -> rebis::Result<()> {
    let by_name = db.one(select(User).filter(User.username.eq("alice")))?;
    story.say(format!("by name: {} <{}>", db[by_name].username, db[by_name].email));
    story.sql();

    // Conditions combine with `&`, `|` and `!`; an `Option` that is `None` is no condition.
    let (title, author): (Option<&str>, Option<&str>) = (Some("e"), Some("alice"));
    let found = select(Post)
        .filter(title.map(|text| Post.title.contains(text)))
        .filter(author.map(|name| Post.author.has(User.username.eq(name))))
        .filter(Post.status.eq(Status::Published) | Post.body.is_not_null())
        .order_by(Post.title.desc())
        .limit(10);
    let posts = db.all(&found)?;
    story.say(format!("found: {:?}", posts.iter().map(|post| &db[post].title).collect::<Vec<_>>()));
    story.sql();

    // The same row is the same object: this costs no statement.
    let again = db.get(User, db[by_name].id)?;
    story.say(format!("the same object: {}", again == Some(by_name)));
    story.sql();

    let counts: Vec<(String, i64)> = db.all(
        select((User.username, Post.id.count()))
            .outer_join(User.posts)
            .group_by(User.username)
            .order_by(User.username),
    )?;
    story.say(format!("posts of each: {counts:?}"));
    story.sql();
    Ok(())
}

fn read_with_relations(db: &mut Session, story: &Story) -> rebis::Result<()> {
    for user in db.all(select(User).order_by(User.id).with(User.posts.then(Post.tags)))? {
        story.say(format!("{}:", db[user].username));
        for post in &db[user].posts {
            let tags: Vec<_> = db[post].tags.iter().map(|tag| db[tag].name.as_str()).collect();
            story.say(format!("    {} ({:?}) {tags:?}", db[post].title, db[post].status));
        }
    }
    story.sql();
    Ok(())
}

fn update(db: &mut Session, alice: i64, story: &Story) -> rebis::Result<()> {
    let alice = db.get_one(User, alice)?;
    db.load(alice, User.posts)?; // loading is a call, never a surprise
    db[alice].email = "alice@wonderland.example".into();
    for post in &db[alice].posts {
        db[post].status = Status::Published; // one of them is published already
    }
    for change in db.history(alice).changes {
        story.say(format!("{}: {:?} becomes {:?}", change.field, change.before, change.after));
    }
    db.commit()?;
    story.sql();

    story.say("set to what it is already:");
    db[alice].email = "alice@wonderland.example".into();
    db.commit()?;
    story.sql();
    Ok(())
}

fn roll_back(db: &mut Session, alice: i64, story: &Story) -> rebis::Result<()> {
    let alice = db.get_one(User, alice)?;
    let eve = db.add(User.new().username("eve").email("eve@example.com"));
    db[alice].username = "bob".into();
    match db.commit() {
        Err(error) if error.kind() == ErrorKind::UniqueViolation => story.say(error.to_string()),
        other => return other,
    }
    db.rollback()?;
    story.say(format!("after rollback: {:?}, eve is {:?}", db[alice].username, db.state(eve)));
    story.sql();
    Ok(())
}

fn savepoint(db: &mut Session, alice: i64, story: &Story) -> rebis::Result<()> {
    let alice = db.get_one(User, alice)?;
    db.push(alice, User.posts, Post.new().title("Third"));
    let tagged = db.nested(|db| {
        let post = db.push(alice, User.posts, Post.new().title("Fourth"));
        db.push(post, Post.tags, Tag.new().name("rust"));
        db.flush()
    });
    story.say(format!("inside: {}", tagged.err().map_or("fine".into(), |error| error.message().to_owned())));
    db.commit()?;
    let titles = db.all(select(Post.title).order_by(Post.id))?;
    story.say(format!("posts: {titles:?}"));
    story.sql();
    Ok(())
}

fn delete(db: &mut Session, alice: i64, story: &Story) -> rebis::Result<()> {
    let alice = db.get_one(User, alice)?;
    db.delete(alice);
    db.commit()?;
    story.sql();
    let (users, posts, tags) = (db.count(User)?, db.count(Post)?, db.count(Tag)?);
    story.say(format!("users: {users}, posts: {posts}, tags: {tags}"));
    story.say(format!("{} can still be read here, and is {:?}", db[alice].username, db.state(alice)));
    Ok(())
}
