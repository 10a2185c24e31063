//! Tables that a program learns of when it runs.

use super::{
    Column, Delete, Insert, IntoCondition, IntoSource, JoinPart, Select, Selectable, Update, select,
};
use crate::ast::{self, Expr, Source, TableRef};
use rebis_core::Record;
use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

/// A table by its name, for programs that learn the schema when they run. Its columns are typed by the caller's word;
/// all else is as with models.
///
/// Each distinct name is kept for the life of the program, so that columns stay `Copy`: take names from a schema, not from
/// whoever asks.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let users = table(format!("us{}", "ers"));
/// let (id, name) = (users.column::<i64>("id"), users.column::<String>("name"));
///
/// let check = |shown: String, sql: &str| assert_eq!(shown, sql);
/// check(select((id, name)).filter(id.gt(5)).to_string(), "SELECT users.id, users.name FROM users WHERE users.id > 5");
/// check(users.rows().filter(id.eq(5)).to_string(), "SELECT * FROM users WHERE users.id = 5");
/// check(users.insert().row(name.to("ann")).to_string(), "INSERT INTO users (name) VALUES ('ann')");
/// check(users.update().set(name, "bob").filter(id.eq(5)).to_string(), "UPDATE users SET name = 'bob' WHERE id = 5");
/// check(users.delete().filter(id.eq(5)).to_string(), "DELETE FROM users WHERE id = 5");
/// # Ok(())
/// # }
/// ```
pub fn table(name: impl AsRef<str>) -> DynamicTable {
    DynamicTable { schema: None, name: kept(name.as_ref()), alias: None }
}

/// A table by its name; see [`table`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DynamicTable {
    schema: Option<&'static str>,
    name: &'static str,
    alias: Option<&'static str>,
}

/// The model of columns that have none.
#[derive(Debug)]
pub enum Dynamic {}

impl DynamicTable {
    /// The table in a schema.
    #[must_use]
    pub fn in_schema(self, schema: impl AsRef<str>) -> Self {
        DynamicTable { schema: Some(kept(schema.as_ref())), ..self }
    }

    /// The table under another name.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let (staff, boss) = (table("staff"), table("staff").alias("boss"));
    /// let on = staff.column::<i64>("boss_id").eq(boss.column::<i64>("id"));
    /// assert_eq!(
    ///     select(boss.column::<String>("name")).select_from(staff).join(boss.on(on)).to_string(),
    ///     "SELECT boss.name FROM staff JOIN staff AS boss ON staff.boss_id = boss.id"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn alias(self, alias: impl AsRef<str>) -> Self {
        DynamicTable { alias: Some(kept(alias.as_ref())), ..self }
    }

    /// A column that holds a `T`, by the caller's word.
    ///
    /// See [`table`] for an example.
    pub fn column<T>(self, name: impl AsRef<str>) -> Column<Dynamic, T> {
        let column = Column::new(self.name, kept(name.as_ref()), 0);
        let column = self.schema.map_or(column, |schema| column.in_schema(schema));
        self.alias.map_or(column, |alias| column.aliased(alias))
    }

    /// All columns of all rows, by name.
    ///
    /// See [`table`] for an example.
    pub fn rows(self) -> Select<Record> {
        select(self)
    }

    /// An INSERT. Which keys the table has is not known.
    ///
    /// See [`table`] for an example.
    pub fn insert(self) -> Insert<Dynamic> {
        Insert::new(self.reference(), Vec::new)
    }

    /// An UPDATE.
    ///
    /// See [`table`] for an example.
    pub fn update(self) -> Update<Dynamic> {
        Update::new(self.reference())
    }

    /// A DELETE.
    ///
    /// See [`table`] for an example.
    pub fn delete(self) -> Delete<Dynamic> {
        Delete::new(self.reference())
    }

    /// To be joined on a condition.
    ///
    /// See [`alias`](Self::alias) for an example.
    pub fn on(self, condition: impl IntoCondition) -> JoinPart {
        JoinPart { source: self.into_source(), on: Some(condition.into_condition().into_ast()) }
    }

    fn reference(self) -> TableRef {
        let DynamicTable { schema, name, alias } = self;
        TableRef { schema: schema.map(Into::into), name: name.into(), alias: alias.map(Into::into) }
    }
}

impl IntoSource for DynamicTable {
    fn into_source(self) -> Source {
        Source::Table(self.reference())
    }
}

#[diagnostic::do_not_recommend]
impl Selectable for DynamicTable {
    type Row = Record;
    fn add_to(self, select: &mut ast::Select) {
        select.from.get_or_insert_with(|| self.into_source());
        select.items.push(Expr::Star.into());
    }
}

/// A name that lives as long as the program.
fn kept(name: &str) -> &'static str {
    static KEPT: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    match kept.get(name) {
        Some(known) => known,
        None => {
            let name: &'static str = Box::leak(name.into());
            kept.insert(name);
            name
        }
    }
}
