//! The program of `crates/rebis/examples/small.rs`, in Diesel.
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

diesel::table! {
    users {
        id -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    posts {
        id -> BigInt,
        title -> Text,
        author_id -> BigInt,
    }
}

diesel::joinable!(posts -> users (author_id));
diesel::allow_tables_to_appear_in_same_query!(users, posts);

#[derive(Queryable, Selectable, Identifiable)]
struct User {
    id: i64,
    name: String,
}

#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(belongs_to(User, foreign_key = author_id))]
struct Post {
    #[allow(dead_code)]
    id: i64,
    title: String,
    #[allow(dead_code)]
    author_id: i64,
}

#[derive(Insertable)]
#[diesel(table_name = users)]
struct NewUser<'a> {
    name: &'a str,
}

#[derive(Insertable)]
#[diesel(table_name = posts)]
struct NewPost<'a> {
    title: &'a str,
    author_id: i64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut db = SqliteConnection::establish(":memory:")?;
    db.batch_execute(
        "PRAGMA foreign_keys = ON;
         CREATE TABLE users (id INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL);
         CREATE TABLE posts (
             id INTEGER PRIMARY KEY NOT NULL,
             title TEXT NOT NULL,
             author_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE
         );",
    )?;
    db.transaction(|db| {
        let author_id: i64 = diesel::insert_into(users::table)
            .values(NewUser { name: "alice" })
            .returning(users::id)
            .get_result(db)?;
        let new = ["Hello", "Second"].map(|title| NewPost { title, author_id });
        diesel::insert_into(posts::table).values(&new).execute(db)
    })?;
    let users = users::table.select(User::as_select()).load(&mut db)?;
    let posts = Post::belonging_to(&users).select(Post::as_select()).load(&mut db)?.grouped_by(&users);
    for (user, posts) in users.iter().zip(posts) {
        let titles: Vec<_> = posts.iter().map(|post| &post.title).collect();
        println!("{} wrote {titles:?}", user.name);
        diesel::update(user).set(users::name.eq("alicia")).execute(&mut db)?;
        diesel::delete(user).execute(&mut db)?;
    }
    println!("posts left: {}", posts::table.count().get_result::<i64>(&mut db)?);
    Ok(())
}
