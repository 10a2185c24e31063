//! Passwords in each way that a server may ask for them: at a private server, which takes no other.
#![allow(missing_docs)]

mod common;

use common::{run, value};
use rebis_core::{Datum, ErrorKind};
use rebis_driver::Driver;
use rebis_engine::block_on;
use rebis_postgres::{Options, Postgres};
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A server in a folder of its own.
struct Server {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
}

/// A server does not run as root: another user must.
fn command(program: &Path) -> Command {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn done(command: &mut Command) {
    let output = command.current_dir("/").output().expect("the program is there");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Server {
    /// `None`: no server is installed here.
    fn start() -> Option<Server> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        let programs = versions
            .flatten()
            .map(|entry| entry.path().join("bin"))
            .find(|path| path.join("initdb").exists())?;
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        drop(listener);
        let folder = std::env::temp_dir().join(format!("rebis-passwords-{}", std::process::id()));
        let server = Server { programs, folder, port };
        let data = server.folder.display().to_string();
        done(command(&server.programs.join("initdb")).args(["-D", &data, "-U", "boss", "-A", "trust", "-N"]));
        let options =
            format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={data} -c fsync=off");
        let log = format!("{data}/log");
        done(
            command(&server.programs.join("pg_ctl"))
                .args(["-D", &data, "-w", "-l", &log, "-o", &options, "start"]),
        );
        Some(server)
    }

    fn options(&self, user: &str) -> Options {
        Options::new("127.0.0.1", "postgres").port(self.port).user(user)
    }

    /// From now on the users of these names are asked in this way.
    fn ask(&self, rules: &[(&str, &str)]) {
        let mut text = String::from("host all boss 127.0.0.1/32 trust\n");
        for (user, way) in rules {
            text += &format!("host all {user} 127.0.0.1/32 {way}\n");
        }
        let mut child = command(Path::new("tee"))
            .arg(self.folder.join("pg_hba.conf"))
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("tee is there");
        let mut input = child.stdin.take().expect("it reads");
        input.write_all(text.as_bytes()).expect("it is written");
        drop(input);
        assert!(child.wait().expect("it ends").success());
        let mut boss = block_on(Postgres::new(self.options("boss")).connect()).expect("it connects");
        run(&mut *boss, "SELECT pg_reload_conf()").expect("it reads the rules anew");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.folder.display().to_string();
        let _ =
            command(&self.programs.join("pg_ctl")).args(["-D", &data, "-m", "immediate", "stop"]).output();
        let _ = command(Path::new("rm")).args(["-r", "-f", &data]).output();
    }
}

#[test]
fn passwords_are_given_in_every_way() {
    let Some(server) = Server::start() else {
        let mut out = std::io::stderr();
        writeln!(out, "passwords: not run, no server is installed below /usr/lib/postgresql")
            .expect("it is said");
        return;
    };
    let mut boss = block_on(Postgres::new(server.options("boss")).connect()).expect("it connects");
    let secret = "s3crét 'quoted' pässword";
    let literal = secret.replace('\'', "''");
    for (user, encryption) in [("scram", "scram-sha-256"), ("old", "md5"), ("clear", "scram-sha-256")] {
        run(&mut *boss, &format!("SET password_encryption = '{encryption}'")).expect("it is set");
        run(&mut *boss, &format!("CREATE ROLE {user} LOGIN PASSWORD '{literal}'")).expect("it is made");
    }
    server.ask(&[("scram", "scram-sha-256"), ("old", "md5"), ("clear", "password")]);
    for user in ["scram", "old", "clear"] {
        let right = server.options(user).password(secret);
        // The rules are read soon, not at once.
        let asked = (0..2_000).any(|_| block_on(Postgres::new(server.options(user)).connect()).is_err());
        assert!(asked, "{user} is asked for a password");
        let mut db = block_on(Postgres::new(right).connect()).unwrap_or_else(|e| panic!("{user}: {e}"));
        assert_eq!(value(&mut *db, "SELECT current_user::text"), Datum::Text(user.into()));
        for (wrong, words) in
            [(server.options(user), "none is given"), (server.options(user).password("wr0ng"), "refused")]
        {
            let error = block_on(Postgres::new(wrong).connect()).err().expect("it is wrong");
            assert_eq!(error.kind(), ErrorKind::CannotConnect, "{error}");
            assert!(error.message().contains(words), "{user}: {error}");
            assert!(!format!("{error:?}").contains("wr0ng"), "{error}");
        }
    }
}
