//! Tells what a program lets SQLite do, whatever it is written with: all of them link the same library, which calls back
//! for each connection that is opened.
//!
//! A crate of its own, because calling C wants `unsafe`, and nothing else in the benches does.

use libsqlite3_sys as ffi;
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::io::Write;
use std::ptr::null_mut;

/// From now on each statement that SQLite runs is a line of standard output: `sql`, a blank, and its text with blanks for
/// the ends of its lines.
pub fn sqlite() {
    // SAFETY: the function lives as long as the program.
    let registered = unsafe { ffi::sqlite3_auto_extension(Some(opened)) };
    assert_eq!(registered, ffi::SQLITE_OK);
}

unsafe extern "C" fn opened(
    db: *mut ffi::sqlite3,
    _: *mut *mut c_char,
    _: *const ffi::sqlite3_api_routines,
) -> c_int {
    let kinds = ffi::SQLITE_TRACE_STMT as c_uint;
    // SAFETY: SQLite calls with the connection that it opens.
    unsafe { ffi::sqlite3_trace_v2(db, kinds, Some(runs), null_mut()) }
}

unsafe extern "C" fn runs(_: c_uint, _: *mut c_void, _: *mut c_void, text: *mut c_void) -> c_int {
    // SAFETY: with this kind, SQLite calls with a text that ends with a zero and lives until the return.
    let text = unsafe { CStr::from_ptr(text.cast::<c_char>()) }.to_string_lossy();
    // A trigger's is a comment.
    if !text.starts_with("--") {
        let words: Vec<&str> = text.split_whitespace().collect();
        // Who does not listen any more has ended the program.
        let _ = writeln!(std::io::stdout(), "sql {}", words.join(" "));
    }
    0
}
