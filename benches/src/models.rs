//! The tables: those of the field's public benchmark, and two whose keys are no integers.

use rebis::prelude::*;
use uuid::Uuid;

#[derive(Model, Debug)]
#[model(table = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    pub hair_color: Option<String>,
    #[relation(inverse = user, cascade = "all, delete-orphan")]
    pub posts: HasMany<Post>,
}

#[derive(Model, Debug)]
#[model(table = "posts")]
pub struct Post {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = User.id)]
    pub user_id: i64,
    pub title: String,
    pub body: Option<String>,
    #[relation(key = user_id)]
    pub user: BelongsTo<User>,
    #[relation(inverse = post, cascade = "all, delete-orphan")]
    pub comments: HasMany<Comment>,
}

#[derive(Model, Debug)]
#[model(table = "comments")]
pub struct Comment {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = Post.id)]
    pub post_id: i64,
    pub text: String,
    #[relation(key = post_id)]
    pub post: BelongsTo<Post>,
}

/// A key that is text.
#[derive(Model, Debug)]
#[model(table = "places")]
pub struct Place {
    #[column(primary_key)]
    pub code: String,
    pub name: String,
    pub note: Option<String>,
}

/// A key of sixteen bytes.
#[derive(Model, Debug)]
#[model(table = "tokens")]
pub struct Token {
    #[column(primary_key)]
    pub id: Uuid,
    pub name: String,
    pub note: Option<String>,
}

/// A key that somebody else could have drawn.
pub fn uuid_of(n: usize) -> Uuid {
    let mixed = (n as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    Uuid::from_u128(mixed)
}

/// The structs that a program without Rebis would write.
pub mod hand {
    #[derive(Debug)]
    pub struct User {
        pub id: i64,
        pub name: String,
        pub hair_color: Option<String>,
    }

    #[derive(Debug)]
    pub struct Post {
        pub id: i64,
        pub user_id: i64,
        pub title: String,
        pub body: Option<String>,
    }

    #[derive(Debug)]
    pub struct Comment {
        pub id: i64,
        pub post_id: i64,
        pub text: String,
    }

    #[derive(Debug)]
    pub struct Place {
        pub code: String,
        pub name: String,
        pub note: Option<String>,
    }

    #[derive(Debug)]
    pub struct Token {
        pub id: [u8; 16],
        pub name: String,
        pub note: Option<String>,
    }
}
