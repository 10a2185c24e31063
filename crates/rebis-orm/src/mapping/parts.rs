//! What `#[derive(Model)]` writes down: constant data, nothing worked out.

use super::Mapping;
use crate::graph::AnyStore;
use rebis_core::{Conversion, SqlType};
use rebis_sql::schema::{Action, Identity};

/// A model as the derive saw it.
#[derive(Debug)]
pub struct ModelParts {
    /// The struct's name.
    pub name: &'static str,
    /// Where it is declared: for messages.
    pub module: &'static str,
    /// The schema of the table.
    pub schema: Option<&'static str>,
    /// The table's name.
    pub table: &'static str,
    /// Comment on the table.
    pub comment: Option<&'static str>,
    /// Earlier name of the table.
    pub renamed_from: Option<&'static str>,
    /// Columns, in the order of the fields.
    pub columns: &'static [ColumnPart],
    /// Relations, in the order of the fields.
    pub relations: &'static [RelationPart],
    /// Unique constraints of several columns: name and fields.
    pub uniques: &'static [(Option<&'static str>, &'static [&'static str])],
    /// Indexes that are said at the struct.
    pub indexes: &'static [IndexPart],
    /// Checks of the table: name and condition.
    pub checks: &'static [(Option<&'static str>, &'static str)],
    /// Foreign keys of several columns.
    pub foreign_keys: &'static [ForeignKeyPart],
    /// It is a view, which is read alone.
    pub view: bool,
    /// How the database keeps the table.
    pub options: OptionsPart,
    /// Exclusion constraints: name, and what stands behind EXCLUDE.
    pub exclusions: &'static [(&'static str, &'static str)],
    /// The model's mapping itself.
    pub mapping: fn() -> &'static Mapping,
    /// The index of the model in this process.
    pub index: fn() -> usize,
    /// Adds an object with nothing but defaults, for association rows of many-to-many relations:
    /// `add_blank::<User>`.
    pub add_blank: fn(&mut crate::graph::Graph) -> Option<crate::graph::Raw>,
    /// Makes an empty store of its objects.
    pub store: fn() -> Box<dyn AnyStore>,
}

/// How the database keeps the table: [`TableOptions`](rebis_sql::schema::TableOptions) as constant data.
#[derive(Debug)]
pub struct OptionsPart {
    /// `STRICT`
    pub strict: bool,
    /// `WITHOUT ROWID`
    pub without_rowid: bool,
    /// `UNLOGGED`
    pub unlogged: bool,
    /// `ENGINE`
    pub engine: Option<&'static str>,
    /// `TABLESPACE`
    pub tablespace: Option<&'static str>,
    /// `WITH (..)`
    pub storage: Option<&'static str>,
}

/// A model, and one of its fields.
pub(super) type Reference = (fn() -> &'static Mapping, &'static str);

/// A column as the derive saw it.
#[derive(Debug)]
pub struct ColumnPart {
    /// The field's name, without `r#`.
    pub field: &'static str,
    /// The column's name.
    pub name: &'static str,
    /// `<T as Value>::sql_type`.
    pub sql_type: fn() -> SqlType,
    /// `<T as Value>::NULLABLE`.
    pub nullable: bool,
    /// `<T as Value>::CONVERSION`.
    pub kept: Option<&'static Conversion>,
    /// `length = ..`
    pub length: Option<u32>,
    /// Part of the primary key.
    pub primary_key: bool,
    /// The database makes it up.
    pub generated: bool,
    /// How it counts, or the sequence that it draws from.
    pub identity: Option<Identity>,
    /// A unique constraint of its own.
    pub unique: bool,
    /// An index of its own.
    pub index: bool,
    /// A default in Rust.
    pub has_default: bool,
    /// A default in the database, as SQL.
    pub server_default: Option<&'static str>,
    /// What the database computes it of, as SQL.
    pub computed: Option<&'static str>,
    /// It is computed when it is written.
    pub stored: bool,
    /// Types in the words of databases, in place of the type: a database's word (empty: every database), and the type.
    pub sql_types: &'static [(&'static str, &'static str)],
    /// The sequence in the database that gives a value where none is set.
    pub sequence: Option<&'static str>,
    /// A check.
    pub check: Option<&'static str>,
    /// `references = User.id`: the other model and its field.
    pub references: Option<Reference>,
    /// Of that foreign key.
    pub on_delete: Action,
    /// Of that foreign key.
    pub on_update: Action,
    /// Comment on the column.
    pub comment: Option<&'static str>,
    /// Earlier name of the column.
    pub renamed_from: Option<&'static str>,
    /// Left out by queries until it is asked for. Such columns come last.
    pub deferred: bool,
}

impl ColumnPart {
    /// Whether the database has a value for it where none is set.
    pub(crate) fn is_left_to_database(&self) -> bool {
        self.generated || self.server_default.is_some() || self.sequence.is_some() || self.computed.is_some()
    }

    /// A column of which nothing more is said.
    pub const fn new(
        field: &'static str,
        name: &'static str,
        sql_type: fn() -> SqlType,
        nullable: bool,
        kept: Option<&'static Conversion>,
    ) -> Self {
        ColumnPart {
            field,
            name,
            sql_type,
            nullable,
            kept,
            length: None,
            primary_key: false,
            generated: false,
            identity: None,
            unique: false,
            index: false,
            has_default: false,
            server_default: None,
            computed: None,
            stored: false,
            sql_types: &[],
            sequence: None,
            check: None,
            references: None,
            on_delete: Action::NoAction,
            on_update: Action::NoAction,
            comment: None,
            renamed_from: None,
            deferred: false,
        }
    }
}

/// `#[model(index(a, desc(b), "lower(c)", include(d), where = ".."))]`
#[derive(Debug)]
pub struct IndexPart {
    /// Its name, where given.
    pub name: Option<&'static str>,
    /// What it is ordered by, and whether descending.
    pub keys: &'static [(IndexedPart, bool)],
    /// Whether it is unique.
    pub unique: bool,
    /// Fields that it holds as well.
    pub include: &'static [&'static str],
    /// Which rows it holds, as SQL.
    pub condition: Option<&'static str>,
    /// Whether it is searched in words, and of which language.
    pub full_text: Option<Option<&'static str>>,
}

/// What an index is of.
#[derive(Clone, Copy, Debug)]
pub enum IndexedPart {
    /// A field.
    Field(&'static str),
    /// An expression, as SQL.
    Sql(&'static str),
}

/// `#[model(foreign_key(columns(a, b), references = Line(a, b)))]`
#[derive(Debug)]
pub struct ForeignKeyPart {
    /// Own fields.
    pub columns: &'static [&'static str],
    /// The other model.
    pub target: fn() -> &'static Mapping,
    /// Its fields.
    pub target_columns: &'static [&'static str],
    /// What happens on delete.
    pub on_delete: Action,
    /// What happens on update of the key.
    pub on_update: Action,
}

/// A relation as the derive saw it.
#[derive(Debug)]
pub struct RelationPart {
    /// The field's name.
    pub name: &'static str,
    /// Which of the three.
    pub kind: RelationKind,
    /// The other model.
    pub target: fn() -> &'static Mapping,
    /// How the two hang together.
    pub link: LinkPart,
    /// The name of the relation on the other side, where it was given.
    pub inverse: Option<&'static str>,
    /// Cascades.
    pub cascade: CascadePart,
    /// What is left to the database on delete.
    pub passive_deletes: PassiveDeletes,
    /// Never written.
    pub view_only: bool,
    /// Order of a collection: fields of the other model, and whether descending.
    pub order_by: &'static [(&'static str, bool)],
}

/// The three kinds of relation fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// `BelongsTo`: the key is here.
    BelongsTo {
        /// `BelongsTo<Option<_>>`.
        nullable: bool,
    },
    /// `HasOne`: the key is on the other side, at most one row has it.
    HasOne,
    /// `HasMany`: the key is on the other side or in an association table.
    HasMany,
}

/// How two models hang together, as written.
#[derive(Debug)]
pub enum LinkPart {
    /// `key = author_id`: own fields; they reference the key of the other model (or what `references` says).
    Key(&'static [&'static str]),
    /// `inverse = author`: the key of that relation of the other model.
    Inverse,
    /// `foreign_key = Post.author_id`: fields of the other model, without a relation there.
    ForeignKey(&'static [&'static str]),
    /// `through = PostTag`, with `from` and `to` where they are needed: a relation or field of the association.
    Through {
        /// The association model.
        model: fn() -> &'static Mapping,
        /// Which of its relations (or key fields) leads here.
        from: Option<&'static str>,
        /// Which leads to the target.
        to: Option<&'static str>,
    },
}

/// Cascades of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CascadePart {
    /// Deleting the owner deletes the other side.
    pub delete: bool,
    /// Taking out of the relation deletes what was taken out.
    pub delete_orphan: bool,
    /// `merge` follows the relation.
    pub merge: bool,
    /// `expunge` follows the relation.
    pub expunge: bool,
    /// `refresh` follows the relation.
    pub refresh: bool,
}

/// What is left to the database when the owner is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PassiveDeletes {
    /// Nothing: children are loaded, then deleted or their key set to NULL.
    #[default]
    No,
    /// Children that are not loaded.
    Unloaded,
    /// All children.
    All,
}
