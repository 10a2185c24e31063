//! Random expressions, written with the parentheses that the renderer finds necessary and with all of them: a
//! database must find the same value in both.
#![allow(clippy::unwrap_used)]

use rebis_core::Datum;
use rebis_sql::ast::{self, BinaryOp, Expr, InSet, UnaryOp};
use rebis_sql::{dialect, render};

/// Marsaglia's xorshift: the same expressions on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

const OPERATORS: [(BinaryOp, &str); 14] = [
    (BinaryOp::Eq, "="),
    (BinaryOp::Ne, "<>"),
    (BinaryOp::Lt, "<"),
    (BinaryOp::Le, "<="),
    (BinaryOp::Gt, ">"),
    (BinaryOp::Ge, ">="),
    (BinaryOp::Same, "IS"),
    (BinaryOp::NotSame, "IS NOT"),
    (BinaryOp::Add, "+"),
    (BinaryOp::Sub, "-"),
    (BinaryOp::Mul, "*"),
    (BinaryOp::Div, "/"),
    (BinaryOp::Rem, "%"),
    (BinaryOp::Concat, "||"),
];

/// An expression, and its text with a pair of parentheses around everything.
fn expression(random: &mut Random, depth: u64) -> (Expr, String) {
    if depth == 0 || random.below(6) == 0 {
        return leaf(random);
    }
    let (a, a_text) = expression(random, depth - 1);
    let (b, b_text) = expression(random, depth - 1);
    let (c, c_text) = expression(random, depth - 1);
    let (left, right) = (Box::new(a.clone()), Box::new(b.clone()));
    match random.below(16) {
        0 => (Expr::Unary { op: UnaryOp::Not, of: left }, format!("(NOT {a_text})")),
        1 => (Expr::Unary { op: UnaryOp::Negate, of: left }, format!("(- {a_text})")),
        2 => (Expr::And(vec![a, b, c]), format!("(({a_text} AND {b_text}) AND {c_text})")),
        3 => (Expr::Or(vec![a, b, c]), format!("(({a_text} OR {b_text}) OR {c_text})")),
        4 => (Expr::IsNull { of: left, negated: false }, format!("({a_text} IS NULL)")),
        5 => {
            let set = InSet::List(vec![b, c]);
            (Expr::In { of: left, set, negated: true }, format!("({a_text} NOT IN ({b_text}, {c_text}))"))
        }
        6 => (
            Expr::Between { of: left, low: right, high: Box::new(c), negated: false },
            format!("({a_text} BETWEEN {b_text} AND {c_text})"),
        ),
        7 => (
            Expr::Like { of: left, pattern: right, escape: None, insensitive: false, negated: false },
            format!("({a_text} LIKE {b_text})"),
        ),
        8 => (
            Expr::Case { of: None, arms: vec![(a, b)], otherwise: Some(Box::new(c)) },
            format!("(CASE WHEN {a_text} THEN {b_text} ELSE {c_text} END)"),
        ),
        _ => {
            let (op, sign) = OPERATORS[random.below(OPERATORS.len() as u64) as usize];
            (Expr::Binary { op, left, right }, format!("({a_text} {sign} {b_text})"))
        }
    }
}

fn leaf(random: &mut Random) -> (Expr, String) {
    let (datum, text) = match random.below(6) {
        0 => (Datum::Null, "NULL".to_owned()),
        1 => (Datum::Text("1%".into()), "'1%'".to_owned()),
        n => (Datum::Int(n as i64 - 4), format!("({})", n as i64 - 4)),
    };
    (Expr::Value(datum), text)
}

#[test]
fn the_parentheses_that_are_written_are_enough() {
    let db = rusqlite::Connection::open_in_memory().unwrap();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let value = |sql: &str| -> rusqlite::types::Value {
        db.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|e| panic!("{sql}\n{e}"))
    };
    let mut fewer = 0;
    for _ in 0..20_000 {
        let (expr, whole) = expression(&mut random, 4);
        let select = ast::Select { items: vec![expr.into()], ..Default::default() };
        let sql = render::render_inline(&ast::Query::Select(Box::new(select)), dialect::sqlite()).unwrap();
        fewer += usize::from(sql.len() < whole.len());
        assert_eq!(value(&sql), value(&format!("SELECT {whole}")), "{sql}\n{whole}");
    }
    assert!(fewer > 15_000, "too many parentheses: {fewer}");
}
