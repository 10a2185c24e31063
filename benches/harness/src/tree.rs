//! Users with their posts with their comments, grouped as every program without relations groups them: with two maps.

use std::collections::HashMap;

pub type Tree<U, P, C> = Vec<(U, Vec<(P, Vec<C>)>)>;

/// Groups rows by the keys that these functions read: of a user, of a post and its user, of a comment's post.
pub fn grouped<U, P, C>(
    users: Vec<U>,
    posts: Vec<P>,
    comments: Vec<C>,
    user_key: impl Fn(&U) -> i32,
    post_keys: impl Fn(&P) -> (i32, i32),
    comment_key: impl Fn(&C) -> i32,
) -> Tree<U, P, C> {
    let mut by_post: HashMap<i32, Vec<C>> = HashMap::new();
    for comment in comments {
        by_post.entry(comment_key(&comment)).or_default().push(comment);
    }
    let mut by_user: HashMap<i32, Vec<(P, Vec<C>)>> = HashMap::new();
    for post in posts {
        let (key, user) = post_keys(&post);
        by_user.entry(user).or_default().push((post, by_post.remove(&key).unwrap_or_default()));
    }
    let with_posts = |user: U| {
        let posts = by_user.remove(&user_key(&user)).unwrap_or_default();
        (user, posts)
    };
    users.into_iter().map(with_posts).collect()
}

/// A tree as the scenario has it: ten posts for each user, ten comments for each post.
pub fn check<U, P, C>(tree: &Tree<U, P, C>, users: usize, text: impl Fn(&C) -> &str) {
    assert!(tree.len() == users && tree.iter().all(|(_, posts)| posts.len() == 10));
    let comments = tree.iter().flat_map(|(_, posts)| posts).map(|(_, comments)| comments);
    assert!(comments.clone().all(|of| of.len() == 10));
    assert!(comments.flatten().all(|comment| text(comment).starts_with("Comment ")));
}
