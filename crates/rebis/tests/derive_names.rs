//! Names that other derives would trip over.
#![forbid(nonstandard_style)]
#![deny(unsafe_code, warnings)]
#![allow(missing_docs, unreachable_pub)]

use rebis::prelude::*;

/// Columns called like methods, keywords and the derive's own helpers.
#[derive(Model, Debug)]
pub struct Awkward {
    #[column(primary_key)]
    pub id: i64,
    pub r#type: String,
    pub new: bool,
    pub eq: i32,
    pub posts: i64,
    pub alias: Option<String>,
    pub clone: String,
    pub into: i64,
    pub deref: i64,
    pub count: i64,
    pub draft: bool,
    pub optional: bool,
    pub p: i64,
    pub links: i64,
    pub s0: i64,
    pub u64: u64,
    pub url: String,
    pub values: i64,
    pub set: i64,
    pub column: i64,
    pub cells: i64,
    pub value: i64,
    pub into_draft: i64,
    pub into_value: i64,
    pub r#match: i64,
    pub index: i64,
    pub key: i64,
    pub decode: i64,
    pub order: i64,
    pub select: i64,
}

#[test]
fn columns_with_awkward_names() {
    let row = Awkward
        .new()
        .r#type("t")
        .new(true)
        .eq(1)
        .posts(2)
        .clone("c")
        .into(3)
        .deref(4)
        .count(5)
        .draft(true)
        .optional(false)
        .p(6)
        .links(7)
        .s0(8)
        .u64(9)
        .url("u")
        .values(10)
        .set(11)
        .column(12)
        .cells(13)
        .value(14)
        .into_draft(15)
        .into_value(16)
        .r#match(17)
        .index(18)
        .key(19)
        .decode(20)
        .order(21)
        .select(22);
    let mut db = Graph::new();
    let h = db.add(row);
    assert_eq!((db[h].links, db[h].into_value, db[h].r#match), (7, 16, 17));
    assert_eq!(format!("{:?}", Awkward.r#type), "awkward.type");
    let stmt = select((Awkward.alias, Awkward.new, Awkward.count)).filter(Awkward.alias("a").eq.eq(1));
    drop(stmt);
    metadata![Awkward].check().expect("a model");
}

/// Getters, a constructor and an associated constant, all named as the derive would have liked to.
mod account {
    use rebis::prelude::*;

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(unique(email, name))]
    pub struct Account {
        #[column(primary_key)]
        id: i64,
        name: String,
        email: String,
        #[relation(inverse = account)]
        entries: HasMany<super::ledger::Entry>,
    }

    impl Account {
        pub const COLUMNS: usize = 3;

        pub fn new(name: &str) -> impl NewRow<Model = Account> + use<> {
            Account.new().name(name).email(format!("{name}@example.com"))
        }
        pub fn id(&self) -> i64 {
            self.id
        }
        pub fn name(&self) -> &str {
            &self.name
        }
        pub fn entries(&self) -> &HasMany<super::ledger::Entry> {
            &self.entries
        }
        pub fn index(&self) -> usize {
            7
        }
        pub fn by_name(name: &str) -> Select<Account> {
            select(Account).filter(Account.name.eq(name))
        }
    }
}

/// The other half of a circle, in a module of its own, with private fields on both sides.
mod ledger {
    use super::account::Account;
    use rebis::prelude::*;

    #[derive(Model, Debug)]
    pub struct Entry {
        #[column(primary_key)]
        id: i64,
        #[column(references = Account.id, on_delete = Cascade)]
        account_id: i64,
        pub(crate) amount: i64,
        #[relation(key = account_id, inverse = entries)]
        account: BelongsTo<Account>,
    }

    impl Entry {
        pub fn of(account: Handle<Account>, amount: i64) -> impl NewRow<Model = Entry> {
            Entry.new().account(account).amount(amount)
        }
        pub fn ids(&self) -> (i64, i64) {
            (self.id, self.account_id)
        }
    }
}

#[test]
fn models_in_modules_with_private_fields() {
    use account::Account;
    use ledger::Entry;
    metadata![Account, Entry].check().expect("the models agree");
    let mut db = Graph::new();
    let alice = db.add(Account::new("alice"));
    let entry = db.add(Entry::of(alice, 5));
    assert_eq!((db[alice].name(), db[alice].id(), db[alice].index(), Account::COLUMNS), ("alice", 0, 7, 3));
    assert!(db[alice].entries().contains(entry));
    assert_eq!((db[entry].ids(), db[entry].amount), ((0, 0), 5));
    assert_eq!(db[alice].clone(), db[alice]);
    assert!(Account::by_name("x").to_string().contains("account.name = 'x'"));
    // Private columns stay private, relations are seen where the model is.
    let _ = (Account.entries, Entry.account, Entry.amount);
}

/// The user's own types under the names of the prelude of `std`.
mod shadowed {
    #![allow(dead_code)]
    use ::rebis::prelude::{BelongsTo, FromRow, HasMany, Model, SqlEnum, Value};

    pub struct Option;
    pub struct Vec;
    pub struct String;
    pub struct Box;
    pub struct Result;
    pub struct Some;
    pub struct None;
    pub struct Ok;
    pub struct Err;
    pub trait Default {}
    pub trait Clone {}
    pub trait From {}
    pub trait Into {}
    pub trait Send {}
    pub mod core {}
    pub mod std {}
    pub mod rebis {}

    #[derive(Model)]
    pub struct Shadow {
        #[column(primary_key)]
        pub id: i64,
        pub name: ::std::string::String,
        pub note: ::std::option::Option<::std::string::String>,
        #[column(default = 5)]
        pub kind: i16,
        #[column(references = Shadow.id)]
        pub parent_id: ::std::option::Option<i64>,
        #[relation(key = parent_id)]
        pub parent: BelongsTo<::std::option::Option<Shadow>>,
        #[relation(inverse = parent, cascade = "all, delete-orphan")]
        pub children: HasMany<Shadow>,
    }

    #[derive(SqlEnum, ::std::clone::Clone)]
    pub enum Colour {
        Red,
        Blue,
    }

    #[derive(Value, ::std::clone::Clone)]
    pub struct Wrapped(i64);

    #[derive(FromRow)]
    pub struct Pair {
        pub a: i64,
        pub b: ::std::option::Option<Wrapped>,
    }
}

#[test]
fn shadowed_names() {
    use shadowed::Shadow;
    metadata![Shadow].check().expect("a model");
    let mut db = Graph::new();
    let root = db.add(Shadow.new().name("root"));
    let leaf = db.push(root, Shadow.children, Shadow.new().name("leaf").kind(3));
    assert_eq!(db[leaf].parent.get(), Some(root));
    assert_eq!((db[root].kind, db[leaf].kind), (5, 3));
}

#[test]
fn models_in_a_function() {
    mod url {
        #[derive(rebis::Value, Clone, Debug, PartialEq)]
        pub struct Url(String);
        impl From<&str> for Url {
            fn from(text: &str) -> Self {
                Url(text.to_owned())
            }
        }
    }

    #[derive(Model)]
    struct Site {
        #[column(primary_key)]
        id: i64,
        url: url::Url,
        #[relation(inverse = site)]
        pages: HasMany<Page>,
    }

    #[derive(Model)]
    struct Page {
        #[column(primary_key)]
        id: i64,
        site_id: i64,
        #[relation(key = site_id)]
        site: BelongsTo<Site>,
    }

    metadata![Site, Page].check().expect("the models agree");
    let mut db = Graph::new();
    let site = db.add(Site.new().url(url::Url::from("https://example.com")).pages([Page.new(), Page.new()]));
    assert_eq!(db[site].pages.len(), 2);
    assert_eq!(db[site].url, url::Url::from("https://example.com"));
    let page = db[site].pages.to_vec()[1];
    assert_eq!((db[page].id, db[page].site_id, db[site].id), (0, 0, 0));
    assert!(db[page].site.get() == site);
}

/// Models made by a macro: types come in invisible brackets.
macro_rules! model {
    ($name:ident { $($field:ident: $type:ty),* }, $other:ty) => {
        #[derive(Model, Debug)]
        pub struct $name {
            #[column(primary_key)]
            pub id: i64,
            $(pub $field: $type,)*
            #[relation(key = owner_id)]
            pub owner: BelongsTo<$other>,
        }
    };
}

model!(Pet { name: String, nick: Option<String>, owner_id: i64 }, Awkward);

#[test]
fn models_from_macros() {
    let mut db = Graph::new();
    let pet = db.add(Pet.new().name("Rex").owner_id(1));
    assert_eq!((db[pet].nick.as_deref(), db[pet].owner_id), (None, 1));
    assert_eq!(format!("{:?}", Pet.owner), "Pet.owner");
}
