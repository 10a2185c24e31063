//! A tree of 10,101 rows is deleted by deleting its root.

use super::Group;
use crate::database::Both;
use crate::harness::{Case, Effort, compare, timed};
use crate::models::User;

pub fn run(effort: Effort) -> Vec<Group> {
    // SQLite looks for rows that refer to a deleted one: without these it reads the whole table for each.
    let both = Both::new();
    both.run("create index posts_of on posts (user_id)");
    both.run("create index comments_of on comments (post_id)");
    let both = both.blog(1, 100, 100);
    let Both { engine, hand } = &both;
    let mut posts = hand.prepare("select id from posts where user_id = ?").expect("it is right");
    let mut comments = hand.prepare("select id from comments where post_id = ?").expect("it is right");
    let delete =
        |table: &str| hand.prepare(&format!("delete from {table} where id = ?")).expect("it is right");
    let (mut user_gone, mut post_gone, mut comment_gone) =
        (delete("users"), delete("posts"), delete("comments"));
    let cases = vec![
        Case::new("by hand, row by row, from the leaves", || {
            let (took, result) = timed(|| -> rusqlite::Result<usize> {
                let transaction = hand.unchecked_transaction()?;
                let ids = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
                let of_user: Vec<i64> = posts.query_map([1], ids)?.collect::<rusqlite::Result<_>>()?;
                let mut of_posts: Vec<i64> = Vec::new();
                for post in &of_user {
                    for comment in comments.query_map([post], ids)? {
                        of_posts.push(comment?);
                    }
                }
                let mut gone = 0;
                for comment in of_posts {
                    gone += comment_gone.execute([comment])?;
                }
                for post in of_user {
                    gone += post_gone.execute([post])?;
                }
                gone += user_gone.execute([1])?;
                transaction.rollback()?;
                Ok(gone)
            });
            assert_eq!(result.expect("they go"), 10_101);
            took
        }),
        Case::new("session, `delete` of the root", || {
            let before = engine.counters();
            let (took, ()) = timed(|| {
                let mut db = engine.session();
                let root = db.get_one(User, 1).expect("the root");
                db.delete(root);
                db.flush().expect("they go");
                db.rollback().expect("they come back");
            });
            assert_eq!((engine.counters() - before).rows_written, 10_101);
            took
        }),
    ];
    let timings = compare(effort, 1, cases);
    vec![Group {
        title: "Delete a tree of 10,101 rows by its root, and roll back",
        unit: "tree",
        timings,
        notes: Vec::new(),
    }]
}
