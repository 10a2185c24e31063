//! Cargo as a child process: run for its effect, for its text, or for its count of tests.

use crate::workspace;
use std::env;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A call of cargo. It runs in the root of the workspace, unless it is told otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Cargo {
    arguments: Vec<String>,
    folder: PathBuf,
    variables: Vec<(&'static str, String)>,
    given: Vec<(String, String)>,
    silent: bool,
}

impl Cargo {
    pub(crate) fn new<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Self {
        let arguments = arguments.into_iter().map(str::to_owned).collect();
        Cargo {
            arguments,
            folder: workspace::root(),
            variables: Vec::new(),
            given: Vec::new(),
            silent: false,
        }
    }

    /// More arguments.
    pub(crate) fn args(mut self, more: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.arguments.extend(more.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Runs in another folder.
    pub(crate) fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// Sets a variable of the environment.
    pub(crate) fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// Sets a variable that is not shown, because it means nothing to whoever repeats the command later.
    pub(crate) fn given(mut self, name: &str, value: &str) -> Self {
        self.given.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Shows what it prints only if it fails.
    pub(crate) fn silent(mut self) -> Self {
        self.silent = true;
        self
    }

    /// The command as a person would type it.
    pub(crate) fn shown(&self) -> String {
        let mut text = String::new();
        if self.folder != workspace::root() {
            text += &format!("cd {} && ", self.folder.display());
        }
        for (name, value) in &self.variables {
            text += &format!("{name}={} ", quoted(value));
        }
        text += "cargo";
        for argument in &self.arguments {
            text += " ";
            text += &quoted(argument);
        }
        text
    }

    /// Whether it runs and says that all is well. Nothing is shown.
    pub(crate) fn answers(&self) -> bool {
        self.command()
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    /// Runs it.
    pub(crate) fn run(&self) -> Result<(), String> {
        if !self.silent {
            return succeeded(self.command().status());
        }
        let output = self.command().output().map_err(|error| error.to_string())?;
        let result = succeeded(Ok(output.status));
        if result.is_err() {
            print!("{}", String::from_utf8_lossy(&output.stdout));
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
        }
        result
    }

    /// Runs it and takes what it prints.
    pub(crate) fn text(&self) -> Result<String, String> {
        let output = self.command().stderr(Stdio::inherit()).output();
        match output {
            Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            Ok(_) => Err(format!("`{}` failed", self.shown())),
            Err(error) => Err(format!("`{}`: {error}", self.shown())),
        }
    }

    /// Runs it, shows what it prints, and counts the tests in it.
    pub(crate) fn count(&self) -> (Tests, Result<(), String>) {
        let child = self.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(error) => return (Tests::default(), Err(error.to_string())),
        };
        let errors = child.stderr.take();
        let other =
            std::thread::spawn(move || errors.map(|errors| shown(errors, |line| eprintln!("{line}"))));
        let mut tests =
            child.stdout.take().map(|out| shown(out, |line| println!("{line}"))).unwrap_or_default();
        tests.add(other.join().ok().flatten().unwrap_or_default());
        (tests, succeeded(child.wait()))
    }

    fn command(&self) -> Command {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(&self.arguments).current_dir(&self.folder);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.envs(self.given.iter().map(|(name, value)| (name, value)));
        command
    }
}

fn quoted(argument: &str) -> String {
    if argument.contains([' ', '\t', '{']) { format!("'{argument}'") } else { argument.to_owned() }
}

fn succeeded(status: std::io::Result<std::process::ExitStatus>) -> Result<(), String> {
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(status.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

fn shown(from: impl Read, show: impl Fn(&str)) -> Tests {
    let mut tests = Tests::default();
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        show(line.trim_end_matches('\r'));
        tests.add(Tests::of_line(&line));
    }
    tests
}

/// How many tests there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tests {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

impl Tests {
    pub(crate) fn add(&mut self, other: Tests) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Reads the closing lines of the test harness and of nextest.
    fn of_line(line: &str) -> Tests {
        // A line that is indented is quoted from a test's own output.
        let closing =
            line.starts_with("test result:") || (line.contains("Summary") && line.contains(" run: "));
        if !closing {
            return Tests::default();
        }
        let failed = ["failed", "exec failed", "timed out"].map(|word| before(line, word)).iter().sum();
        Tests { passed: before(line, "passed"), failed }
    }
}

/// The number before a word: `3` in "3 passed". What is inside of parentheses is part of another number.
fn before(line: &str, word: &str) -> usize {
    let outside = line.split('(').enumerate().map(|(at, part)| match at {
        0 => part,
        _ => part.split_once(')').map_or("", |(_, after)| after),
    });
    let line: String = outside.collect();
    line.split([',', ';', ':', '.'])
        .filter_map(|part| part.trim().strip_suffix(word)?.trim().parse::<usize>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_counted() {
        for (line, passed, failed) in [
            (
                "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s",
                12,
                0,
            ),
            ("test result: FAILED. 1 passed; 2 failed; 0 ignored", 1, 2),
            ("     Summary [   1.015s] 5 tests run: 3 passed, 1 failed, 1 timed out, 0 skipped", 3, 2),
            ("     Summary [   0.1s] 9 tests run: 9 passed (2 slow), 1 skipped", 9, 0),
            ("running 3 tests", 0, 0),
            ("    test result: FAILED. 0 passed; 1 failed; 0 ignored", 0, 0),
        ] {
            assert_eq!(Tests::of_line(line), Tests { passed, failed }, "{line}");
        }
    }

    #[test]
    fn commands_are_shown_as_they_are_typed() {
        let cargo = Cargo::new(["tree", "--format", "{p} {l}"]).env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(cargo.shown(), "RUSTDOCFLAGS='-D warnings' cargo tree --format '{p} {l}'");
    }
}
