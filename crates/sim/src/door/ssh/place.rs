//! The processes of a node, in namespaces of their own: mounts, processes and host name are the node's, the network is
//! this machine's.

use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use super::super::guest::{PATH, busybox};

const ENTER: &str = include_str!("enter.sh");
/// What gives the node a place of its own. Nobody in it outlives the first process.
const UNSHARE: &[&str] = &["--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child", "--"];

/// A node at work. All its processes end when it is dropped, and also when this process ends in any other way: they
/// live as long as the pipe to the first of them.
pub(super) struct Place(Child);

impl Place {
    /// Starts the node whose `/` is that folder. Returns when its server listens.
    ///
    /// # Errors
    /// `AddrInUse` when somebody else took the port; else with what was said.
    pub(super) fn start(root: &Path, node: &str, port: u16) -> io::Result<Self> {
        let mut command = isolated();
        command.args(["/bin/sh", "-c", ENTER, "sh"]).arg(root).args([node, &port.to_string()]);
        let mut place =
            Self(command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?);
        let said = place.0.stderr.take().ok_or_else(|| io::Error::other("no pipe"))?;
        wait_until_it_listens(said)?;
        Ok(place)
    }
}

impl Place {
    /// Where the kernel has the processes of the node, for those who join them.
    pub(super) fn processes(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/ns/pid_for_children", self.0.id()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // It answers once the kernel has ended everything in there.
        _ = self.0.wait();
    }
}

/// What keeps this machine from having such a place; `None` when it can.
pub(super) fn missing() -> Option<String> {
    let starts = |program: &str| Command::new(program).env("PATH", PATH).arg("--version").output().is_ok();
    let needed = [
        ("busybox", "busybox-static"),
        ("chattr", "e2fsprogs"),
        ("hostname", "hostname"),
        ("nsenter", "util-linux"),
        ("openssl", "openssl"),
        ("perl", "perl-base"),
        ("setpriv", "util-linux"),
        ("setsid", "util-linux"),
        ("ssh", "openssh-client"),
        ("ssh-keygen", "openssh-client"),
        ("sshd", "openssh-server"),
        ("unshare", "util-linux"),
    ];
    if let Some((program, package)) = needed.into_iter().find(|(program, _)| !starts(program)) {
        return Some(format!("needs `{program}` (Debian: {package})"));
    }
    if busybox().is_none() {
        return Some("needs a `busybox` that needs no libraries (Debian: busybox-static)".to_owned());
    }
    // A guest has users of its own in namespaces of its own, below those of the node.
    let guest = "mount -t tmpfs tmpfs /mnt && exec unshare --user --mount --pid --fork true";
    let tried = isolated().args(["/bin/sh", "-c", guest]).output();
    let can = tried.is_ok_and(|tried| tried.status.success());
    (!can).then(|| "needs root, to make namespaces and to mount (a tmpfs on /mnt was tried)".to_owned())
}

/// A command to come, in a place of its own. It knows nothing of the environment here.
fn isolated() -> Command {
    let mut command = Command::new("unshare");
    command.env_clear().env("PATH", PATH).args(UNSHARE);
    command
}

fn wait_until_it_listens(said: ChildStderr) -> io::Result<()> {
    let mut said = BufReader::new(said);
    let (mut text, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        let is_over = said.read_line(&mut line)? == 0 || line.starts_with("the server ended");
        if is_over && text.contains("Address already in use") {
            return Err(io::Error::new(io::ErrorKind::AddrInUse, text));
        }
        if is_over {
            return Err(io::Error::other(format!("the node's SSH server did not start: {text}")));
        }
        if line.starts_with("Server listening on") {
            break;
        }
        text += &line;
    }
    // Nobody reads on, and a full pipe would stop the server.
    std::thread::spawn(move || io::copy(&mut said, &mut io::sink()));
    Ok(())
}
