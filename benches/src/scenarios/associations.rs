//! Users with their posts with their comments, in three statements: "loading associations" of the field's public
//! benchmark.

use super::Group;
use crate::database::Both;
use crate::harness::{Case, Effort, compare, timed};
use crate::models::{Post, User, hand};
use rebis::prelude::*;
use rusqlite::params_from_iter;
use std::collections::HashMap;
use std::time::Duration;

type Tree = Vec<(hand::User, Vec<(hand::Post, Vec<hand::Comment>)>)>;

const TIMES: usize = 20;

pub fn run(effort: Effort) -> Vec<Group> {
    let Both { engine, hand } = Both::new().blog(9, 10, 10);
    let stmt = select(User).with(User.posts.then(Post.comments));
    let cases = vec![
        Case::new("by hand, three statements and two maps", || {
            times(|| {
                let (took, tree) = timed(|| by_hand(&hand).expect("rows"));
                checked(&tree);
                took
            })
        }),
        Case::new("session, `.with(User.posts.then(Post.comments))`", || {
            times(|| {
                let (took, (db, users)) = timed(|| {
                    let mut db = engine.session();
                    let users = db.all(&stmt).expect("rows");
                    (db, users)
                });
                let posts = || users.iter().flat_map(|user| &db[*user].posts);
                assert!(users.len() == 9 && posts().count() == 90);
                assert_eq!(posts().map(|post| db[post].comments.len()).sum::<usize>(), 900);
                took
            })
        }),
    ];
    let timings = compare(effort, TIMES, cases);
    vec![Group {
        title: "9 users, 90 posts, 900 comments as a tree, three statements",
        unit: "tree",
        timings,
        notes: Vec::new(),
    }]
}

fn times(load: impl FnMut() -> Duration) -> Duration {
    std::iter::repeat_with(load).take(TIMES).sum()
}

fn by_hand(connection: &rusqlite::Connection) -> rusqlite::Result<Tree> {
    let mut all = connection.prepare_cached("select id, name, hair_color from users")?;
    let users = all.query_map([], |row| {
        Ok(hand::User { id: row.get(0)?, name: row.get(1)?, hair_color: row.get(2)? })
    })?;
    let users = users.collect::<rusqlite::Result<Vec<_>>>()?;

    let text =
        format!("select id, user_id, title, body from posts where user_id in ({})", marks(users.len()));
    let mut of_users = connection.prepare(&text)?;
    let posts = of_users.query_map(params_from_iter(users.iter().map(|user| user.id)), |row| {
        Ok(hand::Post { id: row.get(0)?, user_id: row.get(1)?, title: row.get(2)?, body: row.get(3)? })
    })?;
    let posts = posts.collect::<rusqlite::Result<Vec<_>>>()?;

    let text = format!("select id, post_id, text from comments where post_id in ({})", marks(posts.len()));
    let mut of_posts = connection.prepare(&text)?;
    let comments = of_posts.query_map(params_from_iter(posts.iter().map(|post| post.id)), |row| {
        Ok(hand::Comment { id: row.get(0)?, post_id: row.get(1)?, text: row.get(2)? })
    })?;

    let mut by_post: HashMap<i64, Vec<hand::Comment>> = HashMap::new();
    for comment in comments {
        let comment = comment?;
        by_post.entry(comment.post_id).or_default().push(comment);
    }
    let mut by_user: HashMap<i64, Vec<(hand::Post, Vec<hand::Comment>)>> = HashMap::new();
    for post in posts {
        let comments = by_post.remove(&post.id).unwrap_or_default();
        by_user.entry(post.user_id).or_default().push((post, comments));
    }
    let with_posts = |user: hand::User| {
        let posts = by_user.remove(&user.id).unwrap_or_default();
        (user, posts)
    };
    Ok(users.into_iter().map(with_posts).collect())
}

fn checked(tree: &Tree) {
    let posts = || tree.iter().flat_map(|(_, posts)| posts);
    assert!(tree.len() == 9 && posts().count() == 90);
    assert!(posts().all(|(post, _)| post.title.starts_with("Post ") && post.body.is_none()));
    let comments = || posts().flat_map(|(_, comments)| comments);
    assert!(comments().count() == 900 && comments().all(|c| c.id > 0 && c.text.starts_with("Comment ")));
}

fn marks(count: usize) -> String {
    vec!["?"; count].join(",")
}
