//! Batches, and how many rows a statement must have written: rules 28 to 32, 35 and 36.

use super::*;
use crate::support::*;
use rebis::{ErrorKind, State};

/// How often each statement ran, as a rule quotes it.
fn times<const N: usize>(log: &Log, expected: [(&str, usize); N]) -> [(String, usize); N] {
    expected.map(|(sql, times)| (log.said(sql), times))
}

/// Rows whose key is given need nothing back: they go many to a statement.
#[test]
fn rule_28_rows_of_one_shape_are_one_insert() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    db.add_all(["at", "be", "ch", "de", "es", "fr", "gr"].map(|code| Country.new().code(code).name(code)));
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "INSERT INTO countries (code, name) VALUES (?, ?), (?, ?), (?, ?), (?, ?)",
            "INSERT INTO countries (code, name) VALUES (?, ?), (?, ?)",
            "INSERT INTO countries (code, name) VALUES (?, ?)",
            "COMMIT",
        ]
    );
    Ok(())
}

/// Few texts serve any number of rows: 64 to a statement, which runs as often as it takes, and powers of two.
#[test]
fn rule_28_any_number_of_rows() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    db.add_all((0..200).map(|n| Country.new().code(format!("{n:03}")).name("")));
    io!(db.commit())?;
    let ran: Vec<_> =
        log.take_times().into_iter().map(|(sql, times)| (sql.matches("(?, ?)").count(), times)).collect();
    assert_eq!(ran, [(0, 1), (64, 3), (8, 1), (0, 1)]);
    assert_eq!(io!(db.count(Country))?, 200);
    Ok(())
}

/// In Rebis rows of one shape go together even if others were added between them.
#[test]
fn rule_28_shapes_are_brought_together() -> Outcome {
    let (engine, log) = database()?;
    keep_journal(&engine, "articles", "title")?;
    log.take_sql();
    let mut db = engine.session();
    for n in 1..=4 {
        let article = Article.new().id(n).title(format!("{n}")).language("de").subtitle("x");
        match n % 2 {
            0 => db.add(article.visits(n)),
            _ => db.add(article),
        };
    }
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "INSERT INTO articles (id, title, status, language, subtitle, body) \
             VALUES (?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?) RETURNING id, visits",
            "INSERT INTO articles (id, title, status, language, subtitle, visits, body) \
             VALUES (?, ?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?, ?)",
            "COMMIT",
        ]
    );
    assert_eq!(journal(&engine)?, ["INSERT 1", "INSERT 3", "INSERT 2", "INSERT 4"]);
    Ok(())
}

/// In Rebis keys are reserved before, so that rows go in batches and need no RETURNING; they are counted in add order.
#[test]
fn rule_29_generated_keys() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let users = db.add_all(["ann", "bob", "cid"].map(|name| User.new().name(name)));
    io!(db.flush())?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "SELECT max(users.id) FROM users",
            "INSERT INTO users (id, name, nick) VALUES (?, ?, ?), (?, ?, ?)",
            "INSERT INTO users (id, name, nick) VALUES (?, ?, ?)",
        ]
    );
    assert_eq!(users.iter().map(|user| db[user].id).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(users.iter().map(|user| db.key(*user)).collect::<Vec<_>>(), [Some(1), Some(2), Some(3)]);

    // A single row gets what the database gives it.
    let dan = db.add(User.new().name("dan"));
    io!(db.commit())?;
    assert_eq!(db[dan].id, 4);
    assert_eq!(log.take_sql(), ["INSERT INTO users (name, nick) VALUES (?, ?)", "COMMIT"]);

    let names: Vec<(i64, String)> =
        io!(io!(engine.connect())?.all(select((User.id, User.name)).order_by(User.id)))?;
    assert_eq!(names.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(), ["ann", "bob", "cid", "dan"]);
    Ok(())
}

/// Where there are many, keys need not be sent: each row gets the number above the highest, which the last one shows.
#[test]
fn rule_29_many_generated_keys() -> Outcome {
    let (engine, log) = database()?;
    io!(io!(engine.connect())?.execute_raw("INSERT INTO users (id, name) VALUES (4000, 'old')"))?;
    log.take_sql();
    let mut db = engine.session();
    let users = db.add_all((0..1000).map(|n| User.new().name(format!("user {n}"))));
    let articles = db.add_all((0..200).map(|n| Article.new().title(format!("article {n}"))));
    io!(db.commit())?;
    let sent = log.take_sql();
    let users_in: Vec<&String> = sent.iter().filter(|sql| sql.starts_with("INSERT INTO users ")).collect();
    assert!(users_in.iter().all(|sql| sql.starts_with("INSERT INTO users (name, nick) ")), "{users_in:?}");
    if is_sqlite(&engine) {
        assert_eq!(users_in.len(), 7, "1 row, 8 times 64, 7 times 64, 32, 4, 2, 1: {users_in:?}");
    }
    let first = if keys_above_the_highest(&engine) { 4001 } else { 1 };
    let expected: Vec<i64> = (first..first + 1000).collect();
    assert_eq!(users.iter().map(|user| db[user].id).collect::<Vec<_>>(), expected);
    let names: Vec<(i64, String)> = io!(io!(engine.connect())?
        .all(select((User.id, User.name)).filter(User.name.ne("old")).order_by(User.id)))?;
    assert!(names.iter().zip(0..).all(|((id, name), n)| (*id, name) == (first + n, &format!("user {n}"))));
    // What the database fills in comes back beside the keys.
    let titles: Vec<(i64, String)> =
        io!(io!(engine.connect())?.all(select((Article.id, Article.title)).order_by(Article.id)))?;
    assert!(articles.iter().zip(&titles).all(|(a, (id, title))| (db[a].id, &db[a].title) == (*id, title)));
    assert_eq!(titles.len(), 200);
    Ok(())
}

/// A trigger may insert rows of its own in between: then the keys are reserved, as they are for few rows.
#[test]
fn rule_29_many_generated_keys_beside_a_trigger() -> Outcome {
    let (engine, _) = database()?;
    if is_mysql(&engine) {
        return skip(&engine, "a trigger cannot write into the table that it is on");
    }
    let again = "INSERT INTO users (id, name) VALUES (10000 + new.id, new.name || ' again');";
    create_trigger(&engine, "AFTER INSERT", "users", "new.name NOT LIKE '% again'", again)?;
    let mut db = engine.session();
    let users = db.add_all((0..300).map(|n| User.new().name(format!("user {n}"))));
    io!(db.commit())?;
    assert_eq!(users.iter().map(|user| db[user].id).collect::<Vec<_>>(), (1..301).collect::<Vec<_>>());
    Ok(())
}

/// Where the highest key there can be is taken, SQLite draws lots: the flush fails, rather than guess.
#[test]
fn rule_29_many_generated_keys_above_the_highest() -> Outcome {
    let (engine, _) = database()?;
    if !is_sqlite(&engine) {
        return skip(&engine, "the database draws its keys by itself and says when there are no more");
    }
    io!(io!(engine.connect())?
        .execute_raw("INSERT INTO users (id, name) VALUES (9223372036854775807, 'last')"))?;
    let mut db = engine.session();
    let users = db.add_all((0..300).map(|n| User.new().name(format!("user {n}"))));
    let error = io!(db.commit()).expect_err("keys do not follow each other");
    assert_eq!((error.kind(), error.table()), (ErrorKind::Limit, Some("users")));
    io!(db.rollback())?;
    assert_eq!(db.state(users[0]), State::Transient);
    assert_eq!(db.key(users[0]), None);
    Ok(())
}

/// Keys that the program gives in the same flush are not given twice.
#[test]
fn rule_29_generated_beside_given_keys() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let users = db.add_all([User.new().id(202).name("given"), User.new().id(207).name("given")]);
    let others = db.add_all(["a", "b"].map(|name| User.new().name(name)));
    io!(db.commit())?;
    assert_eq!(users.iter().map(|user| db[user].id).collect::<Vec<_>>(), [202, 207]);
    let drawn: Vec<i64> = others.iter().map(|user| db[user].id).collect();
    match keys_above_the_highest(&engine) {
        true => assert_eq!(drawn, [208, 209]),
        false => assert_eq!(drawn, [1, 2]),
    }
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "SELECT max(users.id) FROM users",
            "INSERT INTO users (id, name, nick) VALUES (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?)",
            "COMMIT",
        ]
    );
    assert_eq!(io!(db.count(User))?, 4);
    Ok(())
}

/// Rows come back in any order; each is found by its key.
#[test]
fn rule_29_rows_are_matched_by_key() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let articles =
        db.add_all((0..4).map(|n| Article.new().title(format!("{n}")).language("de").subtitle("x")));
    // The database answers with something that tells the rows apart.
    for (n, article) in articles.iter().enumerate().skip(2) {
        db.set_expr(*article, Article.visits, func::length(func::value("x".repeat(n))));
    }
    io!(db.commit())?;
    assert_eq!(articles.iter().map(|article| db[article].visits).collect::<Vec<_>>(), [0, 0, 2, 3]);
    let one = "INSERT INTO articles (id, title, status, language, subtitle, body, visits) \
               VALUES (?, ?, ?, ?, ?, ?, length(?)) RETURNING visits";
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "SELECT max(articles.id) FROM articles",
            "INSERT INTO articles (id, title, status, language, subtitle, body) \
             VALUES (?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?) RETURNING id, visits",
            one,
            one,
            "COMMIT",
        ]
    );
    Ok(())
}

/// A row that the database swallows aborts the flush, whether something should have come back or not.
#[test]
fn rule_30_a_row_that_was_not_inserted() -> Outcome {
    let (engine, log) = database()?;
    if is_mysql(&engine) {
        return skip(&engine, "a trigger can refuse a row with an error, not swallow it");
    }
    for (table, name) in [("users", "name"), ("articles", "title")] {
        let swallow = if is_sqlite(&engine) { "SELECT RAISE(IGNORE);" } else { "RETURN NULL;" };
        create_trigger(&engine, "BEFORE INSERT", table, &format!("new.{name} = 'none'"), swallow)?;
    }
    log.take_sql();

    let mut db = engine.session();
    let users = db.add_all(["one", "none"].map(|name| User.new().name(name)));
    let error = io!(db.commit()).expect_err("one row is missing");
    assert_eq!(error.kind(), ErrorKind::StaleRow);
    let sql = log.take_sql();
    io!(db.rollback())?;
    assert_eq!(io!(io!(engine.connect())?.one(select(User.id.count())))?, 0, "nothing is written");
    assert_eq!(
        sql,
        [
            "BEGIN IMMEDIATE",
            "SELECT max(users.id) FROM users",
            "INSERT INTO users (id, name, nick) VALUES (?, ?, ?), (?, ?, ?)",
            "ROLLBACK",
        ]
    );
    assert!(users.iter().all(|user| db.state(*user) == State::Transient));

    for titles in [vec!["none"], vec!["one", "none"]] {
        for title in &titles {
            db.add(Article.new().title(*title));
        }
        let error = io!(db.commit()).expect_err("one row is missing");
        assert_eq!(error.kind(), ErrorKind::StaleRow, "{titles:?}");
        assert_eq!(log.take_sql().last().map(String::as_str), Some("ROLLBACK"));
        io!(db.rollback())?;
    }
    assert_eq!(io!(db.count(User))? + io!(db.count(Article))?, 0);
    Ok(())
}

/// In Rebis updates of the same columns go together even if others lie between them.
#[test]
fn rule_31_updates_of_the_same_columns_are_one_statement() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let users = db.add_all((0..5).map(|n| User.new().name(format!("{n}"))));
    io!(db.commit())?;
    log.take_sql();
    for (n, user) in users.iter().enumerate() {
        db[user].name.push('!');
        if n % 2 == 1 {
            db[user].nick = Some("odd".into());
        }
    }
    io!(db.commit())?;
    let expected = [
        ("BEGIN IMMEDIATE", 1),
        ("UPDATE users SET name = ? WHERE id = ?", 3),
        ("UPDATE users SET name = ?, nick = ? WHERE id = ?", 2),
        ("COMMIT", 1),
    ];
    assert_eq!(log.take_times(), times(&log, expected));
    Ok(())
}

#[test]
fn rule_32_deletes_of_one_model_are_one_statement() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let addresses = db.add_all((0..100).map(|n| Address.new().email(format!("{n}"))));
    io!(db.commit())?;
    log.take_sql();
    for address in addresses {
        db.delete(address);
    }
    io!(db.commit())?;
    let expected = [("BEGIN IMMEDIATE", 1), ("DELETE FROM addresses WHERE id = ?", 100), ("COMMIT", 1)];
    assert_eq!(log.take_times(), times(&log, expected));
    Ok(())
}

#[test]
fn rule_35_an_update_of_a_row_that_is_gone() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let users = db.add_all(["ann", "bob", "cid"].map(|name| User.new().name(name)));
    io!(db.commit())?;
    behind(&mut db, "DELETE FROM users WHERE id = 2")?;
    log.take_sql();
    for user in &users {
        db[user].name.push('!');
    }
    let error = io!(db.commit()).expect_err("bob is gone");
    assert_eq!(error.kind(), ErrorKind::StaleRow);
    assert!(!error.is_retryable());
    assert_eq!(log.take_sql(), ["UPDATE users SET name = ? WHERE id = ?", "ROLLBACK"]);

    // The transaction is over; the session says so until it is rolled back, and is what it was before.
    let error = io!(db.all(User)).expect_err("not yet");
    assert_eq!(error.kind(), ErrorKind::InvalidState);
    assert_eq!(log.take_sql(), [""; 0]);
    io!(db.rollback())?;
    assert_eq!(users.iter().map(|user| db[user].name.as_str()).collect::<Vec<_>>(), ["ann", "bob", "cid"]);
    assert_eq!(io!(db.count(User))?, 3);
    Ok(())
}

/// The same for a row whose key somebody else has changed, and for an update with an expression.
#[test]
fn rule_35_by_key_and_with_an_expression() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let country = db.add(Country.new().code("ddr").name("DDR"));
    let article = db.add(Article.new().title("one"));
    io!(db.commit())?;
    behind(&mut db, "UPDATE countries SET code = 'de'")?;
    db[country].name = "Germany".into();
    assert_eq!(io!(db.flush()).expect_err("its key is another").kind(), ErrorKind::StaleRow);
    io!(db.rollback())?;

    behind(&mut db, "DELETE FROM articles")?;
    db.set_expr(article, Article.visits, Article.visits + 1);
    log.take_sql();
    assert_eq!(io!(db.flush()).expect_err("it is gone").kind(), ErrorKind::StaleRow);
    assert_eq!(
        log.take_sql(),
        ["UPDATE articles SET visits = visits + ? WHERE id = ? RETURNING visits", "ROLLBACK"]
    );
    Ok(())
}

/// A row that is to be deleted and is gone is where it should be, as long as there is no version to compare.
#[test]
fn rule_36_a_delete_of_a_row_that_is_gone() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let address = db.add(Address.new().email("home"));
    io!(db.commit())?;
    behind(&mut db, "DELETE FROM addresses")?;
    log.take_sql();
    db.delete(address);
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["DELETE FROM addresses WHERE id = ?", "COMMIT"]);
    assert_eq!(db.state(address), State::Detached);
    Ok(())
}
