//! Names in the server's messages. Values stand in single quotes too, so a name is taken only from where the server
//! always writes one.

use rebis_core::Error;

/// What stands in the first pair of single quotes, in messages that begin with a name.
pub(super) fn quoted(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once('\'')?;
    rest.split_once('\'').map(|(name, _)| name)
}

/// The names of a message, each in backticks.
pub(super) struct Names<'m> {
    message: &'m str,
}

impl<'m> Names<'m> {
    pub(super) fn of(message: &'m str) -> Self {
        Names { message }
    }

    /// What stands between two texts, which have the quotes around it with the words beside them: there may be others in
    /// it. Those in backticks have their own doubled.
    fn between(&self, before: &str, behind: &str) -> Option<String> {
        let (_, rest) = self.message.split_once(before)?;
        let (name, _) = rest.rsplit_once(behind)?;
        Some(if before.ends_with('`') { name.replace("``", "`") } else { name.to_owned() })
    }

    /// The constraint and its table: "(`shop`.`lines`, CONSTRAINT `fk` FOREIGN KEY ..)", "CONSTRAINT `ck` failed for
    /// `shop`.`users`", "Check constraint 'ck' is violated.".
    pub(super) fn constraint(&self, error: Error) -> Error {
        let name = self
            .between("CONSTRAINT `", "` FOREIGN KEY (")
            .or_else(|| self.between("CONSTRAINT `", "` failed for `"))
            .or_else(|| self.between("heck constraint '", "' is "));
        let table = self.pair("fails (").or_else(|| self.pair("failed for "));
        let error = match name {
            // A check of a column alone is called by table and column.
            Some(name) => error
                .with_constraint(name.rsplit_once('.').map_or(name.as_str(), |(_, last)| last).to_owned()),
            None => error,
        };
        match table {
            Some(table) => error.with_table(table),
            None => error,
        }
    }

    /// The second of two names behind a word: "`shop`.`users`".
    fn pair(&self, word: &str) -> Option<&'m str> {
        let (_, rest) = self.message.split_once(word)?;
        let (_, rest) = rest.strip_prefix('`')?.split_once("`.`")?;
        rest.split_once('`').map(|(name, _)| name)
    }

    /// The column of "Data too long for column 'name' at row 1" and "Incorrect integer value: 'x' for column
    /// `shop`.`users`.`age` at row 1". The value before it may hold anything, so the last "for column" counts, and only
    /// where the message ends with the row: within a value it would end with a quote.
    pub(super) fn column(&self) -> Option<&'m str> {
        let (_, rest) = self.message.rsplit_once("or column ")?;
        let (name, row) = rest.rsplit_once(" at row ")?;
        if row.is_empty() || !row.bytes().all(|c| c.is_ascii_digit()) {
            return None;
        }
        let name = name.trim_matches(['\'', '`']);
        Some(name.rsplit_once("`.`").map_or(name, |(_, last)| last))
    }
}
