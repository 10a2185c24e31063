//! What of a statement decides its text: all of it but its values. Who has rendered one statement of a shape has the text
//! for all of them.
//!
//! Not every statement has a shape: what is rare, and what is written differently for one value and another, is rendered
//! each time.

use super::{Bind, Compiled, render};
use crate::ast::{
    Call, ColumnRef, Delete, Expr, InSet, Insert, InsertRows, Item, Join, Lock, Order, Piece, Query, Select,
    Source, TableRef, Update,
};
use crate::build::PreparedText;
use crate::{Capabilities, Statement};
use rebis_core::{Binds, Cell, Datum, Name};
use std::sync::Arc;

/// The shape of a statement, and its values.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// use rebis_sql::render::Shape;
/// let mut shapes = [Shape::new(), Shape::new()];
/// for (shape, id) in shapes.iter_mut().zip([5, 6]) {
///     let select = ast::Select::from(select(User.name).filter(User.id.eq(id)));
///     assert!(shape.read(&ast::Query::Select(Box::new(select)), dialect::sqlite()), "nothing rare is in it");
/// }
/// assert_eq!(shapes[0].words(), shapes[1].words());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Shape {
    words: Vec<u64>,
    values: Binds,
}

impl Default for Shape {
    fn default() -> Self {
        Shape::new()
    }
}

impl Shape {
    /// What is longer is rendered each time: there the values weigh more than the text.
    const MOST: usize = 256;
    /// Most are shorter.
    const FEW: usize = 48;
    /// Longer lists of IN are bound as one parameter, or written out.
    const LONG_IN: usize = 64;

    /// Nothing yet.
    pub fn new() -> Shape {
        Shape { words: Vec::with_capacity(Shape::FEW), values: Binds::new() }
    }

    /// Reads a statement for a database, once. `false`: it has no shape.
    pub fn read(&mut self, query: &Query, caps: &'static Capabilities) -> bool {
        let database = std::ptr::from_ref(caps).addr() as u64;
        self.word(database).and_then(|()| self.query(query)).is_some()
    }

    /// Equal for statements whose text is equal but for values.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The values, in the order in which they were met. Those of rows are moved out of the statement.
    pub fn take_values(&mut self, query: Query) -> Binds {
        let values = std::mem::take(&mut self.values);
        match query {
            Query::Insert(insert) => match insert.rows {
                InsertRows::Bound(rows) => Arc::unwrap_or_clone(rows),
                InsertRows::Values(_) | InsertRows::Placeholders(_) | InsertRows::Select(_) => values,
            },
            Query::Select(_) | Query::Update(_) | Query::Delete(_) | Query::Raw(_) => values,
        }
    }

    /// The text for all statements of this shape, from one that was rendered; `statement` is its text.
    ///
    /// To know which parameter is which value, it is rendered once more with numbers for values. `None`: the text is
    /// another one then.
    pub fn text(
        &self,
        query: &Query,
        caps: &'static Capabilities,
        compiled: &Compiled,
        statement: Statement,
    ) -> Option<PreparedText> {
        let binds = match &*compiled.binds {
            [] => Some(Vec::new()),
            [Bind::Rows(_)] if self.values.is_empty() => None,
            _ => Some(self.numbered(query, caps, &compiled.sql)?),
        };
        Some(PreparedText::new(caps, compiled, statement, binds))
    }

    fn numbered(&self, query: &Query, caps: &'static Capabilities, sql: &str) -> Option<Vec<Bind>> {
        let mut query = query.clone();
        let mut numbers = Numbers(0);
        numbers.query(&mut query);
        let numbered = render(&query, caps).ok().filter(|numbered| numbered.sql == sql)?;
        let mut shape = Shape::new();
        if !shape.read(&query, caps) || shape.values.len() != self.values.len() {
            return None;
        }
        let places: Vec<i64> = shape.values.iter().map(as_number).collect::<Option<_>>()?;
        let place = |bind: &Bind| match bind {
            Bind::Datum(Datum::Int(number)) => {
                places.iter().position(|place| place == number).map(Bind::Param)
            }
            _ => None,
        };
        numbered.binds.iter().map(place).collect()
    }

    #[inline]
    fn word(&mut self, word: u64) -> Option<()> {
        (self.words.len() < Shape::MOST).then(|| self.words.push(word))
    }

    /// A kind of node and a number.
    #[inline]
    fn node(&mut self, node: Node, number: usize) -> Option<()> {
        self.word(node as u64 | (number as u64) << 8)
    }

    #[inline]
    fn flags<const N: usize>(&mut self, node: Node, flags: [bool; N]) -> Option<()> {
        let bits = flags.into_iter().fold(0, |bits, flag| bits << 1 | usize::from(flag));
        self.node(node, bits)
    }

    /// A text that stands in the program by its address, which nothing else ever has; another one in full.
    #[inline]
    fn name(&mut self, name: &Name) -> Option<()> {
        match name {
            Name::Borrowed(name) => {
                self.node(Node::Static, name.len())?;
                self.word(name.as_ptr().addr() as u64)
            }
            Name::Owned(name) => self.owned(name),
        }
    }

    #[cold]
    fn owned(&mut self, name: &str) -> Option<()> {
        self.node(Node::Owned, name.len())?;
        name.as_bytes().chunks(8).try_for_each(|chunk| {
            let mut bytes = [0; 8];
            bytes[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_le_bytes(bytes))
        })
    }

    #[inline]
    fn column_ref(&mut self, column: &ColumnRef) -> Option<()> {
        if let ColumnRef { source: Name::Borrowed(source), name: Name::Borrowed(name) } = column
            && source.len() < 1 << 16
            && name.len() < 1 << 16
        {
            self.node(Node::StaticColumn, source.len() << 16 | name.len())?;
            self.word(source.as_ptr().addr() as u64)?;
            return self.word(name.as_ptr().addr() as u64);
        }
        self.node(Node::Column, 0)?;
        self.name(&column.source)?;
        self.name(&column.name)
    }

    fn maybe_name(&mut self, name: Option<&Name>) -> Option<()> {
        match name {
            Some(name) => self.name(name),
            None => self.node(Node::Absent, 0),
        }
    }

    /// A value; its kind belongs to the shape.
    #[inline]
    fn value(&mut self, datum: &Datum) -> Option<()> {
        let kind = match datum {
            Datum::Null => 0,
            Datum::Bool(_) => 1,
            Datum::Int(_) => 2,
            Datum::Unsigned(_) => 3,
            Datum::Float(_) => 4,
            Datum::Text(_) => 5,
            Datum::Blob(_) => 6,
            Datum::Uuid(_) => 7,
            Datum::Date(_) => 8,
            Datum::Time(_) => 9,
            Datum::Timestamp(_) => 10,
            Datum::Instant(_) => 11,
            Datum::Decimal(_) => 12,
            Datum::Array(_) => 13,
            Datum::Written(_) => 14,
            _ => return None,
        };
        self.values.datum(datum);
        self.node(Node::Value, kind)
    }

    fn number(&mut self, number: Option<u64>) -> Option<()> {
        match number {
            Some(number) => self.value(&Datum::Int(i64::try_from(number).unwrap_or(i64::MAX))),
            None => self.node(Node::Absent, 0),
        }
    }

    fn query(&mut self, query: &Query) -> Option<()> {
        match query {
            Query::Select(select) => self.select(select),
            Query::Insert(insert) => self.insert(insert),
            Query::Update(update) => self.update(update),
            Query::Delete(delete) => self.delete(delete),
            Query::Raw(pieces) => self.pieces(pieces),
        }
    }

    fn select(&mut self, select: &Select) -> Option<()> {
        let Select {
            distinct,
            distinct_on,
            items,
            from,
            joins,
            cartesian,
            filter,
            group_by,
            having,
            windows,
            compound,
            order_by,
            limit,
            with_ties,
            percent,
            offset,
            backwards,
            lock,
            hints,
            prefix,
            suffix,
        } = select;
        let rare = *with_ties
            || *backwards
            || !(distinct_on.is_empty() && having.is_empty() && windows.is_empty() && compound.is_empty())
            || percent.is_some()
            || !(hints.is_empty() && prefix.is_empty() && suffix.is_empty());
        if rare {
            return None;
        }
        self.flags(Node::Select, [*distinct, *cartesian, from.is_some(), lock.is_some()])?;
        self.items(items)?;
        if let Some(source) = from {
            self.source(source)?;
        }
        self.joins(joins)?;
        self.exprs(Node::List, filter)?;
        self.node(Node::List, group_by.len())?;
        group_by.iter().try_for_each(|expr| self.column(expr))?;
        self.node(Node::List, order_by.len())?;
        order_by.iter().try_for_each(|Order { expr, descending, nulls }| {
            self.flags(Node::Order, [*descending])?;
            self.node(Node::Order, nulls.map_or(0, |nulls| nulls as usize + 1))?;
            self.column(expr)
        })?;
        self.number(*limit)?;
        self.number(*offset)?;
        lock.iter().try_for_each(|Lock { strength, of, wait }| {
            self.node(Node::Lock, (*strength as usize) << 8 | *wait as usize)?;
            self.node(Node::List, of.len())?;
            of.iter().try_for_each(|name| self.name(name))
        })
    }

    fn joins(&mut self, joins: &[Join]) -> Option<()> {
        self.node(Node::List, joins.len())?;
        joins.iter().try_for_each(|Join { kind, source, on }| {
            self.node(Node::Join, *kind as usize)?;
            self.source(source)?;
            match on {
                Some(on) => self.expr(on),
                None => self.node(Node::Absent, 0),
            }
        })
    }

    /// A term of GROUP BY or ORDER BY. One with values is compared with what is selected.
    fn column(&mut self, expr: &Expr) -> Option<()> {
        match expr {
            Expr::Column(_) | Expr::Label(_) => self.expr(expr),
            _ => None,
        }
    }

    fn items(&mut self, items: &[Item]) -> Option<()> {
        self.node(Node::List, items.len())?;
        items.iter().try_for_each(|Item { expr, label, kept }| {
            if kept.is_some() {
                return None;
            }
            self.expr(expr)?;
            label.as_ref().map_or(Some(()), |label| {
                self.node(Node::Named, 0)?;
                self.name(label)
            })
        })
    }

    fn source(&mut self, source: &Source) -> Option<()> {
        match source {
            Source::Table(table) => self.table(table),
            Source::Subquery { .. }
            | Source::Cte { .. }
            | Source::Itself { .. }
            | Source::Values { .. }
            | Source::Function { .. }
            | Source::Sampled { .. }
            | Source::Nested { .. } => None,
        }
    }

    fn table(&mut self, table: &TableRef) -> Option<()> {
        let TableRef { schema, name, alias } = table;
        self.maybe_name(schema.as_ref())?;
        self.name(name)?;
        self.maybe_name(alias.as_ref())
    }

    fn insert(&mut self, insert: &Insert) -> Option<()> {
        let Insert { table, columns, rows, conflict: None, keys: _, overriding: false, returning } = insert
        else {
            return None;
        };
        self.node(Node::Insert, columns.len())?;
        self.table(table)?;
        columns.iter().try_for_each(|column| self.name(column))?;
        self.items(returning)?;
        match rows {
            InsertRows::Bound(rows) if self.values.is_empty() => self.node(Node::Rows, rows.len()),
            InsertRows::Values(rows) => {
                self.node(Node::List, rows.len())?;
                rows.iter().try_for_each(|row| self.exprs(Node::List, row))
            }
            InsertRows::Bound(_) | InsertRows::Placeholders(_) | InsertRows::Select(_) => None,
        }
    }

    fn update(&mut self, update: &Update) -> Option<()> {
        let Update { table, set, set_rows, from, cartesian, filter, first: None, key: _, returning } = update
        else {
            return None;
        };
        if !set_rows.is_empty() || !from.is_empty() {
            return None;
        }
        self.node(Node::Update, set.len())?;
        self.flags(Node::List, [*cartesian])?;
        self.table(table)?;
        set.iter().try_for_each(|(name, value)| {
            self.name(name)?;
            self.expr(value)
        })?;
        self.exprs(Node::List, filter)?;
        self.items(returning)
    }

    fn delete(&mut self, delete: &Delete) -> Option<()> {
        let Delete { table, using, cartesian, filter, first: None, key: _, returning } = delete else {
            return None;
        };
        if !using.is_empty() {
            return None;
        }
        self.flags(Node::Delete, [*cartesian])?;
        self.table(table)?;
        self.exprs(Node::List, filter)?;
        self.items(returning)
    }

    fn pieces(&mut self, pieces: &[Piece]) -> Option<()> {
        self.node(Node::Raw, pieces.len())?;
        pieces.iter().try_for_each(|piece| match piece {
            Piece::Sql(text) => {
                self.node(Node::Text, 0)?;
                self.name(text)
            }
            Piece::Expr(expr) => self.expr(expr),
            Piece::Ident(name) => {
                self.node(Node::Ident, 0)?;
                self.name(name)
            }
            Piece::Table(table) => {
                self.node(Node::Table, 0)?;
                self.table(table)
            }
            Piece::Spelt(_) | Piece::Fault(_) => None,
        })
    }

    fn parts<const N: usize>(&mut self, node: Node, number: usize, parts: [&Expr; N]) -> Option<()> {
        self.node(node, number)?;
        parts.into_iter().try_for_each(|part| self.expr(part))
    }

    fn exprs(&mut self, node: Node, exprs: &[Expr]) -> Option<()> {
        self.node(node, exprs.len())?;
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    fn expr(&mut self, expr: &Expr) -> Option<()> {
        match expr {
            Expr::Column(column) => self.column_ref(column),
            Expr::Value(datum) => self.value(datum),
            Expr::Unary { op, of } => self.parts(Node::Unary, *op as usize, [of]),
            Expr::Binary { op, left, right } => self.parts(Node::Binary, *op as usize, [left, right]),
            Expr::And(parts) => self.exprs(Node::And, parts),
            Expr::Or(parts) => self.exprs(Node::Or, parts),
            Expr::IsNull { of, negated } => self.parts(Node::IsNull, usize::from(*negated), [of]),
            Expr::In { of, set, negated } => {
                self.flags(Node::In, [*negated])?;
                self.expr(of)?;
                self.set(set)
            }
            Expr::Between { of, low, high, negated } => {
                self.parts(Node::Between, usize::from(*negated), [of, low, high])
            }
            Expr::Like { of, pattern, escape, insensitive, negated } => {
                // Databases that read a pattern up to there refuse it.
                if matches!(&**pattern, Expr::Value(Datum::Text(text)) if text.contains('\0')) {
                    return None;
                }
                self.flags(Node::Escape, [*insensitive, *negated])?;
                self.word(escape.map_or(u64::MAX, |escape| u64::from(u32::from(escape))))?;
                self.parts(Node::Like, 0, [of, pattern])
            }
            Expr::Call(Call { name, args, clauses: None }) => {
                self.exprs(Node::Call, args)?;
                self.name(name)
            }
            Expr::Star => self.node(Node::Star, 0),
            Expr::Exists { select, negated } => {
                self.flags(Node::Exists, [*negated])?;
                self.select(select)
            }
            Expr::Scalar(select) => {
                self.node(Node::Scalar, 0)?;
                self.select(select)
            }
            Expr::Raw(pieces) => self.pieces(pieces),
            Expr::Label(name) => {
                self.node(Node::Label, 0)?;
                self.name(name)
            }
            Expr::Literal(_)
            | Expr::Late(_)
            | Expr::Param(_)
            | Expr::Case { .. }
            | Expr::Cast { .. }
            | Expr::Call(_)
            | Expr::Over { .. }
            | Expr::Quantified { .. }
            | Expr::Special { .. }
            | Expr::Tuple(_)
            | Expr::Json { .. }
            | Expr::Default
            | Expr::Proposed(_) => None,
        }
    }

    fn set(&mut self, set: &InSet) -> Option<()> {
        match set {
            InSet::List(items) if items.len() > Shape::LONG_IN => None,
            InSet::List(items) => self.exprs(Node::List, items),
            InSet::Select(select) => {
                self.node(Node::Scalar, 0)?;
                self.select(select)
            }
        }
    }
}

fn as_number(cell: Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Int(number) => Some(number),
        _ => None,
    }
}

/// The words of a shape begin with what they are of.
#[derive(Clone, Copy)]
enum Node {
    Absent,
    And,
    Between,
    Binary,
    Call,
    Column,
    Delete,
    Escape,
    Exists,
    Ident,
    In,
    Insert,
    IsNull,
    Join,
    Label,
    Like,
    List,
    Lock,
    Named,
    Or,
    Order,
    Owned,
    Raw,
    Rows,
    Scalar,
    Select,
    Star,
    Static,
    StaticColumn,
    Table,
    Text,
    Unary,
    Update,
    Value,
}

/// Puts numbers for the values of a statement that has a shape.
struct Numbers(i64);

impl Numbers {
    fn next(&mut self) -> i64 {
        self.0 += 1;
        self.0
    }

    fn query(&mut self, query: &mut Query) {
        match query {
            Query::Select(select) => self.select(select),
            Query::Insert(insert) => {
                if let InsertRows::Values(rows) = &mut insert.rows {
                    self.exprs(rows.iter_mut().flatten());
                }
                self.items(&mut insert.returning);
            }
            Query::Update(update) => {
                self.exprs(update.set.iter_mut().map(|(_, value)| value).chain(&mut update.filter));
                self.items(&mut update.returning);
            }
            Query::Delete(delete) => {
                self.exprs(&mut delete.filter);
                self.items(&mut delete.returning);
            }
            Query::Raw(pieces) => {
                let exprs = pieces.iter_mut().filter_map(|piece| match piece {
                    Piece::Expr(expr) => Some(expr),
                    _ => None,
                });
                self.exprs(exprs);
            }
        }
    }

    fn select(&mut self, select: &mut Select) {
        self.items(&mut select.items);
        self.exprs(select.joins.iter_mut().filter_map(|join| join.on.as_mut()).chain(&mut select.filter));
        for number in [&mut select.limit, &mut select.offset].into_iter().flatten() {
            *number = self.next().unsigned_abs();
        }
    }

    fn items(&mut self, items: &mut [Item]) {
        self.exprs(items.iter_mut().map(|item| &mut item.expr));
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e mut Expr>) {
        for expr in exprs {
            expr.for_each_subquery_mut(&mut |select| self.select(select));
            self.expr(expr);
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        if let Expr::Value(datum) = expr {
            *datum = Datum::Int(self.next());
        }
        expr.for_each_child_mut(&mut |child| self.expr(child));
    }
}
