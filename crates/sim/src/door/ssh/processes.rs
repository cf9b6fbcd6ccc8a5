//! Processes of this machine, by the namespace they are in.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Numbers and command lines of those whose processes are these.
pub(super) fn of(processes: &Path) -> io::Result<Vec<(u32, Vec<String>)>> {
    let wanted = fs::read_link(processes)?;
    let all = fs::read_dir("/proc")?.flatten();
    let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    // Who ended meanwhile is not there any more.
    let here = numbers.filter(|pid| fs::read_link(at(*pid, "ns/pid")).is_ok_and(|link| link == wanted));
    let line = |pid| {
        let line = fs::read(at(pid, "cmdline")).ok()?;
        let words = line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned());
        let mut words: Vec<String> = words.collect();
        // Each word ends with a zero byte, the last too.
        words.pop();
        Some((pid, words))
    };
    Ok(here.filter_map(line).collect())
}

fn at(pid: u32, what: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}/{what}"))
}

/// Ends the servers of single connections at a node, and not the one that listens.
pub(super) fn cut(processes: &Path) -> io::Result<()> {
    let serves = |words: &[String]| {
        words.first().is_some_and(|name| {
            (name.starts_with("sshd: ") || name.starts_with("sshd-session: ")) && !name.contains("[listener]")
        })
    };
    let servers = of(processes)?.into_iter().filter(|(_, words)| serves(words));
    let numbers: Vec<String> = servers.map(|(pid, _)| pid.to_string()).collect();
    if !numbers.is_empty() {
        // Whoever ended by itself meanwhile is what was wanted.
        Command::new("kill").arg("-KILL").args(&numbers).output()?;
    }
    Ok(())
}
