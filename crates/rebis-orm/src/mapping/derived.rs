//! What the code that the derives write calls. Nothing here is meant to be called by hand.

use super::{ColumnSet, Many, Mapping, Model, One, OneOrNone, Relation};
use rebis_core::{Binds, Cell, Conversion, Error, Name, Result, SqlType, Value};
use rebis_sql::Column;
use rebis_sql::schema::MetaData;

/// [`Value`] under a name of the derives' own.
///
/// A field type that cannot be stored would be reported wherever the expansion uses it, with a note that differs
/// each time. Through this trait every use says the same words at the same place, and the compiler prints them once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a column",
    label = "not a column type",
    note = "an enum: `#[derive(SqlEnum)]`; a newtype around a column type: `#[derive(Value)]`",
    note = "a JSON document: wrap it as `Json<{Self}>` (feature `json`)",
    note = "another model: use `BelongsTo<..>`, `HasOne<..>` or `HasMany<..>` with `#[relation(..)]`",
    note = "types of `uuid` and other crates need the feature of that name; or implement `rebis::Value`"
)]
pub trait Stored: Sized {
    /// [`Value::Base`]
    type Base;
    /// [`Value::NULLABLE`]
    const NULLABLE: bool;
    /// [`Value::CONVERSION`]
    const CONVERSION: Option<&'static Conversion>;
    /// [`Value::sql_type`]
    fn sql_type() -> SqlType;
    /// [`field`](rebis_core::field)
    fn read(cells: &[Cell<'_>], index: usize) -> Result<Self>;
    /// Takes the value of a cell.
    fn assign(&mut self, cell: Cell<'_>) -> Result<()>;
    /// [`Value::encode`]
    fn write(&self, out: &mut Binds);
    /// [`Value::same`]
    fn same(&self, other: &Self) -> bool;
    /// `Clone::clone`
    fn copy(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Value> Stored for T {
    type Base = T::Base;
    const NULLABLE: bool = T::NULLABLE;
    const CONVERSION: Option<&'static Conversion> = T::CONVERSION;
    fn sql_type() -> SqlType {
        T::sql_type()
    }
    #[inline]
    fn read(cells: &[Cell<'_>], index: usize) -> Result<Self> {
        rebis_core::field(cells, index)
    }
    fn assign(&mut self, cell: Cell<'_>) -> Result<()> {
        *self = T::decode(cell)?;
        Ok(())
    }
    #[inline]
    fn write(&self, out: &mut Binds) {
        self.encode(out);
    }
    #[inline]
    fn same(&self, other: &Self) -> bool {
        <T as Value>::same(self, other)
    }
    #[inline]
    fn copy(&self) -> Self {
        self.clone()
    }
}

/// [`Model`] under a name of the derives' own, for what attributes of other models name: so that a type that is no
/// model is reported once, where it stands, however often the expansion uses it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "put `#[derive(Model)]` on the struct"
)]
pub trait Related {
    /// [`Record::Key`](super::Record::Key)
    type Key;
    /// A struct with a field for each column and relation, also for those that are private in the model.
    type Fields;
    /// Its value.
    const FIELDS: Self::Fields;
    /// [`Record::mapping`](super::Record::mapping)
    fn mapping() -> &'static Mapping;
}

/// A column of a model.
pub const fn column<M, T>(
    schema: Option<&'static str>,
    table: &'static str,
    name: &'static str,
    index: u16,
    alias: Option<&'static str>,
) -> Column<M, T> {
    let column = Column::new(table, name, index);
    let column = match schema {
        Some(schema) => column.in_schema(schema),
        None => column,
    };
    match alias {
        Some(alias) => column.aliased(alias),
        None => column,
    }
}

/// The mapping of a model.
pub fn mapping_of<M: Model>() -> &'static Mapping {
    M::mapping()
}

/// A required column of a new row: its builder becomes a row only once the value is there.
pub fn required<T>(value: Option<T>, column: usize, set: &mut ColumnSet) -> T {
    set.insert(column);
    value.unwrap_or_else(|| unreachable!("a builder is a row only when each required column is set"))
}

/// A column of a new row that may be left unset.
pub fn given_or<T>(value: Option<T>, column: usize, set: &mut ColumnSet, unset: fn() -> T) -> T {
    match value {
        Some(value) => {
            set.insert(column);
            value
        }
        None => unset(),
    }
}

/// A column of a new row with a default in Rust, which counts as set.
pub fn given_or_default<T>(
    value: Option<T>,
    column: usize,
    set: &mut ColumnSet,
    defaulted: &mut ColumnSet,
    default: impl FnOnce() -> T,
) -> T {
    set.insert(column);
    value.unwrap_or_else(|| {
        defaulted.insert(column);
        default()
    })
}

/// A column or relation that the model has not: positions come from the model's own mapping.
#[cold]
pub fn no_such_position(position: usize) -> ! {
    unreachable!("the model has no position {position}")
}

/// Two types that a foreign key and its target have in common.
#[diagnostic::on_unimplemented(
    message = "a foreign key of type `{T}` cannot reference a key of type `{Self}`",
    label = "this key is a `{T}`, what it references is a `{Self}`",
    note = "give both the same type; `Option` around the foreign key makes no difference"
)]
pub trait SameKey<T> {}

#[diagnostic::do_not_recommend]
impl<T> SameKey<T> for T {}

/// `references = User.id`: the column exists, and is of the type `T`.
pub fn references<T, M, C: Value>(_: Column<M, C>)
where
    C::Base: SameKey<T>,
{
}

/// `key = author_id`: the field's type `T` is that of the other model's key.
pub fn key_of<K: SameKey<T>, T>() {}

/// `foreign_key = Post.author_id`: a column of the relation's other model.
pub fn column_of<M, T>(_: Column<M, T>) {}

/// `order_by = position`: a column of the relation's other model.
pub fn orders<M, T>(_: Column<M, T>) {}

/// A `BelongsTo` that leads to `O`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the other side of a relation of `{O}`",
    label = "not a `BelongsTo<{O}>`",
    note = "the inverse of a `HasMany` or `HasOne` of `{O}` is the `BelongsTo<{O}>` on the other side"
)]
pub trait OneBack<O> {}
#[diagnostic::do_not_recommend]
impl<T, O> OneBack<O> for Relation<T, O, One> {}
#[diagnostic::do_not_recommend]
impl<T, O> OneBack<O> for Relation<T, O, OneOrNone> {}

/// A `HasMany` or `HasOne` that leads to `O`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the other side of a relation of `{O}`",
    label = "not a `HasMany<{O}>` or `HasOne<{O}>`",
    note = "the inverse of a `BelongsTo` of `{O}` is the `HasMany<{O}>` or `HasOne<{O}>` on the other side"
)]
pub trait ManyBack<O> {}
#[diagnostic::do_not_recommend]
impl<T, O> ManyBack<O> for Relation<T, O, Many> {}
#[diagnostic::do_not_recommend]
impl<T, O> ManyBack<O> for Relation<T, O, OneOrNone> {}

/// `inverse = ..` of a `HasMany` or `HasOne`.
pub fn inverse_of_many<O, R: OneBack<O>>(_: R) {}

/// `inverse = ..` of a relation with `through`.
pub fn inverse_of_through<O, R: ManyBack<O>>(_: R) {}

/// `inverse = ..` of a `BelongsTo`.
pub fn inverse_of_one<O, R: ManyBack<O>>(_: R) {}

/// The position of an enum's text among those it knows.
pub fn enum_text(cell: Cell<'_>, known: &'static [&'static str]) -> Result<usize> {
    let found = match cell {
        Cell::Text(text) => known.iter().position(|k| k.as_bytes() == text),
        _ => None,
    };
    found.ok_or_else(|| {
        let what = if matches!(cell, Cell::Text(_)) { "another text" } else { cell.kind() };
        Error::conversion(format!("expected one of {}, found {what}", known.join(", ")))
            .with_help("add the variant to the enum, or correct the row")
    })
}

/// The error for an integer that no variant has.
#[cold]
pub fn enum_integer(_: i64, known: &[(i64, &'static str)]) -> Error {
    let known: Vec<_> = known.iter().map(|(value, name)| format!("{value} ({name})")).collect();
    Error::conversion(format!("expected one of {}, found another integer", known.join(", ")))
        .with_help("add the variant to the enum, or correct the row")
}

/// The registry of these models' tables, and what is wrong with them: what `metadata![..]` makes.
pub fn metadata(models: &[&'static Mapping]) -> MetaData {
    let mut faults = Vec::new();
    for (i, model) in models.iter().enumerate() {
        let same_table = |other: &&&Mapping| {
            (&other.table().schema, &other.table().name) == (&model.table().schema, &model.table().name)
        };
        if let Some(other) = models[..i].iter().find(same_table) {
            let table = model.table_name();
            faults.push(if other == model {
                format!("`{}` is listed twice", model.name())
            } else {
                format!("`{}` and `{}` are both the table `{table}`", other.name(), model.name())
            });
        }
        for key in model.foreign_keys() {
            if !models.contains(&key.parent) {
                let columns: Vec<Name> =
                    key.child_columns.iter().map(|&c| model.columns()[c].field.into()).collect();
                faults.push(format!(
                    "{}.{} references `{}`, which is not listed: add it to `metadata![..]`",
                    model.name(),
                    columns.join(", "),
                    key.parent.name()
                ));
            }
        }
        faults.extend(model.faults().iter().cloned());
    }
    super::metadata(models).with_faults(faults)
}
