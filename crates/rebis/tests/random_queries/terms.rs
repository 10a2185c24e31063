//! Random expressions: what they are in the language, and what they are worth for a row.

use super::Thing;
use proptest::collection::vec;
use proptest::prelude::*;
use rebis::prelude::*;

/// The row that a term is worked out for, and the row it is joined to.
#[derive(Clone, Copy)]
pub struct Scope<'r> {
    pub own: &'r Thing,
    pub other: Option<&'r Thing>,
}

/// The same two in a statement.
#[derive(Clone, Copy)]
pub struct Names {
    pub own: Entity<Thing>,
    pub other: Entity<Thing>,
}

/// A number does not fit: what a database says then is its own affair.
#[derive(Debug)]
pub struct Overflow;

pub type Worth<T> = Result<Option<T>, Overflow>;

#[derive(Clone, Debug)]
pub enum Whole {
    Size,
    Rank,
    /// The rank of the row that this one is joined to.
    OtherRank,
    Value(i64),
    Negated(Box<Whole>),
    Absolute(Box<Whole>),
    Sum(Box<Whole>, Box<Whole>),
    Difference(Box<Whole>, Box<Whole>),
    Product(Box<Whole>, Box<Whole>),
    Quotient(Box<Whole>, i64),
    Rest(Box<Whole>, i64),
    Length(Box<Text>),
    Else(Box<Whole>, Box<Whole>),
    NullIf(Box<Whole>, Box<Whole>),
    Case(Box<Condition>, Box<Whole>, Option<Box<Whole>>),
}

#[derive(Clone, Debug)]
pub enum Text {
    Name,
    Note,
    Value(&'static str),
    Concat(Box<Text>, Box<Text>),
    Upper(Box<Text>),
    Part(Box<Text>, i64, i64),
    Replaced(Box<Text>, &'static str, &'static str),
    Else(Box<Text>, Box<Text>),
    Case(Box<Condition>, Box<Text>, Box<Text>),
}

#[derive(Clone, Copy, Debug)]
pub enum Sign {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Same,
    NotSame,
}

#[derive(Clone, Debug)]
pub enum Condition {
    Done,
    Compared(Sign, Whole, Whole),
    /// Equality alone: in which order texts stand is the database's affair.
    Equal(Text, Text, bool),
    NoNumber(Whole),
    NoText(Text),
    Unknown(Box<Condition>),
    Among(Whole, Vec<i64>, bool),
    AmongTexts(Text, Vec<&'static str>),
    Between(Whole, Whole, Whole),
    Like(Text, &'static str),
    Contains(Text, &'static str),
    Begins(Text, &'static str),
    Ends(Text, &'static str),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    /// Some thing has this rank.
    Exists(Whole),
    AmongSizes(Whole, bool),
}

const TEXTS: [&str; 9] = ["", "a", "b", "ab", "%", "_", "it's", "/", "日"];
const PATTERNS: [&str; 8] = ["", "%", "a%", "%b", "_", "%a_", "__%", "it's%"];

pub fn whole() -> BoxedStrategy<Whole> {
    whole_of(condition_of(leaf(), word()).boxed())
}

pub fn text() -> BoxedStrategy<Text> {
    text_of(condition_of(leaf(), word()).boxed())
}

pub fn condition() -> BoxedStrategy<Condition> {
    let flat = condition_of(leaf(), word()).boxed();
    let simple = condition_of(whole_of(flat.clone()), text_of(flat)).boxed();
    simple
        .prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                inner.clone().prop_map(|c| Condition::Not(Box::new(c))),
                inner.clone().prop_map(|c| Condition::Unknown(Box::new(c))),
                // None at all is an absent filter, which an OR leaves out.
                vec(inner.clone(), 1..4).prop_map(Condition::All),
                vec(inner, 0..4).prop_map(Condition::Any),
            ]
        })
        .boxed()
}

fn leaf() -> BoxedStrategy<Whole> {
    prop_oneof![
        Just(Whole::Size),
        Just(Whole::Rank),
        Just(Whole::OtherRank),
        (-9..10i64).prop_map(Whole::Value)
    ]
    .boxed()
}

fn word() -> BoxedStrategy<Text> {
    prop_oneof![Just(Text::Name), Just(Text::Note), prop::sample::select(&TEXTS).prop_map(Text::Value)]
        .boxed()
}

fn whole_of(condition: BoxedStrategy<Condition>) -> BoxedStrategy<Whole> {
    let nonzero = prop_oneof![-4..0i64, 1..5i64].boxed();
    leaf()
        .prop_recursive(4, 16, 2, move |inner| {
            let one = inner.clone().prop_map(Box::new);
            let two = (one.clone(), one.clone());
            prop_oneof![
                one.clone().prop_map(Whole::Negated),
                one.clone().prop_map(Whole::Absolute),
                two.clone().prop_map(|(a, b)| Whole::Sum(a, b)),
                two.clone().prop_map(|(a, b)| Whole::Difference(a, b)),
                two.clone().prop_map(|(a, b)| Whole::Product(a, b)),
                (one.clone(), nonzero.clone()).prop_map(|(a, n)| Whole::Quotient(a, n)),
                (one.clone(), nonzero.clone()).prop_map(|(a, n)| Whole::Rest(a, n)),
                word().prop_map(|t| Whole::Length(Box::new(t))),
                two.clone().prop_map(|(a, b)| Whole::Else(a, b)),
                two.prop_map(|(a, b)| Whole::NullIf(a, b)),
                (condition.clone(), one.clone(), proptest::option::of(one))
                    .prop_map(|(c, a, b)| Whole::Case(Box::new(c), a, b)),
            ]
        })
        .boxed()
}

fn text_of(condition: BoxedStrategy<Condition>) -> BoxedStrategy<Text> {
    let sample = || prop::sample::select(&TEXTS);
    word()
        .prop_recursive(3, 8, 2, move |inner| {
            let one = inner.prop_map(Box::new);
            let two = (one.clone(), one.clone());
            prop_oneof![
                two.clone().prop_map(|(a, b)| Text::Concat(a, b)),
                one.clone().prop_map(Text::Upper),
                (one.clone(), 1..4i64, 0..4i64).prop_map(|(t, from, n)| Text::Part(t, from, n)),
                (one, prop::sample::select(&TEXTS[1..]), sample())
                    .prop_map(|(t, a, b)| Text::Replaced(t, a, b)),
                two.clone().prop_map(|(a, b)| Text::Else(a, b)),
                (condition.clone(), two).prop_map(|(c, (a, b))| Text::Case(Box::new(c), a, b)),
            ]
        })
        .boxed()
}

fn condition_of(
    whole: BoxedStrategy<Whole>,
    text: BoxedStrategy<Text>,
) -> impl Strategy<Value = Condition> + Clone {
    let signs = [Sign::Eq, Sign::Ne, Sign::Lt, Sign::Le, Sign::Gt, Sign::Ge, Sign::Same, Sign::NotSame];
    let sample = || prop::sample::select(&TEXTS);
    prop_oneof![
        Just(Condition::Done),
        (prop::sample::select(signs.to_vec()), whole.clone(), whole.clone())
            .prop_map(|(sign, a, b)| Condition::Compared(sign, a, b)),
        (text.clone(), text.clone(), any::<bool>()).prop_map(|(a, b, not)| Condition::Equal(a, b, not)),
        whole.clone().prop_map(Condition::NoNumber),
        text.clone().prop_map(Condition::NoText),
        (whole.clone(), vec(-3..8i64, 0..4), any::<bool>())
            .prop_map(|(a, s, not)| Condition::Among(a, s, not)),
        (text.clone(), vec(sample(), 0..4)).prop_map(|(t, s)| Condition::AmongTexts(t, s)),
        (whole.clone(), whole.clone(), whole.clone()).prop_map(|(a, l, h)| Condition::Between(a, l, h)),
        (text.clone(), prop::sample::select(&PATTERNS)).prop_map(|(t, p)| Condition::Like(t, p)),
        (text.clone(), sample()).prop_map(|(t, p)| Condition::Contains(t, p)),
        (text.clone(), sample()).prop_map(|(t, p)| Condition::Begins(t, p)),
        (text, sample()).prop_map(|(t, p)| Condition::Ends(t, p)),
        whole.clone().prop_map(Condition::Exists),
        (whole, any::<bool>()).prop_map(|(a, not)| Condition::AmongSizes(a, not)),
    ]
}

impl Whole {
    pub fn expr(&self, names: Names) -> Expr<Option<i64>> {
        let of = |whole: &Whole| whole.expr(names);
        match self {
            Whole::Size => names.own.size.nullable(),
            Whole::Rank => names.own.rank.nullable(),
            Whole::OtherRank => names.other.rank.nullable(),
            Whole::Value(number) => func::value(Some(*number)),
            Whole::Negated(a) => -of(a),
            Whole::Absolute(a) => of(a).abs(),
            Whole::Sum(a, b) => of(a) + of(b),
            Whole::Difference(a, b) => of(a) - of(b),
            Whole::Product(a, b) => of(a) * of(b),
            Whole::Quotient(a, by) => of(a) / *by,
            Whole::Rest(a, by) => of(a) % *by,
            Whole::Length(text) => text.expr(names).length(),
            Whole::Else(a, b) => of(a).coalesce(of(b)).nullable(),
            Whole::NullIf(a, b) => func::nullif(of(a), of(b)),
            Whole::Case(condition, a, None) => {
                func::case_of::<Option<i64>>().when(condition.expr(names), of(a)).end()
            }
            Whole::Case(condition, a, Some(b)) => {
                func::case().when(condition.expr(names), of(a)).otherwise(of(b))
            }
        }
    }

    pub fn worth(&self, scope: Scope<'_>) -> Worth<i64> {
        let of = |whole: &Whole| whole.worth(scope);
        let both = |a: &Whole, b: &Whole, with: fn(i64, i64) -> Option<i64>| match (of(a)?, of(b)?) {
            (Some(a), Some(b)) => with(a, b).map(Some).ok_or(Overflow),
            _ => Ok(None),
        };
        let worth = match self {
            Whole::Size => Some(scope.own.size),
            Whole::Rank => scope.own.rank,
            Whole::OtherRank => scope.other.and_then(|other| other.rank),
            Whole::Value(number) => Some(*number),
            Whole::Negated(a) => of(a)?.map(|a| -a),
            Whole::Absolute(a) => of(a)?.map(i64::abs),
            Whole::Sum(a, b) => both(a, b, i64::checked_add)?,
            Whole::Difference(a, b) => both(a, b, i64::checked_sub)?,
            Whole::Product(a, b) => both(a, b, i64::checked_mul)?,
            Whole::Quotient(a, by) => of(a)?.map(|a| a / by),
            Whole::Rest(a, by) => of(a)?.map(|a| a % by),
            Whole::Length(text) => text.worth(scope)?.map(|text| text.chars().count() as i64),
            Whole::Else(a, b) => {
                let b = of(b)?;
                of(a)?.or(b)
            }
            Whole::NullIf(a, b) => {
                let (a, b) = (of(a)?, of(b)?);
                if a.is_some() && a == b { None } else { a }
            }
            Whole::Case(condition, a, b) => {
                let (a, b) = (of(a)?, b.as_ref().map_or(Ok(None), |b| of(b))?);
                if condition.holds(scope)? == Some(true) { a } else { b }
            }
        };
        // Sums of such numbers still fit.
        match worth {
            Some(number) if number.abs() >= 1 << 40 => Err(Overflow),
            worth => Ok(worth),
        }
    }
}

impl Text {
    pub fn expr(&self, names: Names) -> Expr<Option<String>> {
        let of = |text: &Text| text.expr(names);
        match self {
            Text::Name => names.own.name.nullable(),
            Text::Note => names.own.note.nullable(),
            Text::Value(text) => func::value(Some((*text).to_owned())),
            Text::Concat(a, b) => of(a).concat(of(b)),
            Text::Upper(a) => of(a).upper(),
            Text::Part(a, from, length) => func::substr(of(a), *from, *length),
            Text::Replaced(a, what, with) => func::replace(of(a), *what, *with),
            Text::Else(a, b) => of(a).coalesce(of(b)).nullable(),
            Text::Case(condition, a, b) => func::case().when(condition.expr(names), of(a)).otherwise(of(b)),
        }
    }

    pub fn worth(&self, scope: Scope<'_>) -> Worth<String> {
        let of = |text: &Text| text.worth(scope);
        Ok(match self {
            Text::Name => Some(scope.own.name.clone()),
            Text::Note => scope.own.note.clone(),
            Text::Value(text) => Some((*text).to_owned()),
            Text::Concat(a, b) => of(a)?.zip(of(b)?).map(|(a, b)| a + &b),
            Text::Upper(a) => of(a)?.map(|a| a.to_ascii_uppercase()),
            Text::Part(a, from, length) => {
                of(a)?.map(|a| a.chars().skip(*from as usize - 1).take(*length as usize).collect())
            }
            Text::Replaced(a, what, with) => of(a)?.map(|a| a.replace(what, with)),
            Text::Else(a, b) => {
                let b = of(b)?;
                of(a)?.or(b)
            }
            Text::Case(condition, a, b) => {
                let (a, b) = (of(a)?, of(b)?);
                if condition.holds(scope)? == Some(true) { a } else { b }
            }
        })
    }
}

impl Condition {
    pub fn expr(&self, names: Names) -> Expr<bool> {
        match self {
            Condition::Done => names.own.done.eq(true),
            Condition::Compared(sign, a, b) => sign.expr(a.expr(names), b.expr(names)),
            Condition::Equal(a, b, false) => a.expr(names).eq(b.expr(names)),
            Condition::Equal(a, b, true) => a.expr(names).ne(b.expr(names)),
            Condition::NoNumber(a) => a.expr(names).is_null(),
            Condition::NoText(a) => a.expr(names).is_null(),
            Condition::Unknown(condition) => condition.expr(names).is_null(),
            Condition::Among(a, set, false) => a.expr(names).in_(set.clone()),
            Condition::Among(a, set, true) => a.expr(names).not_in(set.clone()),
            Condition::AmongTexts(a, set) => a.expr(names).in_(set.clone()),
            Condition::Between(a, low, high) => a.expr(names).between(low.expr(names), high.expr(names)),
            Condition::Like(a, pattern) => a.expr(names).upper().like(pattern.to_ascii_uppercase()),
            Condition::Contains(a, text) => a.expr(names).upper().contains(text.to_ascii_uppercase()),
            Condition::Begins(a, text) => a.expr(names).upper().starts_with(text.to_ascii_uppercase()),
            Condition::Ends(a, text) => a.expr(names).upper().ends_with(text.to_ascii_uppercase()),
            Condition::Not(condition) => !condition.expr(names),
            Condition::All(all) => rebis::all_of(all.iter().map(|c| c.expr(names))),
            Condition::Any(any) => rebis::any_of(any.iter().map(|c| c.expr(names))),
            Condition::Exists(rank) => {
                let inner = Thing.alias("inside");
                select(inner.id).filter(inner.rank.eq(rank.expr(names))).exists()
            }
            Condition::AmongSizes(a, false) => a.expr(names).in_(sizes()),
            Condition::AmongSizes(a, true) => a.expr(names).not_in(sizes()),
        }
    }

    /// `None`: unknown.
    pub fn holds(&self, scope: Scope<'_>) -> Worth<bool> {
        let among = |found: Option<bool>, negated: bool| found.map(|found| found != negated);
        let upper = |text: &Text| Ok(text.worth(scope)?.map(|text| text.to_ascii_uppercase()));
        Ok(match self {
            Condition::Done => scope.own.done,
            Condition::Compared(sign, a, b) => sign.holds(a.worth(scope)?, b.worth(scope)?),
            Condition::Equal(a, b, not) => {
                a.worth(scope)?.zip(b.worth(scope)?).map(|(a, b)| (a == b) != *not)
            }
            Condition::NoNumber(a) => Some(a.worth(scope)?.is_none()),
            Condition::NoText(a) => Some(a.worth(scope)?.is_none()),
            Condition::Unknown(condition) => Some(condition.holds(scope)?.is_none()),
            // An empty list holds nothing, not even the unknown.
            Condition::Among(a, set, not) if set.is_empty() => a.worth(scope).map(|_| Some(*not))?,
            Condition::Among(a, set, not) => among(a.worth(scope)?.map(|a| set.contains(&a)), *not),
            Condition::AmongTexts(a, set) if set.is_empty() => a.worth(scope).map(|_| Some(false))?,
            Condition::AmongTexts(a, set) => a.worth(scope)?.map(|a| set.contains(&a.as_str())),
            Condition::Between(a, low, high) => {
                let (a, low, high) = (a.worth(scope)?, low.worth(scope)?, high.worth(scope)?);
                both(Sign::Ge.holds(a, low), Sign::Le.holds(a, high))
            }
            Condition::Like(a, pattern) => upper(a)?.map(|a| matches(&a, &pattern.to_ascii_uppercase())),
            Condition::Contains(a, text) => upper(a)?.map(|a| a.contains(&text.to_ascii_uppercase())),
            Condition::Begins(a, text) => upper(a)?.map(|a| a.starts_with(&text.to_ascii_uppercase())),
            Condition::Ends(a, text) => upper(a)?.map(|a| a.ends_with(&text.to_ascii_uppercase())),
            Condition::Not(condition) => condition.holds(scope)?.map(|holds| !holds),
            Condition::All(all) => {
                let all = all.iter().map(|c| c.holds(scope)).collect::<Result<Vec<_>, _>>()?;
                all.into_iter().fold(Some(true), both)
            }
            Condition::Any(any) => {
                let any = any.iter().map(|c| c.holds(scope)).collect::<Result<Vec<_>, _>>()?;
                let neither = any.into_iter().map(|holds| holds.map(|h| !h)).fold(Some(true), both);
                neither.map(|neither| !neither)
            }
            Condition::Exists(rank) => {
                let rank = rank.worth(scope)?;
                Some(super::things().iter().any(|thing| thing.rank.is_some() && thing.rank == rank))
            }
            Condition::AmongSizes(a, not) => {
                let found = a.worth(scope)?.map(|a| super::things().iter().any(|thing| thing.size == a));
                among(found, *not)
            }
        })
    }
}

fn sizes() -> Select<i64> {
    let inner = Thing.alias("inside");
    select(inner.size)
}

fn both(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

impl Sign {
    fn expr(self, a: Expr<Option<i64>>, b: Expr<Option<i64>>) -> Expr<bool> {
        match self {
            Sign::Eq => a.eq(b),
            Sign::Ne => a.ne(b),
            Sign::Lt => a.lt(b),
            Sign::Le => a.le(b),
            Sign::Gt => a.gt(b),
            Sign::Ge => a.ge(b),
            Sign::Same => a.same(b),
            Sign::NotSame => a.not_same(b),
        }
    }

    fn holds(self, a: Option<i64>, b: Option<i64>) -> Option<bool> {
        let compared = a.zip(b);
        match self {
            Sign::Eq => compared.map(|(a, b)| a == b),
            Sign::Ne => compared.map(|(a, b)| a != b),
            Sign::Lt => compared.map(|(a, b)| a < b),
            Sign::Le => compared.map(|(a, b)| a <= b),
            Sign::Gt => compared.map(|(a, b)| a > b),
            Sign::Ge => compared.map(|(a, b)| a >= b),
            Sign::Same => Some(a == b),
            Sign::NotSame => Some(a != b),
        }
    }
}

/// LIKE without an escape character.
fn matches(text: &str, pattern: &str) -> bool {
    let Some(first) = pattern.chars().next() else { return text.is_empty() };
    let rest = &pattern[first.len_utf8()..];
    let mut chars = text.chars();
    match first {
        '%' => text.char_indices().map(|(at, _)| at).chain([text.len()]).any(|at| matches(&text[at..], rest)),
        '_' => chars.next().is_some() && matches(chars.as_str(), rest),
        letter => chars.next() == Some(letter) && matches(chars.as_str(), rest),
    }
}
