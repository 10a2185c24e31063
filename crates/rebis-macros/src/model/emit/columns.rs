//! The struct of columns and relations, and what makes the struct a model.

use super::{Context, number, visibility};
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};

pub(super) fn emit(context: &Context<'_>) -> TokenStream {
    let Context { model, name, columns, builder, .. } = context;
    let declared = declaration(context, columns, Hidden::Kept);
    let state = model.required().map(|_| quote!(__r::Unset));
    let table = &model.table.name;

    let made_columns = model.columns.iter().enumerate().map(|(i, column)| {
        let (field, i, column) = (column.ours(), number(i), &column.name);
        let schema = match &model.table.schema {
            Some(schema) => quote!(::core::option::Option::Some(#schema)),
            None => quote!(::core::option::Option::None),
        };
        quote!(#field: __r::column(#schema, #table, #column, #i, alias))
    });
    let made_relations = model.relations.iter().enumerate().map(|(i, relation)| {
        let (field, i) = (relation.ours(), number(i));
        quote!(#field: __r::Relation::aliased(#i, alias))
    });

    // Fields that other models' attributes name must be seen there, also where the user keeps them private.
    let hides = model.columns.iter().any(|c| {
        let column = c.vis.to_token_stream().to_string();
        column != model.vis.to_token_stream().to_string() && column != "pub"
    });
    let (all, fields, all_fields) = if hides {
        let all =
            crate::names::made(&format!("{}Fields", crate::names::plain(&model.ident)), model.ident.span());
        let copies = model.columns.iter().map(|c| c.ours()).chain(model.relations.iter().map(|r| r.ours()));
        let copies = copies.map(|field| quote!(#field: columns.#field));
        (
            declaration(context, &all, Hidden::Shown),
            all.to_token_stream(),
            quote!({ let columns = __columns(::core::option::Option::None); #all { #(#copies),* } }),
        )
    } else {
        (TokenStream::new(), columns.to_token_stream(), quote!(__columns(::core::option::Option::None)))
    };

    quote! {
        #declared
        #all

        const fn __columns(alias: ::core::option::Option<&'static str>) -> #columns {
            #columns { #(#made_columns,)* #(#made_relations,)* }
        }

        impl __r::Model for #name {
            type Columns = #columns;
            type New = #builder<#(#state),*>;
            const COLUMNS: #columns = __columns(::core::option::Option::None);
            const ENTITY: __r::Entity<#name> = __r::Entity::BASE;
            fn columns() -> &'static #columns {
                static COLUMNS: #columns = __columns(::core::option::Option::None);
                &COLUMNS
            }
            fn aliased(alias: &'static str) -> #columns {
                __columns(::core::option::Option::Some(alias))
            }
            fn empty() -> Self::New {
                __empty()
            }
        }

        impl __r::Related for #name {
            type Key = <#name as __r::Record>::Key;
            type Fields = #fields;
            const FIELDS: #fields = #all_fields;
            fn mapping() -> &'static __r::Mapping {
                <#name as __r::Record>::mapping()
            }
        }

        impl __r::Target for #name {
            type Model = #name;
            type Kind = __r::One;
            type Out = __r::Handle<#name>;
            const NULLABLE: bool = false;
            fn out(link: __r::OneLink) -> ::core::option::Option<__r::Handle<#name>> {
                link.get().map(__r::Handle::from_raw)
            }
        }

        impl __r::IsA<#name> for #name {}
        // A whole object is a new row of which every column is set: for `merge`, and for `add` of what was taken out.
        #[diagnostic::do_not_recommend]
        impl __r::NewMember for #name {
            type Model = #name;
            fn into_draft(self) -> __r::Draft<#name> { __r::draft_of(self) }
        }
        #[diagnostic::do_not_recommend]
        impl __r::NewRow for #name {}
        #[diagnostic::do_not_recommend]
        impl __r::IntoRow<#name> for #name {
            fn into_row(self, rows: &mut __r::NewRows) { __r::row_of(__r::draft_of(self), rows) }
        }
    }
}

/// Whether private columns stay private.
#[derive(Clone, Copy)]
enum Hidden {
    Kept,
    Shown,
}

fn declaration(context: &Context<'_>, ident: &proc_macro2::Ident, hidden: Hidden) -> TokenStream {
    let Context { model, name, .. } = context;
    let vis = visibility(&model.vis);
    let table = &model.table.name;
    let columns = model.columns.iter().map(|column| {
        let (field, ty) = (column.ours(), &column.ty);
        let vis = match hidden {
            Hidden::Kept => visibility(&column.vis),
            Hidden::Shown => vis.clone(),
        };
        let doc = format!("Column `{table}.{}`.", column.name);
        quote!(#[doc = #doc] #vis #field: __r::Column<#name, #ty>)
    });
    let relations = model.relations.iter().map(|relation| {
        let (field, target, kind) = (relation.ours(), relation.target(), relation.kind());
        let doc = format!("Relation to [`{}`].", relation.argument.to_token_stream());
        quote!(#[doc = #doc] #vis #field: __r::Relation<#name, #target, #kind>)
    });
    let doc = format!("Columns and relations of [`struct@{name}`].");
    quote! {
        #[doc = #doc]
        #[allow(private_interfaces)]
        #vis struct #ident { #(#columns,)* #(#relations,)* }
    }
}
