//! Plans of SQLite: rows of an id, the id above, and a text. <https://sqlite.org/eqp.html>

use crate::explain::{Explain, Plan, PlanNode, text_of};
use rebis_core::{Datum, Result};

pub(crate) const SQLITE: Explain =
    Explain { plan: "EXPLAIN QUERY PLAN ", analyze: None, read, read_analyzed: read };

fn read(rows: &[Vec<Datum>]) -> Result<Plan> {
    let number = |row: &[Datum], at: usize| match row.get(at) {
        Some(Datum::Int(number)) => *number,
        _ => 0,
    };
    let steps: Vec<(i64, i64, PlanNode)> = rows
        .iter()
        .map(|row| (number(row, 0), number(row, 1), node(&text_of(std::slice::from_ref(row)))))
        .collect();
    Ok(Plan { roots: below(0, &steps, 0), text: text_of(rows), ..Plan::default() })
}

/// The steps below an id, which come behind it.
fn below(id: i64, steps: &[(i64, i64, PlanNode)], from: usize) -> Vec<PlanNode> {
    let here = steps.iter().enumerate().skip(from).filter(|(_, (_, above, _))| *above == id);
    here.map(|(at, (id, _, node))| PlanNode { children: below(*id, steps, at + 1), ..node.clone() }).collect()
}

fn node(text: &str) -> PlanNode {
    let verb = ["SCAN", "SEARCH"]
        .into_iter()
        .find_map(|verb| Some((verb, text.strip_prefix(verb)?.strip_prefix(' ')?)));
    let Some((verb, rest)) = verb.filter(|(_, rest)| !is_no_table(rest)) else {
        return PlanNode { name: text.to_owned(), ..PlanNode::default() };
    };
    let (rest, left) = match rest.strip_suffix(" LEFT-JOIN") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let (table, way) = match rest.split_once(" USING ") {
        Some((table, way)) => (table, Some(way)),
        None => (rest.split(" VIRTUAL TABLE INDEX ").next().unwrap_or(rest), None),
    };
    let (index, condition) = way.map_or((None, None), index);
    let mut details = Vec::new();
    details.extend(condition.map(|condition| ("where".to_owned(), condition.to_owned())));
    details.extend(left.then(|| ("join".to_owned(), "left".to_owned())));
    PlanNode {
        name: verb.to_owned(),
        table: Some(table.strip_prefix("TABLE ").unwrap_or(table).to_owned()),
        index: index.map(str::to_owned),
        full_scan: verb == "SCAN" && !rest.contains(" VIRTUAL TABLE "),
        details,
        ..PlanNode::default()
    }
}

/// `COVERING INDEX ix (name=?)`: the index and what is looked up in it.
fn index(way: &str) -> (Option<&str>, Option<&str>) {
    let (way, condition) = match way.rsplit_once(" (") {
        Some((way, condition)) => (way, condition.strip_suffix(')')),
        None => (way, None),
    };
    let name = ["AUTOMATIC PARTIAL COVERING INDEX", "AUTOMATIC COVERING INDEX", "COVERING INDEX ", "INDEX "]
        .into_iter()
        .find_map(|words| way.strip_prefix(words));
    // The automatic ones have no name.
    (Some(name.filter(|name| !name.is_empty()).unwrap_or(way)), condition)
}

/// `CONSTANT ROW`, `3 CONSTANT ROWS`, `SUBQUERY 1`.
fn is_no_table(text: &str) -> bool {
    text == "CONSTANT ROW" || text.ends_with(" CONSTANT ROWS") || text.starts_with("SUBQUERY ")
}
