use rebis::prelude::*;

#[derive(Model, Debug)]
#[model(table = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    pub username: String,
    pub karma: i64,
    password: Option<String>,
    #[relation(inverse = author, cascade = "all, delete-orphan")]
    pub posts: HasMany<Post>,
}

#[derive(Model, Debug)]
#[model(table = "posts")]
pub struct Post {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    pub body: Option<String>,
    #[column(references = User.id)]
    pub author_id: i64,
    #[relation(key = author_id)]
    pub author: BelongsTo<User>,
    #[relation(through = PostTag)]
    pub tags: HasMany<Tag>,
}

#[derive(Model, Debug)]
pub struct Tag {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug)]
pub struct PostTag {
    #[column(primary_key, references = Post.id)]
    pub post_id: i64,
    #[column(primary_key, references = Tag.id)]
    pub tag_id: i64,
}

#[derive(Value, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FirmId(pub i64);

#[derive(Model, Debug)]
pub struct Firm {
    #[column(primary_key, generated)]
    pub id: FirmId,
    pub name: String,
}
