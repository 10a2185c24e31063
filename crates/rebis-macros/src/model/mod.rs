//! `#[derive(Model)]`: from the struct to what was written ([`Definition`]), and from there to code (`emit`).

mod column;
mod emit;
mod identity;
mod relation;
mod table;

pub(crate) use column::Column;
pub(crate) use relation::{Field, Link, Relation};
pub(crate) use table::Table;

use crate::attrs::{self, Errors, Name};
use crate::names;
use proc_macro2::{Ident, TokenStream};
use syn::{Data, DeriveInput, Error, Fields, Result, Visibility};

/// A model as its struct and attributes say it.
pub(crate) struct Definition {
    /// The struct's name.
    pub(crate) ident: Ident,
    /// The struct's visibility.
    pub(crate) vis: Visibility,
    /// What stands at the struct.
    pub(crate) table: Table,
    /// The columns, in the order of the fields, deferred ones last.
    pub(crate) columns: Vec<Column>,
    /// The relations, in the order of the fields.
    pub(crate) relations: Vec<Relation>,
}

/// The derive as a function.
pub(crate) fn expand(input: DeriveInput) -> Result<TokenStream> {
    let definition = Definition::read(input)?;
    Ok(emit::emit(&definition))
}

impl Definition {
    /// Reads and checks a struct.
    fn read(input: DeriveInput) -> Result<Self> {
        let ident = input.ident;
        let fields = match input.data {
            Data::Struct(data) => data.fields,
            Data::Enum(_) => {
                return Err(Error::new(
                    ident.span(),
                    format!(
                        "an enum cannot be a model: write a struct, or `#[derive(SqlEnum)]` to store `{ident}` in a column"
                    ),
                ));
            }
            Data::Union(_) => {
                return Err(Error::new(ident.span(), "a union cannot be a model: write a struct"));
            }
        };
        let fields = match fields {
            Fields::Named(fields) => fields.named,
            Fields::Unnamed(_) => {
                return Err(Error::new(
                    ident.span(),
                    format!(
                        "a model needs named fields, one a column: write `struct {ident} {{ id: i64, .. }}`"
                    ),
                ));
            }
            Fields::Unit => {
                return Err(Error::new(
                    ident.span(),
                    format!("a model needs columns: write `struct {ident} {{ id: i64, .. }}`"),
                ));
            }
        };
        if let Some(first) = input.generics.params.first() {
            return Err(Error::new_spanned(
                first,
                format!(
                    "a model cannot be generic, since it is one table: write a struct for each table, or give `{ident}` a column type in place of the parameter"
                ),
            ));
        }

        let mut errors = Errors::default();
        let table = Table::read(&ident, &input.attrs, &mut errors);
        let (mut columns, mut relations) = (Vec::new(), Vec::new());
        for field in fields {
            let Some(name) = field.ident.clone() else { continue };
            match Field::of(&field.ty) {
                Some(kind) => relations.extend(Relation::read(name, &field, kind, &mut errors)),
                None => columns.extend(Column::read(name, &field, &mut errors)),
            }
        }
        // A query reads the first columns.
        columns.sort_by_key(|column: &Column| column.deferred);
        let mut definition = Definition { ident, vis: input.vis, table, columns, relations };
        definition.check(&mut errors);
        errors.finish()?;
        definition.settle();
        Ok(definition)
    }

    /// What can be told from this struct alone.
    fn check(&self, errors: &mut Errors) {
        let keys = self.key().len();
        if keys == 0 {
            errors.at(
                self.ident.span(),
                format!("`{}` needs a primary key: put `#[column(primary_key)]` on a field (on several for a composite key)", self.ident),
            );
        }
        if let Some(seventh) = self.columns.iter().filter(|c| c.primary_key).nth(6) {
            errors.at(seventh.ident.span(), "a primary key has at most six columns");
        }
        for (i, column) in self.columns.iter().enumerate() {
            if self.columns[..i].iter().any(|c| c.name == column.name) {
                let text = format!("another field has the column name `{}` already", column.name);
                errors.at(column.ident.span(), text);
            }
        }
        let table = &self.table;
        let lists = table.uniques.iter().flat_map(|(_, fields)| fields);
        let lists = lists.chain(table.indexes.iter().flat_map(table::Index::fields));
        let keys = table.foreign_keys.iter().flat_map(|key| &key.columns);
        let relations = self.relations.iter().flat_map(|r| match &r.link {
            Link::Key(fields) => fields.as_slice(),
            _ => &[],
        });
        for name in lists.chain(keys).chain(relations) {
            match self.column(name) {
                Err(error) => errors.add(error),
                Ok(column) if self.columns[column].deferred => errors.at(
                    name.span(),
                    format!("a column of a key, an index or a unique constraint is always loaded: take the `Deferred` off `{}`", name.text()),
                ),
                Ok(_) => {}
            }
        }
    }

    /// The position of one of the model's own columns.
    pub(crate) fn column(&self, name: &Name) -> Result<usize> {
        let wanted = name.text();
        let known = || self.columns.iter().map(|c| c.field.as_str());
        known().position(|field| field == wanted).ok_or_else(|| {
            let model = &self.ident;
            let text = if self.relations.iter().any(|r| r.field == wanted) {
                format!("`{wanted}` is a relation of `{model}`; a column is wanted here")
            } else if let Some(like) = names::similar(&wanted, known()) {
                format!("`{model}` has no field `{wanted}`; did you mean `{like}`?")
            } else {
                format!("`{model}` has no field `{wanted}`; its columns are {}", names::quoted(known()))
            };
            Error::new(name.span(), text)
        })
    }

    /// Positions of these columns; [`check`](Definition::check) has seen that they exist.
    pub(crate) fn positions(&self, names: &[Name]) -> Vec<usize> {
        names.iter().filter_map(|name| self.column(name).ok()).collect()
    }

    /// Positions of the primary key's columns.
    pub(crate) fn key(&self) -> Vec<usize> {
        (0..self.columns.len()).filter(|&c| self.columns[c].primary_key).collect()
    }

    /// What follows from several parts together: foreign keys, and the key that the database makes up.
    fn settle(&mut self) {
        let mut foreign: Vec<usize> = Vec::new();
        foreign.extend((0..self.columns.len()).filter(|&c| self.columns[c].references.is_some()));
        for key in &self.table.foreign_keys {
            foreign.extend(self.positions(&key.columns));
        }
        for relation in &self.relations {
            if let Link::Key(fields) = &relation.link {
                foreign.extend(self.positions(fields));
            }
        }
        for position in foreign {
            self.columns[position].foreign = true;
        }
        if let [only] = *self.key() {
            let column = &mut self.columns[only];
            let free = !column.foreign && column.default.is_none() && !column.is_left_to_database();
            let integer = attrs::last_segment(&column.ty).is_some_and(|s| {
                ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"].iter().any(|t| s.ident == t)
            });
            let identity = column.identity.is_some() && column.sequence.is_none();
            column.generated.get_or_insert(free && (integer || identity));
        }
    }
}
