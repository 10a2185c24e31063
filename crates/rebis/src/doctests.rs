//! The documents of the repository as tests: every Rust block in them compiles and runs.

macro_rules! documents {
    ($($name:ident = $path:literal;)*) => {$(
        #[doc = include_str!(concat!("../../../", $path))]
        #[allow(dead_code)]
        struct $name;
    )*};
}

documents! {
    Readme = "README.md";
    Connecting = "docs/guide/connecting.md";
    Databases = "docs/databases.md";
    Models = "docs/guide/models.md";
    Relationships = "docs/guide/relationships.md";
    Querying = "docs/guide/querying.md";
    Types = "docs/guide/types.md";
    Writing = "docs/guide/writing.md";
    RawSql = "docs/guide/raw-sql.md";
    TheSession = "docs/guide/session.md";
    Loading = "docs/guide/loading.md";
    Transactions = "docs/guide/transactions.md";
    Execution = "docs/guide/execution.md";
    Errors = "docs/guide/errors.md";
    Testing = "docs/guide/testing.md";
    ComingFromSqlAlchemy = "docs/coming-from-sqlalchemy.md";
}
