//! How tightly operators bind: the one table that parentheses come from.
//!
//! The levels are those on which SQLite, PostgreSQL and MySQL agree; where they differ (`||`), the level is
//! chosen so that parentheses are written and all read the same.

use crate::ast::{BinaryOp, DocumentOp, Expr, InSet, Piece, RangeOp, Special, UnaryOp};
use rebis_core::Datum;

/// From the loosest to the tightest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// No parentheses around anything: an item, an argument.
    Open,
    Or,
    And,
    Not,
    /// Comparisons, IN, LIKE, BETWEEN, IS. They do not chain.
    Compare,
    Concat,
    Sum,
    Product,
    Sign,
    /// Names, values, calls and whatever has parentheses of its own.
    Primary,
}

/// The level that an operator makes, and the least its left and right operands may have without parentheses.
pub(super) const fn binary(op: BinaryOp) -> (Level, Level, Level) {
    match op {
        BinaryOp::Eq
        | BinaryOp::Ne
        | BinaryOp::Lt
        | BinaryOp::Le
        | BinaryOp::Gt
        | BinaryOp::Ge
        | BinaryOp::Same
        | BinaryOp::NotSame => (Level::Compare, Level::Concat, Level::Concat),
        // Where it is a sign like `||`, the two are read from left to right.
        BinaryOp::Matches => (Level::Compare, Level::Concat, Level::Sum),
        // Chains on the left are flattened before they are written, so both sides are operands of a chain.
        BinaryOp::Concat => (Level::Concat, Level::Sign, Level::Sign),
        BinaryOp::Add | BinaryOp::Sub => (Level::Sum, Level::Sum, Level::Product),
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::DivWhole | BinaryOp::Rem => {
            (Level::Product, Level::Product, Level::Sign)
        }
    }
}

/// The level of an operator with one operand, and the least its operand may have.
pub(super) const fn unary(op: UnaryOp) -> (Level, Level) {
    match op {
        // `NOT (a < b)` reads better than `NOT a < b`, which is the same.
        UnaryOp::Not => (Level::Not, Level::Primary),
        UnaryOp::Negate => (Level::Sign, Level::Primary),
    }
}

/// The level of an expression. `inline`: values are written out, so negative numbers have a sign.
pub(super) fn level(expr: &Expr, inline: bool) -> Level {
    match expr {
        Expr::Unary { op, of: _ } => unary(*op).0,
        Expr::Binary { op, left: _, right: _ } => binary(*op).0,
        Expr::And(parts) => chain(parts, Level::And, inline),
        Expr::Or(parts) => chain(parts, Level::Or, inline),
        Expr::IsNull { of: _, negated: _ }
        | Expr::Between { of: _, low: _, high: _, negated: _ }
        | Expr::Like { of: _, pattern: _, escape: _, insensitive: _, negated: _ } => Level::Compare,
        Expr::In { of: _, set: InSet::List(_) | InSet::Select(_), negated: _ } => Level::Compare,
        Expr::Special { what, of: _ } => special(what),
        Expr::Exists { select: _, negated } => {
            if *negated {
                Level::Not
            } else {
                Level::Primary
            }
        }
        Expr::Value(datum) if inline => of_literal(datum),
        Expr::Literal(datum) => of_literal(datum),
        Expr::Raw(pieces) => of_raw(pieces),
        Expr::Column(_)
        | Expr::Value(_)
        | Expr::Late(_)
        | Expr::Param(_)
        | Expr::Case { of: _, arms: _, otherwise: _ }
        | Expr::Cast { of: _, to: _ }
        | Expr::Call(_)
        | Expr::Over { call: _, window: _ }
        | Expr::Quantified { all: _, select: _ }
        | Expr::Star
        | Expr::Scalar(_)
        | Expr::Tuple(_)
        | Expr::Label(_)
        | Expr::Json { of: _, place: _ }
        | Expr::Default
        | Expr::Proposed(_) => Level::Primary,
    }
}

fn special(what: &Special) -> Level {
    match what {
        Special::FullText(search) => {
            if search.rank {
                Level::Sign
            } else {
                Level::Compare
            }
        }
        Special::Document { what: DocumentOp::Contains | DocumentOp::Remove, steps: _ } => Level::Compare,
        Special::Document { what: _, steps: _ } => Level::Primary,
        Special::Holds { what: _, of: _, nullable: _ } => Level::Compare,
        Special::Range(RangeOp::Before | RangeOp::After | RangeOp::Adjacent) => Level::Compare,
        Special::Range(_)
        | Special::Array { what: _, of: _, nullable: _ }
        | Special::Move { back: _, to: _ }
        | Special::Elapsed(_) => Level::Primary,
        // Not every database has it in the same place among the operators.
        Special::Collate(_) => Level::Concat,
        Special::Extract(_)
        | Special::Shift(..)
        | Special::DaysBetween
        | Special::TryCast(_)
        | Special::Seconds
        | Special::ReplaceRegex
        // Where no call stands around it, parentheses do.
        | Special::Kept(_)
        | Special::Unwrapped(_)
        | Special::Grouping(_) => Level::Primary,
    }
}

/// An empty chain is written as a comparison of constants, one of a single part as that part.
fn chain(parts: &[Expr], own: Level, inline: bool) -> Level {
    match parts {
        [] => Level::Compare,
        [only] => level(only, inline),
        _ => own,
    }
}

fn of_literal(datum: &Datum) -> Level {
    match datum {
        Datum::Int(v) if *v < 0 => Level::Sign,
        Datum::Float(v) if v.is_sign_negative() => Level::Sign,
        Datum::Decimal(v) if v.starts_with(['-', '+']) => Level::Sign,
        _ => Level::Primary,
    }
}

/// A single word (`CURRENT_TIMESTAMP`) needs no parentheses; of other texts nobody knows.
fn of_raw(pieces: &[Piece]) -> Level {
    match pieces {
        [Piece::Sql(text)] if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') => Level::Primary,
        [Piece::Ident(_)] => Level::Primary,
        _ => Level::Open,
    }
}
