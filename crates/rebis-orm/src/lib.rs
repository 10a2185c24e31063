//! Models, the session, the identity map and the unit of work.
//!
//! * `mapping`: what the derive says of a model, and what is worked out from it.
//! * `graph`: the session without I/O: objects, identity, relations, changes. Domain logic takes `&mut Graph`.
//! * `query`: what models add to the SQL language.
//! * `loading`: which query brings a relation, and what becomes of its rows.
//! * `unit_of_work`: from changes to statements in the right order.
//! * `session`: the graph with a connection.
//!
//! It knows no SQL text, no dialect and no socket.

#![forbid(unsafe_code)]

pub mod graph;
pub mod loading;
pub mod mapping;
pub mod query;
pub mod session;
mod unit_of_work;

pub use graph::{AsHandle, Change, Graph, Handle, HandleOf, History, Node, State, StateChange, Tree};
pub use loading::{IntoPath, LoadPath};
pub use mapping::{
    BelongsTo, Entity, HasMany, HasOne, IntoMember, IntoMembers, IntoTarget, Kind, Many, Mapping, Maybe,
    Model, NewRow, NotLoaded, One, OneOrNone, Relation, Target, ToManyOf, ToOneOf,
};
#[doc(hidden)]
pub use query::row_of;
#[doc(hidden)]
pub use rebis_core::Result as __Result;
pub use session::{
    Batches, NoAutoflush, OpenSession, Retry, Savepoint, Session, SessionFactory, SessionOptions,
};
