//! SQLite: keys in a list, and keys of new rows by RETURNING.

use super::face::{Db, Kind, wait};
use crate::rows::{Comment, Post};
use sqlx::QueryBuilder;

pub const MARK: &str = "?";
/// So many values in one statement.
pub const VALUES: usize = 32_766;

pub fn posts(db: &mut Db, users: &[i32]) -> Vec<Post> {
    let mut query = QueryBuilder::new("SELECT id, user_id, title, body FROM posts WHERE user_id IN (");
    list(&mut query, users);
    wait(query.build_query_as().fetch_all(db))
}

pub fn comments(db: &mut Db, posts: &[i32]) -> Vec<Comment> {
    let mut query = QueryBuilder::new("SELECT id, post_id, text FROM comments WHERE post_id IN (");
    list(&mut query, posts);
    wait(query.build_query_as().fetch_all(db))
}

fn list(query: &mut QueryBuilder<Kind>, keys: &[i32]) {
    let mut list = query.separated(", ");
    keys.iter().for_each(|key| {
        list.push_bind(*key);
    });
    query.push(")");
}

/// Runs an INSERT and tells the keys of its rows.
fn keys(db: &mut Db, mut query: QueryBuilder<Kind>) -> Vec<i32> {
    query.push(" RETURNING id");
    wait(query.build_query_scalar().fetch_all(db))
}

pub fn new_users(db: &mut Db, users: &[(String, String)]) -> Vec<i32> {
    let mut query = QueryBuilder::new("INSERT INTO users (name, hair_color) ");
    query.push_values(users, |mut row, (name, color)| {
        row.push_bind(name.clone()).push_bind(color.clone());
    });
    keys(db, query)
}

pub fn new_posts(db: &mut Db, posts: &[(i32, String)]) -> Vec<i32> {
    let mut query = QueryBuilder::new("INSERT INTO posts (user_id, title, body) ");
    query.push_values(posts, |mut row, (user, title)| {
        row.push_bind(*user).push_bind(title.clone()).push_bind(None::<String>);
    });
    keys(db, query)
}

pub fn new_comments(db: &mut Db, comments: &[(i32, String)]) -> Vec<i32> {
    let mut query = QueryBuilder::new("INSERT INTO comments (post_id, text) ");
    query.push_values(comments, |mut row, (post, text)| {
        row.push_bind(*post).push_bind(text.clone());
    });
    keys(db, query)
}
