//! The texts.

/// What ends, escapes or begins something somewhere.
const SIGNS: [&str; 40] = [
    "'", "''", "\"", "\"\"", "`", "``", "\\", "\\'", "\\\"", "\\\\", "$$", "$tag$", "/*", "*/", "/*!50000",
    "--", "-- ", "#", ";", "\n", "\r\n", "\t", "\u{0}", "\u{8}", "\u{1a}", "%", "_", "/", "?", "$1", ":name",
    "@x", "{}", "{id}", "[", "]", "0x27", "\u{2bc}", "\u{ff07}", "🦀",
];

/// What somebody writes around such a sign.
const FORMS: [&str; 7] = [
    "{}",
    "a{}b",
    "{}; DROP TABLE sentinel; --",
    "{} OR 1=1 --",
    "x{} UNION SELECT 1, 2 --",
    "{}||(SELECT 1)||{}",
    "abc{}",
];

/// What is not of that form.
const OTHERS: [&str; 36] = [
    "",
    " ",
    "  two  blanks  ",
    "NULL",
    "null",
    "TRUE",
    "DEFAULT",
    "select",
    "SELECT * FROM sentinel",
    "1; DELETE FROM sentinel",
    "'); DELETE FROM sentinel; --",
    "\"; DELETE FROM sentinel; --",
    "`; DELETE FROM sentinel; --",
    "x' AND 1=(SELECT count(*) FROM sentinel); --",
    "admin'--",
    "admin'/*",
    "' OR ''='",
    "' OR 'x'='x",
    "1' ORDER BY 10--+",
    "'; EXEC xp_cmdshell('dir'); --",
    "'; SELECT pg_sleep(0); --",
    "'||pg_sleep(0)||'",
    "' AND SLEEP(0) AND '1'='1",
    "\\x27 OR 1=1",
    "%27%20OR%201=1",
    "&#39; OR 1=1",
    "${1+1}",
    "{{1+1}}",
    "E'\\''",
    "U&'\\0027'",
    "N'x'",
    "_utf8mb4'x'",
    "é",
    "e\u{301}",
    "\u{202e}txt",
    "日本語",
];

/// All of them, and long ones.
pub fn texts() -> Vec<String> {
    let formed = SIGNS.iter().flat_map(|sign| FORMS.map(|form| form.replace("{}", sign)));
    let mut texts: Vec<String> = formed.chain(OTHERS.map(str::to_owned)).collect();
    texts.extend(["'".repeat(150), "\\".repeat(150), "%_/".repeat(50), "\"`]".repeat(15)]);
    texts
}
