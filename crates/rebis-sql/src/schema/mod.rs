//! Tables, columns, constraints and indexes as values: what `create_all` makes and a migration compares.

mod check;
mod ddl;
mod metadata;
mod naming;
mod sort;
mod table;

pub use ddl::Ddl;
pub use metadata::{MetaData, SchemaTarget};
pub use naming::NamingConvention;
pub use table::{
    Action, Check, Column, Computed, Default, ForeignKey, Index, IndexKey, Indexed, Table, Unique,
};
