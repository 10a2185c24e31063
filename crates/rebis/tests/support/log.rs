//! What ran, compared word for word where the rules are written down, and elsewhere in one form for all databases:
//! the same statements against the same tables and columns in the same order, but for what a database may do in
//! another way, which is how rows get their keys and how many of them go into one INSERT.

use rebis::Recorder;
use rebis_sql::Capabilities;
use std::fmt;
use std::ops::Deref;

/// The statements of an engine.
pub struct Log {
    recorder: Recorder,
    exact: bool,
    /// An UPDATE gives back what was computed; else a SELECT behind it does.
    returns: bool,
}

impl Log {
    /// The rules quote what SQLite gets.
    pub fn of(capabilities: &Capabilities, recorder: Recorder) -> Log {
        Log { recorder, exact: capabilities.name == "SQLite", returns: capabilities.returning_update }
    }

    /// The texts since the last call.
    pub fn take_sql(&self) -> Sql {
        let texts = self.recorder.take_sql();
        let texts = if self.exact { texts } else { texts.iter().map(|text| common(text)).collect() };
        Sql { texts, exact: self.exact }
    }

    /// The texts since the last call, and how often each ran with other parameters.
    pub fn take_times(&self) -> Vec<(String, usize)> {
        let form = |text: &str| if self.exact { text.to_owned() } else { common(text) };
        self.recorder.take().iter().map(|one| (form(&one.sql), one.times)).collect()
    }

    /// An UPDATE and the columns that come back from it, followed by a SELECT where the database cannot give them.
    pub fn returning(&self, update: &str, columns: &str, otherwise: &str) -> Vec<String> {
        match self.returns {
            true => vec![format!("{update} RETURNING {columns}")],
            false => vec![update.to_owned(), otherwise.to_owned()],
        }
    }

    /// How this database says what the rules quote, for a comparison with [`take_times`](Log::take_times).
    pub fn said(&self, text: &str) -> String {
        if self.exact { text.to_owned() } else { common(text) }
    }
}

impl Deref for Log {
    type Target = Recorder;
    fn deref(&self) -> &Recorder {
        &self.recorder
    }
}

/// Texts of statements.
pub struct Sql {
    texts: Vec<String>,
    exact: bool,
}

impl Sql {
    /// Without what a transaction begins with, and without the statements that draw keys.
    pub fn after_keys(self) -> Sql {
        let texts = self.texts.into_iter().filter(|text| !text.starts_with("BEGIN") && !draws_keys(text));
        Sql { texts: texts.collect(), exact: self.exact }
    }

    /// Without the rollback of a session that was dropped, which comes when the pool gets round to it.
    pub fn without_rollback(self) -> Sql {
        let texts = self.texts.into_iter().filter(|text| text != "ROLLBACK");
        Sql { texts: texts.collect(), exact: self.exact }
    }

    /// The first or last statements, or those between.
    pub fn part(&self, range: impl std::slice::SliceIndex<[String], Output = [String]>) -> Sql {
        Sql { texts: self.texts[range].to_vec(), exact: self.exact }
    }

    /// Whether a statement was among them.
    pub fn contains(&self, text: &str) -> bool {
        self.texts.iter().any(|ran| ran == text)
    }
}

impl Deref for Sql {
    type Target = Vec<String>;
    fn deref(&self) -> &Vec<String> {
        &self.texts
    }
}

impl fmt::Debug for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.texts.fmt(f)
    }
}

impl<T: AsRef<str>> PartialEq<Vec<T>> for Sql {
    fn eq(&self, other: &Vec<T>) -> bool {
        same(self, other)
    }
}

impl<T: AsRef<str>, const N: usize> PartialEq<[T; N]> for Sql {
    fn eq(&self, other: &[T; N]) -> bool {
        same(self, other)
    }
}

fn same<T: AsRef<str>>(sql: &Sql, expected: &[T]) -> bool {
    if sql.exact {
        return sql.texts.len() == expected.len()
            && sql.texts.iter().zip(expected).all(|(a, b)| a == b.as_ref());
    }
    let mut seen: Vec<String> = sql.texts.iter().filter_map(|text| gist(text)).collect();
    let mut wanted: Vec<String> = expected.iter().filter_map(|text| gist(&common(text.as_ref()))).collect();
    seen.dedup();
    wanted.dedup();
    seen == wanted
}

/// The text of a statement as all databases write it: places of parameters, quotes, and how a transaction begins.
fn common(text: &str) -> String {
    if text.starts_with("BEGIN") || text.starts_with("START TRANSACTION") {
        return "BEGIN".into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '$' => {
                while letters.next_if(char::is_ascii_digit).is_some() {}
                plain.push('?');
            }
            '`' | '"' => {}
            other => plain.push(other),
        }
    }
    match plain.strip_suffix(" RETURNING id") {
        Some(without) => without.to_owned(),
        None => plain,
    }
}

/// Whether a statement asks for the keys of rows to come.
fn draws_keys(text: &str) -> bool {
    text.starts_with("SELECT max(") || text.starts_with("SELECT (SELECT max(") || text.contains("nextval(")
}

/// What must be the same on every database: an INSERT by its table and the columns that are not its key, others by
/// their text. Keys that are drawn before or made up by the database are its own affair.
fn gist(text: &str) -> Option<String> {
    if draws_keys(text) {
        return None;
    }
    let Some((table, rest)) = text.strip_prefix("INSERT INTO ").and_then(|insert| insert.split_once(" ("))
    else {
        return Some(text.to_owned());
    };
    let (columns, rest) = rest.split_once(") VALUES ").unwrap_or((rest, ""));
    let given = columns.split(", ").filter(|column| *column != "id");
    let columns = given.collect::<Vec<_>>().join(", ");
    let returned = rest.split_once(" RETURNING ").map(|(_, columns)| columns).unwrap_or_default();
    let returned = returned.strip_prefix("id, ").unwrap_or(returned);
    Some(format!("INSERT INTO {table} ({columns}) RETURNING {returned}"))
}
