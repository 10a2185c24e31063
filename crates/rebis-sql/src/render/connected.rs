//! Whether all that stands in FROM is connected by conditions: if not, each row of one part meets each row of the other,
//! which is nearly always a condition that was forgotten. Statements without joins are not looked at, and nothing is
//! allocated.

use super::scope::implied;
use crate::ast::{BinaryOp, ColumnRef, Expr, Join, JoinKind, Piece, Select, Source, TableRef};
use rebis_core::{Datum, Error, ErrorKind, Result};

/// More parts than this are not looked at.
const MOST: usize = 31;
/// What stands around the SELECT.
const OUTSIDE: u32 = 1 << MOST;

/// An error if parts of FROM are connected neither by a condition nor aloud.
pub(super) fn check_select(select: &Select) -> Result<()> {
    let Select { from, joins, cartesian, filter, .. } = select;
    let plain = joins.is_empty() && !matches!(from, Some(Source::Nested { .. }));
    if plain || *cartesian {
        return Ok(());
    }
    let mut parts = Parts::new();
    match (from, implied(select)) {
        (Some(source), _) => parts.add(source),
        (None, Some(table)) => parts.named(table),
        (None, None) => {}
    }
    joins.iter().for_each(|join| parts.add(&join.source));
    parts.connect_joins(joins);
    parts.check(from.iter(), filter)
}

/// The same of an UPDATE or DELETE that reads other tables.
pub(super) fn check_write(table: &TableRef, others: &[Source], filter: &[Expr], aloud: bool) -> Result<()> {
    if others.is_empty() || aloud {
        return Ok(());
    }
    let mut parts = Parts::new();
    parts.named(table.source());
    others.iter().for_each(|source| parts.add(source));
    parts.check(others.iter(), filter)
}

/// A column, and the value it equals.
type Fixed<'a> = (&'a ColumnRef, &'a Expr);

/// What a condition fixes a column to. The value of a flag says nothing.
fn fixed(condition: &Expr) -> Option<Fixed<'_>> {
    let Expr::Binary { op: BinaryOp::Eq | BinaryOp::Same, left, right } = condition else { return None };
    match (&**left, &**right) {
        (Expr::Column(column), value) | (value, Expr::Column(column)) => match value {
            Expr::Value(Datum::Bool(_) | Datum::Null) | Expr::Literal(Datum::Bool(_) | Datum::Null) => None,
            Expr::Value(_) | Expr::Literal(_) | Expr::Late(_) | Expr::Param(_) => Some((column, value)),
            _ => None,
        },
        _ => None,
    }
}

/// The names in FROM, and sets of those that are connected, as bits.
struct Parts<'a> {
    names: [&'a str; MOST],
    count: usize,
    too_many: bool,
    fixed: [Option<Fixed<'a>>; MOST],
    fixed_count: usize,
    /// Each a set; together all.
    groups: [u32; MOST + 1],
    left: usize,
}

impl<'a> Parts<'a> {
    fn new() -> Self {
        let mut groups = [0; MOST + 1];
        groups[0] = OUTSIDE;
        let fixed = [None; MOST];
        Parts { names: [""; MOST], count: 0, too_many: false, fixed, fixed_count: 0, groups, left: 1 }
    }

    fn named(&mut self, name: &'a str) {
        if self.count == MOST {
            self.too_many = true;
            return;
        }
        self.names[self.count] = name;
        self.groups[self.left] = 1 << self.count;
        self.count += 1;
        self.left += 1;
    }

    fn add(&mut self, source: &'a Source) {
        match source {
            Source::Nested { first, joins } => {
                self.add(first);
                joins.iter().for_each(|join| self.add(&join.source));
            }
            other => other.name().into_iter().for_each(|name| self.named(name)),
        }
    }

    fn bit(&self, name: &str) -> u32 {
        self.names[..self.count].iter().position(|own| *own == name).map_or(OUTSIDE, |at| 1 << at)
    }

    /// Those that a source consists of.
    fn bits_of(&self, source: &Source) -> u32 {
        match source {
            Source::Nested { first, joins } => {
                joins.iter().fold(self.bits_of(first), |bits, join| bits | self.bits_of(&join.source))
            }
            other => other.name().map_or(0, |name| self.bit(name)),
        }
    }

    /// Puts all groups into one that have any of these.
    fn connect(&mut self, bits: u32) {
        let mut whole = bits;
        let mut at = 0;
        while at < self.left {
            if self.groups[at] & bits == 0 {
                at += 1;
            } else {
                whole |= self.groups[at];
                self.left -= 1;
                self.groups[at] = self.groups[self.left];
            }
        }
        self.groups[self.left] = whole;
        self.left += 1;
    }

    fn connect_joins(&mut self, joins: &'a [Join]) {
        for Join { kind, source, on } in joins {
            if *kind == JoinKind::Cross {
                // Said aloud: with whatever stands first.
                self.connect(1 | 1 << self.bits_of(source).trailing_zeros());
            }
            on.iter().for_each(|on| self.connect_by(on));
            self.connect_nested(source);
        }
    }

    /// What a source says by itself: joins within it, a lateral subquery or a function that reads others.
    fn connect_nested(&mut self, source: &'a Source) {
        match source {
            Source::Nested { first, joins } => {
                self.connect_nested(first);
                self.connect_joins(joins);
            }
            Source::Subquery { select: _, alias, lateral: true }
            | Source::Function { call: _, alias, columns: _ } => {
                let mut bits = self.bit(alias);
                source.for_each_leaf(&mut |leaf| bits |= self.bits_in(leaf));
                self.connect(bits);
            }
            Source::Table(_)
            | Source::Subquery { .. }
            | Source::Cte { .. }
            | Source::Itself { .. }
            | Source::Values { .. }
            | Source::Sampled { .. } => {}
        }
    }

    /// Each part of a condition connects whatever it speaks of.
    fn connect_by(&mut self, condition: &'a Expr) {
        if let Expr::And(conditions) = condition {
            return conditions.iter().for_each(|condition| self.connect_by(condition));
        }
        if let Some(fixed) = fixed(condition) {
            return self.connect_fixed(fixed);
        }
        let mut bits = 0;
        condition.for_each_leaf(&mut |leaf| bits |= self.bits_in(leaf));
        if bits != 0 {
            self.connect(bits);
        }
    }

    /// Columns that equal one value equal each other. Columns of one name are none the wiser: `tenant_id = 7` of each
    /// table says nothing of which rows belong together.
    fn connect_fixed(&mut self, (column, value): Fixed<'a>) {
        for at in 0..self.fixed_count {
            if let Some((other, same)) = self.fixed[at]
                && same == value
                && other.name != column.name
            {
                self.connect(self.bit(&other.source) | self.bit(&column.source));
            }
        }
        if self.fixed_count < MOST {
            self.fixed[self.fixed_count] = Some((column, value));
            self.fixed_count += 1;
        }
    }

    /// What a column or a text may speak of: a text of anything.
    fn bits_in(&self, leaf: &Expr) -> u32 {
        match leaf {
            Expr::Column(ColumnRef { source, name: _ }) => self.bit(source),
            Expr::Raw(pieces)
                if pieces.iter().any(|piece| matches!(piece, Piece::Sql(_) | Piece::Spelt(_))) =>
            {
                u32::MAX
            }
            _ => 0,
        }
    }

    fn check(&mut self, sources: impl Iterator<Item = &'a Source>, filter: &'a [Expr]) -> Result<()> {
        sources.for_each(|source| self.connect_nested(source));
        filter.iter().for_each(|condition| self.connect_by(condition));
        let mut inside = self.groups[..self.left].iter().filter(|group| **group != OUTSIDE);
        match (inside.next(), inside.next()) {
            (Some(one), Some(other)) if !self.too_many => Err(self.unconnected(*one, *other)),
            _ => Ok(()),
        }
    }

    #[cold]
    fn unconnected(&self, one: u32, other: u32) -> Error {
        let name = |group: u32| self.names.get(group.trailing_zeros() as usize).copied().unwrap_or_default();
        let (mut one, mut other) = (name(one), name(other));
        let place = |name: &str| self.names.iter().position(|own| *own == name);
        if place(one) > place(other) {
            std::mem::swap(&mut one, &mut other);
        }
        let text = format!(
            "`{one}` and `{other}` are connected by no condition: each row of one would meet each row of the other"
        );
        Error::new(ErrorKind::InvalidStatement, text).with_table(other.to_owned()).with_help(
            "let the join's condition compare columns of both; if all pairs are meant, say `.cross_join(..)`, \
             or `.cartesian()` for the whole statement",
        )
    }
}
