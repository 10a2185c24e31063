//! How a database goes about a statement, as data. What each database answers is read in [`dialect`](crate::dialect).

mod json;

pub(crate) use json::Json;

use crate::ast::Query;
use crate::{Capabilities, Statement, StatementKind, legalize};
use rebis_core::{Datum, Error, Result};
use std::fmt;
use std::time::Duration;

/// How a database goes about a statement: what `explain` and `explain_analyze` of a connection or a session give.
///
/// Printed, it is a tree, one line for each step:
///
/// ```
/// use rebis_core::Datum;
/// use rebis_sql::dialect;
///
/// // What SQLite answers: id, parent, a number without meaning, a text.
/// let row = |id, parent, text: &str| vec![Datum::Int(id), Datum::Int(parent), Datum::Int(0), Datum::Text(text.into())];
/// let rows = [
///     row(4, 0, "SCAN posts"),
///     row(7, 0, "SEARCH users USING INTEGER PRIMARY KEY (rowid=?)"),
///     row(20, 0, "USE TEMP B-TREE FOR ORDER BY"),
/// ];
/// let plan = (dialect::sqlite().explain.read)(&rows)?;
/// assert_eq!(
///     plan.to_string(),
///     "SCAN on posts\n\
///      SEARCH on users using INTEGER PRIMARY KEY\n  where: rowid=?\n\
///      USE TEMP B-TREE FOR ORDER BY"
/// );
/// assert_eq!(plan.full_scans().collect::<Vec<_>>(), ["posts"]);
/// # Ok::<(), rebis_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// The steps: one that has all others below it, or several that are done together.
    pub roots: Vec<PlanNode>,
    /// How long the plan took to make, where the database says so.
    pub planning: Option<Duration>,
    /// How long the statement ran, if it did.
    pub execution: Option<Duration>,
    /// What the database answered, as it stands.
    pub text: String,
}

/// A step of a [`Plan`].
///
/// See [`Plan`] for an example.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct PlanNode {
    /// What is done, in the words of the database: `Seq Scan`, `SEARCH`, `ref`.
    pub name: String,
    /// The table that is read or written; where the database tells that alone, its alias.
    pub table: Option<String>,
    /// The index that is used, or the words for the primary key.
    pub index: Option<String>,
    /// Whether every row of the table is looked at.
    pub full_scan: bool,
    /// What it costs, with all below it, in the database's own unit.
    pub cost: Option<f64>,
    /// How many rows are expected each time it runs.
    pub rows: Option<f64>,
    /// What happened, if the statement ran.
    pub actual: Option<Actual>,
    /// What else the database says: conditions, orders, the memory that was used.
    pub details: Vec<(String, String)>,
    /// What it gets its rows from.
    pub children: Vec<PlanNode>,
}

/// What happened in a step of a statement that ran.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Actual {
    /// How many times it ran; 0: never.
    pub loops: f64,
    /// How many rows it gave each time, on average.
    pub rows: f64,
    /// How long it took, all times together.
    pub time: Option<Duration>,
}

/// How a database is asked for its plans. Part of [`Capabilities`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Explain {
    /// What stands before a statement that is only planned.
    pub plan: &'static str,
    /// What stands before a statement that is run and watched; without it there is no such thing.
    pub analyze: Option<&'static str>,
    /// Reads the rows of the first.
    pub read: fn(&[Vec<Datum>]) -> Result<Plan>,
    /// Reads the rows of the second.
    pub read_analyzed: fn(&[Vec<Datum>]) -> Result<Plan>,
}

impl Explain {
    /// The statement that asks for the plan of another. `run`: it is run and watched.
    ///
    /// ```
    /// use rebis_sql::{Statement, StatementKind, dialect};
    /// let select = Statement::new("SELECT 1", StatementKind::Read);
    /// let ask = dialect::postgres().explain.statement(&select, true, "PostgreSQL")?;
    /// assert_eq!(ask.sql(), "EXPLAIN (ANALYZE, FORMAT JSON) SELECT 1");
    /// assert!(dialect::sqlite().explain.statement(&select, true, "SQLite").is_err());
    /// # Ok::<(), rebis_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Unsupported`](rebis_core::ErrorKind::Unsupported) where the database does not watch what it runs.
    pub fn statement(&self, of: &Statement, run: bool, database: &str) -> Result<Statement> {
        let words = match self.analyze {
            Some(words) if run => words,
            None if run => return Err(unwatched(database)),
            _ => self.plan,
        };
        let writes = run && of.kind() == StatementKind::Write;
        let kind = if writes { StatementKind::Write } else { StatementKind::Read };
        Ok(Statement::once(format!("{words}{}", of.sql()), kind))
    }

    /// Reads what the database answered to [`statement`](Self::statement).
    ///
    /// # Errors
    /// [`Conversion`](rebis_core::ErrorKind::Conversion) for an answer that is no plan.
    pub fn plan_of(&self, rows: &[Vec<Datum>], run: bool) -> Result<Plan> {
        if run { (self.read_analyzed)(rows) } else { (self.read)(rows) }
    }

    /// The words alone: what the database answers is the plan's [`text`](Plan::text), and it has no steps.
    pub const fn as_text(plan: &'static str, analyze: Option<&'static str>) -> Explain {
        Explain { plan, analyze, read: text_alone, read_analyzed: text_alone }
    }
}

#[cold]
fn unwatched(database: &str) -> Error {
    Error::unsupported(
        format!("{database} does not tell what happened while a statement ran"),
        "ask for the plan alone with `explain`; `EngineOptions::echo` and `slow_query` show how long statements take",
    )
}

#[cold]
fn in_parts(database: &str) -> Error {
    Error::unsupported(
        format!("{database} is told this in several statements, and each has a plan of its own"),
        "explain a SELECT with the same criteria, or the parts",
    )
}

fn text_alone(rows: &[Vec<Datum>]) -> Result<Plan> {
    Ok(Plan { text: text_of(rows), ..Plan::default() })
}

/// Whether a statement has one plan.
///
/// # Errors
/// [`Unsupported`](rebis_core::ErrorKind::Unsupported) for one that the database is told in several.
pub fn has_one(query: &Query, caps: &Capabilities) -> Result<()> {
    if legalize::is_several(query, caps) { Err(in_parts(caps.name)) } else { Ok(()) }
}

/// The last column of each row, one line each.
pub(crate) fn text_of(rows: &[Vec<Datum>]) -> String {
    let text = |row: &Vec<Datum>| match row.last() {
        Some(Datum::Text(text)) => text.clone(),
        Some(Datum::Blob(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    };
    rows.iter().map(text).collect::<Vec<_>>().join("\n")
}

impl Plan {
    /// Each step, those above before those below.
    pub fn nodes(&self) -> impl Iterator<Item = &PlanNode> {
        let mut rest: Vec<&PlanNode> = self.roots.iter().rev().collect();
        std::iter::from_fn(move || {
            let next = rest.pop()?;
            rest.extend(next.children.iter().rev());
            Some(next)
        })
    }

    /// The tables of which every row is looked at, or their aliases.
    ///
    /// See [`Plan`] for an example.
    pub fn full_scans(&self) -> impl Iterator<Item = &str> {
        self.nodes().filter(|node| node.full_scan).filter_map(|node| node.table.as_deref())
    }

    /// Whether a step uses an index of this name.
    pub fn uses_index(&self, name: &str) -> bool {
        self.nodes().any(|node| node.index.as_deref() == Some(name))
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.roots.is_empty() {
            return f.write_str(&self.text);
        }
        for (at, root) in self.roots.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { "\n" })?;
            root.show(f, 0)?;
        }
        for (what, time) in [("planning", self.planning), ("execution", self.execution)] {
            if let Some(time) = time {
                write!(f, "\n{what}: {time:?}")?;
            }
        }
        Ok(())
    }
}

impl PlanNode {
    fn show(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let blanks = depth * 2;
        write!(f, "{:blanks$}{}", "", self.name)?;
        for (word, what) in [("on", &self.table), ("using", &self.index)] {
            if let Some(what) = what {
                write!(f, " {word} {what}")?;
            }
        }
        self.show_figures(f)?;
        for (key, value) in &self.details {
            write!(f, "\n{:blanks$}  {key}: {value}", "")?;
        }
        for child in &self.children {
            f.write_str("\n")?;
            child.show(f, depth + 1)?;
        }
        Ok(())
    }

    fn show_figures(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut figures = Vec::new();
        figures.extend(self.cost.map(|cost| format!("cost {cost}")));
        figures.extend(self.rows.map(|rows| format!("rows {rows}")));
        figures.extend(self.actual.map(|Actual { loops, rows, time }| {
            let time = time.map(|time| format!(", in {time:?}")).unwrap_or_default();
            if loops == 0.0 { "never ran".to_owned() } else { format!("ran {loops}x, gave {rows}{time}") }
        }));
        if figures.is_empty() { Ok(()) } else { write!(f, " ({})", figures.join("; ")) }
    }
}
