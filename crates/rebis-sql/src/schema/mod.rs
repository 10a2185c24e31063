//! Tables, columns, constraints and indexes as values: what `create_all` makes and a migration compares.

mod check;
mod ddl;
mod full_text;
mod metadata;
mod namespace;
mod naming;
mod options;
mod sort;
mod table;
mod view;

pub use ddl::Ddl;
pub use metadata::{MetaData, SchemaTarget, Statements};
pub use namespace::{Schema, Schemas};
pub use naming::NamingConvention;
pub use options::{Exclusion, KnownOptions, Script, TableOptions};
pub use table::{
    Action, Check, Column, Computed, Default, ForeignKey, FullTextIndex, Identity, Index, IndexKey, Indexed,
    Table, Unique,
};
pub use view::{TableAs, View};
