//! What is measured, as data. A scenario says what it begins with; the work is a function in each peer's program.

use crate::{Database, tables};

/// Where a scenario runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In memory.
    Sqlite,
    Postgres,
    MySql,
    /// PostgreSQL, 5 ms away in each direction.
    Far,
}

impl Place {
    pub fn database(self) -> Database {
        match self {
            Place::Sqlite => Database::Sqlite,
            Place::Postgres | Place::Far => Database::Postgres,
            Place::MySql => Database::MySql,
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Place::Sqlite => "SQLite in memory",
            Place::Postgres => "PostgreSQL",
            Place::MySql => "MariaDB",
            Place::Far => "PostgreSQL, 5 ms away in each direction",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Place::Sqlite => "sqlite",
            Place::Postgres => "postgres",
            Place::MySql => "mysql",
            Place::Far => "far",
        }
    }
}

/// Where, and with how much.
pub type Sizes = (Place, &'static [usize]);

#[derive(Debug)]
pub struct Scenario {
    pub name: &'static str,
    pub title: &'static str,
    /// What is done, for the reader of the report.
    pub about: &'static str,
    /// What the sizes count.
    pub counts: &'static str,
    pub sizes: &'static [Sizes],
    pub tables: fn(Database) -> &'static [&'static str],
    pub rows: fn(Database, usize) -> Vec<String>,
    /// Whether the memory of one result is asked for as well.
    pub memory: bool,
}

/// The scenario of this name.
pub fn find(name: &str) -> Option<&'static Scenario> {
    ALL.iter().find(|scenario| scenario.name == name)
}

const EACH: &[usize] = &[1, 10, 100, 1_000, 10_000];
const INSERTS: &[usize] = &[1, 10, 25, 50, 100];
const TEN_THOUSAND: &[Sizes] = &[(Place::Sqlite, &[10_000])];

const fn on_sqlite(
    name: &'static str,
    title: &'static str,
    about: &'static str,
    counts: &'static str,
) -> Scenario {
    Scenario {
        name,
        title,
        about,
        counts,
        sizes: TEN_THOUSAND,
        tables: tables::customers,
        rows: tables::customer_rows,
        memory: false,
    }
}

pub const ALL: &[Scenario] = &[
    Scenario {
        name: "trivial_query",
        title: "Trivial query",
        about: "All users, three columns each, into structs or objects.",
        counts: "rows",
        sizes: &[(Place::Sqlite, EACH), (Place::Postgres, EACH), (Place::MySql, EACH), (Place::Far, &[1])],
        tables: tables::blog,
        rows: tables::users,
        memory: false,
    },
    Scenario {
        name: "medium_complex_query",
        title: "Medium complex query",
        about: "Users with black hair (every other one) LEFT JOIN their posts, of which there are none.",
        counts: "users in the table",
        sizes: &[(Place::Sqlite, EACH), (Place::Postgres, EACH), (Place::MySql, EACH)],
        tables: tables::blog,
        rows: tables::coloured,
        memory: false,
    },
    Scenario {
        name: "loading_associations",
        title: "Loading associations",
        about: "All users, their posts (ten each), the comments of those (ten each), grouped.",
        counts: "users",
        sizes: &[
            (Place::Sqlite, &[9]),
            (Place::Postgres, &[100]),
            (Place::MySql, &[100]),
            (Place::Far, &[100]),
        ],
        tables: tables::blog,
        rows: tables::associations,
        memory: false,
    },
    Scenario {
        name: "insert",
        title: "Insert",
        about: "New users in one statement where the peer has one, nothing read back. The table grows.",
        counts: "rows",
        sizes: &[(Place::Sqlite, INSERTS), (Place::Postgres, INSERTS), (Place::MySql, INSERTS)],
        tables: tables::blog,
        rows: tables::none,
        memory: false,
    },
    Scenario {
        name: "flush",
        title: "New objects, with their keys",
        about: "New users in one transaction; afterwards each has the key that the database gave it.",
        counts: "objects",
        sizes: &[
            (Place::Sqlite, &[1, 100, 10_000]),
            (Place::Postgres, &[1, 100, 1_000]),
            (Place::MySql, &[1, 100, 1_000]),
        ],
        tables: tables::graph,
        rows: tables::none,
        memory: false,
    },
    Scenario {
        name: "save_graph",
        title: "Save a graph",
        about: "Users with nine posts with ten comments each, in one transaction; each has its key afterwards.",
        counts: "objects",
        sizes: &[
            (Place::Sqlite, &[100, 1_000, 10_000]),
            (Place::Postgres, &[100, 1_000, 10_000]),
            (Place::MySql, &[100, 1_000, 10_000]),
            (Place::Far, &[1_000]),
        ],
        tables: tables::graph,
        rows: tables::none,
        memory: false,
    },
    Scenario {
        name: "change",
        title: "Change 1 % of loaded objects",
        about: "All users are loaded; the name of one in a hundred is changed and written in one transaction.",
        counts: "objects",
        sizes: &[(Place::Sqlite, &[100_000]), (Place::Postgres, &[100_000])],
        tables: tables::graph,
        rows: tables::users,
        memory: false,
    },
    Scenario {
        name: "cascade",
        title: "Delete a tree",
        about: "A user with 100 posts of 100 comments is deleted with all of them, and rolled back.",
        counts: "rows",
        sizes: &[(Place::Sqlite, &[10_101]), (Place::Postgres, &[10_101])],
        tables: tables::graph,
        rows: tables::one_tree,
        memory: false,
    },
    Scenario {
        name: "merge",
        title: "Merge what has not changed",
        about: "Users that came from elsewhere are brought in line with those in the database; none differs.",
        counts: "objects",
        sizes: TEN_THOUSAND,
        tables: tables::graph,
        rows: tables::users,
        memory: false,
    },
    Scenario {
        name: "row_by_key",
        title: "One row by key",
        about: "One row of 10,000, each time another one.",
        counts: "rows in the table",
        sizes: TEN_THOUSAND,
        tables: tables::blog,
        rows: tables::users,
        memory: false,
    },
    Scenario {
        name: "text_keys",
        title: "Load rows with text keys",
        about: "All rows of a table of three columns whose key is a text.",
        counts: "rows",
        sizes: TEN_THOUSAND,
        tables: tables::keyed,
        rows: tables::keyed_rows,
        memory: false,
    },
    Scenario {
        name: "uuid_keys",
        title: "Load rows with UUID keys",
        about: "All rows of a table of three columns whose key is a UUID.",
        counts: "rows",
        sizes: TEN_THOUSAND,
        tables: tables::keyed,
        rows: tables::keyed_rows,
        memory: false,
    },
    Scenario {
        name: "growth_load",
        title: "Growth: load",
        about: "All users. Memory is what the process has more with the result than without, for each row.",
        counts: "rows",
        sizes: &[(Place::Sqlite, &[1_000, 10_000, 100_000, 1_000_000])],
        tables: tables::blog,
        rows: tables::users,
        memory: true,
    },
    Scenario {
        name: "growth_flush",
        title: "Growth: flush",
        about: "New users in one transaction, each with its key afterwards.",
        counts: "objects",
        sizes: &[(Place::Sqlite, &[1_000, 10_000, 100_000, 1_000_000])],
        tables: tables::graph,
        rows: tables::none,
        memory: true,
    },
    Scenario {
        rows: tables::none,
        ..on_sqlite(
            "bulk_inserts_flush",
            "Bulk inserts: flush, keys generated",
            "Customers are added and committed.",
            "objects",
        )
    },
    Scenario {
        rows: tables::none,
        ..on_sqlite(
            "bulk_inserts_flush_keys",
            "Bulk inserts: flush, keys given",
            "Customers with keys are added and committed.",
            "objects",
        )
    },
    Scenario {
        rows: tables::none,
        ..on_sqlite(
            "bulk_inserts_bulk",
            "Bulk inserts: without objects",
            "Rows of the model are inserted in bulk and committed.",
            "rows",
        )
    },
    Scenario {
        rows: tables::none,
        ..on_sqlite(
            "bulk_inserts_core",
            "Bulk inserts: core",
            "The language's INSERT over many rows, committed.",
            "rows",
        )
    },
    on_sqlite(
        "bulk_updates_flush",
        "Bulk updates: flush",
        "All customers are loaded, the description of each is changed, and committed.",
        "objects",
    ),
    on_sqlite(
        "large_resultsets_objects",
        "Large result sets: objects",
        "All customers as objects of the session.",
        "rows",
    ),
    on_sqlite(
        "large_resultsets_chunks",
        "Large result sets: objects in chunks",
        "All customers as objects, 1,000 at a time.",
        "rows",
    ),
    on_sqlite(
        "large_resultsets_columns",
        "Large result sets: columns",
        "Three columns of all customers, as tuples.",
        "rows",
    ),
    Scenario {
        rows: tables::none,
        sizes: &[(Place::Sqlite, &[100])],
        ..on_sqlite(
            "single_inserts",
            "Single inserts",
            "Customers, each added and committed in a session of its own.",
            "objects",
        )
    },
    Scenario {
        sizes: &[(Place::Sqlite, &[1_000])],
        ..on_sqlite(
            "short_selects_new",
            "Short selects: statement built each time",
            "Customers by key, one after the other, each with a statement of its own.",
            "rows",
        )
    },
    Scenario {
        sizes: &[(Place::Sqlite, &[1_000])],
        ..on_sqlite(
            "short_selects_reused",
            "Short selects: statement reused",
            "The same with one statement.",
            "rows",
        )
    },
];
