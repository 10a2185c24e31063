//! What the derives and macros write paths to. Not part of the public interface: it changes without notice.

pub use rebis_core::{
    Binds, Cell, Conversion, Element, Key, Pending, Result, Row, SqlType, Tracker, Value, own_conversion,
};
pub use rebis_orm::graph::{Handle, new_store};
pub use rebis_orm::mapping::derived::{
    Related, Stored, column, column_of, enum_integer, enum_text, given_or, given_or_default, inverse_of_many,
    inverse_of_one, inverse_of_through, key_of, mapping_of, metadata, no_such_position, orders, references,
    required,
};
pub use rebis_orm::mapping::{
    CascadePart, ColumnPart, ColumnSet, Deferred, Draft, Entity, ForeignKeyPart, IndexPart, IndexedPart,
    IntoMembers, IntoTarget, IntoValue, IsA, LinkMut, LinkPart, LinkRef, Links, Many, Mapping, Model,
    ModelIndex, ModelParts, NewMember, NewRow, One, OneLink, OneOrNone, OptionsPart, PassiveDeletes, Record,
    Relation, RelationKind, RelationPart, Set, Target, Unset, add_blank, draft_of, track, tracker,
};
pub use rebis_orm::row_of;
pub use rebis_sql::build::NewRows;
pub use rebis_sql::schema::{Action, Identity};
pub use rebis_sql::{Column, IntoRow};
