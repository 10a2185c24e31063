//! The suite over one kind of connection.

use super::face::{Db, ON, RunQueryDsl, WAY, begin, commit, connect, keys, run, wait};
use crate::schema::*;
use diesel::prelude::{BelongingToDsl, ExpressionMethods, GroupedBy, QueryDsl};
use harness::{Database, Entry, Task, Turns, entry, names, tree};

pub const ENTRIES: &[Entry] = &[
    entry(WAY, "trivial_query", ON, all_users),
    entry(WAY, "growth_load", ON, all_users),
    entry(WAY, "medium_complex_query", ON, pairs),
    entry(WAY, "loading_associations", ON, associations),
    entry(WAY, "insert", ON, insert),
    entry(WAY, "flush", ON, flush),
    entry(WAY, "growth_flush", ON, flush),
    entry(WAY, "save_graph", ON, save_graph),
    entry(WAY, "row_by_key", ON, by_key),
];

fn open(task: &Task) -> Db {
    let mut db = connect(if task.database == Database::Sqlite { ":memory:" } else { &task.url });
    for text in task.setup() {
        run(&mut db, &text);
    }
    db
}

fn all_users(task: &Task, turns: Turns) {
    turns.take(
        &mut open(task),
        |db| wait(users::table.load::<User>(db)),
        |_, users| {
            let last = users.iter().max_by_key(|user| user.id).expect("a row");
            assert!(users.len() == task.size && last.name == names::user(task.size - 1));
            assert!(last.hair_color.is_none());
        },
    );
}

fn pairs(task: &Task, turns: Turns) {
    turns.take(
        &mut open(task),
        |db| {
            let pairs = users::table.left_outer_join(posts::table).filter(users::hair_color.eq("black"));
            wait(pairs.load::<(User, Option<Post>)>(db))
        },
        |_, pairs| {
            assert_eq!(pairs.len(), task.size.div_ceil(2));
            assert!(pairs.iter().all(|(u, p)| u.hair_color.as_deref() == Some("black") && p.is_none()));
        },
    );
}

fn associations(task: &Task, turns: Turns) {
    turns.take(
        &mut open(task),
        |db| {
            let users = wait(users::table.load::<User>(db));
            let posts = wait(Post::belonging_to(&users).load::<Post>(db));
            let comments = wait(Comment::belonging_to(&posts).load::<Comment>(db)).grouped_by(&posts);
            let posts = posts.into_iter().zip(comments).grouped_by(&users);
            users.into_iter().zip(posts).collect::<Vec<(User, Vec<(Post, Vec<Comment>)>)>>()
        },
        |_, tree| {
            tree::check(&tree, task.size, |comment| &comment.text);
            assert!(tree.iter().all(|(_, posts)| posts.iter().all(|(p, _)| p.body.is_none() && !p.title.is_empty())));
        },
    );
}

fn new_user(i: usize) -> NewUser {
    NewUser { name: names::user(i), hair_color: Some("hair_color".into()) }
}

/// An array of a size that the compiler knows, so that the statement is kept.
fn insert_array<const N: usize>(db: &mut Db) -> usize {
    let new: [NewUser; N] = std::array::from_fn(new_user);
    wait(diesel::insert_into(users::table).values(&new).execute(db))
}

fn insert(task: &Task, turns: Turns) {
    let insert: fn(&mut Db) -> usize = match task.size {
        1 => insert_array::<1>,
        10 => insert_array::<10>,
        25 => insert_array::<25>,
        50 => insert_array::<50>,
        _ => insert_array::<100>,
    };
    turns.take(&mut open(task), insert, |_, count| assert_eq!(count, task.size));
}

/// A statement takes so many values on SQLite, and no more than twice as many elsewhere.
const VALUES: usize = 32_766;

fn flush(task: &Task, turns: Turns) {
    turns.singly().take(
        &mut open(task),
        |db| {
            let new = |i| NewUser { name: names::user(i), hair_color: Some(names::hair(i).into()) };
            let new: Vec<NewUser> = (0..task.size).map(new).collect();
            begin(db);
            let mut keys: Vec<i32> = Vec::with_capacity(new.len());
            for chunk in new.chunks(VALUES / 2) {
                keys.extend(keys!(users, chunk, db));
            }
            commit(db);
            let users = new.into_iter().zip(keys);
            users.map(|(u, id)| User { id, name: u.name, hair_color: u.hair_color }).collect::<Vec<_>>()
        },
        |db, users| {
            assert!(users.len() == task.size && users.iter().all(|user| user.id > 0));
            task.empty().iter().for_each(|text| run(db, text));
        },
    );
}

fn save_graph(task: &Task, turns: Turns) {
    let count = names::users_of(task.size);
    turns.singly().take(
        &mut open(task),
        |db| {
            begin(db);
            let new = |i| NewUser { name: names::user(i), hair_color: Some(names::hair(i).into()) };
            let users: Vec<NewUser> = (0..count).map(new).collect();
            let of_users: Vec<i32> = keys!(users, &users, db);
            let new = |user_id: i32| {
                (0..names::POSTS).map(move |i| NewPost { user_id, title: names::post(i, 0), body: None })
            };
            let posts: Vec<NewPost> = of_users.iter().copied().flat_map(new).collect();
            let of_posts: Vec<i32> = keys!(posts, &posts, db);
            let new = |post_id: i32| {
                (0..names::COMMENTS).map(move |i| NewComment { post_id, text: names::comment(i, 0) })
            };
            let comments: Vec<NewComment> = of_posts.iter().copied().flat_map(new).collect();
            let mut of_comments: Vec<i32> = Vec::with_capacity(comments.len());
            for chunk in comments.chunks(VALUES / 2) {
                of_comments.extend(keys!(comments, chunk, db));
            }
            commit(db);
            (of_users, of_posts, of_comments)
        },
        |db, (users, posts, comments)| {
            assert!(users.len() == count && posts.len() == count * names::POSTS);
            assert!(comments.len() == posts.len() * names::COMMENTS && comments.iter().all(|key| *key > 0));
            task.empty().iter().for_each(|text| run(db, text));
        },
    );
}

fn by_key(task: &Task, turns: Turns) {
    turns.batch(64).take(
        &mut (open(task), names::keys(task.size).cycle()),
        |(db, keys)| wait(users::table.find(keys.next().unwrap_or(1)).first::<User>(db)),
        |_, user| assert_eq!(user.name, names::user(user.id as usize - 1)),
    );
}
