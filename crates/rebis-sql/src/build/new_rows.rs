//! The rows of an INSERT as they are put together: values in one buffer while all rows are alike, expressions for each
//! row from the first that is not.

use crate::ast::{Expr, Fault, InsertRows};
use rebis_core::{Binds, Conversion, Datum, Name};
use std::sync::Arc;

/// A column of a row, and what it is set to; nothing: the column's default.
type Values = Vec<(Name, Option<Expr>)>;

/// Where [`IntoRow`](super::IntoRow) puts rows.
#[doc(hidden)]
#[derive(Clone, Debug, Default)]
pub struct NewRows {
    /// The columns of the rows in `bound`, and whether they are set.
    shape: Vec<(Name, bool)>,
    /// How the latest of them was known, see [`plain`](NewRows::plain).
    kind: Option<(usize, u128)>,
    /// The values of the rows of this shape, one row after the other.
    bound: Binds,
    /// All rows, where they are not alike or not of plain values.
    mixed: Vec<Values>,
    /// Whether the program names columns of a row.
    is_named: bool,
    fault: Option<Fault>,
}

impl NewRows {
    /// Adds a row of plain values: so many columns, each with its name and whether it is set, and what writes the value
    /// of one that is. Rows of one kind have the same columns.
    pub fn plain(
        &mut self,
        kind: Option<(usize, u128)>,
        columns: usize,
        column: &dyn Fn(usize) -> (Name, bool),
        write: &mut dyn FnMut(usize, &mut Binds),
    ) {
        let is_known = kind.is_some() && kind == self.kind;
        if !is_known && !self.takes(columns, column) {
            let named = |at| match column(at) {
                (name, true) => (name, value(at, write)),
                (name, false) => (name, None),
            };
            return self.mix((0..columns).map(named).collect());
        }
        self.kind = kind;
        for (at, _) in self.shape.iter().enumerate().filter(|(_, (_, set))| *set) {
            write(at, &mut self.bound);
        }
    }

    /// The same for a row of which values are wrapped as the database keeps them.
    pub fn kept(
        &mut self,
        columns: usize,
        column: &dyn Fn(usize) -> (Name, bool),
        kept: &dyn Fn(usize) -> Option<&'static Conversion>,
        write: &mut dyn FnMut(usize, &mut Binds),
    ) {
        let named = |at| match column(at) {
            (name, true) => (name, value(at, write).map(|value| value.kept(kept(at)))),
            (name, false) => (name, None),
        };
        self.mix((0..columns).map(named).collect());
    }

    /// Adds a row of columns that the program names.
    pub(super) fn named(&mut self, values: Vec<(Name, Expr)>) {
        self.is_named = true;
        self.row(values);
    }

    /// Whether the program names columns.
    pub(super) fn is_named(&self) -> bool {
        self.is_named
    }

    /// Adds a row of expressions.
    fn row(&mut self, values: Vec<(Name, Expr)>) {
        let plain = values.iter().all(|(_, value)| matches!(value, Expr::Value(_)));
        if !plain || !self.takes(values.len(), &|at| (values[at].0.clone(), true)) {
            return self.mix(values.into_iter().map(|(name, value)| (name, Some(value))).collect());
        }
        for (_, value) in values {
            if let Expr::Value(datum) = value {
                self.bound.datum(&datum);
            }
        }
    }

    /// Adds a row of defaults.
    pub(super) fn defaults(&mut self) {
        self.mix(Vec::new());
    }

    /// Says what is wrong with a row. The first one counts.
    pub fn wrong(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    /// Makes room for so many more rows like those that are here.
    pub(super) fn reserve(&mut self, rows: usize) {
        self.bound.reserve(rows.saturating_mul(self.width()));
    }

    pub(super) fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.mixed.is_empty() && self.bound.is_empty()
    }

    /// The columns that any of the rows sets.
    pub(super) fn columns(&self) -> Vec<Name> {
        if self.mixed.is_empty() {
            let set = self.shape.iter().filter(|(_, set)| *set);
            return set.map(|(name, _)| name.clone()).collect();
        }
        let mut columns: Vec<(&Name, bool)> = Vec::new();
        for (name, value) in self.mixed.iter().flatten() {
            match columns.iter_mut().find(|(known, _)| *known == name) {
                Some((_, set)) => *set |= value.is_some(),
                None => columns.push((name, value.is_some())),
            }
        }
        columns.into_iter().filter(|(_, set)| *set).map(|(name, _)| name.clone()).collect()
    }

    /// The rows, with a value for each of these columns.
    pub(super) fn into_rows(self, columns: &[Name]) -> InsertRows {
        if self.mixed.is_empty() && !self.bound.is_empty() {
            return InsertRows::Bound(Arc::new(self.bound));
        }
        InsertRows::Values(self.mixed.into_iter().map(|row| in_order(row, columns)).collect())
    }

    /// How many values a row of the shape has.
    fn width(&self) -> usize {
        self.shape.iter().filter(|(_, set)| *set).count()
    }

    /// Whether a row with these columns is like those before it.
    fn takes(&mut self, columns: usize, column: &dyn Fn(usize) -> (Name, bool)) -> bool {
        if !self.mixed.is_empty() {
            return false;
        }
        if self.shape.is_empty() {
            return self.learns((0..columns).map(column).collect());
        }
        let same = |at: usize, (name, set): &(Name, bool)| {
            let (other, is_set) = column(at);
            *set == is_set && (std::ptr::eq::<str>(&**name, &*other) || *name == other)
        };
        self.shape.len() == columns && self.shape.iter().enumerate().all(|(at, of)| same(at, of))
    }

    /// Takes the first row's columns over, if values are enough to say which row they are of.
    fn learns(&mut self, shape: Vec<(Name, bool)>) -> bool {
        let is_twice = |at: usize| shape[..at].iter().any(|(name, _)| *name == shape[at].0);
        let learns = shape.iter().any(|(_, set)| *set) && !(1..shape.len()).any(is_twice);
        if learns {
            self.bound.reserve(shape.len());
            self.shape = shape;
        }
        learns
    }

    /// From now on rows are of expressions, also those that are here.
    fn mix(&mut self, row: Values) {
        let width = self.width();
        self.kind = None;
        let (shape, bound) = (std::mem::take(&mut self.shape), std::mem::take(&mut self.bound));
        let mut values = bound.iter().map(|cell| Expr::Value(Datum::from(cell)));
        for _ in 0..bound.len().checked_div(width).unwrap_or(0) {
            let mut named = Values::with_capacity(shape.len());
            for (name, set) in &shape {
                named.push((name.clone(), if *set { values.next() } else { None }));
            }
            self.mixed.push(named);
        }
        self.mixed.push(row);
    }
}

fn value(at: usize, write: &mut dyn FnMut(usize, &mut Binds)) -> Option<Expr> {
    let mut binds = Binds::new();
    write(at, &mut binds);
    binds.get(0).map(|cell| Expr::Value(Datum::from(cell)))
}

/// The values of a row in the order of the columns.
fn in_order(mut row: Values, columns: &[Name]) -> Vec<Expr> {
    let value = |(at, name): (usize, &Name)| {
        // Mostly each row has the columns in this very order.
        let at = if row.get(at).is_some_and(|(n, _)| n == name) {
            Some(at)
        } else {
            row.iter().position(|(n, _)| n == name)
        };
        at.and_then(|at| row[at].1.take()).unwrap_or(Expr::Default)
    };
    columns.iter().enumerate().map(value).collect()
}
