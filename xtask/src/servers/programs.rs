//! Where the programs of the servers are, and as whom they run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The programs of PostgreSQL.
pub(super) struct Postgres {
    pub(super) initdb: PathBuf,
    pub(super) server: PathBuf,
    pub(super) pg_ctl: PathBuf,
}

impl Postgres {
    /// Debian keeps a folder for each version: the newest.
    pub(super) fn find() -> Option<Postgres> {
        let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
        let folders = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut folders: Vec<PathBuf> = folders.map(|entry| entry.path()).collect();
        folders.sort_by_key(version);
        let folders: Vec<PathBuf> = folders.into_iter().rev().map(|folder| folder.join("bin")).collect();
        let initdb = program(&["initdb"], &folders)?;
        let beside = |name| initdb.parent().map(|folder| folder.join(name)).filter(|path| path.is_file());
        Some(Postgres { server: beside("postgres")?, pg_ctl: beside("pg_ctl")?, initdb })
    }
}

/// The programs of MariaDB, or of MySQL.
pub(super) struct MySql {
    pub(super) server: PathBuf,
    /// MySQL's server makes its own files.
    pub(super) installer: Option<PathBuf>,
}

impl MySql {
    pub(super) fn find() -> Option<MySql> {
        let folders = ["/usr/sbin", "/usr/local/sbin", "/usr/libexec"].map(PathBuf::from);
        match program(&["mariadbd"], &folders) {
            Some(server) => {
                let installer = program(&["mariadb-install-db", "mysql_install_db"], &folders)?;
                Some(MySql { server, installer: Some(installer) })
            }
            None => program(&["mysqld"], &folders).map(|server| MySql { server, installer: None }),
        }
    }
}

/// The first of these names, in these folders and then where programs are looked for.
fn program(names: &[&str], folders: &[PathBuf]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let all: Vec<PathBuf> = folders.iter().cloned().chain(env::split_paths(&path)).collect();
    names.iter().find_map(|name| all.iter().map(|folder| folder.join(name)).find(|path| path.is_file()))
}

/// Somebody who is not root: servers refuse to be.
#[derive(Clone, Copy)]
pub(super) struct User {
    uid: u32,
    gid: u32,
}

impl User {
    /// The first of these names that this machine knows; none if we are not root ourselves.
    pub(super) fn instead_of_root(names: &[&str]) -> Result<Option<User>, String> {
        if !is_root() {
            return Ok(None);
        }
        let users = fs::read_to_string("/etc/passwd").map_err(|error| format!("/etc/passwd: {error}"))?;
        let user = names.iter().chain(&["nobody"]).find_map(|name| User::of(&users, name));
        user.map(Some).ok_or_else(|| "there is nobody but root to run it".to_owned())
    }

    fn of(users: &str, name: &str) -> Option<User> {
        let fields = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let fields = fields.into_iter().find(|fields| fields.first() == Some(&name))?;
        Some(User { uid: fields.get(2)?.parse().ok()?, gid: fields.get(3)?.parse().ok()? })
    }

    #[cfg(unix)]
    pub(super) fn owns(self, folder: &Path) -> std::io::Result<()> {
        std::os::unix::fs::chown(folder, Some(self.uid), Some(self.gid))
    }

    #[cfg(not(unix))]
    pub(super) fn owns(self, _: &Path) -> std::io::Result<()> {
        Ok(())
    }

    #[cfg(unix)]
    pub(super) fn runs(self, command: &mut Command) {
        std::os::unix::process::CommandExt::uid(command, self.uid);
        std::os::unix::process::CommandExt::gid(command, self.gid);
    }

    #[cfg(not(unix))]
    pub(super) fn runs(self, _: &mut Command) {}
}

#[cfg(unix)]
pub(super) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[cfg(not(unix))]
pub(super) fn is_root() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_read() {
        let users = "root:x:0:0::/root:/bin/sh\nmysql:x:107:110:MySQL,,,:/nonexistent:/bin/false\n";
        let found = User::of(users, "mysql").map(|user| (user.uid, user.gid));
        assert_eq!((found, User::of(users, "sql").is_none()), (Some((107, 110)), true));
    }
}
