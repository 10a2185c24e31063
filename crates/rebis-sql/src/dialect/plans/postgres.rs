//! Plans of PostgreSQL: a document. <https://www.postgresql.org/docs/current/sql-explain.html>

use super::millis;
use crate::explain::{Actual, Explain, Json, Plan, PlanNode, text_of};
use rebis_core::{Datum, Result};

pub(crate) const POSTGRES: Explain = Explain {
    plan: "EXPLAIN (FORMAT JSON) ",
    analyze: Some("EXPLAIN (ANALYZE, FORMAT JSON) "),
    read,
    read_analyzed: read,
};

fn read(rows: &[Vec<Datum>]) -> Result<Plan> {
    let text = text_of(rows);
    // One for each statement that a rule has made of it.
    let plans = match Json::read(&text)? {
        Json::List(plans) => plans,
        other => vec![other],
    };
    let time =
        |key| plans.iter().filter_map(|plan| plan.get(key)?.number()).reduce(|a, b| a + b).and_then(millis);
    Ok(Plan {
        roots: plans.iter().filter_map(|plan| plan.get("Plan")).map(node).collect(),
        planning: time("Planning Time"),
        execution: time("Execution Time"),
        text,
    })
}

/// What has a place of its own, and what says nothing.
const KNOWN: [&str; 14] = [
    "Node Type",
    "Relation Name",
    "Index Name",
    "Total Cost",
    "Startup Cost",
    "Plan Rows",
    "Plan Width",
    "Actual Rows",
    "Actual Loops",
    "Actual Total Time",
    "Actual Startup Time",
    "Parallel Aware",
    "Async Capable",
    "Plans",
];

fn node(plan: &Json) -> PlanNode {
    let text = |key| plan.get(key).and_then(Json::text).map(str::to_owned);
    let number = |key| plan.get(key).and_then(Json::number);
    let name = text("Node Type").unwrap_or_default();
    let table = text("Relation Name");
    let says = |key: &str, value: &Json| match key {
        "Alias" => table.is_none() || value.text() != table.as_deref(),
        "Parent Relationship" => matches!(value.text(), Some("InitPlan" | "SubPlan")),
        _ => !KNOWN.contains(&key),
    };
    let details = match plan {
        Json::Object(members) => members
            .iter()
            .filter(|(key, value)| says(key, value))
            .filter_map(|(key, value)| Some((key.clone(), value.words()?)))
            .collect(),
        _ => Vec::new(),
    };
    let actual = number("Actual Loops").map(|loops| Actual {
        loops,
        rows: number("Actual Rows").unwrap_or_default(),
        time: number("Actual Total Time").and_then(|each| millis(each * loops)),
    });
    let children = match plan.get("Plans") {
        Some(Json::List(plans)) => plans.iter().map(node).collect(),
        _ => Vec::new(),
    };
    PlanNode {
        full_scan: name == "Seq Scan",
        name,
        index: text("Index Name"),
        cost: number("Total Cost"),
        rows: number("Plan Rows"),
        actual,
        details,
        children,
        table,
    }
}
