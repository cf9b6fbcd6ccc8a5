//! The way over ssh: the system's own, so that its configuration, its agent and its question for a password are those that the owner knows.

use std::io::{ErrorKind, IsTerminal};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::answers::Login;

/// Runs a script on the node and gives back what it printed. What it complains about goes to the terminal.
///
/// # Errors
/// When there is no ssh, or it or the script fails.
pub(super) async fn run(login: &Login, script: &str) -> Result<String> {
    let spawned = Command::new("ssh")
        .args(arguments(login, std::io::stdin().is_terminal()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("there is no ssh on this machine: install it, or use --bootstrap-mode paste")
        }
        Err(error) => return Err(error).context("cannot start ssh"),
    };
    if let Some(mut input) = child.stdin.take() {
        // When ssh ends before it has read everything, its exit code says more than the broken pipe.
        let _ = input.write_all(script.as_bytes()).await;
    }
    let output = child.wait_with_output().await.context("cannot wait for ssh")?;
    match output.status.code() {
        Some(0) => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Some(255) => bail!(
            "could not log in on {} as {}: what ssh said stands above. If the host key is not known here yet, log in once with ssh, or use \
             --bootstrap-mode paste",
            login.host,
            login.user
        ),
        code => bail!(
            "the script failed on {} ({}): what it said stands above. The connection is as it was here; run setup again when that is mended",
            login.host,
            code.map_or_else(|| "it was stopped".to_string(), |code| format!("exit code {code}")),
        ),
    }
}

/// Each a word of its own, never a line for a shell. The owner's options come first: ssh takes the first of each.
fn arguments(login: &Login, somebody_is_there: bool) -> Vec<String> {
    let mut words = Vec::new();
    let mut option = |text: String| words.extend(["-o".to_string(), text]);
    login.options.iter().cloned().for_each(&mut option);
    option(format!("StrictHostKeyChecking={}", if somebody_is_there { "ask" } else { "yes" }));
    if let Some(identity) = &login.identity {
        words.extend(["-i".into(), identity.display().to_string()]);
    }
    words.extend(["-p".into(), login.port.to_string(), "-l".into(), login.user.clone()]);
    words.extend(["--".into(), login.host.clone(), "bash -s".into()]);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owners_options_come_first_and_nobody_is_asked_when_nobody_is_there() {
        let login = Login {
            host: "pve1.lan".into(),
            port: 2222,
            user: "root".into(),
            options: vec!["ProxyJump=gate".into()],
            identity: Some("/keys/a b".into()),
        };
        let words = arguments(&login, false).join("|");
        assert_eq!(
            words,
            "-o|ProxyJump=gate|-o|StrictHostKeyChecking=yes|-i|/keys/a b|-p|2222|-l|root|--|pve1.lan|bash -s"
        );
        assert!(arguments(&login, true).join(" ").contains("StrictHostKeyChecking=ask"));
    }
}
