//! Messages of MariaDB 10.11, and of MySQL 8 from its manual.

use super::*;

#[track_caller]
fn check(code: u16, message: &str, kind: ErrorKind, names: [Option<&str>; 3]) {
    let error = by_code(code, message);
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!([error.table(), error.column(), error.constraint()], names, "{error}");
    assert!(!error.to_string().contains("s3cr3t"), "{error}");
}

#[test]
fn constraints_are_named() {
    use ErrorKind::*;
    let duplicate = "Duplicate entry 's3cr3t for key 'x'' for key 'users.email'";
    check(1062, duplicate, UniqueViolation, [Some("users"), None, Some("email")]);
    let odd = "Duplicate entry 's3cr3t' for key ''odd''";
    check(1062, odd, UniqueViolation, [None, None, Some("'odd'")]);
    check(1062, "Duplicate entry 's3cr3t' for key 'PRIMARY'", UniqueViolation, [None, None, Some("PRIMARY")]);
    let parent = "Cannot add or update a child row: a foreign key constraint fails (`shop`.`lines`, CONSTRAINT \
                  `fk_lines_order` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`))";
    check(1452, parent, ForeignKeyViolation, [Some("lines"), None, Some("fk_lines_order")]);
    check(1048, "Column 'name' cannot be null", NotNullViolation, [None, Some("name"), None]);
    check(1364, "Field 'name' doesn't have a default value", NotNullViolation, [None, Some("name"), None]);
    let check_of = "CONSTRAINT `ck_age` failed for `shop`.`users`";
    check(4025, check_of, CheckViolation, [Some("users"), None, Some("ck_age")]);
    let odd = "CONSTRAINT ```; --` failed for `shop`.`users`";
    check(4025, odd, CheckViolation, [Some("users"), None, Some("`; --")]);
    check(3819, "Check constraint 'it's' is violated.", CheckViolation, [None, None, Some("it's")]);
    check(3819, "Check constraint 'ck_age' is violated.", CheckViolation, [None, None, Some("ck_age")]);
}

#[test]
fn what_is_missing_is_named() {
    use ErrorKind::*;
    check(1146, "Table 'shop.user' doesn't exist", NoSuchObject, [Some("user"), None, None]);
    check(1051, "Unknown table 'shop.user'", NoSuchObject, [Some("user"), None, None]);
    check(1054, "Unknown column 'u.nam' in 'field list'", NoSuchObject, [Some("u"), Some("nam"), None]);
    check(1054, "Unknown column 'nam' in 'SET'", NoSuchObject, [None, Some("nam"), None]);
    check(1305, "SAVEPOINT one does not exist", NoSuchObject, [None; 3]);
}

#[test]
fn values_are_not_quoted() {
    use ErrorKind::*;
    let column = [None, Some("age"), None];
    check(1406, "Data too long for column 'age' at row 1", Conversion, column);
    check(1264, "Out of range value for column 'age' at row 1", Conversion, column);
    let wrong = "Incorrect integer value: 's3cr3t for column `a`.`b`.`c` at row 1' for column `shop`.`users`.`age` \
                 at row 1";
    check(1366, wrong, Conversion, column);
    check(1292, "Truncated incorrect DOUBLE value: 's3cr3t'", Conversion, [None; 3]);
    let column_of_a_value = "Truncated incorrect DOUBLE value: 'x for column s3cr3t at row 1'";
    check(1292, column_of_a_value, Conversion, [None; 3]);
    check(1064, "You have an error in your SQL syntax near 's3cr3t' at line 1", InvalidStatement, [None; 3]);
    check(1213, "Deadlock found when trying to get lock", Deadlock, [None; 3]);
    check(9999, "s3cr3t", Database, [None; 3]);
}

#[test]
fn the_codes_that_end_a_connection_say_so() {
    for code in [1053, 1153, 1927, 4031] {
        assert!(by_code(code, "").is_disconnect(), "{code}");
    }
    assert!(!by_code(1205, "").is_disconnect());
    assert!(by_code(1205, "").is_retryable() && by_code(1213, "").is_retryable());
}
