//! Tables, columns, constraints and indexes as values: what `create_all` makes and a migration compares.

mod metadata;
mod naming;
mod table;

pub use metadata::{MetaData, SchemaTarget};
pub use naming::NamingConvention;
pub use table::{Action, Check, Column, Default, ForeignKey, Index, Table, Unique};
