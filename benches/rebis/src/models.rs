//! The models: those of the field's public suite, that of SQLAlchemy's, and two whose keys are no integers.

use rebis::prelude::*;
use uuid::Uuid;

#[derive(Model, Debug)]
#[model(table = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: i32,
    pub name: String,
    pub hair_color: Option<String>,
    #[relation(inverse = user, cascade = "all, delete-orphan")]
    pub posts: HasMany<Post>,
}

#[derive(Model, Debug)]
#[model(table = "posts")]
pub struct Post {
    #[column(primary_key)]
    pub id: i32,
    #[column(references = User.id)]
    pub user_id: i32,
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
    pub id: i32,
    #[column(references = Post.id)]
    pub post_id: i32,
    pub text: String,
    #[relation(key = post_id)]
    pub post: BelongsTo<Post>,
}

#[derive(Model, Debug)]
#[model(table = "customer")]
pub struct Customer {
    #[column(primary_key)]
    pub id: i32,
    pub name: Option<String>,
    pub description: Option<String>,
}

#[derive(Model, Debug)]
#[model(table = "places")]
pub struct Place {
    #[column(primary_key)]
    pub code: String,
    pub name: String,
    pub note: Option<String>,
}

#[derive(Model, Debug)]
#[model(table = "tokens")]
pub struct Token {
    #[column(primary_key)]
    pub id: Uuid,
    pub name: String,
    pub note: Option<String>,
}
