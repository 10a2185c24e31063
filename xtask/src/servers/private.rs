//! A server of our own: in a folder that goes with it, on a free port, without a care for what a power cut would do.

use super::knock;
use super::programs::{MySql, Postgres, User};
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, process, thread};

/// For a server on a busy machine to come up.
const PATIENCE: Duration = Duration::from_secs(90);

/// A server, while it is kept.
pub(super) struct Private {
    home: Home,
    port: u16,
    server: Child,
    /// Tells it to stop, where killing it would leave something behind.
    stop: Option<Command>,
}

/// Where it keeps its files, and who it is.
struct Home {
    folder: PathBuf,
    user: Option<User>,
}

/// Starts PostgreSQL.
pub(super) fn postgres() -> Result<Private, String> {
    let programs = Postgres::find().ok_or("its programs are not there")?;
    let home = Home::new("postgres", &["postgres"])?;
    let data = home.folder.join("data");
    let mut initdb = home.command(&programs.initdb);
    done(initdb.arg("-D").arg(&data).args([
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-locale",
        "-N",
    ]))?;
    let port = free_port()?;
    let mut server = home.server(&programs.server, "QUIT");
    server.arg("-D").arg(&data).arg("-k").arg(&home.folder).args([
        "-h",
        "127.0.0.1",
        "-p",
        &port.to_string(),
    ]);
    for setting in ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=300"] {
        server.args(["-c", setting]);
    }
    let mut stop = home.command(&programs.pg_ctl);
    stop.arg("-D").arg(&data).args(["-m", "immediate", "-s", "stop"]);
    Private::start(home, server, Some(stop), port, knock::postgres)
}

/// Starts MariaDB, or MySQL.
pub(super) fn mysql() -> Result<Private, String> {
    let programs = MySql::find().ok_or("its programs are not there")?;
    let home = Home::new("mysql", &["mysql"])?;
    let data = format!("--datadir={}", home.folder.join("data").display());
    let mut installer = match &programs.installer {
        Some(installer) => {
            let mut command = home.command(installer);
            command.args([
                "--no-defaults",
                &data,
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
            ]);
            command
        }
        None => {
            let mut command = home.command(&programs.server);
            command.args(["--no-defaults", &data, "--initialize-insecure"]);
            command
        }
    };
    done(&mut installer)?;
    let first = home.folder.join("first.sql");
    fs::write(&first, "CREATE DATABASE IF NOT EXISTS test;\n").map_err(|error| error.to_string())?;
    let port = free_port()?;
    let mut server = home.server(&programs.server, "KILL");
    server.args(["--no-defaults", &data, "--bind-address=127.0.0.1", "--max-connections=300"]);
    server.args(["--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync"]);
    server.arg(format!("--port={port}")).arg(format!("--init-file={}", first.display()));
    for (option, file) in [("socket", "socket"), ("pid-file", "pid")] {
        server.arg(format!("--{option}={}", home.folder.join(file).display()));
    }
    Private::start(home, server, None, port, knock::mysql)
}

impl Private {
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Starts it and waits until it lets the tests in.
    fn start(
        home: Home,
        mut command: Command,
        stop: Option<Command>,
        port: u16,
        knock: fn(u16) -> bool,
    ) -> Result<Private, String> {
        let log = home.folder.join("log");
        let output = File::create(&log).and_then(|file| Ok((file.try_clone()?, file)));
        let (out, err) = output.map_err(|error| error.to_string())?;
        command.stdin(Stdio::null()).stdout(out).stderr(err);
        let server = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
        let mut private = Private { home, port, server, stop };
        let begun = Instant::now();
        while !knock(port) {
            let is_over = private.server.try_wait().map_err(|error| error.to_string())?.is_some();
            if is_over || begun.elapsed() > PATIENCE {
                let said = fs::read_to_string(&log).unwrap_or_default();
                let last: Vec<&str> = said.lines().rev().take(5).collect();
                return Err(last.into_iter().rev().collect::<Vec<_>>().join("\n"));
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(private)
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        let stopped = self.stop.as_mut().is_some_and(|stop| done(stop).is_ok());
        if !stopped {
            // It has gone by itself, which is as good.
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
        let _ = fs::remove_dir_all(&self.home.folder);
    }
}

impl Home {
    fn new(name: &str, users: &[&str]) -> Result<Home, String> {
        let user = User::instead_of_root(users)?;
        let folder = env::temp_dir().join(format!("rebis-test-{name}-{}", process::id()));
        let made = fs::create_dir(&folder).and_then(|()| user.map_or(Ok(()), |user| user.owns(&folder)));
        made.map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Home { folder, user })
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env_remove("PGDATA");
        if let Some(user) = self.user {
            user.runs(&mut command);
        }
        command
    }

    /// A command that does not outlive us, where the system knows how to say so.
    fn server(&self, program: &Path, signal: &str) -> Command {
        let setpriv = Path::new("/usr/bin/setpriv");
        if !setpriv.is_file() {
            return self.command(program);
        }
        let mut command = self.command(setpriv);
        command.args(["--pdeathsig", signal]).arg(program);
        command
    }
}

fn done(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!(
            "{command:?}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|error| error.to_string())
}
