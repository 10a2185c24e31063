//! A model's description, worked out from what the derive wrote down.
//!
//! In two steps, because models refer to each other in circles: a [`Mapping`] itself looks at nothing but its own
//! parts; what needs other models (foreign keys, relations, the table) is worked out at first use and looks only
//! at the others' own parts.

use super::parts::{
    CascadePart, IndexedPart, LinkPart, ModelParts, PassiveDeletes, RelationKind, RelationPart,
};
use rebis_core::{Conversion, Name, SqlType};
use rebis_sql::ast::TableRef;
use rebis_sql::build::Template;
use rebis_sql::schema::{Action, Identity, Table};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// What is known of a model.
pub struct Mapping {
    parts: &'static ModelParts,
    columns: Vec<ColumnInfo>,
    width: usize,
    key: Vec<usize>,
    generated: Option<usize>,
    computed: Vec<usize>,
    foreign_keys: OnceLock<Vec<Edge>>,
    linked: OnceLock<Linked>,
    all: OnceLock<Arc<Template>>,
}

/// A column of a model.
#[derive(Clone, Debug)]
pub struct ColumnInfo {
    /// The field's name.
    pub field: &'static str,
    /// The column's name.
    pub name: &'static str,
    /// Its type.
    pub sql_type: SqlType,
    /// Whether it takes NULL.
    pub nullable: bool,
    /// How the database keeps its values.
    pub kept: Option<&'static Conversion>,
    /// Whether the database fills it where nothing is given.
    pub server_default: bool,
    /// Whether queries leave it out until it is asked for. Such columns come last.
    pub deferred: bool,
}

/// A foreign key between two models, by positions of columns.
#[derive(Clone)]
pub struct Edge {
    /// Its position among the foreign keys of the child.
    pub index: usize,
    /// The model with the key's columns.
    pub child: &'static Mapping,
    /// The key's columns.
    pub child_columns: Vec<usize>,
    /// The model it points at.
    pub parent: &'static Mapping,
    /// The columns it points at.
    pub parent_columns: Vec<usize>,
    /// Whether all columns of the key take NULL, so that a child can do without a parent.
    pub nullable: bool,
    /// What the database does on delete.
    pub on_delete: Action,
    /// What the database does when the parent's key changes.
    pub on_update: Action,
}

/// A relation of a model.
#[derive(Clone, Debug)]
pub struct RelationInfo {
    /// The field's name.
    pub name: &'static str,
    /// Its position among the relations.
    pub index: usize,
    /// Which of the three kinds.
    pub kind: RelationKind,
    /// The other model.
    pub target: &'static Mapping,
    /// How the two hang together.
    pub link: LinkInfo,
    /// The relation of the target that is its other side.
    pub inverse: Option<usize>,
    /// Cascades.
    pub cascade: CascadePart,
    /// What is left to the database on delete.
    pub passive_deletes: PassiveDeletes,
    /// Never written.
    pub view_only: bool,
    /// Order of a collection: columns of the target, and whether descending.
    pub order_by: Vec<(usize, bool)>,
}

/// How two models hang together.
#[derive(Clone, Debug)]
pub enum LinkInfo {
    /// The foreign key is on the owner of the relation.
    Here(Edge),
    /// The foreign key is on the target.
    There(Edge),
    /// Both are pointed at by an association model.
    Through(Through),
}

/// An association model between two others.
#[derive(Clone, Debug)]
pub struct Through {
    /// The association's foreign key that points at the owner of the relation.
    pub from: Edge,
    /// The association's foreign key that points at the target.
    pub to: Edge,
}

impl Through {
    /// The association model.
    pub fn model(&self) -> &'static Mapping {
        self.from.child
    }
}

/// What needs other models.
struct Linked {
    relations: Vec<RelationInfo>,
    table: Table,
    faults: Vec<String>,
}

impl Mapping {
    /// From what the derive wrote down.
    #[doc(hidden)]
    pub fn new(parts: &'static ModelParts) -> Self {
        let columns = parts.columns.iter().map(|part| ColumnInfo {
            field: part.field,
            name: part.name,
            sql_type: match part.length {
                Some(length) => (part.sql_type)().with_length(length),
                None => (part.sql_type)(),
            },
            nullable: part.nullable,
            kept: part.kept,
            server_default: part.is_left_to_database(),
            deferred: part.deferred,
        });
        let positions = |wanted: fn(&super::ColumnPart) -> bool| {
            (0..parts.columns.len()).filter(|&c| wanted(&parts.columns[c])).collect::<Vec<_>>()
        };
        if parts.view {
            super::views::remember(parts.table);
        }
        Mapping {
            parts,
            width: parts.columns.iter().filter(|column| !column.deferred).count(),
            columns: columns.collect(),
            key: positions(|c| c.primary_key),
            computed: positions(|c| c.computed.is_some()),
            generated: positions(|c| c.generated && c.primary_key).first().copied(),
            foreign_keys: OnceLock::new(),
            linked: OnceLock::new(),
            all: OnceLock::new(),
        }
    }

    /// The struct's name.
    #[inline]
    pub fn name(&self) -> &'static str {
        self.parts.name
    }

    /// The number of the model in this process.
    #[inline]
    pub fn index(&self) -> usize {
        (self.parts.index)()
    }

    /// The table's name.
    #[inline]
    pub fn table_name(&self) -> &'static str {
        self.parts.table
    }

    /// Whether it is of a view, which is read alone.
    #[inline]
    pub fn is_view(&self) -> bool {
        self.parts.view
    }

    /// The table as a statement names it.
    pub fn table_ref(&self) -> TableRef {
        TableRef { schema: self.parts.schema.map(Name::from), name: self.parts.table.into(), alias: None }
    }

    /// The query for all rows of the table, which is rendered once.
    pub(crate) fn all(&self, build: impl FnOnce() -> Template) -> Arc<Template> {
        self.all.get_or_init(|| Arc::new(build())).clone()
    }

    /// The columns, in the order of the fields.
    #[inline]
    pub fn columns(&self) -> &[ColumnInfo] {
        &self.columns
    }

    /// How many columns a query reads: the first ones. The rest are deferred.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Whether some columns are deferred.
    #[inline]
    pub(crate) fn has_deferred(&self) -> bool {
        self.width < self.columns.len()
    }

    /// Positions of the primary key's columns.
    #[inline]
    pub fn key(&self) -> &[usize] {
        &self.key
    }

    /// The column of the key that the database makes up.
    #[inline]
    pub fn generated(&self) -> Option<usize> {
        self.generated
    }

    /// How the database counts the keys that it makes up, where the model says so.
    pub(crate) fn identity(&self) -> Option<&'static Identity> {
        self.parts.columns[self.generated?].identity.as_ref()
    }

    /// Columns that the database computes: they are read back and never written.
    #[inline]
    pub fn computed(&self) -> &[usize] {
        &self.computed
    }

    /// The position of a field.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.field == name)
    }

    /// The foreign keys.
    #[inline]
    pub fn foreign_keys(&self) -> &[Edge] {
        self.foreign_keys.get_or_init(|| foreign_keys(self))
    }

    /// The relations, in the order of the fields.
    #[inline]
    pub fn relations(&self) -> &[RelationInfo] {
        &self.linked().relations
    }

    /// The table.
    pub fn table(&self) -> &Table {
        &self.linked().table
    }

    /// What is wrong with the model, in sentences.
    pub fn faults(&self) -> &[String] {
        &self.linked().faults
    }

    /// What the derive wrote down.
    #[inline]
    pub(crate) fn parts(&self) -> &'static ModelParts {
        self.parts
    }

    /// An empty store of its objects.
    pub(crate) fn store(&self) -> Box<dyn crate::graph::AnyStore> {
        (self.parts.store)()
    }

    /// Unique sets of columns that are written, besides the primary key, in all rows or in some.
    pub fn uniques(&self) -> Vec<Vec<usize>> {
        let single = (0..self.columns.len()).filter(|&c| self.parts.columns[c].unique).map(|c| vec![c]);
        let several = self.parts.uniques.iter().map(|(_, fields)| self.fields(fields));
        let indexes = self.parts.indexes.iter().filter(|index| index.unique);
        let indexes = indexes.filter_map(|index| {
            let field = |(key, _): &(IndexedPart, bool)| match key {
                IndexedPart::Field(name) => self.field(name),
                IndexedPart::Sql(_) => None,
            };
            index.keys.iter().map(field).collect()
        });
        let written = |set: &Vec<usize>| !set.iter().any(|c| self.computed.contains(c));
        single.chain(several).chain(indexes).filter(written).collect()
    }

    pub(super) fn fields(&self, names: &[&str]) -> Vec<usize> {
        names.iter().filter_map(|name| self.field(name)).collect()
    }

    fn linked(&self) -> &Linked {
        self.linked.get_or_init(|| {
            let mut faults = Vec::new();
            let relations = self.parts.relations.iter().enumerate();
            let relations = relations.map(|(index, part)| relation(self, index, part, &mut faults)).collect();
            Linked { relations, table: super::table::table(self), faults }
        })
    }

    /// The one mapping of the model, which lives as long as the program.
    fn shared(&self) -> &'static Mapping {
        (self.parts.mapping)()
    }
}

impl PartialEq for Mapping {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.parts, other.parts)
    }
}

impl fmt::Debug for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mapping({})", self.parts.name)
    }
}

impl fmt::Debug for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Edge({}{:?} -> {})", self.child.name(), self.child_columns, self.parent.name())
    }
}

impl PartialEq for Edge {
    fn eq(&self, other: &Self) -> bool {
        self.child == other.child && self.index == other.index
    }
}

/// Foreign keys in a fixed order: those of columns, those of the model, those that a relation implies.
fn foreign_keys(child: &Mapping) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::new();
    let mut add =
        |columns: Vec<usize>, parent: &'static Mapping, targets: Vec<usize>, actions: (Action, Action)| {
            if !edges.iter().any(|e: &Edge| e.child_columns == columns) {
                edges.push(Edge {
                    index: edges.len(),
                    child: child.shared(),
                    nullable: columns.iter().all(|&c| child.columns[c].nullable),
                    child_columns: columns,
                    parent,
                    parent_columns: targets,
                    on_delete: actions.0,
                    on_update: actions.1,
                });
            }
        };
    for (position, part) in child.parts.columns.iter().enumerate() {
        if let Some((parent, field)) = part.references {
            let parent = parent();
            add(vec![position], parent, parent.fields(&[field]), (part.on_delete, part.on_update));
        }
    }
    for part in child.parts.foreign_keys {
        let parent = (part.target)();
        let targets = parent.fields(part.target_columns);
        add(child.fields(part.columns), parent, targets, (part.on_delete, part.on_update));
    }
    for part in child.parts.relations {
        if let LinkPart::Key(fields) = part.link {
            let parent = (part.target)();
            add(child.fields(fields), parent, parent.key.clone(), Default::default());
        }
    }
    edges
}

fn relation(owner: &Mapping, index: usize, part: &RelationPart, faults: &mut Vec<String>) -> RelationInfo {
    let target = (part.target)();
    let link = link(owner, part, target, faults);
    let inverse = inverse(owner, part, target, &link);
    check_cascade(owner, part, &link, faults);
    let order = part.order_by.iter();
    RelationInfo {
        name: part.name,
        index,
        kind: part.kind,
        target,
        inverse,
        link,
        cascade: part.cascade,
        passive_deletes: part.passive_deletes,
        view_only: part.view_only,
        order_by: order.filter_map(|(field, desc)| Some((target.field(field)?, *desc))).collect(),
    }
}

fn link(
    owner: &Mapping,
    part: &RelationPart,
    target: &'static Mapping,
    faults: &mut Vec<String>,
) -> LinkInfo {
    let place = format!("{}.{}", owner.name(), part.name);
    let broken = || LinkInfo::Here(no_edge(owner.shared(), target));
    match &part.link {
        LinkPart::Key(fields) => match edge_by_fields(owner, fields) {
            Some(edge) if edge.parent == target => LinkInfo::Here(edge.clone()),
            Some(edge) => {
                faults.push(format!(
                    "{place}: the key ({}) references `{}`, but the relation is to `{}`",
                    fields.join(", "),
                    edge.parent.name(),
                    target.name()
                ));
                broken()
            }
            None => broken(),
        },
        LinkPart::Inverse => match part.inverse.and_then(|name| key_of_relation(target, name)) {
            Some(edge) if edge.parent == owner => LinkInfo::There(edge.clone()),
            _ => {
                faults.push(format!(
                    "{place}: `{}` has no `BelongsTo<{}>` named `{}`",
                    target.name(),
                    owner.name(),
                    part.inverse.unwrap_or("?")
                ));
                broken()
            }
        },
        LinkPart::ForeignKey(fields) => match edge_by_fields(target, fields) {
            Some(edge) if edge.parent == owner => LinkInfo::There(edge.clone()),
            _ => {
                faults.push(format!(
                    "{place}: `{}.{}` does not reference `{}`; write `references = {}.…` on that column",
                    target.name(),
                    fields.join(", "),
                    owner.name(),
                    owner.name()
                ));
                broken()
            }
        },
        LinkPart::Through { model, from, to } => {
            let model = model();
            let from = side(&place, model, owner, *from, "from", faults);
            let to = side(&place, model, target, *to, "to", faults);
            match (from, to) {
                (Some(from), Some(to)) => LinkInfo::Through(Through { from: from.clone(), to: to.clone() }),
                _ => broken(),
            }
        }
    }
}

/// One side of an association: the foreign key that points at `end`, by name where there are several.
fn side(
    place: &str,
    model: &'static Mapping,
    end: &Mapping,
    name: Option<&str>,
    option: &str,
    faults: &mut Vec<String>,
) -> Option<&'static Edge> {
    let fitting: Vec<_> = model.foreign_keys().iter().filter(|e| e.parent == end).collect();
    let found = match name {
        Some(name) => {
            let named = key_of_relation(model, name).or_else(|| edge_by_fields(model, &[name]));
            named.filter(|e| e.parent == end)
        }
        None if fitting.len() == 1 => fitting.first().copied(),
        None => None,
    };
    if found.is_none() {
        let what = match (name, fitting.len()) {
            (Some(name), _) => {
                format!("`{name}` is no relation or key of `{}` to `{}`", model.name(), end.name())
            }
            (None, 0) => format!("`{}` has no foreign key to `{}`", model.name(), end.name()),
            (None, n) => format!(
                "`{}` has {n} foreign keys to `{}`: say which with `{option} = …`",
                model.name(),
                end.name()
            ),
        };
        faults.push(format!("{place}: {what}"));
    }
    found
}

fn edge_by_fields<'m>(child: &'m Mapping, fields: &[&str]) -> Option<&'m Edge> {
    let columns = child.fields(fields);
    child.foreign_keys().iter().find(|e| e.child_columns == columns && !columns.is_empty())
}

/// The foreign key behind a `BelongsTo` of a model.
fn key_of_relation<'m>(child: &'m Mapping, relation: &str) -> Option<&'m Edge> {
    let part = child.parts.relations.iter().find(|r| r.name == relation)?;
    match part.link {
        LinkPart::Key(fields) => edge_by_fields(child, fields),
        LinkPart::Inverse | LinkPart::ForeignKey(_) | LinkPart::Through { .. } => None,
    }
}

/// Stands in for a link that could not be worked out; the fault is reported before anything uses it.
fn no_edge(child: &'static Mapping, parent: &'static Mapping) -> Edge {
    Edge {
        index: usize::MAX,
        child,
        child_columns: Vec::new(),
        parent,
        parent_columns: Vec::new(),
        nullable: true,
        on_delete: Action::NoAction,
        on_update: Action::NoAction,
    }
}

/// The relation of the target that is the other side of this one.
fn inverse(owner: &Mapping, part: &RelationPart, target: &'static Mapping, link: &LinkInfo) -> Option<usize> {
    let named = |name: &str| target.parts.relations.iter().position(|r| r.name == name);
    let candidates =
        || target.parts.relations.iter().enumerate().filter(|(_, r)| (r.target)() == owner && !r.view_only);
    match link {
        LinkInfo::There(_) => part.inverse.and_then(named),
        LinkInfo::Here(edge) => part.inverse.and_then(named).or_else(|| {
            let mut found = candidates().filter(|(_, r)| match r.link {
                LinkPart::Inverse => r.inverse == Some(part.name),
                LinkPart::ForeignKey(fields) => edge_by_fields(owner, fields).is_some_and(|e| e == edge),
                LinkPart::Key(_) | LinkPart::Through { .. } => false,
            });
            found.next().map(|(i, _)| i)
        }),
        LinkInfo::Through(through) => part.inverse.and_then(named).or_else(|| {
            let mut found = candidates().filter(|(_, r)| match &r.link {
                LinkPart::Through { model, from, to } if model() == through.model() => {
                    let mut ignored = Vec::new();
                    let from = side("", model(), target, *from, "from", &mut ignored);
                    let to = side("", model(), owner, *to, "to", &mut ignored);
                    from == Some(&through.to) && to == Some(&through.from)
                }
                LinkPart::Through { .. } | LinkPart::Inverse | LinkPart::ForeignKey(_) | LinkPart::Key(_) => {
                    false
                }
            });
            found.next().map(|(i, _)| i)
        }),
    }
}

fn check_cascade(owner: &Mapping, part: &RelationPart, link: &LinkInfo, faults: &mut Vec<String>) {
    let place = format!("{}.{}", owner.name(), part.name);
    if part.view_only && (part.cascade.delete || part.cascade.delete_orphan) {
        faults.push(format!("{place}: a view-only relation writes nothing, so it cannot cascade deletes"));
    }
    if part.cascade.delete_orphan && matches!(link, LinkInfo::Through(_)) {
        faults.push(format!(
            "{place}: `delete-orphan` needs a single parent, which a many-to-many relation has not; \
             put the cascade on the relation to the association model"
        ));
    }
    if let (LinkInfo::There(edge), PassiveDeletes::Unloaded | PassiveDeletes::All) =
        (link, part.passive_deletes)
        && matches!(edge.on_delete, Action::NoAction | Action::Restrict)
    {
        faults.push(format!(
            "{place}: `passive_deletes` leaves the children to the database, but the foreign key of `{}` has \
                 no `on_delete = Cascade` or `SetNull`",
            edge.child.name()
        ));
    }
}
