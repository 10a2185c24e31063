// says: a relation to `Option<Node>`
use rebis::prelude::*;

#[derive(Model, Debug)]
pub struct Node {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = Node.id)]
    pub parent_id: Option<i64>,
    #[relation(key = parent_id)]
    pub parent: BelongsTo<Option<Node>>,
}

fn hang(db: &mut Graph, node: Handle<Node>) {
    db.set(node, Node.parent, Some(Node.new()));
}

fn main() {}
