//! What ran, compared word for word where the rules are written down, and by what it did to which table elsewhere.

use rebis::Recorder;
use rebis_sql::Capabilities;
use std::fmt;
use std::ops::Deref;

/// The statements of an engine.
pub struct Log {
    recorder: Recorder,
    exact: bool,
}

impl Log {
    /// The rules quote what SQLite gets.
    pub fn of(capabilities: &Capabilities, recorder: Recorder) -> Log {
        Log { recorder, exact: capabilities.name == "SQLite" }
    }

    /// The texts since the last call.
    pub fn take_sql(&self) -> Sql {
        Sql { texts: self.recorder.take_sql().iter().map(ToString::to_string).collect(), exact: self.exact }
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
    let mut wanted: Vec<String> = expected.iter().filter_map(|text| gist(text.as_ref())).collect();
    seen.dedup();
    wanted.dedup();
    seen == wanted
}

/// What a statement does, and to which table. How many rows it takes, how keys are known and where a transaction
/// begins differ from database to database.
fn gist(text: &str) -> Option<String> {
    let mut words = text.split([' ', '\n']).map(|word| word.trim_matches(['`', '"', '(', ')', ',']));
    let verb = words.next()?;
    match verb {
        "INSERT" | "DELETE" => Some(format!("{verb} {}", words.nth(1)?)),
        "UPDATE" => Some(format!("{verb} {}", words.next()?)),
        "SELECT" | "WITH" if text.contains("SELECT max(") || text.contains("nextval(") => None,
        "SELECT" if text.starts_with("SELECT max(") => None,
        "SELECT" => Some(format!("{verb} {}", words.skip_while(|word| *word != "FROM").nth(1).unwrap_or(""))),
        "BEGIN" | "START" | "COMMIT" => None,
        other => Some(other.to_owned()),
    }
}
