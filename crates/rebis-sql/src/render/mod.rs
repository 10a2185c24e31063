//! The one renderer: from tree to text and parameters. It asks what a database can do, never which it is.
//!
//! One file a statement, under the name it has in `ast` and `build`. Everything is written into one string by
//! one `Writer`; parentheses come from `precedence`, names from `ident`, values from `literal`.

mod arrays;
mod beside;
mod call;
mod compiled;
mod conflict;
mod connected;
mod delete;
mod expr;
mod full_text;
mod ident;
mod in_set;
mod insert;
mod json;
mod kept;
mod literal;
mod precedence;
mod quantified;
mod ranges;
mod raw;
mod scope;
mod select;
mod shape;
mod source;
mod special;
mod try_cast;
mod update;
mod window;
mod with;
mod writer;

pub use compiled::{Bind, Compiled};
pub(crate) use full_text::PLAIN_WORDS;
pub(crate) use ident::push_ident;
pub(crate) use literal::push_literal;
pub(crate) use scope::implied as implied_table;
pub use shape::Shape;

use crate::{Capabilities, ast, legalize};
use rebis_core::Result;
use writer::Writer;

/// Writes a statement out for a database.
///
/// Before any text leaves, the tree is checked: each column must belong to something in FROM, of its own SELECT
/// or of one around it.
///
/// ```
/// use rebis_sql::{ast, dialect, render};
/// let table = ast::TableRef::new("users");
/// let delete = ast::Delete::new(table);
/// let compiled = render::render(&ast::Query::Delete(Box::new(delete)), dialect::sqlite())?;
/// assert_eq!(compiled.sql, "DELETE FROM users");
/// # Ok::<(), rebis_core::Error>(())
/// ```
///
/// # Errors
/// * [`InvalidStatement`](rebis_core::ErrorKind::InvalidStatement): a table is used and not joined, or a mistake
///   that was made while the statement was built.
/// * [`Unsupported`](rebis_core::ErrorKind::Unsupported): the database cannot do this.
/// * [`Limit`](rebis_core::ErrorKind::Limit): more parameters than the database takes.
pub fn render(query: &ast::Query, caps: &Capabilities) -> Result<Compiled> {
    written(query, caps, false)
}

/// A statement, written as it stands, or else with other constructs for what the database lacks.
fn written(query: &ast::Query, caps: &Capabilities, inline: bool) -> Result<Compiled> {
    let mut writer = Writer::new(caps, inline);
    match writer.statement(query) {
        Ok(()) => writer.finish(query),
        Err(_) if writer.needs_rewrite => {
            let query = legalize::rewritten(query.clone(), caps);
            let mut writer = Writer::new(caps, inline);
            writer.statement(&query)?;
            writer.finish(&query)
        }
        Err(error) => Err(error),
    }
}

/// Writes a statement with its values in the text, each as a literal with all it takes to stay one. For logs and
/// tests: run statements with [`render`].
///
/// ```
/// use rebis_core::Datum;
/// use rebis_sql::{ast, dialect, render};
/// let select = ast::Select { items: vec![ast::Expr::Value(Datum::of(&"it's".to_owned())).into()], ..Default::default() };
/// let sql = render::render_inline(&ast::Query::Select(Box::new(select)), dialect::sqlite())?;
/// assert_eq!(sql, "SELECT 'it''s'");
/// # Ok::<(), rebis_core::Error>(())
/// ```
///
/// # Errors
/// As [`render`], but for the number of parameters.
pub fn render_inline(query: &ast::Query, caps: &Capabilities) -> Result<String> {
    Ok(written(query, caps, true)?.sql)
}

/// One expression with its values in the text, whatever its columns belong to. For `Debug`.
pub(crate) fn render_expr(expr: &ast::Expr, caps: &Capabilities) -> Result<String> {
    let mut writer = Writer::new(caps, true).unchecked();
    writer.expr(expr)?;
    Ok(writer.into_sql())
}

/// What was found wrong while the statement was built, whatever the database.
pub(crate) fn check(query: &ast::Query) -> Result<()> {
    let (filter, pieces) = match query {
        ast::Query::Update(update) => (&update.filter[..], &[][..]),
        ast::Query::Delete(delete) => (&delete.filter[..], &[][..]),
        ast::Query::Raw(pieces) => (&[][..], &pieces[..]),
        ast::Query::Select(_) | ast::Query::Insert(_) => (&[][..], &[][..]),
    };
    let of_filter = filter.iter().filter_map(|expr| match expr {
        ast::Expr::Raw(pieces) => Some(pieces),
        _ => None,
    });
    let fault = of_filter.flatten().chain(pieces).find_map(fault_in);
    fault.map_or(Ok(()), |fault| Err(raw::error_of(fault)))
}

fn fault_in(piece: &ast::Piece) -> Option<&ast::Fault> {
    match piece {
        ast::Piece::Fault(fault) => Some(fault),
        ast::Piece::Sql(_)
        | ast::Piece::Expr(_)
        | ast::Piece::Ident(_)
        | ast::Piece::Table(_)
        // Whether it is of this database is known when it is rendered.
        | ast::Piece::Spelt(_) => None,
    }
}
