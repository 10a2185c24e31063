//! Other schemas in place of those that statements name.

use crate::ast::TableRef;
use crate::render::{push_ident, push_literal};
use crate::{Capabilities, EnumTypes};
use hashbrown::HashMap;
use rebis_core::{Datum, Name, SqlType};
use std::sync::{LazyLock, Mutex, PoisonError};

/// What a schema is called where statements run: from the name that models give, or none, to the name that is written.
pub type SchemaMap = Vec<(Option<Name>, Name)>;

type Known = HashMap<(usize, SchemaMap), &'static Capabilities>;

static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);

impl Capabilities {
    /// The same, with other schemas in place of those that statements name. There is one for each map, ever after: what is
    /// kept of statements is kept by the capabilities they were rendered for, and so for each map apart.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let acme = dialect::postgres().with_schemas(&[(None, "acme".into())]);
    /// assert_eq!(select(User.id).to_sql(acme)?, "SELECT users.id FROM acme.users");
    /// assert!(std::ptr::eq(acme, dialect::postgres().with_schemas(&[(None, "acme".into())])));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_schemas(&'static self, map: &[(Option<Name>, Name)]) -> &'static Capabilities {
        if map.is_empty() {
            return self;
        }
        let mut map = map.to_vec();
        map.sort_unstable();
        let key = (std::ptr::from_ref(self).addr(), map);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(capabilities) = known.get(&key) {
            return capabilities;
        }
        let schemas: &'static [(Option<Name>, Name)] = Vec::leak(key.1.clone());
        let capabilities: &'static Capabilities =
            Box::leak(Box::new(Capabilities { schemas, ..self.clone() }));
        known.insert(key, capabilities);
        capabilities
    }

    /// The schema that is written for one that a statement names, or for none.
    #[inline]
    pub fn schema<'n>(&self, named: Option<&'n str>) -> Option<&'n str>
    where
        'static: 'n,
    {
        if self.schemas.is_empty() {
            return named;
        }
        let mapped = self.schemas.iter().find(|(from, _)| from.as_deref() == named);
        mapped.map_or(named, |(_, to)| Some(to.as_ref()))
    }

    /// The name of something that belongs to the tables of a schema: a type, a sequence. It is in the schema that stands in
    /// place of theirs, where another does; else in the one that the connection makes things in.
    pub(crate) fn name_in(&self, schema: Option<&str>, name: &str) -> String {
        match self.schemas.iter().find(|(from, _)| from.as_deref() == schema) {
            Some((_, written)) => format!("{}.{}", self.ident(written), self.ident(name)),
            None => self.ident(name),
        }
    }

    /// A type as DDL and CAST spell it; an enum that is a type of its own by its [name](Self::name_in).
    pub(crate) fn type_in(
        &self,
        schema: Option<&str>,
        of: &SqlType,
        spelt: fn(&SqlType) -> String,
    ) -> String {
        match *of.element() {
            SqlType::Enum { name, native: true, .. }
                if self.enum_types == EnumTypes::Named && !self.schemas.is_empty() =>
            {
                let arrays = if matches!(of, SqlType::Array(_)) { "[]" } else { "" };
                self.name_in(schema, name) + arrays
            }
            _ => spelt(of),
        }
    }

    /// The query that lists the tables of a schema, or of the one that is meant where none is named: one row for each, its
    /// name.
    pub fn tables_of(&self, schema: Option<&str>) -> String {
        let Some(schema) = schema else { return self.list_tables.to_owned() };
        let (mut name, mut text) = (String::new(), String::new());
        push_ident(&mut name, schema, self);
        push_literal(&mut text, &Datum::Text(schema.to_owned()), self);
        match self.list_tables_of.split_once("{name}") {
            Some((before, behind)) => format!("{before}{name}{behind}"),
            None => self.list_tables_of.replacen("{text}", &text, 1),
        }
    }

    /// A name as statements have it: in quotes, where it needs them.
    pub fn ident(&self, name: &str) -> String {
        let mut out = String::with_capacity(name.len() + 2);
        push_ident(&mut out, name, self);
        out
    }

    /// The query that lists the views of a schema, as [`tables_of`](Self::tables_of) does the tables.
    pub fn views_of(&self, schema: Option<&str>) -> String {
        let of = match schema {
            None => self.views.here.to_owned(),
            Some(schema) if self.schemas_are_files => self.ident(schema),
            Some(schema) => {
                let mut text = String::new();
                push_literal(&mut text, &Datum::Text(schema.to_owned()), self);
                text
            }
        };
        self.views.list.replace("{schema}", &of)
    }

    /// A table as statements name it: `acme."order"`.
    pub fn table_name(&self, table: &TableRef) -> String {
        let mut out = String::new();
        if let Some(schema) = self.schema(table.schema.as_deref()) {
            push_ident(&mut out, schema, self);
            out.push('.');
        }
        push_ident(&mut out, &table.name, self);
        out
    }
}
