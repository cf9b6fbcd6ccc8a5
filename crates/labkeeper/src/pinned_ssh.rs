//! A login over the system's ssh with one key and one host key, and nothing of the owner's own settings to help.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// Where to, as whom, and with what.
pub(crate) struct Login<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    pub(crate) user: &'a str,
    /// Private key.
    pub(crate) key: &'a Path,
    /// File with the one host key that is accepted.
    pub(crate) known_hosts: &'a Path,
}

impl Login<'_> {
    /// The command that logs in and runs `true`: it ends well exactly when that key opens that host.
    pub(crate) fn attempt(&self, connect: Duration) -> Command {
        let mut ssh = Command::new("ssh");
        ssh.args(["-F", "/dev/null"]);
        for option in [
            "BatchMode=yes",
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            "StrictHostKeyChecking=yes",
            "GlobalKnownHostsFile=/dev/null",
            "HostKeyAlgorithms=ssh-ed25519",
            "PreferredAuthentications=publickey",
        ] {
            ssh.args(["-o", option]);
        }
        ssh.arg("-o").arg(format!("ConnectTimeout={}", connect.as_secs()));
        // ssh reads an option's value as words.
        ssh.arg("-o").arg(format!("UserKnownHostsFile=\"{}\"", self.known_hosts.display()));
        ssh.arg("-i").arg(self.key).args([
            "-p",
            &self.port.to_string(),
            "-l",
            self.user,
            "--",
            self.host,
            "true",
        ]);
        ssh.stdin(Stdio::null()).kill_on_drop(true);
        ssh
    }
}
