//! UPDATE and DELETE that give back their rows, where the database has no RETURNING: the rows are found and locked,
//! then written by their keys and read by their keys.

use crate::Capabilities;
use crate::ast::{
    BinaryOp, ColumnRef, Delete, Expr, First, InSet, Item, Join, JoinKind, Lock, Query, Select, Source,
    TableRef, Update,
};
use rebis_core::{Datum, Error, Name, Result};

/// A statement in three: which rows it is about, what it does to them, what it gives back.
#[derive(Clone, Debug, PartialEq)]
pub struct Reread {
    /// Finds the keys of the rows, and locks them.
    pub keys: Select,
    write: Query,
    read: Select,
    table: TableRef,
    key: Vec<Name>,
}

/// What both statements say of their rows.
struct Rows<'a> {
    table: &'a TableRef,
    others: &'a [Source],
    filter: &'a [Expr],
    first: &'a Option<First>,
    key: &'a [Name],
    returning: Vec<Item>,
}

impl Reread {
    pub(super) fn update(mut update: Update, caps: &Capabilities) -> Result<Reread> {
        let in_rows = update.set_rows.iter().flat_map(|(names, _)| names);
        if update.set.iter().map(|(name, _)| name).chain(in_rows).any(|name| update.key.contains(name)) {
            return Err(Error::unsupported(
                format!("{} cannot do this: RETURNING of an UPDATE that changes keys", caps.name),
                "run the UPDATE, then select the rows by their new keys in the same transaction",
            ));
        }
        let returning = std::mem::take(&mut update.returning);
        let Update { table, set: _, set_rows: _, from, cartesian: _, filter, first, key, returning: _ } =
            &update;
        let rows = Rows { table, others: from, filter, first, key, returning };
        let (keys, read) = rows.found(caps)?;
        let (table, key) = (table.clone(), key.clone());
        update.first = None;
        if update.from.is_empty() {
            update.filter.clear();
        }
        Ok(Reread { keys, write: Query::Update(Box::new(update)), read, table, key })
    }

    pub(super) fn delete(mut delete: Delete, caps: &Capabilities) -> Result<Reread> {
        let returning = std::mem::take(&mut delete.returning);
        let Delete { table, using, cartesian: _, filter, first, key, returning: _ } = &delete;
        let rows = Rows { table, others: using, filter, first, key, returning };
        let (keys, read) = rows.found(caps)?;
        let (table, key) = (table.clone(), key.clone());
        // The rows are known by their keys: other tables have no more to say.
        delete.first = None;
        delete.using.clear();
        delete.filter.clear();
        Ok(Reread { keys, write: Query::Delete(Box::new(delete)), read, table, key })
    }

    /// The two statements for the rows with these keys, in their order: the one that gives rows comes last for an
    /// UPDATE, first for a DELETE.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// use rebis_core::Datum;
    /// use rebis_sql::legalize::{Plan, plan};
    /// let update = User.update().set(User.karma, 0).filter(User.karma.lt(0)).returning(User.name).ast().clone();
    /// let Plan::Reread(reread) = plan(update, dialect::mariadb())? else { return Ok(()) };
    /// let text = |query: &ast::Query| render::render_inline(query, dialect::mariadb());
    /// assert_eq!(
    ///     text(&ast::Query::Select(Box::new(reread.keys.clone())))?,
    ///     "SELECT users.id FROM users WHERE users.karma < 0 FOR UPDATE"
    /// );
    /// let [write, read] = reread.with(&[vec![Datum::Int(7)], vec![Datum::Int(9)]]);
    /// assert_eq!(text(&write)?, "UPDATE users SET karma = 0 WHERE id IN (7, 9)");
    /// assert_eq!(text(&read)?, "SELECT users.name FROM users WHERE users.id IN (7, 9)");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with(self, keys: &[Vec<Datum>]) -> [Query; 2] {
        let Reread { keys: _, mut write, mut read, table, key } = self;
        let values = |row: &Vec<Datum>| row.iter().cloned().map(Expr::Value).collect();
        let condition = by_keys(&table, &key, keys.iter().map(values).collect());
        read.filter.push(condition.clone());
        let read = Query::Select(Box::new(read));
        match &mut write {
            Query::Update(update) => update.filter.push(condition),
            Query::Delete(delete) => {
                delete.filter.push(condition);
                return [read, write];
            }
            Query::Select(_) | Query::Insert(_) | Query::Raw(_) => {}
        }
        [write, read]
    }
}

impl Rows<'_> {
    /// The SELECT that finds the keys, and the one that reads what is given back.
    fn found(self, caps: &Capabilities) -> Result<(Select, Select)> {
        let Rows { table, others, filter, first, key, returning } = self;
        if key.is_empty() {
            return Err(Error::unsupported(
                format!("{} cannot do this: RETURNING of a table whose key is not known", caps.name),
                "run the statement, then select the rows in the same transaction",
            ));
        }
        let from = Some(Source::Table(table.clone()));
        let First { order_by, limit } = first.clone().unwrap_or_default();
        let cross = |source: &Source| Join { kind: JoinKind::Cross, source: source.clone(), on: None };
        let keys = Select {
            items: key.iter().map(|name| column(table, name).into()).collect(),
            from: from.clone(),
            joins: others.iter().map(cross).collect(),
            filter: filter.to_vec(),
            order_by,
            limit,
            lock: Some(Lock::UPDATE),
            ..Select::default()
        };
        Ok((keys, Select { items: returning, from, ..Select::default() }))
    }
}

fn column(table: &TableRef, name: &Name) -> Expr {
    Expr::Column(ColumnRef { source: table.source().clone(), name: name.clone() })
}

/// The rows with these keys.
pub(super) fn by_keys(table: &TableRef, key: &[Name], rows: Vec<Vec<Expr>>) -> Expr {
    if let [only] = key {
        let list = rows.into_iter().filter_map(|row| row.into_iter().next()).collect();
        return Expr::In { of: Box::new(column(table, only)), set: InSet::List(list), negated: false };
    }
    let columns: Vec<Expr> = key.iter().map(|name| column(table, name)).collect();
    let same = |row: Vec<Expr>| Expr::Binary {
        op: BinaryOp::Eq,
        left: Box::new(Expr::Tuple(columns.clone())),
        right: Box::new(Expr::Tuple(row)),
    };
    Expr::Or(rows.into_iter().map(same).collect())
}
