//! Each type in a column: what is written comes back, is compared, ordered, grouped and defaulted in the database.
//! One macro makes the same cases for each type.

use super::desk::{Db, Desk};
use super::scene::{Any, column, count_of, put, table, update};
use super::values::{
    self, Bytes, Clock, Day, Digits, Document, Long, Moment, Short, Stamp, Uuid, moments, stamps,
};
use rebis_core::{Datum, Network, Range, SqlType, Value};
use rebis_sql::schema::Default;
use rebis_sql::{Column, IntoExpr, Select, func, render, select};
use std::net::IpAddr;
use std::time::Duration;

/// A type under test: how a column of it is made, and values of it in their order, all different.
struct Kind<T> {
    of: SqlType,
    values: Vec<T>,
}

fn id<T>() -> Column<Any, T> {
    column("t", "id")
}

impl<T: Value + Clone + PartialEq + std::fmt::Debug> Kind<T>
where
    T: IntoExpr<T> + Value<Base = T>,
{
    fn column(&self) -> Column<Any, T> {
        column("t", "v")
    }

    fn made<'s>(&self, desk: &Desk<'s>) -> Db<'s> {
        desk.with([table("t").key("id").nullable("v", self.of.clone()).made()])
    }

    /// With all values, the first of them last.
    fn filled<'s>(&self, desk: &Desk<'s>) -> Db<'s> {
        let mut db = self.made(desk);
        let mut rows = put("t", ["id", "v"]);
        for (at, value) in self.values.iter().enumerate().rev() {
            rows = rows.row((at as i64, Datum::of(value)));
        }
        db.run(rows);
        db
    }

    fn all(&self) -> Select<T> {
        select(self.column()).order_by(id::<i64>())
    }

    /// The positions of the rows that satisfy a condition.
    fn at(&self, condition: rebis_sql::Expr<bool>) -> Select<i64> {
        select(id()).filter(condition).order_by(id::<i64>())
    }

    fn comes_back(&self, desk: &Desk<'_>) {
        let mut db = self.filled(desk);
        db.gives(self.all(), self.values.clone());
    }

    fn comes_back_from_a_literal(&self, desk: &Desk<'_>) {
        let mut db = self.made(desk);
        for (at, value) in self.values.iter().enumerate() {
            let insert = put("t", ["id", "v"]).row((at as i64, Datum::of(value)));
            let text = render::render_inline(&insert.query(), desk.caps()).expect("it can be written");
            db.run(super::desk::Plain(&text));
        }
        db.gives(self.all(), self.values.clone());
    }

    fn null(&self, desk: &Desk<'_>) {
        let mut db = self.filled(desk);
        db.run(put("t", ["id", "v"]).row((1000i64, Datum::Null)));
        let nullable: Column<Any, Option<T>> = column("t", "v");
        db.gives(select(nullable).filter(nullable.is_null()), [None]);
        db.gives(select(id::<i64>()).filter(nullable.eq(None)), [1000]);
        db.run(update("t").set(nullable, None).all_rows());
        db.gives(count_of("t").filter(nullable.is_null()), [self.values.len() as i64 + 1]);
    }

    fn is_compared(&self, desk: &Desk<'_>) {
        let mut db = self.filled(desk);
        // Texts of decimals are refused: see `a_decimal_is_compared_as_a_number`.
        let has_order = desk.facts.scales || !matches!(self.of, SqlType::Decimal { .. });
        for (at, value) in self.values.iter().enumerate() {
            let (at, all) = (at as i64, self.values.len() as i64);
            db.gives(self.at(self.column().eq(value.clone())), [at]);
            if has_order {
                db.gives(self.at(self.column().gt(value.clone())), at + 1..all);
                db.gives(self.at(self.column().le(value.clone())), 0..=at);
            }
            db.gives(self.at(self.column().same(value.clone())), [at]);
        }
        let ends = [self.values[0].clone(), self.values[self.values.len() - 1].clone()];
        db.gives(self.at(self.column().in_(ends)), [0, self.values.len() as i64 - 1]);
    }

    fn is_ordered(&self, desk: &Desk<'_>) {
        let mut db = self.filled(desk);
        db.gives(select(self.column()).order_by(self.column()), self.values.clone());
        let reversed: Vec<T> = self.values.iter().rev().cloned().collect();
        db.gives(select(self.column()).order_by(self.column().desc()), reversed);
    }

    fn is_grouped(&self, desk: &Desk<'_>) {
        let mut db = self.filled(desk);
        db.run(put("t", ["id", "v"]).row((1000i64, Datum::of(&self.values[0]))));
        let stmt = select((self.column(), id::<i64>().count())).group_by(self.column());
        let expected = self.values.iter().enumerate().map(|(at, v)| (v.clone(), if at == 0 { 2 } else { 1 }));
        db.gives(stmt.order_by(self.column()), expected);
        db.gives(select(self.column().count_distinct()), [self.values.len() as i64]);
    }

    fn is_updated(&self, desk: &Desk<'_>) {
        let mut db = self.filled(desk);
        for value in &self.values {
            db.run(update("t").set(self.column(), value.clone()).filter(id::<i64>().eq(0)));
            db.gives(self.all().filter(id::<i64>().eq(0)), [value.clone()]);
        }
    }

    fn is_a_default(&self, desk: &Desk<'_>) {
        for value in &self.values {
            let datum = Datum::of(value);
            // The text of a table has its limits.
            if matches!(&datum, Datum::Text(text) if text.len() > 1000) {
                continue;
            }
            let made = table("t").key("id").default("v", self.of.clone(), Default::Value(datum)).made();
            let mut db = desk.with([made.clone()]);
            db.run(put("t", ["id"]).row((1i64,)));
            db.gives(self.all(), [value.clone()]);
            let schema = rebis_sql::schema::MetaData::new(vec![made]);
            db.wait(schema.drop_all(desk.engine())).expect("it is dropped");
        }
    }

    fn is_found_in_a_long_list(&self, desk: &Desk<'_>) {
        let mut db = self.filled(desk);
        let many = || self.values.iter().cycle().take(700).cloned().collect::<Vec<T>>();
        db.gives(self.at(self.column().in_(many())), 0..self.values.len() as i64);
        db.gives(self.at(self.column().not_in(many())), []);
        let rest = self.values[1..].iter().cycle().take(700).cloned();
        db.gives(self.at(self.column().not_in(rest.collect::<Vec<T>>())), [0]);
    }

    fn comes_out_of_case_and_coalesce(&self, desk: &Desk<'_>) {
        let mut db = self.filled(desk);
        let last = self.values[self.values.len() - 1].clone();
        let case = func::case_of::<T>().when(id::<i64>().eq(0), last.clone()).otherwise(self.column());
        let first = || self.at(id::<i64>().eq(0));
        let mut stmt = Select::<T>::from_ast(first().into());
        stmt.ast_mut().items = vec![case.into_ast().into()];
        db.gives(stmt, [last.clone()]);
        let mut stmt = Select::<T>::from_ast(first().into());
        stmt.ast_mut().items = vec![func::coalesce(self.column(), last).into_ast().into()];
        db.gives(stmt, [self.values[0].clone()]);
    }

    fn stands_without_a_table(&self, desk: &Desk<'_>) {
        for value in &self.values {
            desk.value(func::value(value.clone()), value.clone());
        }
    }

    fn is_a_parameter_of_a_prepared_query(&self, desk: &Desk<'_>) {
        let mut db = self.filled(desk);
        let prepared = rebis_sql::prepare(|value: rebis_sql::Expr<T>| {
            select(id::<i64>()).filter(self.column().eq(value))
        });
        for (at, value) in self.values.iter().enumerate() {
            assert_eq!(db.all(prepared.with(value.clone())), [at as i64]);
        }
    }
}

macro_rules! types {
    ($($module:ident: $type:ty, $of:expr, $values:expr;)*) => {$(
        pub mod $module {
            use super::*;

            fn kind(desk: &Desk<'_>) -> Kind<$type> {
                let values: fn(&Desk<'_>) -> Vec<$type> = $values;
                Kind { of: $of, values: values(desk) }
            }

            // common cases
            pub fn comes_back(desk: &Desk<'_>) {
                kind(desk).comes_back(desk);
            }
            pub fn comes_back_from_a_literal(desk: &Desk<'_>) {
                kind(desk).comes_back_from_a_literal(desk);
            }
            pub fn null(desk: &Desk<'_>) {
                kind(desk).null(desk);
            }
            pub fn is_compared(desk: &Desk<'_>) {
                kind(desk).is_compared(desk);
            }
            pub fn is_ordered(desk: &Desk<'_>) {
                kind(desk).is_ordered(desk);
            }
            pub fn is_grouped(desk: &Desk<'_>) {
                kind(desk).is_grouped(desk);
            }
            pub fn is_updated(desk: &Desk<'_>) {
                kind(desk).is_updated(desk);
            }
            pub fn is_a_default(desk: &Desk<'_>) {
                kind(desk).is_a_default(desk);
            }
            pub fn is_a_parameter_of_a_prepared_query(desk: &Desk<'_>) {
                kind(desk).is_a_parameter_of_a_prepared_query(desk);
            }
            pub fn is_found_in_a_long_list(desk: &Desk<'_>) {
                kind(desk).is_found_in_a_long_list(desk);
            }
            pub fn comes_out_of_case_and_coalesce(desk: &Desk<'_>) {
                kind(desk).comes_out_of_case_and_coalesce(desk);
            }
            pub fn stands_without_a_table(desk: &Desk<'_>) {
                kind(desk).stands_without_a_table(desk);
            }
            // end
        }
    )*};
}

types! {
    of_bool: bool, SqlType::Bool, |_| vec![false, true];
    of_i16: i16, SqlType::I16, |_| vec![i16::MIN, -1, 0, 1, i16::MAX];
    of_i32: i32, SqlType::I32, |_| vec![i32::MIN, -1, 0, 1, i32::MAX];
    of_i64: i64, SqlType::I64, |_| vec![i64::MIN, i64::MIN + 1, -1, 0, 1, 1 << 53, (1 << 53) + 1, i64::MAX];
    of_f32: f32, SqlType::F32, |_| vec![-1.5e10, -0.5, 0.0, 0.25, 3.0, 16_777_216.0];
    of_f64: f64, SqlType::F64, |_| vec![
        f64::MIN, -1.0, -1e-300, 0.0, f64::MIN_POSITIVE, 0.1, 1.0 / 3.0, 1.0, 9_007_199_254_740_993.0, 1e300, f64::MAX
    ];
    of_text: Long, SqlType::Text { length: None }, |_| values::long_texts();
    of_short_text: Short, SqlType::Text { length: Some(10) }, |_| values::short_texts();
    of_bytes: Bytes, SqlType::Bytes, |_| values::bytes();
    of_uuid: Uuid, SqlType::Uuid, |_| values::uuids();
    of_date: Day, SqlType::Date, |_| values::days();
    of_time: Clock, SqlType::Time, |_| values::clocks();
    of_timestamp: Stamp, SqlType::Timestamp, |_| stamps();
    of_instant: Moment, SqlType::Instant, |_| moments();
    of_decimal: Digits, SqlType::Decimal { precision: Some((20, 4)) }, |_| values::decimals();
    of_interval: Duration, SqlType::Interval, |_| [0, 1, 999_999, 86_400_000_000, 1 << 53]
        .map(Duration::from_micros).to_vec();
    of_array: Vec<i64>, <Vec<i64>>::sql_type(), |_| vec![vec![i64::MIN, 1], vec![0, i64::MAX], vec![1], vec![2, 2, 2]];
    of_texts: Vec<Option<String>>, <Vec<String>>::sql_type(), |_| values::arrays();
    of_inet: IpAddr, SqlType::Inet, |_| ["10.0.0.1", "10.0.0.2", "192.168.7.1", "fe80::1", "fe80::ffff"]
        .map(|text| text.parse().expect("an address")).to_vec();
    of_network: Network, SqlType::Cidr, |_| ["10.0.0.0/8", "192.168.0.0/16", "fe80::/10"]
        .map(|text| text.parse().expect("a network")).to_vec();
    of_range: Range<i32>, <Range<i32>>::sql_type(), |_| [1..5, 2..3, 2..4, 7..1000].map(Range::from).to_vec();
    of_json: Document, SqlType::Json, |_| values::documents();
}
