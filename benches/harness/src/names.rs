//! What the rows hold, so that every program writes and expects the same.

/// The name of a user.
pub fn user(i: usize) -> String {
    format!("User {i}")
}

/// Colours of the suite: black for even numbers, brown for odd ones.
pub fn hair(i: usize) -> &'static str {
    if i.is_multiple_of(2) { "black" } else { "brown" }
}

/// The title of a post.
pub fn post(i: usize, user: usize) -> String {
    format!("Post {i} by user {user}")
}

/// The text of a comment.
pub fn comment(i: usize, post: usize) -> String {
    format!("Comment {i} on post {post}")
}

/// A key of 16 bytes that somebody else could have drawn.
pub fn token(i: usize) -> u128 {
    (i as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
}

/// A key that is text, not in order.
pub fn place(i: usize, of: usize) -> String {
    format!("place-{:07}", i * 7919 % of)
}

/// The graph that is saved: each user has so many posts, each post so many comments, which is 100 objects a user.
pub const POSTS: usize = 9;
pub const COMMENTS: usize = 10;

/// Users of a graph of so many objects.
pub fn users_of(objects: usize) -> usize {
    objects / (1 + POSTS + POSTS * COMMENTS)
}

/// Keys from all over a table of so many rows.
pub fn keys(rows: usize) -> impl Iterator<Item = i32> + Clone {
    (0..rows).map(move |n| (n * 7919 % rows) as i32 + 1)
}
