//! What databases spell each in its own way: collations, dates.

use super::precedence::Level;
use super::writer::Writer;
use crate::ast::{Expr, Special};
use rebis_core::{Error, ErrorKind, Result, SqlType};

impl<'a> Writer<'a> {
    pub(super) fn special(&mut self, what: &Special, of: &'a [Expr]) -> Result<()> {
        match (what, of) {
            (Special::Collate(collation), [text]) => {
                self.operand(text, Level::Primary)?;
                self.push(" COLLATE ");
                self.ident(collation);
                Ok(())
            }
            (Special::Extract(part), [of]) => self.around((self.caps.queries.extract)(*part), of),
            (Special::Shift(by, to), [of]) => {
                let [before, behind] = (self.caps.queries.shift)(*by, to);
                self.around([&before, &behind], of)
            }
            (Special::Move { back, to }, [moment, span]) => self.moved(moment, span, *back, to),
            (Special::Elapsed(of), [later, earlier]) => self.elapsed(later, earlier, of),
            (Special::Holds { what, of, nullable }, [first, second]) => {
                self.holds(*what, of, *nullable, [first, second])
            }
            (Special::Array { what, of, nullable }, [array, rest @ ..]) => {
                self.array(*what, of, *nullable, array, rest.first())
            }
            (Special::Document { what, steps }, [document, rest @ ..]) => {
                self.document(what, steps, document, rest.first())
            }
            (Special::Range(what), [range, rest @ ..]) => self.range(*what, range, rest.first()),
            (Special::DaysBetween, [later, earlier]) => {
                let [before, between, behind] = self.caps.queries.days_between;
                self.around([before, between], later)?;
                self.around(["", behind], earlier)
            }
            (Special::ReplaceRegex, of) => self.replace_regex(of),
            (Special::TryCast(to), [text]) => self.try_cast(text, to),
            (Special::Seconds, [span]) => self.seconds(span),
            (Special::FullText(search), [texts @ .., words]) => self.full_text(search, texts, words),
            (Special::Grouping(_), _) => Err(misplaced_grouping()),
            (Special::Kept(by), [of]) => self.wrapped(&by.write, of),
            (Special::Unwrapped(by), [of]) => self.wrapped(&by.read, of),
            (
                Special::Collate(_)
                | Special::Extract(_)
                | Special::Shift(..)
                | Special::DaysBetween
                | Special::Move { .. }
                | Special::Elapsed(_)
                | Special::Holds { .. }
                | Special::Array { .. }
                | Special::Range(_)
                | Special::Document { .. }
                | Special::TryCast(_)
                | Special::Seconds
                | Special::Kept(_)
                | Special::Unwrapped(_)
                | Special::FullText(_),
                _,
            ) => Err(wrong_operands()),
        }
    }

    /// An expression between two texts.
    pub(super) fn around(&mut self, [before, behind]: [&str; 2], of: &'a Expr) -> Result<()> {
        self.push(before);
        self.expr(of)?;
        self.push(behind);
        Ok(())
    }

    fn seconds(&mut self, span: &'a Expr) -> Result<()> {
        let [before, behind] = self.caps.queries.seconds;
        self.push(before);
        self.operand(span, Level::Sign)?;
        self.push(behind);
        Ok(())
    }

    fn replace_regex(&mut self, of: &'a [Expr]) -> Result<()> {
        let Some(behind) = self.caps.queries.replace_regex else { return Err(self.no_regex()) };
        self.push("regexp_replace(");
        self.list(of, ", ", Writer::expr)?;
        self.push(behind);
        Ok(())
    }

    /// A date or time, moved by a length of time of the row.
    fn moved(&mut self, moment: &'a Expr, span: &'a Expr, back: bool, to: &SqlType) -> Result<()> {
        let [before, between, behind] = (self.caps.queries.moved)(back, to);
        self.around([&before, &between], moment)?;
        self.span(span)?;
        self.push(&behind);
        Ok(())
    }

    /// A length of time as the database keeps it, of which a parameter would not tell the type.
    fn span(&mut self, span: &'a Expr) -> Result<()> {
        match span {
            Expr::Param(_) | Expr::Late(_) => self.cast(span, &SqlType::Interval),
            _ => self.operand(span, Level::Primary),
        }
    }

    fn elapsed(&mut self, later: &'a Expr, earlier: &'a Expr, of: &SqlType) -> Result<()> {
        let [before, between, behind] = (self.caps.queries.elapsed)(of);
        // Where the earlier stands first, as the text says.
        let swapped = self.caps.queries.elapsed_from_first;
        let (first, second) = if swapped { (earlier, later) } else { (later, earlier) };
        self.around([&before, &between], first)?;
        self.around(["", &behind], second)
    }
}

#[cold]
fn misplaced_grouping() -> Error {
    Error::new(ErrorKind::InvalidStatement, "GROUPING SETS, ROLLUP and CUBE stand only in GROUP BY")
        .with_help("write `.group_by(func::rollup(..))`")
}

#[cold]
fn wrong_operands() -> Error {
    Error::new(ErrorKind::InvalidStatement, "an expression has more or fewer operands than it takes")
        .with_help("build it with the methods of columns and expressions")
}
