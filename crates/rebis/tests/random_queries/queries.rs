//! Random statements, and the rows that they must give.

use super::terms::{Condition, Names, Overflow, Scope, Text, Whole, condition, text, whole};
use super::{Rows, Thing, things};
use proptest::prelude::*;
use rebis::blocking::Connection;
use rebis::prelude::*;

#[derive(Clone, Debug)]
pub enum Query {
    /// The rows for which a condition holds, for which it does not, and for which that is unknown: together all.
    Parts(Condition),
    /// The condition as a value, not as a filter.
    AsValue(Condition),
    Values(Whole, Text),
    Joined {
        outer: bool,
        on: Condition,
        filter: Condition,
    },
    Groups {
        by: Whole,
        of: Whole,
        filter: Condition,
        having: i64,
    },
    Page {
        by: Whole,
        descending: bool,
        nulls_first: bool,
        limit: u64,
        offset: u64,
    },
    Sets(Set, Condition, Condition),
    /// A filter on what a subquery computes.
    Nested {
        of: Whole,
        filter: Condition,
        least: i64,
    },
    /// A value for each row by a subquery of its own.
    Scalar {
        of: Whole,
        on: Condition,
    },
}

#[derive(Clone, Copy, Debug)]
pub enum Set {
    Union,
    UnionAll,
    Intersect,
    Except,
}

pub fn query() -> impl Strategy<Value = Query> {
    let sets = [Set::Union, Set::UnionAll, Set::Intersect, Set::Except];
    prop_oneof![
        3 => condition().prop_map(Query::Parts),
        1 => condition().prop_map(Query::AsValue),
        2 => (whole(), text()).prop_map(|(n, t)| Query::Values(n, t)),
        1 => (any::<bool>(), condition(), condition())
            .prop_map(|(outer, on, filter)| Query::Joined { outer, on, filter }),
        1 => (whole(), whole(), condition(), 0..4i64)
            .prop_map(|(by, of, filter, having)| Query::Groups { by, of, filter, having }),
        1 => (whole(), any::<bool>(), any::<bool>(), 0..6u64, 0..6u64).prop_map(
            |(by, descending, nulls_first, limit, offset)| Query::Page { by, descending, nulls_first, limit, offset }
        ),
        1 => (prop::sample::select(sets.to_vec()), condition(), condition()).prop_map(|(s, p, q)| Query::Sets(s, p, q)),
        1 => (whole(), condition(), -5..5i64).prop_map(|(of, filter, least)| Query::Nested { of, filter, least }),
        1 => (whole(), condition()).prop_map(|(of, on)| Query::Scalar { of, on }),
    ]
}

/// A row that stands alone is its own neighbour.
fn alone(thing: &Thing) -> Scope<'_> {
    Scope { own: thing, other: Some(thing) }
}

fn names() -> Names {
    Names { own: Thing.alias("own"), other: Thing.alias("own") }
}

fn pair() -> Names {
    Names { own: Thing.alias("own"), other: Thing.alias("other") }
}

fn shown<R: std::fmt::Debug>(rows: Vec<R>) -> Rows {
    rows.iter().map(|row| format!("{row:?}")).collect()
}

fn sorted(mut rows: Rows) -> Rows {
    rows.sort();
    rows
}

impl Query {
    /// What the database answers.
    pub fn ask(&self, connection: &mut Connection) -> rebis::Result<Rows> {
        let names = names();
        let id = names.own.id;
        let all = |condition: Expr<bool>| select(id).filter(condition);
        Ok(match self {
            Query::Parts(condition) => ask_parts(connection, condition.expr(names))?,
            Query::AsValue(condition) => {
                let value = func::case_of::<i64>().when(condition.expr(names), 1).otherwise(0);
                sorted(shown(connection.all(select((id, value)))?))
            }
            Query::Values(number, text) => {
                sorted(shown(connection.all(select((id, number.expr(names), text.expr(names))))?))
            }
            Query::Joined { outer, on, filter } => ask_joined(connection, *outer, on, filter)?,
            Query::Groups { by, of, filter, having } => ask_groups(connection, by, of, filter, *having)?,
            Query::Page { by, descending, nulls_first, limit, offset } => {
                let by = by.expr(names);
                let by = if *descending { by.desc() } else { by.asc() };
                let by = if *nulls_first { by.nulls_first() } else { by.nulls_last() };
                let stmt = select(id).order_by(by).order_by(id);
                shown(connection.all(stmt.limit(*limit).offset(*offset))?)
            }
            Query::Sets(set, p, q) => {
                let (p, q) = (all(p.expr(names)), all(q.expr(names)));
                let stmt = match set {
                    Set::Union => p.union(q),
                    Set::UnionAll => p.union_all(q),
                    Set::Intersect => p.intersect(q),
                    Set::Except => p.except(q),
                };
                sorted(shown(connection.all(stmt)?))
            }
            Query::Nested { of, filter, least } => {
                let inner =
                    select((id, of.expr(names).label("n"))).filter(filter.expr(names)).as_subquery("s");
                let (id, n) = inner.columns();
                let stmt = select((id, n.clone() + 1)).select_from(&inner).filter(n.ge(*least));
                sorted(shown(connection.all(stmt)?))
            }
            Query::Scalar { of, on } => {
                let pair = pair();
                let swapped = Names { own: pair.other, other: pair.own };
                // An aggregate of nothing but columns of the outer query would be the outer query's.
                let of = of.expr(swapped) + pair.other.id * 0;
                let inner = select(of.max()).select_from(pair.other).filter(on.expr(swapped));
                sorted(shown(connection.all(select((pair.own.id, inner.scalar())))?))
            }
        })
    }

    /// What it must answer.
    pub fn answer(&self) -> Result<Rows, Overflow> {
        let things = things();
        let holding = |condition: &Condition| {
            let mut ids = Vec::new();
            for thing in &things {
                if condition.holds(alone(thing))? == Some(true) {
                    ids.push(thing.id);
                }
            }
            Ok::<_, Overflow>(ids)
        };
        Ok(match self {
            Query::Parts(condition) => parts(&things, condition)?,
            Query::AsValue(condition) => {
                let holding = holding(condition)?;
                let row = |thing: &Thing| format!("{:?}", (thing.id, i64::from(holding.contains(&thing.id))));
                sorted(things.iter().map(row).collect())
            }
            Query::Values(number, text) => {
                let mut rows = Rows::new();
                for thing in &things {
                    let scope = alone(thing);
                    rows.push(format!("{:?}", (thing.id, number.worth(scope)?, text.worth(scope)?)));
                }
                sorted(rows)
            }
            Query::Joined { outer, on, filter } => joined(&things, *outer, on, filter)?,
            Query::Groups { by, of, filter, having } => {
                groups(&things, [by, of], &holding(filter)?, *having)?
            }
            Query::Page { by, descending, nulls_first, limit, offset } => {
                let mut keys = Vec::new();
                for thing in &things {
                    let key = by.worth(alone(thing))?;
                    let direction = if *descending { -1 } else { 1 };
                    keys.push((key.is_none() != *nulls_first, key.map(|key| key * direction), thing.id));
                }
                keys.sort();
                let page = keys.iter().skip(*offset as usize).take(*limit as usize);
                page.map(|(.., id)| id.to_string()).collect()
            }
            Query::Sets(set, p, q) => {
                let (p, q) = (holding(p)?, holding(q)?);
                let ids: Vec<i64> = match set {
                    Set::Union => {
                        things.iter().map(|t| t.id).filter(|id| p.contains(id) || q.contains(id)).collect()
                    }
                    Set::UnionAll => [p, q].concat(),
                    Set::Intersect => p.into_iter().filter(|id| q.contains(id)).collect(),
                    Set::Except => p.into_iter().filter(|id| !q.contains(id)).collect(),
                };
                sorted(shown(ids))
            }
            Query::Nested { of, filter, least } => nested(&things, of, &holding(filter)?, *least)?,
            Query::Scalar { of, on } => scalar(&things, of, on)?,
        })
    }
}

fn joined(things: &[Thing], outer: bool, on: &Condition, filter: &Condition) -> Result<Rows, Overflow> {
    let mut rows = Vec::new();
    for own in things {
        let mut partners = Vec::new();
        for other in things {
            if on.holds(Scope { own, other: Some(other) })? == Some(true) {
                partners.push(Some(other));
            }
        }
        if outer && partners.is_empty() {
            partners.push(None);
        }
        // A term that is never met may still be worked out by the database.
        for other in things.iter().map(Some).chain([None]) {
            filter.holds(Scope { own, other })?;
        }
        for other in partners {
            if filter.holds(Scope { own, other })? == Some(true) {
                rows.push((own.id, other.map(|other| other.id)));
            }
        }
    }
    Ok(sorted(shown(rows)))
}

fn ask_parts(connection: &mut Connection, condition: Expr<bool>) -> rebis::Result<Rows> {
    let id = names().own.id;
    let mut rows = Rows::new();
    for (part, of) in
        [("yes", condition.clone()), ("no", !condition.clone()), ("unknown", condition.is_null())]
    {
        let ids = connection.all(select(id).filter(of))?;
        rows.extend(ids.iter().map(|id| format!("{part} {id}")));
    }
    Ok(sorted(rows))
}

fn ask_joined(
    connection: &mut Connection,
    outer: bool,
    on: &Condition,
    filter: &Condition,
) -> rebis::Result<Rows> {
    let pair = pair();
    let stmt = select((pair.own.id, pair.other.id.nullable())).select_from(pair.own);
    let on = pair.other.on(on.expr(pair));
    // A condition may well speak of one side alone.
    let stmt = if outer { stmt.outer_join(on) } else { stmt.join(on) }.cartesian();
    Ok(sorted(shown(connection.all(stmt.filter(filter.expr(pair)))?)))
}

fn ask_groups(
    connection: &mut Connection,
    by: &Whole,
    of: &Whole,
    filter: &Condition,
    having: i64,
) -> rebis::Result<Rows> {
    let names = names();
    let (by, of) = (by.expr(names).label("k"), of.expr(names));
    let stmt = select((by.clone(), func::count(), of.clone().sum(), of.clone().min(), of.max()));
    let stmt = stmt.select_from(names.own).filter(filter.expr(names)).group_by(&by);
    Ok(sorted(shown(connection.all(stmt.having(func::count().gt(having)))?)))
}

fn groups(things: &[Thing], [by, of]: [&Whole; 2], holding: &[i64], having: i64) -> Result<Rows, Overflow> {
    let mut groups: Vec<(Option<i64>, Vec<Option<i64>>)> = Vec::new();
    for thing in things {
        let (key, value) = (by.worth(alone(thing))?, of.worth(alone(thing))?);
        if !holding.contains(&thing.id) {
            continue;
        }
        match groups.iter_mut().find(|(k, _)| *k == key) {
            Some((_, values)) => values.push(value),
            None => groups.push((key, vec![value])),
        }
    }
    groups.retain(|(_, values)| values.len() as i64 > having);
    let row = |(key, values): &(Option<i64>, Vec<Option<i64>>)| {
        let known = || values.iter().flatten().copied();
        let sum = known().reduce(|a, b| a + b);
        format!("{:?}", (key, values.len(), sum, known().min(), known().max()))
    };
    Ok(sorted(groups.iter().map(row).collect()))
}

fn nested(things: &[Thing], of: &Whole, holding: &[i64], least: i64) -> Result<Rows, Overflow> {
    let mut rows = Vec::new();
    for thing in things {
        let n = of.worth(alone(thing))?;
        if holding.contains(&thing.id) && n.is_some_and(|n| n >= least) {
            rows.push((thing.id, n.map(|n| n + 1)));
        }
    }
    Ok(sorted(shown(rows)))
}

fn scalar(things: &[Thing], of: &Whole, on: &Condition) -> Result<Rows, Overflow> {
    let mut rows = Vec::new();
    for own in things {
        let mut found = Vec::new();
        for inner in things {
            let scope = Scope { own: inner, other: Some(own) };
            let (holds, value) = (on.holds(scope)?, of.worth(scope)?);
            found.extend(value.filter(|_| holds == Some(true)));
        }
        rows.push((own.id, found.into_iter().max()));
    }
    Ok(sorted(shown(rows)))
}

fn parts(things: &[Thing], condition: &Condition) -> Result<Rows, Overflow> {
    let mut rows = Rows::new();
    for thing in things {
        let part = match condition.holds(alone(thing))? {
            Some(true) => "yes",
            Some(false) => "no",
            None => "unknown",
        };
        rows.push(format!("{part} {}", thing.id));
    }
    Ok(sorted(rows))
}
