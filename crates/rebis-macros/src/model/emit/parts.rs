//! The model as constant data.

use super::super::table::{Index, Indexed, Named, Options};
use super::{Context, mapping_of, number, optional};
use crate::attrs::Name;
use crate::model::relation::Passive;
use crate::model::{Column, Field, Link, Relation};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};

pub(super) fn emit(context: &Context<'_>) -> TokenStream {
    let Context { model, name, .. } = context;
    let text = crate::names::plain(&model.ident);
    let table = &model.table;
    let (table_name, schema) = (&table.name, optional(table.schema.as_deref()));
    let (comment, renamed) = (optional(table.comment.as_deref()), optional(table.renamed_from.as_deref()));
    let columns = model.columns.iter().map(column);
    let relations = model.relations.iter().map(relation);
    let uniques = table.uniques.iter().map(named);
    let indexes = table.indexes.iter().map(index);
    let checks = table.checks.iter().map(|(name, sql)| {
        let name = optional(name.as_deref());
        quote!((#name, #sql))
    });
    let foreign_keys = table.foreign_keys.iter().map(|key| {
        let columns = list(&key.columns);
        let targets = list(&key.references.fields);
        let target = mapping_of(&key.references.model);
        let (on_delete, on_update) = (action(key.on_delete.as_ref()), action(key.on_update.as_ref()));
        quote! {
            __r::ForeignKeyPart {
                columns: #columns,
                target: #target,
                target_columns: #targets,
                on_delete: #on_delete,
                on_update: #on_update,
            }
        }
    });
    let (view, options) = (table.view, options(&table.options));
    let exclusions = table.exclusions.iter().map(|(name, sql)| quote!((#name, #sql)));
    quote! {
        static __PARTS: __r::ModelParts = __r::ModelParts {
            name: #text,
            module: ::core::module_path!(),
            schema: #schema,
            table: #table_name,
            comment: #comment,
            renamed_from: #renamed,
            columns: &[#(#columns),*],
            relations: &[#(#relations),*],
            uniques: &[#(#uniques),*],
            indexes: &[#(#indexes),*],
            checks: &[#(#checks),*],
            foreign_keys: &[#(#foreign_keys),*],
            view: #view,
            options: #options,
            exclusions: &[#(#exclusions),*],
            mapping: <#name as __r::Record>::mapping,
            index: <#name as __r::Record>::index,
            store: __r::new_store::<#name>,
            add_blank: __r::add_blank::<#name>,
        };
    }
}

/// How the database keeps the table.
fn options(options: &Options) -> TokenStream {
    let Options { strict, without_rowid, unlogged, engine, tablespace, storage } = options;
    let texts = [engine, tablespace, storage].map(|text| optional(text.as_deref()));
    let [engine, tablespace, storage] = &texts;
    quote! {
        __r::OptionsPart {
            strict: #strict,
            without_rowid: #without_rowid,
            unlogged: #unlogged,
            engine: #engine,
            tablespace: #tablespace,
            storage: #storage,
        }
    }
}

/// `&["a", "b"]`
fn list(names: &[Name]) -> TokenStream {
    let names = names.iter().map(Name::text);
    quote!(&[#(#names),*])
}

fn named((name, fields): &Named) -> TokenStream {
    let (name, fields) = (optional(name.as_deref()), list(fields));
    quote!((#name, #fields))
}

fn index(index: &Index) -> TokenStream {
    let Index { name, keys, unique, include, condition, full_text, language } = index;
    let full_text = full_text.then(|| optional(language.as_deref()));
    let full_text = full_text
        .map_or_else(|| quote!(::core::option::Option::None), |it| quote!(::core::option::Option::Some(#it)));
    let (name, condition) = (optional(name.as_deref()), optional(condition.as_deref()));
    let include = list(include);
    let keys = keys.iter().map(|(key, descending)| match key {
        Indexed::Field(field) => {
            let field = field.text();
            quote!((__r::IndexedPart::Field(#field), #descending))
        }
        Indexed::Sql(text) => quote!((__r::IndexedPart::Sql(#text), #descending)),
    });
    quote! {
        __r::IndexPart {
            name: #name, keys: &[#(#keys),*], unique: #unique, include: #include, condition: #condition,
            full_text: #full_text
        }
    }
}

fn action(action: Option<&Ident>) -> TokenStream {
    let action = action.map_or_else(|| quote!(NoAction), |a| crate::names::ours(a).to_token_stream());
    quote!(__r::Action::#action)
}

/// Only what differs from an ordinary column is written.
fn column(column: &Column) -> TokenStream {
    let (field, name, stored) = (&column.field, &column.name, column.stored());
    let mut rest = TokenStream::new();
    let mut say = |tokens: TokenStream| rest.extend(tokens);
    for (word, is) in [
        ("primary_key", column.primary_key),
        ("generated", column.is_generated()),
        ("unique", column.unique),
        ("index", column.index),
        ("has_default", column.default.is_some()),
        ("stored", column.is_stored),
        ("deferred", column.deferred),
    ] {
        let word = Ident::new(word, proc_macro2::Span::call_site());
        if is {
            say(quote!(#word: true,));
        }
    }
    for (word, text) in [
        ("server_default", &column.server_default),
        ("computed", &column.computed),
        ("sequence", &column.sequence),
        ("check", &column.check),
        ("comment", &column.comment),
        ("renamed_from", &column.renamed_from),
    ] {
        let word = Ident::new(word, proc_macro2::Span::call_site());
        if text.is_some() {
            let text = optional(text.as_deref());
            say(quote!(#word: #text,));
        }
    }
    if let Some(length) = column.length {
        let length = number(length as usize);
        say(quote!(length: ::core::option::Option::Some(#length),));
    }
    if let Some(identity) = &column.identity {
        say(quote!(identity: ::core::option::Option::Some(#identity),));
    }
    if !column.sql_types.is_empty() {
        let (words, types): (Vec<_>, Vec<_>) = column.sql_types.iter().map(|(of, spelt)| (of, spelt)).unzip();
        say(quote!(sql_types: &[#((#words, #types)),*],));
    }
    if let Some(reference) = &column.references {
        let (mapping, target) = (mapping_of(&reference.model), reference.fields.first().map(Name::text));
        let (on_delete, on_update) = (action(column.on_delete.as_ref()), action(column.on_update.as_ref()));
        say(quote! {
            references: ::core::option::Option::Some((#mapping, #target)),
            on_delete: #on_delete,
            on_update: #on_update,
        });
    }
    let plain = quote!(__r::ColumnPart::new(#field, #name, #stored::sql_type, #stored::NULLABLE, #stored::CONVERSION));
    if rest.is_empty() { plain } else { quote!(__r::ColumnPart { #rest ..#plain }) }
}

fn relation(relation: &Relation) -> TokenStream {
    let (name, target) = (&relation.field, mapping_of(relation.target()));
    let kind = match relation.kind {
        Field::BelongsTo => {
            let nullable = relation.nullable();
            quote!(__r::RelationKind::BelongsTo { nullable: #nullable })
        }
        Field::HasOne => quote!(__r::RelationKind::HasOne),
        Field::HasMany => quote!(__r::RelationKind::HasMany),
    };
    let link = match &relation.link {
        Link::Key(fields) => {
            let fields = list(fields);
            quote!(__r::LinkPart::Key(#fields))
        }
        Link::Inverse => quote!(__r::LinkPart::Inverse),
        Link::ForeignKey(reference) => {
            let fields = list(&reference.fields);
            quote!(__r::LinkPart::ForeignKey(#fields))
        }
        Link::Through { model, from, to } => {
            let mapping = mapping_of(model);
            let side = |name: &Option<Name>| optional(name.as_ref().map(Name::text).as_deref());
            let (from, to) = (side(from), side(to));
            quote!(__r::LinkPart::Through { model: #mapping, from: #from, to: #to })
        }
    };
    let inverse = optional(relation.inverse.as_ref().map(Name::text).as_deref());
    let c = relation.cascade;
    let (delete, orphan, merge, expunge, refresh) =
        (c.delete, c.delete_orphan, c.merge, c.expunge, c.refresh);
    let passive = match relation.passive {
        Passive::No => quote!(No),
        Passive::Unloaded => quote!(Unloaded),
        Passive::All => quote!(All),
    };
    let view_only = relation.view_only;
    let order = relation.order_by.iter().map(|(field, descending)| {
        let field = field.text();
        quote!((#field, #descending))
    });
    quote! {
        __r::RelationPart {
            name: #name,
            kind: #kind,
            target: #target,
            link: #link,
            inverse: #inverse,
            cascade: __r::CascadePart {
                delete: #delete,
                delete_orphan: #orphan,
                merge: #merge,
                expunge: #expunge,
                refresh: #refresh,
            },
            passive_deletes: __r::PassiveDeletes::#passive,
            view_only: #view_only,
            order_by: &[#(#order),*],
        }
    }
}
