//! COPY: rows in bulk.

use super::{COPY, Done, own};
use crate::value::lines;
use bytes::BytesMut;
use rebis_core::{Binds, Cell, Error, ErrorKind, Result};
use rebis_driver::{Face, Flow, Lease, Lent};
use rebis_sql::ast::{self, Expr, InsertRows};
use rebis_sql::build::{Body, Request};
use rebis_sql::{Capabilities, Statement, StatementKind};
use std::panic::Location;
use std::sync::Arc;

type Site = &'static Location<'static>;

/// As many bytes of rows are handed over at once.
const PIECE: usize = 1 << 16;

/// Bytes on their way into a table. Dropped without [`finish`](CopyIn::finish), nothing of them stays.
///
/// Made by [`ConnectionExt::copy_in`](super::ConnectionExt::copy_in).
#[must_use = "nothing is written before `finish`"]
pub struct CopyIn<'c, L> {
    lease: &'c mut L,
    lent: Lent,
    statement: Statement,
    /// A `send` is under way, or was dropped.
    sending: bool,
}

pub(super) fn begin<'c, L: Lease>(lease: &'c mut L, sql: &str, site: Site) -> Done<'c, L, CopyIn<'c, L>> {
    let statement = Statement::once(sql, StatementKind::Write);
    L::Face::done(Box::pin(begun(lease, statement, site)))
}

async fn begun<L: Lease>(lease: &mut L, statement: Statement, site: Site) -> Result<CopyIn<'_, L>> {
    own(lease, COPY).map_err(|error| error.with_site(site))?;
    let lent = lease.lend(site).await?;
    let begun = own(lease, COPY)?.begin_copy_in(statement.sql()).await;
    if begun.is_err() {
        lease.returned(lent, &statement, begun.map(|()| 0))?;
    }
    Ok(CopyIn { lease, lent, statement, sending: false })
}

pub(super) fn out<'c, L: Lease>(
    lease: &'c mut L,
    sql: &str,
    mut take: impl FnMut(&[u8]) -> Result<Flow> + Send + 'c,
    site: Site,
) -> Done<'c, L, u64> {
    let statement = Statement::once(sql, StatementKind::Read);
    L::Face::done(Box::pin(async move {
        own(lease, COPY).map_err(|error| error.with_site(site))?;
        let lent = lease.lend(site).await?;
        let rows = own(lease, COPY)?.copy_out_to(statement.sql(), &mut take).await;
        lease.returned(lent, &statement, rows)
    }))
}

pub(super) fn rows<L: Lease>(lease: &mut L, request: Result<Request>, site: Site) -> Done<'_, L, u64> {
    L::Face::done(Box::pin(async move {
        let (sql, rows) =
            values(request?.body, lease.capabilities()).map_err(|error| error.with_site(site))?;
        let mut copy = begun(lease, Statement::once(sql, StatementKind::Write), site).await?;
        let mut piece = BytesMut::with_capacity(PIECE);
        for row in rows.each() {
            lines::write(row, &mut piece);
            if piece.len() >= PIECE {
                copy.push(&piece).await?;
                piece.clear();
            }
        }
        copy.push(&piece).await?;
        copy.end().await
    }))
}

impl<'c, L: Lease> CopyIn<'c, L> {
    /// Queues data; waits while much is queued. Where one piece ends and the next begins is of no meaning.
    ///
    /// # Errors
    /// [`ConnectionLost`](ErrorKind::ConnectionLost). That the server refuses a row is told by
    /// [`finish`](CopyIn::finish).
    ///
    /// # Cancel safety
    /// Dropped, nobody knows how much was queued: every later call is an error, and nothing of the data stays.
    pub fn send<'a>(&'a mut self, data: &'a [u8]) -> Done<'a, L, ()> {
        L::Face::done(Box::pin(self.push(data)))
    }

    /// Ends the data and waits until all rows are written. Gives their number.
    ///
    /// # Errors
    /// What the server says; nothing of the data stays.
    pub fn finish(self) -> Done<'c, L, u64> {
        L::Face::done(Box::pin(self.end()))
    }

    async fn push(&mut self, data: &[u8]) -> Result<()> {
        if std::mem::replace(&mut self.sending, true) {
            return Err(cut(self.statement.shared_sql()));
        }
        let sent = own(self.lease, COPY)?.send_copy(data).await;
        if sent.is_err() {
            self.lease.returned(self.lent, &self.statement, sent.map(|()| 0))?;
        }
        self.sending = false;
        Ok(())
    }

    async fn end(self) -> Result<u64> {
        if self.sending {
            return Err(cut(self.statement.shared_sql()));
        }
        let written = own(self.lease, COPY)?.finish_copy().await;
        self.lease.returned(self.lent, &self.statement, written)
    }
}

/// The COPY that writes the rows of an INSERT, and the rows.
fn values(body: Body, caps: &Capabilities) -> Result<(String, Rows)> {
    let Body::Ast(ast::Query::Insert(insert)) = body else { return Err(no_rows("it is no INSERT")) };
    // COPY writes keys as they are given.
    let ast::Insert { table, columns, overriding: _, rows, conflict, keys: _, returning } = *insert;
    if !returning.is_empty() {
        return Err(no_rows("COPY gives nothing back"));
    }
    if conflict.is_some() {
        return Err(no_rows("COPY knows no ON CONFLICT"));
    }
    let rows = match rows {
        InsertRows::Bound(values) => Rows { values, columns: columns.len() },
        InsertRows::Values(rows) => plain(rows, columns.len())?,
        _ => return Err(no_rows("its rows come from a query")),
    };
    rows.each().try_for_each(lines::check)?;
    let schema = caps.schema(table.schema.as_deref());
    let name = schema.into_iter().chain([table.name.as_ref()]).map(quoted).collect::<Vec<_>>();
    let columns = columns.iter().map(|name| quoted(name)).collect::<Vec<_>>();
    let sql = format!("COPY {} ({}) FROM STDIN", name.join("."), columns.join(", "));
    Ok((sql, rows))
}

/// Rows of plain values.
struct Rows {
    values: Arc<Binds>,
    columns: usize,
}

impl Rows {
    /// The values of each row.
    fn each(&self) -> impl Iterator<Item = impl Iterator<Item = Cell<'_>>> {
        let starts = (0..self.values.len()).step_by(self.columns.max(1));
        starts.map(|from| (from..from + self.columns).filter_map(|at| self.values.get(at)))
    }
}

fn plain(rows: Vec<Vec<Expr>>, columns: usize) -> Result<Rows> {
    let mut values = Binds::with_capacity(rows.len() * columns);
    for value in rows.into_iter().flatten() {
        match value {
            Expr::Value(datum) => values.datum(&datum),
            Expr::Special { what: ast::Special::Kept(by), of } => match of.as_slice() {
                [Expr::Value(datum)] if by.write.of(&["postgres"]).is_none() => values.datum(datum),
                _ => return Err(no_rows("SQL stands around values of its rows, and COPY runs none")),
            },
            _ => {
                return Err(no_rows(
                    "a row has an expression, or leaves to its default what another row sets",
                ));
            }
        }
    }
    Ok(Rows { values: Arc::new(values), columns })
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cold]
fn no_rows(why: &str) -> Error {
    Error::new(ErrorKind::InvalidStatement, format!("the statement cannot go by COPY: {why}"))
        .with_help("give all rows the same columns, as plain values; or `execute` it")
}

#[cold]
fn cut(sql: std::sync::Arc<str>) -> Error {
    Error::new(ErrorKind::InvalidState, "a `send` of this COPY was dropped or has failed")
        .with_sql(sql)
        .with_help("drop the COPY, of which nothing stays, and begin again")
}
