// The models of the tutorials and of the guide: users write posts, posts have tags.

use rebis::prelude::*;

#[derive(Model, Debug)]
#[model(table = "users")]
pub struct User {
    /// Given by the database.
    #[column(primary_key)]
    pub id: i64,
    #[column(length = 50, unique)]
    pub username: String,
    #[column(length = 120, unique)]
    pub email: String,
    /// Deleted with the user, and when taken out of the collection.
    #[relation(inverse = author, cascade = "all, delete-orphan", order_by = id)]
    pub posts: HasMany<Post>,
}

#[derive(SqlEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Draft,
    Published,
}

#[derive(Model, Debug)]
#[model(table = "posts")]
pub struct Post {
    #[column(primary_key)]
    pub id: i64,
    #[column(length = 200, index)]
    pub title: String,
    /// `Option`: the column may be NULL.
    pub body: Option<String>,
    #[column(default = Status::Draft)]
    pub status: Status,
    #[column(references = User.id, on_delete = Cascade)]
    pub author_id: i64,
    /// The other side of `User.posts`.
    #[relation(key = author_id)]
    pub author: BelongsTo<User>,
    #[relation(through = PostTag, order_by = name)]
    pub tags: HasMany<Tag>,
}

#[derive(Model, Debug)]
#[model(table = "tags")]
pub struct Tag {
    #[column(primary_key)]
    pub id: i64,
    #[column(length = 40, unique)]
    pub name: String,
    #[relation(through = PostTag)]
    pub posts: HasMany<Post>,
}

/// Which post has which tag.
#[derive(Model, Debug)]
#[model(table = "post_tags")]
pub struct PostTag {
    #[column(primary_key, references = Post.id, on_delete = Cascade)]
    pub post_id: i64,
    #[column(primary_key, references = Tag.id)]
    pub tag_id: i64,
}
