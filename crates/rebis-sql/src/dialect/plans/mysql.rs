//! Plans of MySQL and MariaDB: documents whose members are the steps, and a tree of lines for what MySQL ran.
//! <https://dev.mysql.com/doc/refman/8.4/en/explain.html>, <https://mariadb.com/kb/en/explain-format-json/>

use super::millis;
use crate::explain::{Actual, Explain, Json, Plan, PlanNode, text_of};
use rebis_core::{Datum, Result};

pub(crate) const MYSQL: Explain = Explain {
    plan: "EXPLAIN FORMAT=JSON ",
    analyze: Some("EXPLAIN ANALYZE "),
    read,
    read_analyzed: read_tree,
};

pub(crate) const MARIADB: Explain = Explain {
    plan: "EXPLAIN FORMAT=JSON ",
    analyze: Some("ANALYZE FORMAT=JSON "),
    read,
    read_analyzed: read,
};

fn read(rows: &[Vec<Datum>]) -> Result<Plan> {
    let text = text_of(rows);
    let json = Json::read(&text)?;
    let block = json.get("query_block");
    let time = |json: Option<&Json>| json?.get("r_total_time_ms")?.number().and_then(millis);
    Ok(Plan {
        planning: time(json.get("query_optimization")),
        execution: time(block),
        roots: block.map(|block| node("query_block", block)).into_iter().collect(),
        text,
    })
}

/// Figures that have a place of their own, and objects that are no steps.
const KNOWN: [&str; 15] = [
    "table_name",
    "access_type",
    "key",
    "rows",
    "rows_examined_per_scan",
    "cost",
    "cost_info",
    "r_rows",
    "r_loops",
    "r_output_rows",
    "r_total_time_ms",
    "r_table_time_ms",
    "r_other_time_ms",
    "r_engine_stats",
    "used_columns",
];

fn node(key: &str, step: &Json) -> PlanNode {
    let mut node = PlanNode { name: key.replace('_', " "), ..PlanNode::default() };
    if let Json::List(items) = step {
        node.children =
            items.iter().map(|item| only(item).unwrap_or_else(|| self::node(key, item))).collect();
        return node;
    }
    let text = |key| step.get(key).and_then(Json::text).map(str::to_owned);
    let first = |keys: &[&str]| keys.iter().find_map(|key| step.get(key)?.number());
    let (access, table) = (text("access_type"), text("table_name"));
    node.full_scan =
        access.as_deref() == Some("ALL") && table.as_ref().is_some_and(|name| !name.starts_with('<'));
    node.name = access.unwrap_or(node.name);
    (node.table, node.index) = (table, text("key"));
    node.rows = first(&["rows", "rows_examined_per_scan"]);
    node.cost = first(&["cost"]).or_else(|| {
        let costs = step.get("cost_info")?;
        ["query_cost", "prefix_cost", "sort_cost"].iter().find_map(|key| costs.get(key)?.number())
    });
    node.actual = actual(&first);
    let Json::Object(members) = step else { return node };
    for (key, value) in members.iter().filter(|(key, _)| !KNOWN.contains(&key.as_str())) {
        match value.words() {
            Some(words) => node.details.push((key.replace('_', " "), words)),
            None => node.children.push(self::node(key, value)),
        }
    }
    node
}

/// The only step of an item of a list.
fn only(item: &Json) -> Option<PlanNode> {
    match item {
        Json::Object(members) => match &members[..] {
            [(key, step @ (Json::Object(_) | Json::List(_)))] => Some(node(key, step)),
            _ => None,
        },
        _ => None,
    }
}

fn actual(first: &dyn Fn(&[&str]) -> Option<f64>) -> Option<Actual> {
    let (loops, rows) = (first(&["r_loops"]), first(&["r_rows", "r_output_rows"]));
    if loops.is_none() && rows.is_none() {
        return None;
    }
    let parts =
        first(&["r_table_time_ms"]).map(|time| time + first(&["r_other_time_ms"]).unwrap_or_default());
    let time = first(&["r_total_time_ms"]).or(parts);
    Some(Actual { loops: loops.unwrap_or(1.0), rows: rows.unwrap_or_default(), time: time.and_then(millis) })
}

/// `-> Table scan on t  (cost=0.45 rows=2) (actual time=0.03..0.04 rows=2 loops=1)`, four blanks for each level.
fn read_tree(rows: &[Vec<Datum>]) -> Result<Plan> {
    let text = text_of(rows);
    let lines = text.lines().filter_map(|line| {
        let blanks = line.len() - line.trim_start().len();
        Some((blanks, of_line(line.trim_start().strip_prefix("-> ")?)))
    });
    let lines: Vec<(usize, PlanNode)> = lines.collect();
    Ok(Plan { roots: nested(&lines), text, ..Plan::default() })
}

/// The steps of the least depth, with those deeper that follow each.
fn nested(lines: &[(usize, PlanNode)]) -> Vec<PlanNode> {
    let Some((least, _)) = lines.first() else { return Vec::new() };
    let mut groups = Vec::new();
    let mut from = 0;
    for at in 1..=lines.len() {
        if lines.get(at).is_none_or(|(depth, _)| depth <= least) {
            let (_, node) = &lines[from];
            groups.push(PlanNode { children: nested(&lines[from + 1..at]), ..node.clone() });
            from = at;
        }
    }
    groups
}

fn of_line(line: &str) -> PlanNode {
    let end = ["  (cost=", " (cost=", " (actual ", " (never executed)"]
        .iter()
        .filter_map(|words| line.find(words))
        .min();
    let (what, figures) = line.split_at(end.unwrap_or(line.len()));
    let what = what.trim_end();
    let (name, table, detail) = match (what.split_once(" on "), what.split_once(": ")) {
        (Some((name, rest)), None) => (name, Some(rest), None),
        (Some((name, rest)), Some((before, _))) if before.len() > name.len() => (name, Some(rest), None),
        (_, Some((name, detail))) => (name, None, Some(detail)),
        (None, None) => (what, None, None),
    };
    let (table, rest) = match table.map(|rest| rest.split_once(" using ").unwrap_or((rest, ""))) {
        Some((table, rest)) => (Some(table.split("  ").next().unwrap_or(table).trim()), rest),
        None => (None, ""),
    };
    let (index, condition) = rest.split_once(' ').unwrap_or((rest, ""));
    let conditions = [detail.unwrap_or_default(), condition.trim()];
    PlanNode {
        full_scan: name == "Table scan" && table.is_some_and(|name| !name.starts_with('<')),
        name: name.to_owned(),
        table: table.map(str::to_owned),
        index: (!index.is_empty()).then(|| index.to_owned()),
        cost: figure(figures, "(cost="),
        rows: figures.split("(actual").next().and_then(|plan| figure(plan, "rows=")),
        actual: ran(figures),
        details: conditions
            .iter()
            .filter(|c| !c.is_empty())
            .map(|c| ("of".to_owned(), (*c).to_owned()))
            .collect(),
        children: Vec::new(),
    }
}

/// The number behind some words; of a range its end.
fn figure(text: &str, words: &str) -> Option<f64> {
    let rest = &text[text.find(words)? + words.len()..];
    let number = rest.split([' ', ')']).next()?;
    number.rsplit("..").next()?.parse().ok()
}

fn ran(figures: &str) -> Option<Actual> {
    if figures.contains("(never executed)") {
        return Some(Actual::default());
    }
    let actual = &figures[figures.find("(actual ")?..];
    let loops = figure(actual, "loops=")?;
    let time = figure(actual, "time=").and_then(|each| millis(each * loops));
    Some(Actual { loops, rows: figure(actual, "rows=").unwrap_or_default(), time })
}
