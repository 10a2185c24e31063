//! The structs.

use sqlx::FromRow;

#[derive(Debug, FromRow)]
pub struct User {
    pub id: i32,
    pub name: String,
    pub hair_color: Option<String>,
}

#[derive(Debug, FromRow)]
pub struct Post {
    pub id: i32,
    pub user_id: i32,
    pub title: String,
    pub body: Option<String>,
}

#[derive(Debug, FromRow)]
pub struct Comment {
    pub id: i32,
    pub post_id: i32,
    pub text: String,
}

/// A user beside what a LEFT JOIN found.
pub type Joined = (i32, String, Option<String>, Option<i32>, Option<i32>, Option<String>, Option<String>);

pub fn split((id, name, hair_color, post, user_id, title, body): Joined) -> (User, Option<Post>) {
    let post = match (post, user_id, title) {
        (Some(id), Some(user_id), Some(title)) => Some(Post { id, user_id, title, body }),
        _ => None,
    };
    (User { id, name, hair_color }, post)
}
