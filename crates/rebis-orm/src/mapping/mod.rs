//! What the derive says of a model, and what is worked out from it: tables, relations, cascades. No data, no I/O.

mod column_set;
mod deferred;
#[doc(hidden)]
pub mod derived;
mod draft;
mod entity;
mod fields;
mod into_value;
mod link;
mod model;
mod parts;
mod registry;
mod relation;
mod table;
mod target;
mod views;

pub use column_set::ColumnSet;
pub use deferred::Deferred;
pub use draft::{AnyDraft, Draft, Links, NewMember, NewRow, Set, Unset, draft_of};
pub use entity::{Entity, EntityOn, Maybe, Optional};
pub use fields::{BelongsTo, Handles, HasMany, HasOne, NotLoaded, RelationField};
pub use into_value::IntoValue;
pub use link::{LinkMut, LinkRef, ManyLink, OneLink};
pub use model::{Model, ModelIndex, Record, add_blank, track, tracker};
pub use parts::{
    CascadePart, ColumnPart, ForeignKeyPart, IndexPart, IndexedPart, LinkPart, ModelParts, OptionsPart,
    PassiveDeletes, RelationKind, RelationPart,
};
pub use registry::{ColumnInfo, Edge, LinkInfo, Mapping, RelationInfo, Through};
pub use relation::{Kind, Many, One, OneOrNone, Relation, ToManyOf, ToOneOf};
pub use target::{IntoMember, IntoMembers, IntoTarget, IsA, Target, TargetValue};
pub(crate) use views::is_view;

/// The tables of these models, with every fault of their mappings.
#[doc(hidden)]
pub fn metadata(mappings: &[&'static Mapping]) -> rebis_sql::schema::MetaData {
    let tables = mappings.iter().filter(|m| !m.is_view()).map(|m| m.table().clone()).collect();
    let faults = mappings.iter().flat_map(|m| m.faults().iter().cloned()).collect();
    rebis_sql::schema::MetaData::new(tables).with_faults(faults)
}
