//! The models. Keys are `u64`, as in its documentation.

use toasty::Deferred;

#[derive(Debug, toasty::Model)]
#[table = "users"]
pub struct User {
    #[key]
    #[auto]
    pub id: u64,
    pub name: String,
    pub hair_color: Option<String>,
    #[has_many]
    pub posts: Deferred<Vec<Post>>,
}

#[derive(Debug, toasty::Model)]
#[table = "posts"]
pub struct Post {
    #[key]
    #[auto]
    pub id: u64,
    #[index]
    pub user_id: u64,
    #[belongs_to(key = user_id, references = id)]
    pub user: Deferred<User>,
    pub title: String,
    pub body: Option<String>,
    #[has_many]
    pub comments: Deferred<Vec<Comment>>,
}

#[derive(Debug, toasty::Model)]
#[table = "comments"]
pub struct Comment {
    #[key]
    #[auto]
    pub id: u64,
    #[index]
    pub post_id: u64,
    #[belongs_to(key = post_id, references = id)]
    pub post: Deferred<Post>,
    pub text: String,
}
