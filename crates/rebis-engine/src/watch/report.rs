//! One statement for people: a line of echo, a `tracing` event with the names of the OpenTelemetry conventions.

use crate::fut::Site;
use rebis_core::Error;
use rebis_driver::Step;
use rebis_sql::StatementKind;
use std::time::Duration;
use tracing::Level;

/// Whether anybody listens to events of statements.
#[inline]
pub(crate) fn traced() -> bool {
    tracing::enabled!(target: "rebis::sql", Level::DEBUG)
}

/// A statement that ran.
pub(crate) struct Report<'r, 'b> {
    pub(crate) system: &'static str,
    pub(crate) step: &'r Step<'b>,
    /// How many statements ran in the same batch, which `took` is the time of.
    pub(crate) steps: usize,
    pub(crate) error: Option<&'r Error>,
    pub(crate) took: Duration,
    pub(crate) site: Site,
}

impl Report<'_, '_> {
    pub(crate) fn out(&self, echo: Option<fn(&str)>, slow: Option<Duration>) {
        if let Some(print) = echo {
            print(&self.line());
        }
        if traced() {
            self.event();
        }
        if slow.is_some_and(|threshold| self.took >= threshold) {
            self.slow();
        }
    }

    fn line(&self) -> String {
        let Report { system: _, step, steps, error, took, site } = self;
        let times = if step.times == 1 { String::new() } else { format!(" x{}", step.times) };
        let batch = if *steps == 1 { String::new() } else { format!(" (in a batch of {steps})") };
        let rows = match step.statement.kind() {
            StatementKind::Read => format!(", {} rows", step.rows),
            StatementKind::Write => format!(", {} affected", step.affected),
            _ => String::new(),
        };
        let failed = error.map(|e| format!(", failed: {}", e.message())).unwrap_or_default();
        let (file, line) = (site.file(), site.line());
        format!("[rebis] {took:?}{batch}{rows}{failed}, {file}:{line}: {}{times}", step.statement.sql())
    }

    fn event(&self) {
        let Report { system, step, steps, error, took, site } = self;
        let sql = step.statement.sql();
        tracing::event!(
            target: "rebis::sql",
            Level::DEBUG,
            db.system.name = system,
            db.query.text = sql,
            db.operation.name = operation(sql),
            db.collection.name = collection(sql),
            db.operation.batch.size = (step.times > 1).then_some(step.times),
            db.response.returned_rows = step.rows,
            rebis.affected_rows = step.affected,
            rebis.batch.statements = steps,
            rebis.duration_us = took.as_micros() as u64,
            error.type = error.map(|e| e.code()),
            code.file.path = site.file(),
            code.line.number = site.line(),
        );
    }

    fn slow(&self) {
        tracing::event!(
            target: "rebis::slow",
            Level::WARN,
            db.system.name = self.system,
            db.query.text = self.step.statement.sql(),
            rebis.duration_us = self.took.as_micros() as u64,
            code.file.path = self.site.file(),
            code.line.number = self.site.line(),
            "slow statement"
        );
    }
}

/// The first word.
fn operation(sql: &str) -> &str {
    sql.split(|c: char| !c.is_ascii_alphabetic()).find(|word| !word.is_empty()).unwrap_or("")
}

/// The first table: the name after INTO, UPDATE or FROM.
fn collection(sql: &str) -> Option<&str> {
    let mut words = sql.split_ascii_whitespace();
    words.find(|word| ["INTO", "UPDATE", "FROM"].iter().any(|w| word.eq_ignore_ascii_case(w)))?;
    let name = words.next()?.trim_matches(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operation_and_collection_are_read_from_the_text() {
        for (sql, expected) in [
            ("SELECT a FROM \"users\" WHERE x", ("SELECT", Some("users"))),
            ("INSERT INTO posts(title) VALUES (?)", ("INSERT", Some("posts(title"))),
            ("UPDATE users SET a = 1", ("UPDATE", Some("users"))),
            ("BEGIN", ("BEGIN", None)),
            ("SELECT 1", ("SELECT", None)),
        ] {
            assert_eq!((operation(sql), collection(sql)), expected);
        }
    }
}
