//! nmap over the same network in the same run: connections and versions, as an ordinary user scans.

use std::process::Command;
use std::time::{Duration, Instant};

/// What it found.
pub(crate) struct Theirs {
    pub(crate) took: Duration,
    pub(crate) hosts: usize,
    pub(crate) ports: usize,
}

/// # Errors
/// Why it could not be asked.
pub(crate) fn scan(cidr: &str, ports: &[u16]) -> Result<Theirs, String> {
    let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
    let mut nmap = Command::new("nmap");
    nmap.args(["-sT", "-sV", "--version-light", "-T4", "-n", "-oG", "-", "-p", &ports.join(",")]);
    let begun = Instant::now();
    let done = nmap
        .args(["--exclude", "10.77.5.254,10.77.5.252", cidr])
        .output()
        .map_err(|error| format!("{error}; install it with apt-get install nmap"))?;
    let took = begun.elapsed();
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&done.stdout);
    let up = said.lines().filter(|line| line.contains("Status: Up"));
    Ok(Theirs { took, hosts: up.count(), ports: said.matches("/open/tcp/").count() })
}
