//! The builder for new rows: one type parameter for each required column.

use super::{Context, number, visibility};
use crate::model::column::Unset;
use crate::model::{Column, Definition, Field, Link, Relation};
use crate::names;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

impl Definition {
    /// Positions of the columns that a new row must set.
    pub(super) fn required(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.columns.len()).filter(|&c| matches!(self.columns[c].unset(), Unset::Required))
    }

    /// The relations whose key a column is part of.
    fn relations_over(&self, column: usize) -> impl Iterator<Item = &Relation> + '_ {
        self.relations.iter().filter(move |r| match &r.link {
            Link::Key(fields) => self.positions(fields).contains(&column) && !r.view_only,
            _ => false,
        })
    }
}

pub(super) fn emit(context: &Context<'_>) -> TokenStream {
    let Context { model, name, builder, .. } = context;
    let vis = visibility(&model.vis);
    let required: Vec<usize> = model.required().collect();
    let states: Vec<Ident> = (0..required.len()).map(|i| format_ident!("__S{i}")).collect();
    let markers: Vec<Ident> = required
        .iter()
        .map(|&c| names::made(&format!("__{}", model.columns[c].field), model.columns[c].ident.span()))
        .collect();
    // What goes into a relation may get its foreign keys from there.
    let member = required.iter().zip(&states).zip(&markers).map(|((&c, state), marker)| {
        if model.columns[c].foreign { quote!(#state) } else { quote!(#state: #marker) }
    });
    let marker_traits = required.iter().zip(&markers).map(|(&c, marker)| {
        let column = &model.columns[c];
        let (message, label) = missing(model, c);
        let doc = format!("`{}` has been set.", column.field);
        quote! {
            #[doc = #doc]
            #[diagnostic::on_unimplemented(message = #message, label = #label)]
            #vis trait #marker {}
            #[diagnostic::do_not_recommend]
            impl #marker for __r::Set {}
        }
    });
    let values = model.columns.iter().map(|c| {
        let (field, ty) = (c.ours(), &c.ty);
        quote!(#field: ::core::option::Option<#ty>)
    });
    let nothing = model.columns.iter().map(|c| {
        let field = c.ours();
        quote!(#field: ::core::option::Option::None)
    });
    // What the database computes or always makes up nobody sets.
    let given = (0..model.columns.len()).filter(|&c| !model.columns[c].is_never_given());
    let setters = given.map(|c| setter(context, c, &required, &states));
    let links = model.relations.iter().enumerate().filter(|(_, r)| !r.view_only);
    let links = links.map(|(i, r)| link(context, i, r, &required, &states));
    let unset = required.iter().map(|_| quote!(__r::Unset));
    let draft = draft(context);
    let blank = if required.iter().all(|&c| model.columns[c].foreign) {
        quote!(::core::option::Option::Some(__draft(__nothing(), __r::Links::new())))
    } else {
        quote!(::core::option::Option::None)
    };
    // Messages show these impls: their heads stand at the struct, or the compiler would talk at length of derives.
    let heads = quote! {
        impl<#(#states: #markers),*> __r::NewRow for #builder<#(#states),*> {}
        impl<#(#states: #markers),*> __r::IntoRow<#name> for #builder<#(#states),*> {
            fn into_row(self, rows: &mut __r::NewRows) { __r::row_of(__draft(self.0, self.1), rows) }
        }
        impl<#(#member),*> __r::NewMember for #builder<#(#states),*>
    };
    let heads = crate::attrs::placed(heads, model.ident.span());
    let doc = format!("A new row of [`struct@{name}`] that is being put together.");
    quote! {
        #[doc = #doc]
        #[must_use = "a new row is written once it has been added to a session: `db.add(..)`"]
        #vis struct #builder<#(#states),*>(
            __Values,
            __r::Links,
            ::core::marker::PhantomData<fn() -> (#(#states,)*)>,
        );

        struct __Values { #(#values),* }

        fn __nothing() -> __Values {
            __Values { #(#nothing),* }
        }

        fn __empty() -> #builder<#(#unset),*> {
            #builder(__nothing(), __r::Links::new(), ::core::marker::PhantomData)
        }

        fn __blank() -> ::core::option::Option<__r::Draft<#name>> {
            #blank
        }

        #draft

        #(#marker_traits)*

        #[allow(private_bounds, private_interfaces)]
        impl<#(#states),*> #builder<#(#states),*> {
            #(#setters)*
            #(#links)*
        }

        #heads {
            type Model = #name;
            fn into_draft(self) -> __r::Draft<#name> {
                __draft(self.0, self.1)
            }
        }
    }
}

/// What to say where a required column was forgotten.
fn missing(model: &Definition, column: usize) -> (String, String) {
    let (name, field) = (names::plain(&model.ident), &model.columns[column].field);
    match model.relations_over(column).next() {
        Some(relation) => {
            let relation = &relation.field;
            (
                format!("`{name}` needs a value for `{relation}`: call `.{relation}(…)` or `.{field}(…)`"),
                format!("`{relation}` is missing"),
            )
        }
        None => (
            format!("`{name}` needs a value for `{field}`: call `.{field}(…)`"),
            format!("`{field}` is missing"),
        ),
    }
}

/// The builder's type once these columns are set.
fn state_after(required: &[usize], states: &[Ident], set: &[usize]) -> TokenStream {
    let states = required
        .iter()
        .zip(states)
        .map(|(column, state)| if set.contains(column) { quote!(__r::Set) } else { quote!(#state) });
    quote!(<#(#states),*>)
}

fn setter(context: &Context<'_>, position: usize, required: &[usize], states: &[Ident]) -> TokenStream {
    let Context { model, builder, .. } = context;
    let column = &model.columns[position];
    let (field, ty, vis) = (column.ours(), &column.ty, visibility(&column.vis));
    let after = state_after(required, states, &[position]);
    let doc = format!("Sets `{}.{}`{}.", model.table.name, column.name, remark(column));
    let wanted = quote_spanned! {ty.span()=> __r::IntoValue<#ty> };
    quote! {
        #[doc = #doc]
        #vis fn #field(mut self, value: impl #wanted) -> #builder #after {
            self.0.#field = ::core::option::Option::Some(__r::IntoValue::into_value(value));
            #builder(self.0, self.1, ::core::marker::PhantomData)
        }
    }
}

/// What the documentation of a setter says of an unset column.
fn remark(column: &Column) -> &'static str {
    match column.unset() {
        Unset::Required => "",
        Unset::Null => "; NULL if it is not set",
        Unset::Default(_) => "; it has a default",
        Unset::Pending => "; the database gives it a value if it is not set",
    }
}

fn link(
    context: &Context<'_>,
    position: usize,
    relation: &Relation,
    required: &[usize],
    states: &[Ident],
) -> TokenStream {
    let Context { model, builder, .. } = context;
    let (field, slot, vis) = (relation.ours(), relation.slot(), visibility(&relation.vis));
    let set = match &relation.link {
        Link::Key(fields) => model.positions(fields),
        Link::Inverse | Link::ForeignKey(_) | Link::Through { .. } => Vec::new(),
    };
    let after = state_after(required, states, &set);
    let position = number(position);
    let (bound, call, doc) = match relation.kind {
        Field::HasMany => (quote!(__r::IntoMembers<#slot>), quote!(many), "Puts handles or new rows into"),
        Field::BelongsTo | Field::HasOne => {
            (quote!(__r::IntoTarget<#slot>), quote!(one), "Puts a handle or a new row into")
        }
    };
    let doc = format!("{doc} `{}`.", relation.field);
    quote! {
        #[doc = #doc]
        #vis fn #field(mut self, target: impl #bound) -> #builder #after {
            self.1.#call::<#slot>(#position, target);
            #builder(self.0, self.1, ::core::marker::PhantomData)
        }
    }
}

/// The function that makes an object of the values.
fn draft(context: &Context<'_>) -> TokenStream {
    let Context { model, name, .. } = context;
    let columns = model.columns.iter().enumerate().map(|(i, column)| {
        let (field, i, ty) = (column.ours(), number(i), &column.ty);
        let value = match column.unset() {
            Unset::Required if !column.foreign => quote!(__r::required(values.#field, #i, &mut set)),
            Unset::Required | Unset::Pending => {
                let pending = column.pending();
                quote!(__r::given_or(values.#field, #i, &mut set, #pending))
            }
            Unset::Null => {
                let null = quote_spanned! {ty.span()=> || ::core::option::Option::None };
                quote!(__r::given_or(values.#field, #i, &mut set, #null))
            }
            Unset::Default(default) => {
                let default = &default.0;
                let place = default.clone().into_iter().next().map_or_else(Span::call_site, |t| t.span());
                let convert = quote_spanned! {place=> <_ as __r::IntoValue<#ty>>::into_value };
                quote!(__r::given_or_default(values.#field, #i, &mut set, &mut defaulted, || #convert(#default)))
            }
        };
        match column.deferred {
            true => quote!(#field: __r::Deferred::new(#value)),
            false => quote!(#field: #value),
        }
    });
    let links = model.relations.iter().map(|r| r.ours());
    let has_default = model.columns.iter().any(|column| matches!(column.unset(), Unset::Default(_)));
    let defaulted = if has_default { quote!(let mut defaulted) } else { quote!(let defaulted) };
    quote! {
        fn __draft(values: __Values, links: __r::Links) -> __r::Draft<#name> {
            let mut set = __r::ColumnSet::new();
            #defaulted = __r::ColumnSet::new();
            let object = #name {
                #(#columns,)*
                #(#links: ::core::default::Default::default(),)*
            };
            __r::Draft { object, set, defaulted, links }
        }
    }
}
