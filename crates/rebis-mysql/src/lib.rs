//! The MySQL and MariaDB driver of Rebis, on the connection of `mysql_async`.

#![forbid(unsafe_code)]
