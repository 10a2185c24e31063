//! The MySQL and MariaDB driver of Rebis.
//!
//! * `options`: where the database is and how its connections are set up, from a URL or a builder.
//! * `driver`, `setup`: opens connections and sets them up.
//! * `connection`, `actor`: a connection lives in a task; its face sends batches there and decodes what comes back.
//! * `session`: runs batches: `group` puts steps into one text, `scan` knows texts, `literal` and `values` know values.
//! * `rows`: rows as they came, which become cells where they are shown.
//! * `wire`: sockets, TLS, passwords, packets.
//! * `made`: keys that one step makes up and another needs.
//! * `statements`: what is prepared.
//! * `error`: from the server's codes and messages to kinds of error.
//! * `runtime`: where tasks run, with or without a runtime of the program's.
//!
//! It knows nothing of pools, sessions or models.
//!
//! # Two servers, two schemes
//!
//! `mysql://` writes what MySQL 8 and MariaDB both understand, and connects to either. `mariadb://` writes `RETURNING` of
//! INSERT and DELETE too; a MySQL server refuses it when connecting, with an error that names the other scheme. So the
//! capabilities are known before the first connection, and one statement text serves all connections of an engine.
//!
//! # Why it speaks the protocol itself
//!
//! `mysql_async` makes a row of values of each row, with an allocation for each text, before anybody has looked at it; and
//! it waits for each answer. Here what was read from the socket goes on as it is, in whole packets, to the one who
//! shows the rows, and the cells point into it. `mysql_common` proves passwords (`mysql_native_password`,
//! `caching_sha2_password`); a server that wants another proof is refused by its name.
//!
//! # Round trips
//!
//! A server goes on after an error: what was sent behind it would run, a COMMIT too. So the steps of a batch go out as one text with
//! literals (texts beyond plain ASCII, and bytes, as hexadecimal digits, so nothing needs escaping) as far as nobody needs the answer of one
//! before the next runs:
//!
//! * INSERT, UPDATE, DELETE, BEGIN, COMMIT and savepoints share a text; the runs of one INSERT are rows of one statement.
//! * The queries of a transaction share a text with each other and with what stands before them; behind them it ends, as
//!   it does behind a statement that is not known.
//! * A COMMIT waits for rows that a write returns, and for row counts that may differ
//!   ([`Expect::Rows`](rebis_driver::Expect) on UPDATE and DELETE), unless they are few: then the server is asked to fail
//!   by itself (`SELECT IF(ROW_COUNT() = 1, 1, (SELECT 1 UNION ALL SELECT 2))`), and the COMMIT goes along.
//! * A statement that runs alone is prepared at its second run on a connection. Its first run is a text, and so costs
//!   one round trip. With decimals, bytes, UUIDs or dates it stays a text: as parameters they would come as other types.
//! * A parameter may be a key that an INSERT before it makes up ([`Cell::KeyOf`](rebis_core::Cell::KeyOf)): behind that
//!   INSERT stands `SET @rebis_key_0 = LAST_INSERT_ID()`, and the parameter is `@rebis_key_0 + 3`. So new objects of any
//!   depth are one text.
//! * Values of more than a mebibyte go as parameters of a prepared statement.
//!
//! Several statements in one message come from this driver alone: a text of the user's that is not surely one statement
//! is prepared, and the server then takes one.
//!
//! # Sessions
//!
//! Every connection has `utf8mb4`, the time zone `+00:00`, and this `sql_mode`: `STRICT_TRANS_TABLES`,
//! `NO_ZERO_IN_DATE`, `NO_ZERO_DATE`, `ERROR_FOR_DIVISION_BY_ZERO`, `NO_ENGINE_SUBSTITUTION`, `NO_AUTO_VALUE_ON_ZERO`
//! (a key of 0 is stored) and `PIPES_AS_CONCAT` (`||` joins texts). UPDATE counts the rows that matched. After an error
//! in a transaction only a rollback helps, to its beginning or to a savepoint: a COMMIT is refused. A BEGIN within a
//! transaction is refused too; the server would commit in silence.
//!
//! What a borrower changes (`SET`, variables, temporary tables, `GET_LOCK`, `USE`) is taken back when the connection
//! returns to its pool; what changes nothing costs nothing. A future that was dropped leaves its command to the task,
//! which reads it to its end, rolls back, and kills it on the server (`KILL QUERY`) when that takes long.
//!
//! # Values
//!
//! | Column | Cell |
//! |---|---|
//! | integers, `YEAR`, `BIT`, `BOOLEAN` | integer; above `i64::MAX` unsigned |
//! | `DECIMAL` | decimal; sums of integers are one too |
//! | `DATE`, `TIME`, `DATETIME`, `TIMESTAMP` | date, time, timestamp, instant |
//! | `CHAR`, `TEXT`, `ENUM`, `SET`, `JSON` | text |
//! | `BINARY`, `BLOB`, geometry | bytes; a UUID is `BINARY(16)` |
//!
//! An expression of times (`now()`, `max(..)`) is a `DATETIME` whatever it was made of: it comes as its text, which is read
//! as an instant or as a time without a zone.
//!
//! Tables that `create_all` makes have `utf8mb4_nopad_bin` (MySQL: `utf8mb4_0900_bin`, since 8.0.17): texts are compared by
//! their characters, blanks at the end too, as in the other databases, and not without regard to case. A text without a
//! length is a `LONGTEXT`, bytes are a `LONGBLOB`; where they stand in a key or an index, `VARCHAR(255)` and
//! `VARBINARY(255)`.
//!
//! `0000-00-00` and a `TIME` that is no time of day are errors that name the column. NaN and infinity are refused, a
//! negative zero becomes a zero. A `FLOAT` that a write returns (MariaDB's `RETURNING`) in a text has six digits; what
//! reads has all, as such a read runs again, prepared.
//!
//! # Run, and not run
//!
//! All of this was run against MariaDB 10.11 alone. These statements about MySQL 8 come from its manual and were not run:
//!
//! * the settings of a connection in one SET, with the part for MariaDB in a comment (`/*M! .. */`);
//! * logging in with `caching_sha2_password` (run against a made-up server alone), and by TLS with a server's own
//!   certificate;
//! * that `ROW_COUNT()` counts matched rows, and that the query above fails only where it should (a connection that finds
//!   it otherwise goes on without);
//! * the messages of errors: constraints as `'table.key'`, checks as 3819, and codes above 3000;
//! * `CREATE PROCEDURE`, `CREATE TRIGGER` and others with `;` inside, which MySQL cannot prepare: they are refused as
//!   unsupported (MariaDB prepares them);
//! * DDL: the collation, which stands in a comment that MariaDB passes over (`/*!80017 .. */`), `DEFAULT (..)` for texts, `CHECK`, `JSON` as a type of its own, `DROP CONSTRAINT`; `EXCEPT` and `INTERSECT`
//!   (8.0.31);
//! * `COM_RESET_CONNECTION`, `KILL QUERY` by a second connection, and that the keys of one INSERT of known length follow
//!   each other with `innodb_autoinc_lock_mode = 2`, the default there.

#![forbid(unsafe_code)]

mod actor;
mod connection;
mod driver;
mod error;
mod group;
mod literal;
mod made;
mod options;
mod rows;
mod scan;
mod session;
mod setup;
mod statements;
mod values;
mod wire;

pub use driver::MySql;
pub use options::{Flavour, Options, TlsMode};
pub use rebis_driver::UrlParts;
