//! Texts of one's own, for all databases and for one.

use super::{Case, Person, cases};
use rebis_sql::{dialect, func, select, sql};

cases! {
    own "Text of one's own" {
        "an expression" => select(sql("{} * {}").bind(Person.karma).bind(2i64).expr::<i64>()).select_from(Person);
        "a condition" => select(Person.id).filter(sql("{} between {} and {}").bind(Person.karma).bind(1i64).bind(20i64).expr::<bool>());
        "spelt by each database" => select(sql("ascii({})").bind(Person.name).on(dialect::sqlite(), sql("unicode({})").bind(Person.name)).expr::<i64>()).select_from(Person);
        "for one database alone" => select(sql("pg_backend_pid()").only_on(dialect::postgres()).expr::<i32>());
        "a function by its name" => select(func::call::<String>("substr", (Person.name, func::literal(2))));
        "a hint behind SELECT" => select(Person.id).prefix(sql("SQL_NO_CACHE").only_on(dialect::mysql()));
        "words at the end" => select(Person.id).suffix(sql("/* of the report */"));
    }
}
