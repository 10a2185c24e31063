//! The structs that a program writes, and what one expects of them.

use harness::{names, tree};

#[derive(Debug)]
pub struct User {
    pub id: i32,
    pub name: String,
    pub hair_color: Option<String>,
}

#[derive(Debug)]
pub struct Post {
    pub id: i32,
    pub user_id: i32,
    pub title: String,
    pub body: Option<String>,
}

#[derive(Debug)]
pub struct Comment {
    pub id: i32,
    pub post_id: i32,
    pub text: String,
}

#[derive(Debug)]
pub struct Customer {
    pub id: i32,
    pub name: Option<String>,
    pub description: Option<String>,
}

pub type Tree = tree::Tree<User, Post, Comment>;

/// Groups children by their parents.
pub fn grouped(users: Vec<User>, posts: Vec<Post>, comments: Vec<Comment>) -> Tree {
    tree::grouped(users, posts, comments, |u| u.id, |p| (p.id, p.user_id), |c| c.post_id)
}

/// A graph that has no keys yet.
pub fn graph(users: usize) -> Tree {
    let comment = |i| Comment { id: 0, post_id: 0, text: names::comment(i, 0) };
    let post = |i| {
        let post = Post { id: 0, user_id: 0, title: names::post(i, 0), body: None };
        (post, (0..names::COMMENTS).map(comment).collect())
    };
    let user = |i| (new_user(i), (0..names::POSTS).map(post).collect());
    (0..users).map(user).collect()
}

pub fn new_user(i: usize) -> User {
    User { id: 0, name: names::user(i), hair_color: Some(names::hair(i).to_owned()) }
}

pub fn check_users(users: &[User], count: usize) {
    assert_eq!(users.len(), count);
    let last = users.iter().max_by_key(|user| user.id).expect("a row");
    assert!(last.id as usize == count && last.name == names::user(count - 1));
}

pub fn check_pairs(pairs: &[(User, Option<Post>)], size: usize) {
    assert_eq!(pairs.len(), size.div_ceil(2));
    assert!(pairs.iter().all(|(u, p)| u.hair_color.as_deref() == Some("black") && p.is_none()));
}

pub fn check_saved(tree: &Tree, users: usize) {
    assert_eq!(tree.len(), users);
    for (user, posts) in tree {
        assert!(user.id > 0 && posts.iter().all(|(post, _)| post.user_id == user.id && post.id > 0));
        assert!(posts.iter().all(|(post, of)| of.iter().all(|c| c.post_id == post.id && c.id > 0)));
    }
}
