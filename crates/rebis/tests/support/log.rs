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
    form: Form,
}

/// How texts are compared.
#[derive(Clone, Copy)]
struct Form {
    exact: bool,
    /// An INSERT gives back what the database filled in; else a SELECT behind it does.
    insert_returns: bool,
    /// An UPDATE gives back what was computed; the same.
    update_returns: bool,
}

impl Log {
    /// The rules quote what SQLite gets.
    pub fn of(capabilities: &Capabilities, recorder: Recorder) -> Log {
        let form = Form {
            exact: capabilities.name == "SQLite",
            insert_returns: capabilities.returning,
            update_returns: capabilities.returning_update,
        };
        Log { recorder, form }
    }

    /// Whether an UPDATE gives back what it wrote.
    pub fn update_returns(&self) -> bool {
        self.form.update_returns
    }

    /// The texts since the last call.
    pub fn take_sql(&self) -> Sql {
        let texts = self.recorder.take_sql();
        let texts = if self.form.exact { texts } else { texts.iter().map(|text| common(text)).collect() };
        Sql { texts, form: self.form }
    }

    /// The texts since the last call, and how often each ran with other parameters.
    pub fn take_times(&self) -> Vec<(String, usize)> {
        self.recorder.take().iter().map(|one| (self.said(&one.sql), one.times)).collect()
    }

    /// How this database says what the rules quote, for a comparison with [`take_times`](Log::take_times).
    pub fn said(&self, text: &str) -> String {
        if self.form.exact { text.to_owned() } else { common(text) }
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
    form: Form,
}

impl Sql {
    /// Without what a transaction begins with, and without the statements that draw keys.
    pub fn after_keys(self) -> Sql {
        let texts = self.texts.into_iter().filter(|text| !text.starts_with("BEGIN") && !draws_keys(text));
        Sql { texts: texts.collect(), form: self.form }
    }

    /// Without the rollback of a session that was dropped, which comes when the pool gets round to it.
    pub fn without_rollback(self) -> Sql {
        let texts = self.texts.into_iter().filter(|text| text != "ROLLBACK");
        Sql { texts: texts.collect(), form: self.form }
    }

    /// The first or last statements, or those between.
    pub fn part(&self, range: impl std::slice::SliceIndex<[String], Output = [String]>) -> Sql {
        Sql { texts: self.texts[range].to_vec(), form: self.form }
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
    if sql.form.exact {
        return sql.texts.len() == expected.len()
            && sql.texts.iter().zip(expected).all(|(a, b)| a == b.as_ref());
    }
    let expected: Vec<String> = expected.iter().map(|text| common(text.as_ref())).collect();
    // What the database cannot give back is read behind the write.
    let read: Vec<String> = expected.iter().filter_map(|text| sql.form.read_behind(text)).collect();
    let is_read =
        |text: &String| read.iter().any(|start| text.starts_with(start)) && !expected.contains(text);
    let seen = sql.texts.iter().filter(|text| !is_read(text));
    let mut seen: Vec<String> = seen.filter_map(|text| sql.form.gist(text)).collect();
    let mut wanted: Vec<String> = expected.iter().filter_map(|text| sql.form.gist(text)).collect();
    seen.dedup();
    wanted.dedup();
    seen == wanted
}

impl Form {
    /// How the SELECT begins that stands for what a statement gives back elsewhere.
    fn read_behind(self, text: &str) -> Option<String> {
        let mut words = text.split(' ');
        let table = match words.next()? {
            "INSERT" if !self.insert_returns => words.nth(1)?,
            "UPDATE" if !self.update_returns => words.next()?,
            _ => return None,
        };
        text.contains(" RETURNING ").then(|| format!("SELECT {table}."))
    }

    /// What must be the same on every database: an INSERT by its table and the columns that are not its key, others by
    /// their text. Keys that are drawn before or made up by the database are its own affair.
    fn gist(self, text: &str) -> Option<String> {
        if draws_keys(text) {
            return None;
        }
        let Some((table, rest)) =
            text.strip_prefix("INSERT INTO ").and_then(|insert| insert.split_once(" ("))
        else {
            let update = (!self.update_returns).then(|| text.split_once(" RETURNING ")).flatten();
            return Some(update.map_or(text, |(update, _)| update).to_owned());
        };
        let (columns, rest) = rest.split_once(") VALUES ").unwrap_or((rest, ""));
        let given = columns.split(", ").filter(|column| *column != "id");
        let columns = given.collect::<Vec<_>>().join(", ");
        let returned = rest.split_once(" RETURNING ").filter(|_| self.insert_returns);
        let returned = returned.map(|(_, columns)| columns).unwrap_or_default();
        let returned = returned.strip_prefix("id, ").unwrap_or(returned);
        Some(format!("INSERT INTO {table} ({columns}) RETURNING {returned}"))
    }
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
