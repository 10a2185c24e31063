//! What the graph asks of a model: plain functions over columns by position.

use super::{Context, number};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

pub(super) fn emit(context: &Context<'_>) -> TokenStream {
    let Context { model, name, .. } = context;
    let each = || model.columns.iter().enumerate();
    let fields = || model.columns.iter().map(|c| c.ours());
    let links = || model.relations.iter().map(|r| r.ours());

    let decoded = each().map(|(i, c)| {
        let (field, stored, i) = (c.ours(), c.stored(), number(i));
        match c.deferred {
            true => quote!(#field: __r::Deferred::not_loaded()),
            false => quote!(#field: #stored::read(cells, #i)?),
        }
    });
    let encoded = each().map(|(i, c)| {
        let (field, stored, i) = (c.ours(), c.stored(), number(i));
        match c.deferred {
            true => quote!(#i => __r::Deferred::write(&self.#field, out)),
            false => quote!(#i => #stored::write(&self.#field, out)),
        }
    });
    let assigned = each().map(|(i, c)| {
        let (field, stored, i) = (c.ours(), c.stored(), number(i));
        match c.deferred {
            true => quote!(#i => __r::Deferred::assign(&mut self.#field, cell)),
            false => quote!(#i => #stored::assign(&mut self.#field, cell)),
        }
    });
    let same = each().map(|(i, c)| {
        let (field, stored, i) = (c.ours(), c.stored(), number(i));
        match c.deferred {
            true => quote!(#i => __r::Deferred::is_as(&self.#field, &other.#field)),
            false => quote!(#i => #stored::same(&self.#field, &other.#field)),
        }
    });
    let pending = each().filter(|(_, c)| c.can_be_pending()).map(|(i, c)| {
        let (field, stored, pending, i) = (c.ours(), c.stored(), c.pending(), number(i));
        match c.deferred {
            true => quote!(#i => __r::Deferred::is_as(&self.#field, &__r::Deferred::new(#pending()))),
            false => quote!(#i => #stored::same(&self.#field, &#pending())),
        }
    });
    let copied = model.columns.iter().map(|c| {
        let (field, stored) = (c.ours(), c.stored());
        match c.deferred {
            true => quote!(#field: ::core::clone::Clone::clone(&self.#field)),
            false => quote!(#field: #stored::copy(&self.#field)),
        }
    });
    let deferred = deferred(context);
    let link = model.relations.iter().enumerate().map(|(i, r)| {
        let (field, ty, i) = (r.ours(), &r.ty, number(i));
        quote!(#i => <#ty>::link(&self.#field))
    });
    let link_mut = model.relations.iter().enumerate().map(|(i, r)| {
        let (field, ty, i) = (r.ours(), &r.ty, number(i));
        quote!(#i => <#ty>::link_mut(&mut self.#field))
    });
    let (no_links, no_links_too) = (links(), links());
    let (restored, from) = (fields(), fields());
    let (key_type, key) = key(context);
    let row = row(context);

    quote! {
        impl __r::Record for #name {
            type Key = #key_type;
            fn mapping() -> &'static __r::Mapping {
                static MAPPING: ::std::sync::OnceLock<__r::Mapping> = ::std::sync::OnceLock::new();
                MAPPING.get_or_init(|| __r::Mapping::new(&__PARTS))
            }
            fn index() -> usize {
                static INDEX: __r::ModelIndex = __r::ModelIndex::new();
                INDEX.get()
            }
            #[inline]
            fn decode(cells: &[__r::Cell<'_>]) -> __r::Result<Self> {
                ::core::result::Result::Ok(#name {
                    #(#decoded,)*
                    #(#no_links: ::core::default::Default::default(),)*
                })
            }
            fn key(&self) -> Self::Key {
                #key
            }
            fn encode(&self, column: usize, out: &mut __r::Binds) {
                match column {
                    #(#encoded,)*
                    _ => __r::no_such_position(column),
                }
            }
            fn assign(&mut self, column: usize, cell: __r::Cell<'_>) -> __r::Result<()> {
                match column {
                    #(#assigned,)*
                    _ => __r::no_such_position(column),
                }
            }
            fn same(&self, other: &Self, column: usize) -> bool {
                match column {
                    #(#same,)*
                    _ => __r::no_such_position(column),
                }
            }
            fn is_pending(&self, column: usize) -> bool {
                match column {
                    #(#pending,)*
                    _ => false,
                }
            }
            #deferred
            fn copy_columns(&self) -> Self {
                #name {
                    #(#copied,)*
                    #(#no_links_too: ::core::default::Default::default(),)*
                }
            }
            fn restore_columns(&mut self, from: Self) {
                #(self.#restored = from.#from;)*
            }
            fn link(&self, relation: usize) -> __r::LinkRef<'_> {
                match relation {
                    #(#link,)*
                    _ => __r::no_such_position(relation),
                }
            }
            fn link_mut(&mut self, relation: usize) -> __r::LinkMut<'_> {
                match relation {
                    #(#link_mut,)*
                    _ => __r::no_such_position(relation),
                }
            }
            fn blank() -> ::core::option::Option<__r::Draft<Self>> {
                __blank()
            }
        }

        #row
    }
}

/// What only models with deferred columns say.
fn deferred(context: &Context<'_>) -> TokenStream {
    let deferred = || context.model.columns.iter().enumerate().filter(|(_, c)| c.deferred);
    if deferred().next().is_none() {
        return TokenStream::new();
    }
    let has = deferred().map(|(i, c)| {
        let (field, i) = (c.ours(), number(i));
        quote!(#i => __r::Deferred::is_loaded(&self.#field))
    });
    let fields = deferred().map(|(_, c)| c.ours());
    quote! {
        fn has(&self, column: usize) -> bool {
            match column {
                #(#has,)*
                _ => true,
            }
        }
        fn keep_deferred(&mut self, before: &mut Self) {
            #(__r::Deferred::keep(&mut self.#fields, &mut before.#fields);)*
        }
    }
}

/// The key's type and its value.
fn key(context: &Context<'_>) -> (TokenStream, TokenStream) {
    let columns = &context.model.columns;
    let parts = context.model.key().into_iter().map(|c| {
        let (column, field) = (&columns[c], columns[c].ours());
        let (ty, stored) = (&column.ty, column.stored());
        (quote_spanned!(ty.span()=> #ty), quote!(#stored::copy(&self.#field)))
    });
    let (types, values): (Vec<_>, Vec<_>) = parts.unzip();
    match (types.as_slice(), values.as_slice()) {
        ([ty], [value]) => (ty.clone(), value.clone()),
        _ => (quote!((#(#types,)*)), quote!((#(#values,)*))),
    }
}

fn row(context: &Context<'_>) -> TokenStream {
    let Context { model, name, .. } = context;
    let read = || model.columns.iter().filter(|c| !c.deferred);
    let width = number(read().count());
    let names = read().map(|c| &c.name);
    quote! {
        impl __r::Row for #name {
            type Plain = #name;
            type Tracked = __r::Handle<#name>;
            const WIDTH: usize = #width;
            fn names() -> &'static [&'static str] {
                &[#(#names),*]
            }
            fn plain(cells: &[__r::Cell<'_>]) -> __r::Result<#name> {
                <#name as __r::Record>::decode(cells)
            }
            fn track(
                cells: &[__r::Cell<'_>],
                tracker: &mut dyn ::core::any::Any,
            ) -> __r::Result<__r::Handle<#name>> {
                __r::track::<#name>(cells, tracker)
            }
            fn tracker<'t>(
                tracker: &'t mut dyn ::core::any::Any,
                rows: &'t mut ::std::vec::Vec<__r::Handle<#name>>,
            ) -> ::core::option::Option<::std::boxed::Box<dyn __r::Tracker + 't>> {
                __r::tracker::<#name>(tracker, rows)
            }
        }
    }
}
