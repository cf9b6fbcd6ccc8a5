//! The lab as namespaces: who is plugged in where, and the processes that serve.

use std::collections::HashMap;
use std::io::Read as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::lab::{HOUSED, SPEAK_V6, Shy, wide};
use crate::network::{LISTENING, Network, run, run_in};
use crate::servers::{Manner, serve, serve_names, zone};

/// Where the name server is that answers, and one that never does.
pub(crate) const NAMES: &str = "10.77.5.1";
pub(crate) const NO_NAMES: &str = "10.77.5.253";

/// Everything stands and serves until the value goes.
pub(crate) fn build() -> Result<Network> {
    let mut lab = Network::open(&["10.77.5.254/24", "fd77:5::254/64"]);
    for host in HOUSED {
        let mut addresses = vec![format!("{}/24", host.address())];
        if SPEAK_V6.contains(&host.octet) {
            addresses.push(format!("fd77:5::{}/64", host.octet));
        }
        let name = format!("box{}", host.octet);
        let namespace = lab.plug_in(&name, &addresses);
        keep_quiet(&namespace, host.shy);
        lab.move_in(part(&namespace, &host.octet.to_string())?);
    }
    far_away(&mut lab)?;
    Ok(lab)
}

/// The wide network stands behind a router that knows its two hundred hosts and drops everything else.
fn far_away(lab: &mut Network) -> Result<()> {
    let router = lab.plug_in("router", &["10.77.5.252/24".into()]);
    run_in(&router, &["sysctl", "-qw", "net.ipv4.ip_forward=1"]);
    run_in(&router, &["ip", "route", "add", "blackhole", "10.78.0.0/16"]);
    run(&["ip", "route", "add", "10.78.0.0/16", "via", "10.77.5.252"]);
    for (name, shy) in [("open", Shy::Open), ("shy", Shy::Ping)] {
        let hosts: Vec<String> = wide().into_iter().filter(|host| host.1 == shy).map(|host| host.0).collect();
        let far = lab.namespace(name);
        let ends = [format!("to-{name}"), "eth0".into()];
        run_in(
            &router,
            &["ip", "link", "add", &ends[0], "type", "veth", "peer", "name", "eth0", "netns", &far],
        );
        for (namespace, end) in [(&router, &ends[0]), (&far, &ends[1])] {
            run_in(namespace, &["ip", "link", "set", end, "up"]);
        }
        let gateway = if shy == Shy::Open { "10.79.0" } else { "10.79.1" };
        run_in(&router, &["ip", "addr", "add", &format!("{gateway}.1/24"), "dev", &ends[0]]);
        run_in(&far, &["ip", "addr", "add", &format!("{gateway}.2/24"), "dev", "eth0"]);
        run_in(&far, &["ip", "route", "add", "default", "via", &format!("{gateway}.1")]);
        for host in hosts {
            run_in(&far, &["ip", "addr", "add", &format!("{host}/32"), "dev", "lo"]);
            run_in(&router, &["ip", "route", "add", &format!("{host}/32"), "via", &format!("{gateway}.2")]);
        }
        keep_quiet(&far, shy);
        lab.move_in(part(&far, "wide")?);
    }
    Ok(())
}

fn keep_quiet(namespace: &str, shy: Shy) {
    match shy {
        Shy::Open => {}
        Shy::Ping => run_in(namespace, &["sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1"]),
        Shy::Tcp => run_in(namespace, &["ip", "rule", "add", "ipproto", "tcp", "blackhole"]),
    }
}

fn part(namespace: &str, host: &str) -> Result<Command> {
    let mut command = Command::new("ip");
    command.args(["netns", "exec", namespace]).arg(std::env::current_exe()?);
    command.args(["discovery", "--part", host]);
    Ok(command)
}

/// Serves as one of them until whoever started this goes away.
#[expect(clippy::print_stderr, reason = "how whoever started it hears that it listens")]
pub(crate) fn serve_as(name: &str) -> Result<()> {
    let any = std::net::Ipv6Addr::UNSPECIFIED;
    if name == "wide" {
        serve(SocketAddr::new(any.into(), 22), Manner::Greets(b"SSH-2.0-OpenSSH_9.2p1\r\n".to_vec()));
        serve(SocketAddr::new(any.into(), 80), Manner::Page("Welcome".into()));
    } else {
        let host = HOUSED.iter().find(|host| host.octet.to_string() == name).context("no such box")?;
        for (port, door) in host.doors {
            serve(SocketAddr::new(any.into(), *port), door.manner());
        }
        if host.address() == NAMES {
            serve_names(SocketAddr::new(NAMES.parse()?, 53), names());
        }
    }
    eprintln!("{LISTENING}");
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// A name for every box but the last, which nobody entered.
fn names() -> HashMap<String, &'static str> {
    let name = |host: &super::lab::Housed| -> &'static str {
        Box::leak(format!("box{}.lab", host.octet).into_boxed_str())
    };
    HOUSED[..HOUSED.len() - 1].iter().map(|host| (zone(&host.address()), name(host))).collect()
}

/// Has this namespace of mounts ask that name server.
pub(crate) fn ask_names_of(server: &str, dir: &Path) -> Result<()> {
    let file = dir.join("resolv.conf");
    let is_new = !file.exists();
    std::fs::write(&file, format!("nameserver {server}\n"))?;
    if is_new {
        run(&["mount", "--bind", file.to_str().context("a path that is no text")?, "/etc/resolv.conf"]);
    }
    Ok(())
}
