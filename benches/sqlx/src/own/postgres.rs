//! PostgreSQL: arrays for keys, and for the columns of new rows, as sqlx's answers to frequent questions have it.

use super::face::{Db, wait};
use crate::rows::{Comment, Post};

pub const MARK: &str = "$1";
/// Arrays hold any number; a statement stays of a size that the server likes.
pub const VALUES: usize = 65_535;

pub fn posts(db: &mut Db, users: &[i32]) -> Vec<Post> {
    let query = "SELECT id, user_id, title, body FROM posts WHERE user_id = ANY($1)";
    wait(sqlx::query_as(query).bind(users).fetch_all(db))
}

pub fn comments(db: &mut Db, posts: &[i32]) -> Vec<Comment> {
    let query = "SELECT id, post_id, text FROM comments WHERE post_id = ANY($1)";
    wait(sqlx::query_as(query).bind(posts).fetch_all(db))
}

pub fn new_users(db: &mut Db, users: &[(String, String)]) -> Vec<i32> {
    let query = "INSERT INTO users (name, hair_color) SELECT * FROM UNNEST($1::text[], $2::text[]) RETURNING id";
    let names: Vec<&str> = users.iter().map(|(name, _)| name.as_str()).collect();
    let colors: Vec<&str> = users.iter().map(|(_, color)| color.as_str()).collect();
    wait(sqlx::query_scalar(query).bind(names).bind(colors).fetch_all(db))
}

pub fn new_posts(db: &mut Db, posts: &[(i32, String)]) -> Vec<i32> {
    let query = "INSERT INTO posts (user_id, title, body) \
                 SELECT * FROM UNNEST($1::int4[], $2::text[], $3::text[]) RETURNING id";
    let users: Vec<i32> = posts.iter().map(|(user, _)| *user).collect();
    let titles: Vec<&str> = posts.iter().map(|(_, title)| title.as_str()).collect();
    let bodies = vec![None::<&str>; posts.len()];
    wait(sqlx::query_scalar(query).bind(users).bind(titles).bind(bodies).fetch_all(db))
}

pub fn new_comments(db: &mut Db, comments: &[(i32, String)]) -> Vec<i32> {
    let query = "INSERT INTO comments (post_id, text) SELECT * FROM UNNEST($1::int4[], $2::text[]) RETURNING id";
    let posts: Vec<i32> = comments.iter().map(|(post, _)| *post).collect();
    let texts: Vec<&str> = comments.iter().map(|(_, text)| text.as_str()).collect();
    wait(sqlx::query_scalar(query).bind(posts).bind(texts).fetch_all(db))
}
