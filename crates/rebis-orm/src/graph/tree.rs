//! Snapshots of what is loaded, as values.

use super::{AsHandle, Graph, Object, Raw};
use crate::mapping::{LinkRef, OneLink};
use rebis_core::{Binds, Datum};
use std::fmt;

/// An object and what is loaded around it, nested and owned: for JSON and templates.
///
/// Columns come in the order of the fields (deferred ones last), then the loaded relations; what is not loaded is not there. An object
/// that stands above itself (the author of a post of the author) is shown by its key alone. With the feature
/// `serde` it is `Serialize`; `Display` prints JSON.
///
/// Made by [`Graph::tree`].
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// db.refresh(hello).await?;
/// db.load(hello, Post.tags).await?;
/// let tree = db.tree(hello);
/// assert!(tree.get("tags").is_some());
/// println!("{tree}"); // {"id":1,"title":"Hello",…,"tags":[{"id":1,"name":"rust"}]}
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// The model's name.
    pub model: &'static str,
    /// Fields and their values.
    pub fields: Vec<(&'static str, Node)>,
}

/// One field of a [`Tree`].
///
/// See [`Tree`] for an example.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A column.
    Value(Datum),
    /// A to-one relation.
    One(Option<Box<Tree>>),
    /// A to-many relation.
    Many(Vec<Tree>),
}

impl Tree {
    /// A field by name.
    pub fn get(&self, field: &str) -> Option<&Node> {
        self.fields.iter().find(|(name, _)| *name == field).map(|(_, node)| node)
    }
}

impl Graph {
    /// A nested, owned snapshot of an object and of what is loaded around it.
    ///
    /// See [`Tree`] for an example.
    ///
    /// # Panics
    /// If the handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn tree(&self, handle: impl AsHandle) -> Tree {
        let object = self.checked_ref(handle);
        self.tree_of(object, None, &mut Vec::new())
    }

    /// [`tree`](Graph::tree) of each.
    ///
    /// See [`Tree`] for an example.
    ///
    /// # Panics
    /// As [`tree`](Graph::tree).
    #[track_caller]
    pub fn trees(&self, handles: impl IntoIterator<Item: AsHandle>) -> Vec<Tree> {
        handles.into_iter().map(|handle| self.tree(handle)).collect()
    }

    /// `came`: the relation that leads back to where the walk came from. If it is a collection it is not followed.
    fn tree_of(&self, object: Object, came: Option<usize>, above: &mut Vec<Object>) -> Tree {
        let Some(store) = self.store(object.model) else { return Tree { model: "", fields: Vec::new() } };
        let mapping = store.mapping();
        let again = above.contains(&object);
        let mut fields = Vec::new();
        for (column, info) in mapping.columns().iter().enumerate() {
            if again && !mapping.key().contains(&column) || !store.has(object.raw.slot, column) {
                continue;
            }
            let mut binds = Binds::new();
            store.encode(object.raw.slot, column, &mut binds);
            fields.push((info.field, Node::Value(binds.get(0).map_or(Datum::Null, Datum::from))));
        }
        if !again {
            above.push(object);
            for info in mapping.relations() {
                let below = |raw: Raw| Object { model: info.target.index() as u32, raw };
                match store.link(object.raw.slot, info.index) {
                    Some(LinkRef::One(OneLink::Loaded(raw))) => {
                        let tree = self.tree_of(below(raw), info.inverse, above);
                        fields.push((info.name, Node::One(Some(Box::new(tree)))));
                    }
                    Some(LinkRef::One(OneLink::None)) => fields.push((info.name, Node::One(None))),
                    Some(LinkRef::Many(_)) if came == Some(info.index) => {}
                    Some(LinkRef::Many(link)) => {
                        if let Some(list) = link.list() {
                            let trees = list
                                .iter()
                                .map(|raw| self.tree_of(below(raw), info.inverse, above))
                                .collect();
                            fields.push((info.name, Node::Many(trees)));
                        }
                    }
                    Some(LinkRef::One(OneLink::NotLoaded)) | None => {}
                }
            }
            above.pop();
        }
        Tree { model: mapping.name(), fields }
    }
}

impl fmt::Display for Tree {
    /// JSON. Bytes are written as hexadecimal text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (i, (name, node)) in self.fields.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { "," })?;
            write_text(f, name)?;
            f.write_str(":")?;
            match node {
                Node::Value(datum) => write_datum(f, datum)?,
                Node::One(None) => f.write_str("null")?,
                Node::One(Some(tree)) => tree.fmt(f)?,
                Node::Many(trees) => {
                    f.write_str("[")?;
                    for (i, tree) in trees.iter().enumerate() {
                        f.write_str(if i == 0 { "" } else { "," })?;
                        tree.fmt(f)?;
                    }
                    f.write_str("]")?;
                }
            }
        }
        f.write_str("}")
    }
}

fn write_datum(f: &mut fmt::Formatter<'_>, datum: &Datum) -> fmt::Result {
    match datum {
        Datum::Null => f.write_str("null"),
        Datum::Bool(v) => write!(f, "{v}"),
        Datum::Int(v) => write!(f, "{v}"),
        Datum::Unsigned(v) => write!(f, "{v}"),
        Datum::Float(v) if v.is_finite() => write!(f, "{v}"),
        Datum::Float(_) => f.write_str("null"),
        Datum::Text(v) | Datum::Decimal(v) | Datum::Written(v) => write_text(f, v),
        Datum::Array(json) => f.write_str(json),
        other => write_text(f, &readable(other)),
    }
}

/// Values that JSON has no form for, as text.
fn readable(datum: &Datum) -> String {
    match datum {
        Datum::Blob(bytes) => bytes.iter().map(|b| format!("{b:02x}")).collect(),
        Datum::Uuid(bytes) => {
            let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
            [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
        }
        other => format!("{:?}", other.cell()),
    }
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            c if c < ' ' => write!(f, "\\u{:04x}", c as u32)?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}

#[cfg(feature = "serde")]
mod serialize {
    use super::{Datum, Node, Tree, readable};
    use rebis_core::array_text;
    use serde::ser::{Serialize, SerializeMap, Serializer};

    impl Serialize for Tree {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(Some(self.fields.len()))?;
            for (name, node) in &self.fields {
                map.serialize_entry(name, node)?;
            }
            map.end()
        }
    }

    impl Serialize for Node {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self {
                Node::One(tree) => tree.serialize(serializer),
                Node::Many(trees) => trees.serialize(serializer),
                Node::Value(datum) => match datum {
                    Datum::Null => serializer.serialize_none(),
                    Datum::Bool(v) => serializer.serialize_bool(*v),
                    Datum::Int(v) => serializer.serialize_i64(*v),
                    Datum::Unsigned(v) => serializer.serialize_u64(*v),
                    Datum::Float(v) => serializer.serialize_f64(*v),
                    Datum::Text(v) | Datum::Decimal(v) | Datum::Written(v) => serializer.serialize_str(v),
                    Datum::Array(json) => {
                        let values = array_text::values(json).into_iter().map(Node::Value);
                        serializer.collect_seq(values)
                    }
                    Datum::Blob(v) => serializer.serialize_bytes(v),
                    other => serializer.serialize_str(&readable(other)),
                },
            }
        }
    }
}
