//! By hand on rusqlite, over a private database in memory.

use crate::model::*;
use harness::Database::Sqlite;
use harness::{Entry, Task, Turns, entry, names, tree};
use rusqlite::{Connection, Row, Statement, params, params_from_iter};

const ON: &[harness::Database] = &[Sqlite];

pub const ENTRIES: &[Entry] = &[
    entry("hand", "trivial_query", ON, users),
    entry("hand", "medium_complex_query", ON, pairs),
    entry("hand", "loading_associations", ON, associations),
    entry("hand", "insert", ON, insert),
    entry("hand-built", "insert", ON, insert_built),
    entry("hand", "flush", ON, flush),
    entry("hand", "save_graph", ON, save_graph),
    entry("hand", "change", ON, change),
    entry("hand", "cascade", ON, cascade),
    entry("hand", "merge", ON, merge),
    entry("hand", "row_by_key", ON, row_by_key),
    entry("hand-cached", "row_by_key", ON, row_by_key_cached),
    entry("hand", "text_keys", ON, text_keys),
    entry("hand", "uuid_keys", ON, uuid_keys),
    entry("hand", "growth_load", ON, users),
    entry("hand", "growth_flush", ON, flush),
    entry("hand", "bulk_inserts_flush", ON, customers_new),
    entry("hand", "bulk_inserts_flush_keys", ON, customers_keyed),
    entry("hand", "bulk_inserts_bulk", ON, customers_new),
    entry("hand", "bulk_inserts_core", ON, customers_new),
    entry("hand", "bulk_updates_flush", ON, customers_changed),
    entry("hand", "large_resultsets_objects", ON, customers),
    entry("hand", "large_resultsets_chunks", ON, customers_chunks),
    entry("hand", "large_resultsets_columns", ON, customers_columns),
    entry("hand", "single_inserts", ON, customers_single),
    entry("hand", "short_selects_new", ON, customers_by_key_new),
    entry("hand", "short_selects_reused", ON, customers_by_key),
];

fn open(task: &Task) -> Connection {
    let db = Connection::open_in_memory().expect("a database");
    db.execute_batch(&task.setup().join(";")).expect("tables and rows");
    db
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User { id: row.get(0)?, name: row.get(1)?, hair_color: row.get(2)? })
}

fn post(row: &Row<'_>) -> rusqlite::Result<Post> {
    Ok(Post { id: row.get(0)?, user_id: row.get(1)?, title: row.get(2)?, body: row.get(3)? })
}

fn comment(row: &Row<'_>) -> rusqlite::Result<Comment> {
    Ok(Comment { id: row.get(0)?, post_id: row.get(1)?, text: row.get(2)? })
}

fn customer(row: &Row<'_>) -> rusqlite::Result<Customer> {
    Ok(Customer { id: row.get(0)?, name: row.get(1)?, description: row.get(2)? })
}

fn all<T>(kept: &mut Statement<'_>, row: impl Fn(&Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
    let rows = kept.query_map([], row).expect("a query");
    rows.collect::<rusqlite::Result<_>>().expect("rows")
}

fn users(task: &Task, turns: Turns) {
    let db = open(task);
    let mut kept = db.prepare("select id, name, hair_color from users").expect("SQL");
    turns.take(&mut kept, |kept| all(kept, user), |_, users| check_users(&users, task.size));
}

fn pairs(task: &Task, turns: Turns) {
    let db = open(task);
    let text = "select u.id, u.name, u.hair_color, p.id, p.user_id, p.title, p.body \
                from users u left join posts p on u.id = p.user_id where u.hair_color = ?";
    let mut kept = db.prepare(text).expect("SQL");
    let pair = |row: &Row<'_>| {
        let post = match row.get::<_, Option<i32>>(3)? {
            None => None,
            Some(id) => Some(Post { id, user_id: row.get(4)?, title: row.get(5)?, body: row.get(6)? }),
        };
        Ok((user(row)?, post))
    };
    turns.take(
        &mut kept,
        |kept| {
            let rows = kept.query_map(["black"], pair).expect("a query");
            rows.collect::<rusqlite::Result<Vec<_>>>().expect("rows")
        },
        |_, pairs| check_pairs(&pairs, task.size),
    );
}

fn associations(task: &Task, turns: Turns) {
    let db = open(task);
    let mut kept = db.prepare("select id, name, hair_color from users").expect("SQL");
    turns.take(
        &mut kept,
        |kept| {
            let users = all(kept, user);
            let posts = children(
                &db,
                "select id, user_id, title, body from posts where user_id",
                &users,
                |u| u.id,
                post,
            );
            let comments = children(
                &db,
                "select id, post_id, text from comments where post_id",
                &posts,
                |p| p.id,
                comment,
            );
            grouped(users, posts, comments)
        },
        |_, tree| tree::check(&tree, task.size, |c| &c.text),
    );
}

/// The rows that belong to these parents. The text depends on their number, so it is prepared anew.
fn children<P, C>(
    db: &Connection,
    text: &str,
    parents: &[P],
    key: fn(&P) -> i32,
    row: fn(&Row<'_>) -> rusqlite::Result<C>,
) -> Vec<C> {
    let marks = vec!["?"; parents.len()].join(",");
    let mut found = db.prepare(&format!("{text} in ({marks})")).expect("SQL");
    let rows = found.query_map(params_from_iter(parents.iter().map(key)), row).expect("a query");
    rows.collect::<rusqlite::Result<_>>().expect("rows")
}

fn insert(task: &Task, turns: Turns) {
    let db = open(task);
    let marks = vec!["(?, ?)"; task.size].join(", ");
    let mut kept = db.prepare(&format!("insert into users (name, hair_color) values {marks}")).expect("SQL");
    turns.take(
        &mut kept,
        |kept| {
            let values = (0..task.size).flat_map(|i| [names::user(i), "hair_color".to_owned()]);
            kept.execute(params_from_iter(values)).expect("they go in")
        },
        |_, count| assert_eq!(count, task.size),
    );
}

/// As the field's suite has it: the text is built and prepared each time.
fn insert_built(task: &Task, turns: Turns) {
    turns.take(
        &mut open(task),
        |db| {
            let marks = vec!["(?, ?)"; task.size].join(", ");
            let values = (0..task.size).flat_map(|i| [names::user(i), "hair_color".to_owned()]);
            let text = format!("insert into users (name, hair_color) values {marks}");
            db.execute(&text, params_from_iter(values)).expect("they go in")
        },
        |_, count| assert_eq!(count, task.size),
    );
}

const NEW_USER: &str = "insert into users (name, hair_color) values (?, ?)";

fn flush(task: &Task, turns: Turns) {
    let db = open(task);
    let mut kept = db.prepare(NEW_USER).expect("SQL");
    turns.singly().take(
        &mut kept,
        |kept| {
            let mut users: Vec<User> = (0..task.size).map(new_user).collect();
            let transaction = db.unchecked_transaction().expect("BEGIN");
            for user in &mut users {
                kept.execute(params![user.name, user.hair_color]).expect("it goes in");
                user.id = db.last_insert_rowid() as i32;
            }
            transaction.commit().expect("COMMIT");
            users
        },
        |_, users| {
            assert!(users.len() == task.size && users[task.size - 1].id as usize == task.size);
            db.execute_batch("delete from users").expect("they go");
        },
    );
}

fn save_graph(task: &Task, turns: Turns) {
    let db = open(task);
    let users = names::users_of(task.size);
    let mut kept = (
        db.prepare(NEW_USER).expect("SQL"),
        db.prepare("insert into posts (user_id, title, body) values (?, ?, ?)").expect("SQL"),
        db.prepare("insert into comments (post_id, text) values (?, ?)").expect("SQL"),
    );
    turns.singly().take(
        &mut kept,
        |(new_user, new_post, new_comment)| {
            let mut tree = graph(users);
            let transaction = db.unchecked_transaction().expect("BEGIN");
            for (user, posts) in &mut tree {
                new_user.execute(params![user.name, user.hair_color]).expect("it goes in");
                user.id = db.last_insert_rowid() as i32;
                for (post, comments) in posts {
                    post.user_id = user.id;
                    new_post.execute(params![post.user_id, post.title, post.body]).expect("it goes in");
                    post.id = db.last_insert_rowid() as i32;
                    for comment in comments {
                        comment.post_id = post.id;
                        new_comment.execute(params![comment.post_id, comment.text]).expect("it goes in");
                        comment.id = db.last_insert_rowid() as i32;
                    }
                }
            }
            transaction.commit().expect("COMMIT");
            tree
        },
        |_, tree| {
            check_saved(&tree, users);
            db.execute_batch(&task.empty().join(";")).expect("they go");
        },
    );
}

fn change(task: &Task, turns: Turns) {
    let db = open(task);
    let mut kept = db.prepare("select id, name, hair_color from users").expect("SQL");
    let users = all(&mut kept, user);
    let update = db.prepare("update users set name = ? where id = ?").expect("SQL");
    turns.singly().take(
        &mut (users, update, 0),
        |(users, update, round)| {
            *round += 1;
            let transaction = db.unchecked_transaction().expect("BEGIN");
            let mut written = 0;
            for user in users.iter_mut().step_by(100) {
                user.name = format!("Name {round}");
                written += update.execute(params![user.name, user.id]).expect("it is written");
            }
            transaction.commit().expect("COMMIT");
            written
        },
        |_, written| assert_eq!(written, task.size / 100),
    );
}

fn cascade(task: &Task, turns: Turns) {
    let db = open(task);
    let of = |text: &str| db.prepare(text).expect("SQL");
    let mut kept = (
        of("select id from posts where user_id = ?"),
        of("select id from comments where post_id = ?"),
        of("delete from comments where id = ?"),
        of("delete from posts where id = ?"),
        of("delete from users where id = ?"),
    );
    let keys = |kept: &mut Statement<'_>, of: i32| -> Vec<i32> {
        let rows = kept.query_map([of], |row| row.get(0)).expect("a query");
        rows.collect::<rusqlite::Result<_>>().expect("rows")
    };
    turns.singly().take(
        &mut kept,
        |(posts, comments, comment_gone, post_gone, user_gone)| {
            let transaction = db.unchecked_transaction().expect("BEGIN");
            let posts = keys(posts, 1);
            let mut gone = 0;
            for post in &posts {
                for comment in keys(comments, *post) {
                    gone += comment_gone.execute([comment]).expect("it goes");
                }
            }
            for post in posts {
                gone += post_gone.execute([post]).expect("it goes");
            }
            gone += user_gone.execute([1]).expect("it goes");
            transaction.rollback().expect("ROLLBACK");
            gone
        },
        |_, gone| assert_eq!(gone, task.size),
    );
}

fn merge(task: &Task, turns: Turns) {
    let db = open(task);
    let mut one = db.prepare("select id, name, hair_color from users where id = ?").expect("SQL");
    turns.take(
        &mut one,
        |one| {
            let mut differ = 0;
            let mut kept = Vec::with_capacity(task.size);
            for i in 0..task.size {
                let from_elsewhere = User { id: i as i32 + 1, name: names::user(i), hair_color: None };
                let stored = one.query_row([from_elsewhere.id], user).expect("a row");
                let same =
                    stored.name == from_elsewhere.name && stored.hair_color == from_elsewhere.hair_color;
                differ += usize::from(!same);
                kept.push(stored);
            }
            (differ, kept)
        },
        |_, (differ, kept)| assert!(differ == 0 && kept.len() == task.size),
    );
}

const BY_KEY: &str = "select id, name, hair_color from users where id = ?";

fn row_by_key(task: &Task, turns: Turns) {
    let db = open(task);
    let kept = db.prepare(BY_KEY).expect("SQL");
    let keys = names::keys(task.size).cycle();
    turns.batch(64).take(
        &mut (kept, keys),
        |(kept, keys)| kept.query_row([keys.next()], user).expect("a row"),
        |_, user| assert_eq!(user.name, names::user(user.id as usize - 1)),
    );
}

fn row_by_key_cached(task: &Task, turns: Turns) {
    let db = open(task);
    let mut keys = names::keys(task.size).cycle();
    turns.batch(64).take(
        &mut keys,
        |keys| {
            let mut kept = db.prepare_cached(BY_KEY).expect("SQL");
            kept.query_row([keys.next()], user).expect("a row")
        },
        |_, user| assert_eq!(user.name, names::user(user.id as usize - 1)),
    );
}

fn text_keys(task: &Task, turns: Turns) {
    let db = open(task);
    let mut kept = db.prepare("select code, name, note from places").expect("SQL");
    let place = |row: &Row<'_>| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?))
    };
    turns.take(&mut kept, |kept| all(kept, place), |_, rows| assert_eq!(rows.len(), task.size));
}

fn uuid_keys(task: &Task, turns: Turns) {
    let db = open(task);
    let mut kept = db.prepare("select id, name, note from tokens").expect("SQL");
    let token = |row: &Row<'_>| {
        Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?))
    };
    turns.take(
        &mut kept,
        |kept| all(kept, token),
        |_, rows| assert!(rows.len() == task.size && rows[0].0 == names::token(0).to_be_bytes()),
    );
}

fn customers_new(task: &Task, turns: Turns) {
    new_customers(task, turns, "insert into customer (name, description) values (?1, ?2)", |_| 0);
}

fn customers_keyed(task: &Task, turns: Turns) {
    let text = "insert into customer (id, name, description) values (?3, ?1, ?2)";
    new_customers(task, turns, text, |i| i as i32 + 1);
}

fn new_customer(i: usize, id: i32) -> Customer {
    let (name, description) = (format!("customer name {i}"), format!("customer description {i}"));
    Customer { id, name: Some(name), description: Some(description) }
}

fn new_customers(task: &Task, turns: Turns, text: &str, key: fn(usize) -> i32) {
    let db = open(task);
    let mut kept = db.prepare(text).expect("SQL");
    turns.singly().take(
        &mut kept,
        |kept| {
            let mut customers: Vec<Customer> = (0..task.size).map(|i| new_customer(i, key(i))).collect();
            let transaction = db.unchecked_transaction().expect("BEGIN");
            for new in &mut customers {
                if new.id == 0 {
                    kept.execute(params![new.name, new.description]).expect("it goes in");
                    new.id = db.last_insert_rowid() as i32;
                } else {
                    kept.execute(params![new.name, new.description, new.id]).expect("it goes in");
                }
            }
            transaction.commit().expect("COMMIT");
            customers
        },
        |_, customers| {
            assert_eq!(customers[task.size - 1].id as usize, task.size);
            db.execute_batch("delete from customer").expect("they go");
        },
    );
}

fn customers_changed(task: &Task, turns: Turns) {
    let db = open(task);
    let all_of = db.prepare(CUSTOMERS).expect("SQL");
    let update = db.prepare("update customer set description = ? where id = ?").expect("SQL");
    turns.singly().take(
        &mut (all_of, update, 0),
        |(all_of, update, round)| {
            *round += 1;
            let transaction = db.unchecked_transaction().expect("BEGIN");
            let mut customers = all(all_of, customer);
            let mut written = 0;
            for customer in &mut customers {
                customer.description = Some(format!("{} changed {round}", customer.id));
                written += update.execute(params![customer.description, customer.id]).expect("it is written");
            }
            transaction.commit().expect("COMMIT");
            (customers, written)
        },
        |_, (customers, written)| assert!(customers.len() == task.size && written == task.size),
    );
}

const CUSTOMERS: &str = "select id, name, description from customer";

fn customers(task: &Task, turns: Turns) {
    let db = open(task);
    let mut kept = db.prepare(CUSTOMERS).expect("SQL");
    turns.take(&mut kept, |kept| all(kept, customer), |_, rows| assert_eq!(rows.len(), task.size));
}

fn customers_chunks(task: &Task, turns: Turns) {
    let db = open(task);
    let mut kept = db.prepare(CUSTOMERS).expect("SQL");
    turns.take(
        &mut kept,
        |kept| {
            let rows = kept.query_map([], customer).expect("a query");
            let mut chunk = Vec::with_capacity(1_000);
            let mut seen = 0;
            for row in rows {
                chunk.push(row.expect("a row"));
                if chunk.len() == 1_000 {
                    seen += std::hint::black_box(&chunk).len();
                    chunk.clear();
                }
            }
            seen + chunk.len()
        },
        |_, seen| assert_eq!(seen, task.size),
    );
}

fn customers_columns(task: &Task, turns: Turns) {
    let db = open(task);
    let mut kept = db.prepare(CUSTOMERS).expect("SQL");
    let columns = |row: &Row<'_>| {
        Ok((row.get::<_, i32>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, Option<String>>(2)?))
    };
    turns.take(&mut kept, |kept| all(kept, columns), |_, rows| assert_eq!(rows.len(), task.size));
}

fn customers_single(task: &Task, turns: Turns) {
    let db = open(task);
    let mut kept = db.prepare("insert into customer (name, description) values (?, ?)").expect("SQL");
    turns.singly().take(
        &mut kept,
        |kept| {
            for i in 0..task.size {
                let mut new = new_customer(i, 0);
                let transaction = db.unchecked_transaction().expect("BEGIN");
                kept.execute(params![new.name, new.description]).expect("it goes in");
                new.id = db.last_insert_rowid() as i32;
                transaction.commit().expect("COMMIT");
                std::hint::black_box(new);
            }
        },
        |_, ()| {
            let gone = db.execute("delete from customer", []).expect("they go");
            assert_eq!(gone, task.size);
        },
    );
}

fn customers_by_key(task: &Task, turns: Turns) {
    let db = open(task);
    let mut kept = db.prepare(&format!("{CUSTOMERS} where id = ?")).expect("SQL");
    let keys: Vec<i32> = names::keys(task.size).collect();
    turns.take(
        &mut kept,
        |kept| {
            let each = keys.iter().map(|key| kept.query_row([key], customer).expect("a row"));
            each.collect::<Vec<_>>()
        },
        |_, rows| assert!(rows.len() == task.size && rows[1].id == keys[1]),
    );
}

fn customers_by_key_new(task: &Task, turns: Turns) {
    let db = open(task);
    let keys: Vec<i32> = names::keys(task.size).collect();
    turns.take(
        &mut (),
        |()| {
            let each = keys.iter().map(|key| {
                let mut kept = db.prepare_cached(&format!("{CUSTOMERS} where id = ?")).expect("SQL");
                kept.query_row([key], customer).expect("a row")
            });
            each.collect::<Vec<_>>()
        },
        |_, rows| assert!(rows.len() == task.size && rows[1].id == keys[1]),
    );
}
