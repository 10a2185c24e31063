//! The page of golden statements is what the language says.
#![allow(missing_docs)]

use rebis_sql::dialect;
use rebis_testkit::conformance::language::golden;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sql.md");

/// `REBIS_OVERWRITE=1` writes the page anew. Read the difference before you commit it.
#[test]
fn the_page_of_statements_is_what_they_are() {
    let page = golden::page(&[dialect::sqlite(), dialect::postgres(), dialect::mysql(), dialect::mariadb()]);
    if std::env::var_os("REBIS_OVERWRITE").is_some() {
        std::fs::write(PAGE, &page).expect("the page can be written");
    }
    let written = std::fs::read_to_string(PAGE).unwrap_or_default();
    for (number, (new, old)) in page.lines().zip(written.lines()).enumerate() {
        assert_eq!(new, old, "line {} of docs/sql.md", number + 1);
    }
    assert_eq!(page.lines().count(), written.lines().count());
}

#[test]
fn there_are_several_hundred_texts() {
    assert!(golden::all().len() >= 150, "{}", golden::all().len());
}
