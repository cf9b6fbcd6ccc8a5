//! Reverse names, bounded in time: the hosts file, then one DNS question to the system's name servers.
//!
//! `getnameinfo` has no time limit and no safe form, and a resolver library is ninety crates; one question and the
//! reading of its answer are a page.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use labkeeper_core::discovery::is_host_name;
use tokio::net::UdpSocket;
use tokio::time::timeout;

/// Where names come from during one sweep. A server that stays silent three times is not asked again.
pub(crate) struct Names {
    servers: Vec<Server>,
    hosts: HashMap<IpAddr, String>,
}

struct Server {
    at: SocketAddr,
    silences: AtomicU32,
}

const PATIENCE: u32 = 3;
const POINTER: u16 = 12;

impl Names {
    /// As `/etc/resolv.conf` and `/etc/hosts` say.
    pub(crate) fn of_system() -> Self {
        let read = |path| std::fs::read_to_string(path).unwrap_or_default();
        Self::new(parse_servers(&read("/etc/resolv.conf")), parse_hosts(&read("/etc/hosts")))
    }

    pub(crate) fn new(servers: Vec<SocketAddr>, hosts: HashMap<IpAddr, String>) -> Self {
        let servers = servers.into_iter().map(|at| Server { at, silences: AtomicU32::new(0) }).collect();
        Self { servers, hosts }
    }

    /// The name of the address, `None` if there is none or nobody says in time.
    pub(crate) async fn of(&self, address: IpAddr, within: Duration) -> Option<String> {
        if let Some(name) = self.hosts.get(&address) {
            return Some(name.clone());
        }
        let asked = async {
            for server in self.servers.iter().filter(|server| server.is_answering()) {
                if let Some(answer) = server.ask(address, within / 2).await {
                    return answer;
                }
            }
            None
        };
        timeout(within, asked).await.ok().flatten()
    }

    /// Why names may be missing.
    pub(crate) fn problem(&self) -> Option<String> {
        let silent: Vec<String> = self
            .servers
            .iter()
            .filter(|server| !server.is_answering())
            .map(|server| server.at.ip().to_string())
            .collect();
        (!silent.is_empty()).then(|| {
            format!(
                "name server {} did not answer, so names may be missing; check /etc/resolv.conf",
                silent.join(", ")
            )
        })
    }
}

impl Server {
    fn is_answering(&self) -> bool {
        self.silences.load(Ordering::Relaxed) < PATIENCE
    }

    /// The outer `None` is silence, the inner one a server that knows no name.
    async fn ask(&self, address: IpAddr, within: Duration) -> Option<Option<String>> {
        if let Ok(Ok(answer)) = timeout(within, exchange(self.at, address)).await {
            self.silences.store(0, Ordering::Relaxed);
            return Some(answer);
        }
        self.silences.fetch_add(1, Ordering::Relaxed);
        None
    }
}

async fn exchange(server: SocketAddr, address: IpAddr) -> io::Result<Option<String>> {
    let any =
        if server.is_ipv4() { IpAddr::from(Ipv4Addr::UNSPECIFIED) } else { Ipv6Addr::UNSPECIFIED.into() };
    // Connected, so that the kernel drops what others send to this port.
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(server).await?;
    let mut id = [0; 2];
    getrandom::fill(&mut id).map_err(io::Error::other)?;
    socket.send(&question(id, &reverse_zone(address))).await?;
    let mut buffer = [0; 1500];
    loop {
        let length = socket.recv(&mut buffer).await?;
        if buffer[..length].starts_with(&id) {
            return Ok(read_answer(&buffer[..length]));
        }
    }
}

pub(crate) fn reverse_zone(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, d] = v4.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(v6) => {
            let nibbles = v6.octets().into_iter().rev().flat_map(|byte| [byte & 0x0f, byte >> 4]);
            nibbles.map(|nibble| format!("{nibble:x}.")).collect::<String>() + "ip6.arpa"
        }
    }
}

/// One recursive question for a pointer record (RFC 1035 §4).
pub(crate) fn question(id: [u8; 2], zone: &str) -> Vec<u8> {
    let mut packet = vec![id[0], id[1], 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in zone.split('.') {
        packet.push(label.len() as u8);
        packet.extend(label.as_bytes());
    }
    packet.extend([0, 0, POINTER as u8, 0, 1]);
    packet
}

/// The first pointer record of a response without error, if it is a host name.
pub(crate) fn read_answer(packet: &[u8]) -> Option<String> {
    let is_good_response = packet.get(2)? & 0x80 != 0 && packet.get(3)? & 0x0f == 0;
    if !is_good_response {
        return None;
    }
    let mut at = 12;
    for _ in 0..number(packet, 4)? {
        at = skip_name(packet, at)? + 4;
    }
    for _ in 0..number(packet, 6)? {
        at = skip_name(packet, at)?;
        let (kind, length) = (number(packet, at)?, number(packet, at + 8)?);
        at += 10;
        if kind == POINTER {
            return read_name(packet, at).filter(|name| is_host_name(name));
        }
        at += usize::from(length);
    }
    None
}

pub(crate) fn number(packet: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*packet.get(at)?, *packet.get(at + 1)?]))
}

pub(crate) fn skip_name(packet: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *packet.get(at)? {
            0 => return Some(at + 1),
            length if length & 0xc0 == 0xc0 => return Some(at + 2),
            length => at += 1 + usize::from(length),
        }
    }
}

/// Follows compression pointers, a bounded number of them: a packet may point in circles.
fn read_name(packet: &[u8], mut at: usize) -> Option<String> {
    let mut name = String::new();
    for _ in 0..128 {
        let length = *packet.get(at)?;
        match length {
            0 => return Some(name),
            length if length & 0xc0 == 0xc0 => at = usize::from(number(packet, at)? & 0x3fff),
            length => {
                let label = packet.get(at + 1..at + 1 + usize::from(length))?;
                if !name.is_empty() {
                    name.push('.');
                }
                name.push_str(std::str::from_utf8(label).ok()?);
                at += 1 + usize::from(length);
            }
        }
    }
    None
}

fn parse_servers(resolv_conf: &str) -> Vec<SocketAddr> {
    let addresses = resolv_conf.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("nameserver")).then(|| words.next()?.parse::<IpAddr>().ok()).flatten()
    });
    addresses.take(3).map(|address| SocketAddr::new(address, 53)).collect()
}

fn parse_hosts(hosts: &str) -> HashMap<IpAddr, String> {
    let mut names = HashMap::new();
    for line in hosts.lines() {
        let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
        if let (Some(Ok(address)), Some(name)) = (words.next().map(str::parse), words.next())
            && is_host_name(name)
        {
            names.entry(address).or_insert_with(|| name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// Header, the question, and then these records.
    fn response(flags: [u8; 2], answers: u8, records: &[u8]) -> Vec<u8> {
        let mut packet = question([7, 7], "5.1.168.192.in-addr.arpa");
        packet[2..4].copy_from_slice(&flags);
        packet[7] = answers;
        packet.extend(records);
        packet
    }

    fn record(kind: u8, data: &[u8]) -> Vec<u8> {
        let mut record = vec![0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 60, 0, data.len() as u8];
        record.extend(data);
        record
    }

    #[test]
    fn zones_are_written_backwards() {
        assert_eq!(reverse_zone("192.168.1.5".parse().unwrap()), "5.1.168.192.in-addr.arpa");
        let v6 = reverse_zone("fd00::1".parse().unwrap());
        assert!(v6.starts_with("1.0.0.0.") && v6.ends_with(".0.0.d.f.ip6.arpa"), "{v6}");
    }

    #[test]
    fn a_pointer_is_found_behind_an_alias() {
        let mut records = record(5, &[0xc0, 12]);
        records.extend(record(12, b"\x03nas\x03lan\x00"));
        assert_eq!(read_answer(&response([0x81, 0x80], 2, &records)), Some("nas.lan".into()));
    }

    #[test]
    fn errors_circles_rubbish_and_cut_packets_are_no_name() {
        let good = response([0x81, 0x80], 1, &record(12, b"\x03nas\x03lan\x00"));
        for cut in 0..good.len() {
            assert_eq!(read_answer(&good[..cut]), None, "cut at {cut}");
        }
        assert_eq!(read_answer(&response([0x81, 0x83], 0, &[])), None, "no such name");
        assert_eq!(read_answer(&response([0x81, 0x80], 0, &[])), None, "no answer");
        let circle = response([0x81, 0x80], 1, &record(12, &[0xc0, 54]));
        assert_eq!(read_answer(&circle), None, "a name that points at itself");
        for bad in [&b"\x08<script>\x00"[..], b"\x03a b\x00", b"\x02\xff\xfe\x00", b"\x00"] {
            assert_eq!(read_answer(&response([0x81, 0x80], 1, &record(12, bad))), None, "{bad:?}");
        }
    }

    #[test]
    fn the_systems_files_are_read() {
        let servers = parse_servers(
            "# x\nnameserver 192.168.1.1\nnameserver fe80::1%eth0\nnameserver ::1\nsearch lan\n",
        );
        assert_eq!(servers, ["192.168.1.1:53".parse().unwrap(), "[::1]:53".parse().unwrap()]);
        let hosts = parse_hosts(
            "127.0.0.1 localhost\n192.168.1.5\tnas.lan nas # the big one\n192.168.1.5 other\n#1.2.3.4 no\n",
        );
        assert_eq!(hosts[&"192.168.1.5".parse::<IpAddr>().unwrap()], "nas.lan");
        assert_eq!(hosts.len(), 2);
    }
}
