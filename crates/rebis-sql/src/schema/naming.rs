//! Names of constraints and indexes that the user did not name.

use super::{Check, ForeignKey, Index, Table, Unique};
use rebis_core::Name;

/// How constraints and indexes are named when the model does not name them. Every constraint has a name, so that
/// an error can name it and a migration can drop it.
///
/// The defaults: `pk_users`, `uq_users_email`, `fk_posts_author_id_users`, `ck_users_age` (numbered where a
/// column has several), `ix_posts_title`.
///
/// ```
/// use rebis_sql::schema::{Index, NamingConvention, Table};
///
/// let index = Index::new(["title"]);
/// assert_eq!(NamingConvention::default().index(&Table::new("posts"), &index), "ix_posts_title");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamingConvention {
    /// Before the name of a primary key.
    pub primary_key: Name,
    /// Before the name of a unique constraint.
    pub unique: Name,
    /// Before the name of a foreign key.
    pub foreign_key: Name,
    /// Before the name of a check.
    pub check: Name,
    /// Before the name of an index.
    pub index: Name,
}

impl Default for NamingConvention {
    fn default() -> Self {
        NamingConvention {
            primary_key: "pk".into(),
            unique: "uq".into(),
            foreign_key: "fk".into(),
            check: "ck".into(),
            index: "ix".into(),
        }
    }
}

/// The longest identifier that every database takes (PostgreSQL: 63 bytes); longer ones are cut and get a mark.
const LONGEST: usize = 63;

impl NamingConvention {
    /// The name of a table's primary key.
    pub fn primary_key(&self, table: &Table) -> Name {
        join([&self.primary_key, &table.name])
    }

    /// The name of a unique constraint.
    pub fn unique(&self, table: &Table, unique: &Unique) -> Name {
        named(&unique.name, || list(&self.unique, &table.name, &unique.columns, None))
    }

    /// The name of a foreign key.
    pub fn foreign_key(&self, table: &Table, key: &ForeignKey) -> Name {
        named(&key.name, || list(&self.foreign_key, &table.name, &key.columns, Some(&key.target_table)))
    }

    /// The name of a check.
    pub fn check(&self, table: &Table, check: &Check) -> Name {
        named(&check.name, || {
            let alike: Vec<_> =
                table.checks.iter().filter(|c| c.name.is_none() && c.column == check.column).collect();
            let number = alike.iter().position(|c| std::ptr::eq(*c, check)).unwrap_or(0);
            let mut parts = vec![self.check.to_string(), table.name.to_string()];
            parts.extend(check.column.as_ref().map(|c| c.to_string()));
            if alike.len() > 1 {
                parts.push((number + 1).to_string());
            }
            cut(parts.join("_"))
        })
    }

    /// The name of an index. An expression is called `expr` in it.
    pub fn index(&self, table: &Table, index: &Index) -> Name {
        named(&index.name, || {
            let expression = Name::from("expr");
            let keys = index.keys.iter().map(|key| key.column().unwrap_or(&expression).clone());
            list(&self.index, &table.name, &keys.collect::<Vec<_>>(), None)
        })
    }
}

fn named(given: &Option<Name>, make: impl FnOnce() -> Name) -> Name {
    given.clone().unwrap_or_else(make)
}

fn list(prefix: &str, table: &str, columns: &[Name], target: Option<&str>) -> Name {
    let mut parts = vec![prefix, table];
    parts.extend(columns.iter().map(|c| &**c));
    parts.extend(target);
    join(parts)
}

fn join<S: AsRef<str>>(parts: impl IntoIterator<Item = S>) -> Name {
    let parts: Vec<S> = parts.into_iter().collect();
    cut(parts.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("_"))
}

/// Cuts a long name and marks it with a hash of the whole, so that two long names stay apart.
fn cut(name: String) -> Name {
    if name.len() <= LONGEST {
        return name.into();
    }
    // FNV-1a: stable over versions and machines, which a name in a database must be.
    let hash = name.bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193));
    let mut end = LONGEST - 9;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_{hash:08x}", &name[..end]).into()
}
