//! Network namespaces on one switch, made where this process runs and gone with the value. The lab of the tests and the
//! bench of discovery are built with it. Open it in a namespace of its own: nothing in it has a way out.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// What a part of the lab prints once its servers listen.
pub(crate) const LISTENING: &str = "listening";

/// Namespaces, and the processes that serve in them.
pub(crate) struct Network {
    namespaces: Vec<String>,
    hosts: Vec<Child>,
}

impl Network {
    /// A switch that this namespace is plugged into, under those addresses.
    pub(crate) fn open(addresses: &[&str]) -> Self {
        run(&["ip", "link", "set", "lo", "up"]);
        run(&["ip", "link", "add", "switch", "type", "bridge"]);
        // An address of IPv6 is good at once: nobody else could have it.
        run(&["sysctl", "-qw", "net.ipv6.conf.switch.accept_dad=0"]);
        run(&["ip", "link", "set", "switch", "up"]);
        for address in addresses {
            run(&["ip", "addr", "add", address, "dev", "switch"]);
        }
        Self { namespaces: Vec::new(), hosts: Vec::new() }
    }

    /// A namespace that nothing is plugged into.
    pub(crate) fn namespace(&mut self, name: &str) -> String {
        let namespace = format!("labkeeper-{}-{name}", std::process::id());
        run(&["ip", "netns", "add", &namespace]);
        self.namespaces.push(namespace.clone());
        run_in(&namespace, &["ip", "link", "set", "lo", "up"]);
        namespace
    }

    /// A namespace with these addresses, on a cable to the switch. Names are at most ten letters.
    pub(crate) fn plug_in(&mut self, name: &str, addresses: &[String]) -> String {
        let namespace = self.namespace(name);
        run(&["ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", &namespace]);
        run(&["ip", "link", "set", name, "master", "switch", "up"]);
        run_in(&namespace, &["sysctl", "-qw", "net.ipv6.conf.eth0.accept_dad=0"]);
        let batch: String =
            addresses.iter().map(|address| format!("addr add {address} dev eth0\n")).collect();
        batch_in(&namespace, &batch);
        run_in(&namespace, &["ip", "link", "set", "eth0", "up"]);
        namespace
    }

    /// Starts whatever serves in a namespace, and waits until it says that it listens.
    pub(crate) fn move_in(&mut self, mut command: Command) {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
        let is_up = said.any(|line| line.is_ok_and(|line| line == LISTENING));
        self.hosts.push(child);
        assert!(is_up, "{command:?} did not come up");
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for host in &mut self.hosts {
            let _ = host.kill();
            let _ = host.wait();
        }
        for namespace in &self.namespaces {
            let _ = Command::new("ip").args(["netns", "del", namespace]).status();
        }
    }
}

/// What this machine lacks for a network of its own.
pub(crate) fn what_is_missing(tools: &[&str]) -> Option<String> {
    for tool in ["ip", "unshare", "sysctl"].iter().chain(tools) {
        if Command::new(tool).arg("--version").output().is_err() {
            return Some(format!("needs `{tool}`"));
        }
    }
    let can_open =
        Command::new("unshare").args(["--net", "--", "ip", "link", "add", "type", "veth"]).output();
    let is_open = can_open.is_ok_and(|done| done.status.success());
    (!is_open).then(|| "needs root, to make network namespaces".to_owned())
}

/// Runs a command that has to succeed.
pub(crate) fn run(words: &[&str]) {
    let done = Command::new(words[0]).args(&words[1..]).output().unwrap();
    assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// The same in a namespace.
pub(crate) fn run_in(namespace: &str, words: &[&str]) {
    let mut all = vec!["ip", "netns", "exec", namespace];
    all.extend(words);
    run(&all);
}

/// Many lines for `ip` at once: a process for each would take longer than the lab lives.
fn batch_in(namespace: &str, lines: &str) {
    let mut ip =
        Command::new("ip").args(["-n", namespace, "-batch", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut ip.stdin.take().unwrap(), lines.as_bytes()).unwrap();
    assert!(ip.wait().unwrap().success(), "{lines}");
}
