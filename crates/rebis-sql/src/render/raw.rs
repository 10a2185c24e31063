//! Text that a user wrote, with its parameters.

use super::writer::Writer;
use crate::StatementKind;
use crate::ast::{Fault, Piece, Spelt};
use rebis_core::{Error, ErrorKind, Result};

impl<'a> Writer<'a> {
    pub(super) fn pieces(&mut self, pieces: &'a [Piece]) -> Result<()> {
        for piece in pieces {
            match piece {
                Piece::Sql(text) => {
                    if may_read_tables(text) {
                        self.touch_any();
                    }
                    self.push(text);
                }
                Piece::Expr(expr) => self.operand(expr, super::precedence::Level::Primary)?,
                Piece::Ident(name) => self.ident(name),
                Piece::Table(table) => self.table(table),
                Piece::Spelt(spelt) => match self.spelling(spelt) {
                    Some(pieces) => self.pieces(pieces)?,
                    None => return Err(self.not_spelt()),
                },
                Piece::Fault(fault) => return Err(error_of(fault)),
            }
        }
        Ok(())
    }

    /// The text for this database.
    pub(super) fn spelling(&self, spelt: &'a Spelt) -> Option<&'a [Piece]> {
        let Spelt { standard, others } = spelt;
        let of = |wanted: &str| others.iter().find(|(name, _)| *name == wanted).map(|(_, pieces)| pieces);
        of(self.caps.name).or_else(|| of(self.caps.kin)).or(standard.as_ref()).map(Vec::as_slice)
    }

    #[cold]
    fn not_spelt(&self) -> Error {
        self.unsupported(
            "a text that was written for other databases",
            "give its text for this one: `.on(dialect::…(), sql(..))`",
        )
    }
}

/// A fragment of an expression reaches a table only through a subquery.
fn may_read_tables(text: &str) -> bool {
    words(text).any(|word| ["select", "table", "from", "join"].iter().any(|w| word.eq_ignore_ascii_case(w)))
}

#[cold]
pub(super) fn error_of(fault: &Fault) -> Error {
    let Fault { message, help, table } = fault;
    let error = Error::new(ErrorKind::InvalidStatement, message.clone()).with_help(help.clone());
    match table {
        Some(table) => error.with_table(table.to_string()),
        None => error,
    }
}

/// What a statement does, by its first words. In doubt it writes.
pub(super) fn kind_of(sql: &str) -> StatementKind {
    let text = after_comments(sql);
    let mut words = words(text);
    let first = words.next().unwrap_or_default().to_ascii_lowercase();
    match first.as_str() {
        "select" | "values" | "explain" | "show" | "describe" => StatementKind::Read,
        "with" if !words.any(changes_data) => StatementKind::Read,
        "begin" | "start" => StatementKind::Begin,
        "commit" | "end" => StatementKind::Commit,
        "rollback" if words.any(|word| word.eq_ignore_ascii_case("to")) => StatementKind::RollbackTo,
        "rollback" => StatementKind::Rollback,
        "savepoint" => StatementKind::Savepoint,
        "release" => StatementKind::Release,
        "pragma" | "set" => StatementKind::Setting,
        _ => StatementKind::Write,
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

fn changes_data(word: &str) -> bool {
    ["insert", "update", "delete", "merge", "replace"].iter().any(|w| word.eq_ignore_ascii_case(w))
}

/// The text after leading spaces, parentheses and comments.
fn after_comments(sql: &str) -> &str {
    let mut text = sql;
    loop {
        text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
        let rest = match text.as_bytes() {
            [b'-', b'-', ..] => text.split_once('\n'),
            [b'/', b'*', ..] => text.split_once("*/"),
            _ => return text,
        };
        text = rest.map_or("", |(_, rest)| rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_words_tell_what_a_statement_does() {
        for (sql, kind) in [
            ("select 1", StatementKind::Read),
            ("  -- why\n/* because */ (SELECT 1)", StatementKind::Read),
            ("with a as (select 1) select * from a", StatementKind::Read),
            ("with a as (select 1) delete from b", StatementKind::Write),
            ("delete from b", StatementKind::Write),
            ("vacuum", StatementKind::Write),
            ("", StatementKind::Write),
            ("rollback to a", StatementKind::RollbackTo),
            ("ROLLBACK", StatementKind::Rollback),
            ("PRAGMA foreign_keys", StatementKind::Setting),
        ] {
            assert_eq!(kind_of(sql), kind, "{sql}");
        }
    }
}
