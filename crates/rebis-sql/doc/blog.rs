// What the examples in the documentation stand on: two models as the derive makes them, by hand. Included by them.

use rebis_sql::*;

pub struct Model<C> {
    table: &'static str,
    columns: C,
}

impl<C> std::ops::Deref for Model<C> {
    type Target = C;
    fn deref(&self) -> &C {
        &self.columns
    }
}

pub struct UserColumns {
    pub id: Column<User, i64>,
    pub name: Column<User, String>,
    pub email: Column<User, Option<String>>,
    pub karma: Column<User, i64>,
}

pub struct PostColumns {
    pub id: Column<Post, i64>,
    pub title: Column<Post, String>,
    pub hits: Column<Post, i64>,
    pub author_id: Column<Post, i64>,
}

pub struct User {}
pub struct Post {}

#[allow(non_upper_case_globals)]
pub const User: Model<UserColumns> = Model {
    table: "users",
    columns: UserColumns {
        id: Column::new("users", "id", 0),
        name: Column::new("users", "name", 1),
        email: Column::new("users", "email", 2),
        karma: Column::new("users", "karma", 3),
    },
};

#[allow(non_upper_case_globals)]
pub const Post: Model<PostColumns> = Model {
    table: "posts",
    columns: PostColumns {
        id: Column::new("posts", "id", 0),
        title: Column::new("posts", "title", 1),
        hits: Column::new("posts", "hits", 2),
        author_id: Column::new("posts", "author_id", 3),
    },
};

impl Model<UserColumns> {
    pub fn insert(&self) -> Insert<User> {
        fn keys() -> Vec<ast::Key> {
            let key = |(column, generated): (&'static str, bool)| {
                ast::Key { name: None, columns: vec![column.into()], generated, always: false }
            };
            [("id", true), ("name", false)].map(key).into()
        }
        Insert::new(ast::TableRef::new(self.table), keys)
    }

    pub fn update(&self) -> Update<User> {
        Update::new(ast::TableRef::new(self.table)).keyed(["id".into()])
    }

    pub fn delete(&self) -> Delete<User> {
        Delete::new(ast::TableRef::new(self.table)).keyed(["id".into()])
    }
}

impl<C> Model<C> {
    pub fn on(&self, condition: impl IntoCondition) -> JoinPart {
        JoinPart { source: self.source(), on: Some(condition.into_condition().into_ast()) }
    }

    pub fn source(&self) -> ast::Source {
        ast::Source::Table(ast::TableRef::new(self.table))
    }
}

/// An expression as it stands in a statement.
pub fn show(expr: impl std::fmt::Debug) -> String {
    format!("{expr:?}")
}
