//! What databases answer to EXPLAIN, read.
#![allow(missing_docs)]

use rebis_core::Datum;
use rebis_sql::{Explain, Plan, dialect};
use std::time::Duration;

fn of_text(explain: &Explain, text: &str, run: bool) -> Plan {
    explain.plan_of(&[vec![Datum::Text(text.to_owned())]], run).expect("it is a plan")
}

#[track_caller]
fn check(plan: &Plan, expect: &[&str]) {
    assert_eq!(plan.to_string().lines().collect::<Vec<_>>(), expect);
}

#[test]
fn rows_of_an_embedded_database_make_a_tree() {
    let row = |id, parent, text: &str| {
        vec![Datum::Int(id), Datum::Int(parent), Datum::Int(0), Datum::Text(text.to_owned())]
    };
    let rows = [
        row(1, 0, "COMPOUND QUERY"),
        row(2, 1, "LEFT-MOST SUBQUERY"),
        row(4, 2, "SEARCH p USING COVERING INDEX ix p (a=? AND b>?) LEFT-JOIN"),
        row(5, 1, "UNION USING TEMP B-TREE"),
        row(9, 5, "SCAN json_each VIRTUAL TABLE INDEX 1:"),
        row(12, 5, "SEARCH t USING AUTOMATIC COVERING INDEX (n=?)"),
        row(13, 5, "SCAN 2 CONSTANT ROWS"),
        row(14, 5, "SCAN my table"),
    ];
    let plan = dialect::sqlite().explain.plan_of(&rows, false).expect("it is a plan");
    check(
        &plan,
        &[
            "COMPOUND QUERY",
            "  LEFT-MOST SUBQUERY",
            "    SEARCH on p using ix p",
            "      where: a=? AND b>?",
            "      join: left",
            "  UNION USING TEMP B-TREE",
            "    SCAN on json_each",
            "    SEARCH on t using AUTOMATIC COVERING INDEX",
            "      where: n=?",
            "    SCAN 2 CONSTANT ROWS",
            "    SCAN on my table",
        ],
    );
    assert_eq!(plan.full_scans().collect::<Vec<_>>(), ["my table"]);
    assert!(plan.uses_index("ix p") && !plan.uses_index("ix"));
    assert_eq!(plan.text.lines().count(), rows.len());
}

#[test]
fn a_document_with_plans_in_plans() {
    let text = r#"[{"Plan": {"Node Type": "Nested Loop", "Parallel Aware": false, "Join Type": "Inner",
        "Startup Cost": 0.55, "Total Cost": 24.91, "Plan Rows": 2, "Plan Width": 12,
        "Actual Startup Time": 0.219, "Actual Total Time": 0.25, "Actual Rows": 2, "Actual Loops": 1,
        "Plans": [
            {"Node Type": "Index Scan", "Parent Relationship": "Outer", "Index Name": "t_pkey", "Relation Name": "t",
             "Alias": "a", "Total Cost": 8.29, "Plan Rows": 1, "Index Cond": "(id = b.n)",
             "Actual Rows": 1, "Actual Loops": 2, "Actual Total Time": 0.016},
            {"Node Type": "Seq Scan", "Parent Relationship": "InitPlan", "Subplan Name": "InitPlan 1",
             "Relation Name": "u", "Alias": "u", "Total Cost": 17.00, "Plan Rows": 1000, "Actual Loops": 0}
        ]}, "Planning Time": 4.5, "Triggers": [], "Execution Time": 0.25}]"#;
    let plan = of_text(&dialect::postgres().explain, text, true);
    check(
        &plan,
        &[
            "Nested Loop (cost 24.91; rows 2; ran 1x, gave 2, in 250µs)",
            "  Join Type: Inner",
            "  Index Scan on t using t_pkey (cost 8.29; rows 1; ran 2x, gave 1, in 32µs)",
            "    Alias: a",
            "    Index Cond: (id = b.n)",
            "  Seq Scan on u (cost 17; rows 1000; never ran)",
            "    Parent Relationship: InitPlan",
            "    Subplan Name: InitPlan 1",
            "planning: 4.5ms",
            "execution: 250µs",
        ],
    );
    assert_eq!(plan.execution, Some(Duration::from_micros(250)));
    assert_eq!(plan.full_scans().collect::<Vec<_>>(), ["u"]);
}

#[test]
fn a_document_whose_members_are_steps() {
    let text = r#"{"query_optimization": {"r_total_time_ms": 1.5},
        "query_block": {"select_id": 1, "r_loops": 1, "r_total_time_ms": 0.5,
            "filesort": {"sort_key": "b.`name`", "r_loops": 1, "r_output_rows": 1, "r_buffer_size": "856",
                "temporary_table": {"nested_loop": [
                    {"table": {"table_name": "a", "access_type": "ALL", "possible_keys": ["ix_n"], "r_loops": 1, "rows": 2,
                        "r_rows": 2, "r_table_time_ms": 0.25, "r_other_time_ms": 0.25,
                        "r_engine_stats": {"pages_accessed": 1}, "filtered": 100}},
                    {"block-nl-join": {"table": {"table_name": "b", "access_type": "ref", "key": "ix_n", "rows": 3},
                        "join_type": "BNL"}}]}}}}"#;
    let plan = of_text(&dialect::mariadb().explain, text, true);
    check(
        &plan,
        &[
            "query block (ran 1x, gave 0, in 500µs)",
            "  select id: 1",
            "  filesort (ran 1x, gave 1)",
            "    sort key: b.`name`",
            "    r buffer size: 856",
            "    temporary table",
            "      nested loop",
            "        ALL on a (rows 2; ran 1x, gave 2, in 500µs)",
            "          possible keys: ix_n",
            "          filtered: 100",
            "        block-nl-join",
            "          join type: BNL",
            "          ref on b using ix_n (rows 3)",
            "planning: 1.5ms",
            "execution: 500µs",
        ],
    );
    assert_eq!(plan.full_scans().collect::<Vec<_>>(), ["a"]);
}

#[test]
fn a_document_with_costs_in_quotes() {
    let text = r#"{"query_block": {"select_id": 1, "cost_info": {"query_cost": "1.20"},
        "ordering_operation": {"using_filesort": true, "table": {"table_name": "t", "access_type": "range",
            "key": "PRIMARY", "rows_examined_per_scan": 2, "used_columns": ["id", "n"],
            "cost_info": {"read_cost": "0.50", "prefix_cost": "0.70"}}}}}"#;
    let plan = of_text(&dialect::mysql().explain, text, false);
    check(
        &plan,
        &[
            "query block (cost 1.2)",
            "  select id: 1",
            "  ordering operation",
            "    using filesort: true",
            "    range on t using PRIMARY (cost 0.7; rows 2)",
        ],
    );
}

#[test]
fn a_tree_of_lines() {
    let text = "-> Sort: b.name  (actual time=0.5..0.5 rows=2 loops=1)\n    \
        -> Nested loop inner join  (cost=1.15 rows=2) (actual time=0.1..0.25 rows=2 loops=1)\n        \
        -> Filter: (a.x = 'on: y')  (cost=0.45 rows=1)\n            \
        -> Table scan on a  (cost=0.45 rows=2) (actual time=0.03..0.05 rows=2 loops=1)\n        \
        -> Index lookup on b using ix_n (n=a.n)  (cost=0.6 rows=1e+3) (actual time=0.01..0.02 rows=1 loops=2)\n        \
        -> Table scan on <temporary>  (never executed)\n";
    let plan = of_text(&dialect::mysql().explain, text, true);
    check(
        &plan,
        &[
            "Sort (ran 1x, gave 2, in 500µs)",
            "  of: b.name",
            "  Nested loop inner join (cost 1.15; rows 2; ran 1x, gave 2, in 250µs)",
            "    Filter (cost 0.45; rows 1)",
            "      of: (a.x = 'on: y')",
            "      Table scan on a (cost 0.45; rows 2; ran 1x, gave 2, in 50µs)",
            "    Index lookup on b using ix_n (cost 0.6; rows 1000; ran 2x, gave 1, in 40µs)",
            "      of: (n=a.n)",
            "    Table scan on <temporary> (never ran)",
        ],
    );
    assert_eq!(plan.full_scans().collect::<Vec<_>>(), ["a"]);
}

#[test]
fn what_is_no_plan_is_an_error() {
    for caps in [dialect::postgres(), dialect::mariadb()] {
        let error = caps.explain.plan_of(&[vec![Datum::Text("[{".into())]], false).expect_err("it is none");
        assert_eq!(error.kind(), rebis_core::ErrorKind::Conversion);
    }
}
