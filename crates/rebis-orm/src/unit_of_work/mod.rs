//! The unit of work: from the changes in a graph to statements in the right order.
//!
//! * `cascade`: what deletions and orphans bring along, and what must be loaded to know it.
//! * `plan`: what is written, in which order: a pure function of the graph.
//! * `flow`: keys of parents on their way into their children.
//! * `order`: the order of tables, and of rows by depth and by key.
//! * `rows`: the order of single rows, where the order of tables does not suffice.
//! * `circles`: rows that wait for each other, and where their circles are broken.
//! * `parents`: the parents that rows have in the database.
//! * `pairs`: pairs of which nobody knows whether the database has them.
//! * `riding`: keys that are not known yet, and rows that go along with what they wait for.
//! * `unique`: rows that free a unique value before the rows that take it.
//! * `steps`: a group of the plan as statements with their parameters.
//! * `statements`: the text of inserts, updates and deletes, kept per model.
//! * `run`: the one file that awaits.
//! * `absorb`: what the graph learns from the database's answers.

mod absorb;
mod cascade;
mod circles;
mod flow;
mod order;
mod pairs;
mod parents;
mod plan;
mod riding;
mod rows;
mod run;
mod statements;
mod steps;
mod unique;

use cascade::Need;
pub(crate) use run::{flush, flush_last};
pub(crate) use statements::{
    StatementKey, cached, column, in_list, item, select_all, select_all_in, select_by, select_in, value,
};
