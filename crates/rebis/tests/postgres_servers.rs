//! What only PostgreSQL has, from connections and engines, of both faces.
#![allow(missing_docs)]
#![cfg(all(feature = "sqlite", feature = "postgres"))]

mod support;

use rebis::postgres::{ConnectionExt, EngineExt, Outcome};
use rebis::prelude::*;
use rebis::{Engine, EngineOptions, ErrorKind, ExecutionOptions, Flow};
use rebis_engine::block_on;
use rebis_testkit::Cut;
use support::{Post, User};

type Blocking = rebis::blocking::Engine;

/// An engine with one connection, and the tables.
fn one_connection(url: &str) -> Engine {
    let options = EngineOptions::new().pool_size(1).max_overflow(0);
    let engine = <Engine as FromUrl>::with_options(url, options).expect("a URL");
    block_on(support::schema().create_all(&engine)).expect("tables");
    engine
}

fn count(engine: &Engine) -> i64 {
    block_on(async { engine.connect().await?.scalar(select(User.id.count())).await }).expect("a count")
}

mod postgres {
    use super::*;

    fn url() -> String {
        support::servers::postgres()
    }

    /// As every other statement does, COPY goes into the schema that stands in place of the model's.
    #[test]
    fn rows_go_by_copy_into_the_schema_of_the_tenant() {
        let engine = one_connection(&url());
        block_on(async {
            let acme = rebis::schema::Schema::new("acme");
            acme.create(&engine).await?;
            let tenant = engine.with_execution(ExecutionOptions::new().default_schema("acme"));
            metadata![User].create_all(&tenant).await?;
            let alice = User.insert().row(User.new().name("alice"));
            assert_eq!(tenant.connect().await?.copy_rows(alice).await?, 1);
            assert_eq!(tenant.connect().await?.all(select(User.name)).await?, ["alice"]);
            assert_eq!(engine.connect().await?.all(select(User.name)).await?, [""; 0]);
            acme.cascade().drop(&engine).await
        })
        .expect("it goes well");
    }

    #[test]
    fn rows_of_an_insert_go_by_copy() {
        let engine = one_connection(&url());
        let rows = || (0..5000).map(|n| User.new().name(format!("a\tb\\{n}\n")));
        let recorder = engine.record();
        block_on(async {
            let mut conn = engine.connect().await?;
            assert_eq!(conn.copy_rows(User.insert().rows(rows())).await?, 5000);
            let post = Post.insert().row(Post.new().title("of nobody").author_id(0));
            let error = conn.copy_rows(post).await.expect_err("there is no such user");
            assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation, "{error}");
            assert!(error.site().is_some_and(|site| site.file().ends_with("postgres_servers.rs")));
            let last = select(User.name).order_by(User.id.desc()).limit(1);
            assert_eq!(conn.one(last).await?, "a\tb\\4999\n");
            let error = conn.copy_rows(User.delete().all_rows()).await.expect_err("it is no INSERT");
            assert_eq!(error.kind(), ErrorKind::InvalidStatement);
            Ok::<_, rebis::Error>(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(recorder.sql()[0], "COPY \"users\" (\"name\", \"nick\") FROM STDIN");
        assert_eq!(count(&engine), 5000);
    }

    #[test]
    fn bytes_go_in_and_out_within_the_transaction_of_a_session() {
        let engine = one_connection(&url());
        let mut csv = String::new();
        block_on(async {
            let mut db = engine.session();
            let author = db.add(User.new().name("alice"));
            db.flush().await?;
            let author = db[author].id;
            let conn = db.connection().await?;
            let mut copy = conn.copy_in("COPY posts (author_id, title) FROM STDIN (FORMAT csv)").await?;
            for n in 0..1000 {
                copy.send(format!("{author},title {n}\n").as_bytes()).await?;
            }
            assert_eq!(copy.finish().await?, 1000);
            assert_eq!(db.count(Post).await?, 1000);
            let rows = db.connection().await?.copy_out(
                "COPY (SELECT title FROM posts ORDER BY id LIMIT 2) TO STDOUT (FORMAT csv)",
                |piece| {
                    csv += &String::from_utf8_lossy(piece);
                    Ok(Flow::Continue(()))
                },
            );
            assert_eq!(rows.await?, 2);
            db.rollback().await
        })
        .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(csv, "title 0\ntitle 1\n");
        assert_eq!(count(&engine), 0);
    }

    #[test]
    fn a_copy_that_is_dropped_leaves_nothing_and_the_connection_is_well() {
        let engine = one_connection(&url());
        block_on(async {
            let mut conn = engine.connect().await?;
            let mut copy = conn.copy_in("COPY users (name) FROM STDIN").await?;
            copy.send(b"alice\n").await?;
            drop(copy);
            // The same borrower, and in a transaction.
            assert_eq!(conn.scalar(select(User.id.count())).await?, 0);
            let mut tx = conn.transaction().await?;
            tx.execute(User.insert().row(User.new().name("bob"))).await?;
            let mut copy = tx.copy_in("COPY users (name) FROM STDIN").await?;
            copy.send(b"alice\n").await?;
            drop(copy);
            let error = tx.execute(User.delete().all_rows()).await.expect_err("the transaction is lost");
            assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error}");
            drop(tx);
            // And the next borrower.
            let mut copy = conn.copy_in("COPY users (name) FROM STDIN").await?;
            copy.send(b"alice\n").await?;
            drop(copy);
            drop(conn);
            Ok::<_, rebis::Error>(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(count(&engine), 0);
        assert_eq!(engine.pool_status().opened, 1, "healed, not replaced");
    }

    #[test]
    fn a_copy_of_the_blocking_face() {
        let engine: Blocking = one_connection(&url()).into();
        let work = || {
            let mut conn = engine.connect()?;
            let mut tx = conn.transaction()?;
            assert_eq!(tx.copy_rows(User.insert().row(User.new().name("alice")))?, 1);
            let mut copy = tx.copy_in("COPY users (name) FROM STDIN")?;
            copy.send(b"bob\n")?;
            assert_eq!(copy.finish()?, 1);
            tx.commit()?;
            let mut text = Vec::new();
            let rows = conn.copy_out("COPY users (name) TO STDOUT", |piece| {
                text.extend_from_slice(piece);
                Ok(Flow::Continue(()))
            })?;
            assert_eq!((rows, text), (2, b"alice\nbob\n".to_vec()));
            Ok::<_, rebis::Error>(())
        };
        work().unwrap_or_else(|error| panic!("{error}"));
    }

    #[test]
    fn a_token_interrupts_its_borrower_and_nobody_else() {
        let engine: Blocking = one_connection(&url()).into();
        let mut conn = engine.connect().expect("it connects");
        let token = conn.cancel_token().expect("it is PostgreSQL");
        let error = std::thread::scope(|scope| {
            let sleeper = scope.spawn(|| conn.execute_raw("SELECT pg_sleep(600)"));
            // Until it has met the statement: one that comes before it is lost.
            while !sleeper.is_finished() {
                token.cancel().expect("the server is reached");
            }
            sleeper.join().expect("no panic").expect_err("it was interrupted")
        });
        assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
        token.cancel().expect("the server is reached");
        drop(conn);
        for _ in 0..20 {
            let mut next = engine.connect().expect("it connects");
            let error = token.cancel().expect_err("the connection is another's");
            assert_eq!(error.kind(), ErrorKind::InvalidState);
            assert_eq!(next.scalar(rebis::sql("SELECT 1").rows::<i64>()).expect("an answer"), 1);
            next.cancel_token().expect("it is PostgreSQL").cancel().expect("the server is reached");
        }
        assert_eq!(engine.pool_status().opened, 1);
    }

    #[test]
    fn engines_listen_and_listen_again() {
        let engine = one_connection(&url());
        let channel = format!("rebis {}", std::process::id());
        let run = |text: &str| {
            block_on(async { engine.connect().await?.execute_raw(text).await }).expect("it is said");
        };
        let say = |what: &str| run(&format!("NOTIFY \"{channel}\", '{what}'"));
        let mut news = block_on(engine.listen([&channel])).expect("it listens");
        say("one");
        assert_eq!(block_on(news.next()).expect("it is heard").payload, "one");
        run(&format!(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query = 'LISTEN \"{channel}\"'"
        ));
        let error = block_on(news.next()).expect_err("it was cut");
        assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error}");
        say("two");
        assert_eq!(block_on(news.next()).expect("it listens again").payload, "two");

        let blocking = Blocking::from(engine.clone());
        let mut news = blocking.listen([channel.as_str()]).expect("it listens");
        say("three");
        assert_eq!(news.next().expect("it is heard").payload, "three");
        assert_eq!(engine.pool_status().in_use, 0, "listeners are beside the pool");
    }

    #[test]
    fn the_outcome_of_a_lost_commit() {
        let (proxy, url) = support::servers::through_proxy(&url());
        let engine: Blocking = one_connection(&format!("{url}&commit_outcome=on")).into();
        for (cut, expected) in
            [(Cut::Before(b"COMMIT"), Outcome::RolledBack), (Cut::After(b"COMMIT"), Outcome::Committed)]
        {
            let mut db = engine.session();
            db.add(User.new().name(format!("{expected:?}")));
            db.flush().expect("it is written");
            proxy.cut(cut);
            let error = db.commit().expect_err("the line is cut");
            assert_eq!(error.kind(), ErrorKind::CommitUnknown, "{error}");
            // The server notices soon that nobody is there.
            let mut asked = (0..10_000).map(|_| engine.outcome(&error).expect("it answers"));
            assert_eq!(asked.find(|outcome| *outcome != Outcome::Open), Some(expected));
            db.rollback().expect("objects are restored");
        }
    }
}

#[test]
fn another_database_says_what_to_do_instead() {
    let engine = Blocking::new("sqlite::memory:").expect("a URL");
    let mut conn = engine.connect().expect("it connects");
    let insert = || User.insert().row(User.new().name("alice"));
    let lost = rebis::Error::new(ErrorKind::CommitUnknown, "of another driver");
    for (error, expected) in [
        (conn.copy_rows(insert()).err(), "SQLite has no COPY"),
        (conn.copy_in("COPY users FROM STDIN").err(), "SQLite has no COPY"),
        (conn.cancel_token().err(), "SQLite has no token"),
        (engine.listen(["news"]).err(), "SQLite has no LISTEN"),
        (engine.outcome(&lost).err(), "SQLite has no record"),
    ] {
        let error = error.expect(expected);
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains(expected) && error.help().is_some(), "{error}");
    }
    support::schema().create_all(&engine).expect("tables");
    assert_eq!(conn.execute(insert()).expect("the way round"), 1);
}
