//! Tracked objects page by page.

use super::Session;
use super::fetch::fetch;
use crate::graph::Handle;
use crate::loading::{How, specs_of};
use crate::mapping::{Mapping, Model};
use crate::unit_of_work::{column, value};
use rebis_core::{Binds, Datum, Error, Name, Result, WholeKey};
use rebis_engine::Fut;
use rebis_sql::ast::{self, BinaryOp, Expr, Order};
use rebis_sql::build::{Body, Load, Query, Request, RequestOptions};
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

/// Objects of a query page by page, each page found by the key after the last one of the page before: every page is
/// as fast as the first, and changing or deleting what came disturbs nothing. Nothing is borrowed between pages.
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// let mut pages = db.batches(select(Post).filter(Post.hits.eq(0)), 500);
/// while let Some(page) = pages.next(db).await? {
///     for post in page {
///         db[post].hits += 1;
///     }
///     db.flush().await?;
/// }
/// # Ok(())
/// # })
/// # }
/// ```
///
/// Pages come in key order; a query with an order, a limit or groups of its own is an error that says so.
pub struct Batches<M> {
    select: Result<Box<ast::Select>>,
    loads: Vec<Load>,
    options: RequestOptions,
    size: usize,
    after: Option<Vec<Datum>>,
    done: bool,
    model: PhantomData<fn() -> M>,
}

impl Session {
    /// The objects of a query in pages of `size`. No I/O happens before [`Batches::next`].
    ///
    /// See [`Batches`] for an example.
    pub fn batches<M: Model, Q: Query<Row = M>>(&mut self, query: Q, size: usize) -> Batches<M> {
        let Request { body, loads, options } = query.into_request();
        let select = match body.unfolded() {
            Body::Ast(ast::Query::Select(_)) if contains_eager(&loads) => Err(Error::unsupported(
                "a page counts objects, and a join that brings a collection repeats them",
                "load the collection with a query of its own: `.with(..)` without `contains_eager`",
            )),
            Body::Ast(ast::Query::Select(select)) if can_be_paged(&select) => Ok(select),
            _ => Err(Error::unsupported(
                "pages come in key order, so the query can have no order, limit, groups or set operators of its own",
                "leave them away, or stream plain rows from a connection with `for_each`",
            )),
        };
        Batches { select, loads, options, size: size.max(1), after: None, done: false, model: PhantomData }
    }
}

fn contains_eager(loads: &[Load]) -> bool {
    specs_of(loads).iter().any(|spec| matches!(spec.how, How::Contained(_)))
}

fn can_be_paged(select: &ast::Select) -> bool {
    let ast::Select { order_by, limit, offset, group_by, compound, .. } = select;
    order_by.is_empty() && limit.is_none() && offset.is_none() && group_by.is_empty() && compound.is_empty()
}

impl<M: Model> Batches<M> {
    /// The next page, or `None` when there is none.
    ///
    /// See [`Batches`] for an example.
    ///
    /// # Errors
    /// A query that cannot be paged; as [`Session::all`].
    #[track_caller]
    pub fn next<'a>(&'a mut self, session: &'a mut Session) -> Fut<'a, Option<Vec<Handle<M>>>> {
        let site = Location::caller();
        Fut::new(async move {
            if self.done {
                return Ok(None);
            }
            let request = match self.request() {
                Ok(request) => request,
                Err(error) => return Err(error.with_site(site)),
            };
            let page = fetch::<M>(session, request, usize::MAX, site).await?;
            self.done = page.len() < self.size;
            self.after = page.last().map(|last| key_of(session, *last));
            Ok((!page.is_empty()).then_some(page))
        })
    }

    fn request(&mut self) -> Result<Request> {
        let mut select = match &self.select {
            Ok(select) => select.clone(),
            Err(_) => {
                self.done = true;
                std::mem::replace(&mut self.select, Ok(Box::default()))?
            }
        };
        let mapping = M::mapping();
        let from = select.from.as_ref().and_then(ast::Source::name);
        let source: Name = from.cloned().unwrap_or_else(|| mapping.table_name().into());
        for &key in mapping.key() {
            select.order_by.push(Order {
                expr: column(&source, mapping, key),
                descending: false,
                nulls: None,
            });
        }
        if let Some(after) = &self.after {
            select.filter.push(behind(mapping, &source, after));
        }
        // A join may repeat an object; a page counts objects.
        select.distinct |= !select.joins.is_empty();
        select.limit = Some(self.size as u64);
        let body = Body::Ast(ast::Query::Select(select));
        Ok(Request { body, loads: self.loads.clone(), options: self.options })
    }
}

fn key_of<M: Model>(session: &Session, handle: Handle<M>) -> Vec<Datum> {
    let mut binds = Binds::new();
    session[handle].key().write(&mut binds);
    binds.iter().map(Datum::from).collect()
}

/// A key behind another one.
fn behind(mapping: &Mapping, source: &Name, after: &[Datum]) -> Expr {
    let columns: Vec<Expr> = mapping.key().iter().map(|&c| column(source, mapping, c)).collect();
    let values = mapping.key().iter().zip(after).map(|(&c, datum)| value(mapping, c, datum)).collect();
    let one = |mut list: Vec<Expr>| match list.len() {
        1 => list.remove(0),
        _ => Expr::Tuple(list),
    };
    Expr::Binary { op: BinaryOp::Gt, left: Box::new(one(columns)), right: Box::new(one(values)) }
}

impl<M> fmt::Debug for Batches<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batches").field("size", &self.size).field("done", &self.done).finish_non_exhaustive()
    }
}
