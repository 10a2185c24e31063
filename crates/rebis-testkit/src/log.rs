//! What ran, as an expectation: a list of texts, compared line by line.

use rebis_engine::Recorder;
use std::fmt::Write;

/// What [`assert_sql!`](crate::assert_sql) takes: a [`Recorder`] (its log is emptied), or texts.
pub trait Log {
    /// The statements, oldest first.
    fn texts(&self) -> Vec<String>;
}

impl Log for Recorder {
    fn texts(&self) -> Vec<String> {
        self.take_sql()
    }
}

impl<T: AsRef<str>> Log for [T] {
    fn texts(&self) -> Vec<String> {
        self.iter().map(|text| text.as_ref().to_owned()).collect()
    }
}

impl<T: AsRef<str>, const N: usize> Log for [T; N] {
    fn texts(&self) -> Vec<String> {
        self.as_slice().texts()
    }
}

impl<T: AsRef<str>> Log for Vec<T> {
    fn texts(&self) -> Vec<String> {
        self.as_slice().texts()
    }
}

impl<L: Log + ?Sized> Log for &L {
    fn texts(&self) -> Vec<String> {
        (**self).texts()
    }
}

/// Asserts which statements ran, in order, BEGIN and COMMIT included. An expected text that ends in ` ..` stands for
/// every statement that begins so. A recorder is emptied, so that the next assertion begins where this one ended.
///
/// ```
/// use rebis_testkit::assert_sql;
/// let log = ["BEGIN IMMEDIATE", "INSERT INTO users (name) VALUES (?)", "COMMIT"];
/// assert_sql!(log, ["BEGIN IMMEDIATE", "INSERT INTO users ..", "COMMIT"]);
/// assert_sql!(Vec::<String>::new(), []);
/// ```
///
/// ```
/// # use rebis_engine::{Engine, EngineOptions, block_on};
/// # let driver = std::sync::Arc::new(rebis_sqlite::Sqlite::memory());
/// # let engine = Engine::new_with(driver, "sqlite://".parse()?, EngineOptions::new());
/// use rebis_testkit::assert_sql;
/// let log = engine.record();
/// block_on(async { engine.connect().await?.execute_raw("CREATE TABLE t (x)").await })?;
/// assert_sql!(log, ["CREATE TABLE t (x)"]);
/// assert_sql!(log, []);
/// # Ok::<(), rebis_core::Error>(())
/// ```
///
/// # Panics
/// With the difference, `-` for what was expected and did not run, `+` for what ran and was not expected:
///
/// ```should_panic
/// rebis_testkit::assert_sql!(["BEGIN", "DELETE FROM users", "COMMIT"], ["BEGIN", "COMMIT"]);
/// ```
#[macro_export]
macro_rules! assert_sql {
    ($log:expr, [$($text:expr),* $(,)?] $(,)?) => {{
        let expected: &[&str] = &[$($text),*];
        $crate::assert_log(&$log, expected);
    }};
}

#[doc(hidden)]
#[track_caller]
pub fn assert_log(log: impl Log, expected: &[&str]) {
    if let Some(difference) = difference(&log.texts(), expected) {
        panic!("other statements ran than expected:\n{difference}");
    }
}

/// How two lists of statements differ, a line each; `None` if they do not. Expected texts as in
/// [`assert_sql!`](crate::assert_sql).
///
/// ```
/// let ran = ["BEGIN".to_owned(), "UPDATE t SET x = ?".to_owned(), "COMMIT".to_owned()];
/// assert_eq!(rebis_testkit::difference(&ran, &["BEGIN", "UPDATE ..", "COMMIT"]), None);
/// assert_eq!(
///     rebis_testkit::difference(&ran, &["BEGIN", "DELETE FROM t", "COMMIT"]).unwrap(),
///     "  BEGIN\n- DELETE FROM t\n+ UPDATE t SET x = ?\n  COMMIT\n"
/// );
/// ```
pub fn difference(ran: &[String], expected: &[&str]) -> Option<String> {
    if ran.len() == expected.len() && ran.iter().zip(expected).all(|(ran, expected)| meets(ran, expected)) {
        return None;
    }
    let common = common_lengths(ran, expected);
    let (mut at, mut want, mut out) = (0, 0, String::new());
    while at < ran.len() || want < expected.len() {
        let both = at < ran.len() && want < expected.len();
        let (mark, text) = if both && meets(&ran[at], expected[want]) {
            (at, want) = (at + 1, want + 1);
            (' ', ran[at - 1].as_str())
        } else if want < expected.len() && (at == ran.len() || common[at][want + 1] >= common[at + 1][want]) {
            want += 1;
            ('-', expected[want - 1])
        } else {
            at += 1;
            ('+', ran[at - 1].as_str())
        };
        // Writing into a string cannot fail.
        let _ = writeln!(out, "{mark} {text}");
    }
    Some(out)
}

fn meets(ran: &str, expected: &str) -> bool {
    match expected.strip_suffix(" ..") {
        Some(beginning) => ran.starts_with(beginning),
        None => ran == expected,
    }
}

/// How many statements the rests of both lists have in common, for each pair of rests.
fn common_lengths(ran: &[String], expected: &[&str]) -> Vec<Vec<usize>> {
    let mut common = vec![vec![0; expected.len() + 1]; ran.len() + 1];
    for at in (0..ran.len()).rev() {
        for want in (0..expected.len()).rev() {
            common[at][want] = if meets(&ran[at], expected[want]) {
                common[at + 1][want + 1] + 1
            } else {
                common[at + 1][want].max(common[at][want + 1])
            };
        }
    }
    common
}
