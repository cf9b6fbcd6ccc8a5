//! What a host calls itself: asked directly by multicast DNS (RFC 6762 §5.5) and by NetBIOS (RFC 1002 §4.2.17), for the many
//! whose name no name server knows.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use labkeeper_core::discovery::is_host_name;
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::names::{number, question, read_answer, reverse_zone, skip_name};

const MULTICAST_DNS: u16 = 5353;
const NETBIOS: u16 = 137;
/// A node status question for whichever name: `*` and fifteen zeros, each half of a byte as a letter from A on.
const ANY_NAME: &[u8] = b"\x20CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\x00\x00\x21\x00\x01";
/// Bytes of a name in a node status, its kind and flags with it.
const ENTRY: usize = 18;

/// The name that the host gives itself, `None` when it says none in time. A name from multicast DNS says more.
pub(crate) async fn own_name(host: IpAddr, within: Duration) -> Option<String> {
    ask(SocketAddr::new(host, MULTICAST_DNS), SocketAddr::new(host, NETBIOS), within).await
}

async fn ask(mdns: SocketAddr, netbios: SocketAddr, within: Duration) -> Option<String> {
    let by_mdns = timeout(within, exchange(mdns, question([0, 0], &reverse_zone(mdns.ip())), read_answer));
    let by_netbios = timeout(within, exchange(netbios, status_question(), read_status));
    let (by_mdns, by_netbios) = futures::join!(by_mdns, by_netbios);
    let name = |answer: Result<io::Result<Option<String>>, _>| answer.ok()?.ok()?;
    name(by_mdns).or_else(|| name(by_netbios))
}

/// Sends a question, whose first two bytes become a number that nobody guesses, and reads the answer with that number, or with
/// none, as responders of multicast DNS may leave it out.
async fn exchange(
    host: SocketAddr,
    question: Vec<u8>,
    read: fn(&[u8]) -> Option<String>,
) -> io::Result<Option<String>> {
    let any = if host.is_ipv4() { IpAddr::from(Ipv4Addr::UNSPECIFIED) } else { Ipv6Addr::UNSPECIFIED.into() };
    // Connected, so that the kernel drops what others send here, and says at once when nobody listens there.
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(host).await?;
    let mut id = [0; 2];
    getrandom::fill(&mut id).map_err(io::Error::other)?;
    socket.send(&[&id, &question[2..]].concat()).await?;
    let mut buffer = [0; 1500];
    loop {
        let length = socket.recv(&mut buffer).await?;
        let answer = &buffer[..length];
        if answer.starts_with(&id) || answer.starts_with(&[0, 0]) {
            return Ok(read(answer));
        }
    }
}

fn status_question() -> Vec<u8> {
    [&[0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], ANY_NAME].concat()
}

/// The name of the machine in a node status, in lower case: the first that is its own and no group's.
fn read_status(packet: &[u8]) -> Option<String> {
    if packet.get(2)? & 0x80 == 0 {
        return None;
    }
    // Past the name, type, class, time to live and length.
    let at = skip_name(packet, 12)? + 10;
    let entries = usize::from(*packet.get(at)?);
    let mut names = packet.get(at + 1..)?.chunks_exact(ENTRY).take(entries);
    let entry =
        names.find(|entry| entry[15] == 0 && number(entry, 16).is_some_and(|flags| flags & 0x8000 == 0))?;
    let name = std::str::from_utf8(&entry[..15]).ok()?.trim_end_matches([' ', '\0']).to_lowercase();
    Some(name).filter(|name| is_host_name(name))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn status(entries: &[(&str, u8, u16)]) -> Vec<u8> {
        let mut packet =
            [&[7, 7, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0], &ANY_NAME[..34], &[0, 0x21, 0, 1]].concat();
        packet.extend([0, 0, 0, 0, 0, 0, entries.len() as u8]);
        for (name, kind, flags) in entries {
            packet.extend(format!("{name:<15}").bytes());
            packet.push(*kind);
            packet.extend(flags.to_be_bytes());
        }
        packet
    }

    #[test]
    fn a_node_status_names_the_machine_and_not_its_group() {
        let all =
            [("WORKGROUP", 0, 0x8400), ("NAS", 0x20, 0x0400), ("NAS-01", 0, 0x0400), ("OTHER", 0, 0x0400)];
        assert_eq!(read_status(&status(&all)).as_deref(), Some("nas-01"));
        assert_eq!(read_status(&status(&all[..2])), None);
        assert_eq!(read_status(&status(&[("<script>", 0, 0)])), None, "no host name");
        assert_eq!(read_status(&status_question()), None, "a question is no answer");
    }

    #[test]
    fn a_cut_or_bent_packet_is_no_answer_and_no_panic() {
        let whole = status(&[("NAS", 0, 0x0400)]);
        for length in 0..whole.len() {
            assert_eq!(read_status(&whole[..length]), None, "{length}");
        }
        for at in 0..whole.len() {
            for value in [0, 0x3f, 0xc0, 0xff] {
                let mut bent = whole.clone();
                bent[at] = value;
                let _ = (read_status(&bent), read_answer(&bent));
            }
        }
    }

    /// A host that answers each question on that port with what `answer` makes of it.
    async fn host(answer: fn(&[u8]) -> Vec<u8>) -> SocketAddr {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let at = socket.local_addr().unwrap();
        tokio::spawn(async move {
            let mut buffer = [0; 1500];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                socket.send_to(&answer(&buffer[..length]), from).await.unwrap();
            }
        });
        at
    }

    /// An answer with a pointer to `tv.local`.
    fn pointer(question: &[u8]) -> Vec<u8> {
        let head = [&[question[0], question[1], 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0], &question[12..]].concat();
        [&head[..], &[0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 10, 0, 10], b"\x02tv\x05local\x00"].concat()
    }

    #[tokio::test]
    async fn a_host_is_asked_both_ways_and_multicast_dns_is_believed_first() {
        let within = Duration::from_millis(500);
        let nobody: SocketAddr = "127.0.0.1:9".parse().unwrap();
        let mdns = host(pointer).await;
        let netbios = host(|question| {
            let mut answer = status(&[("BOX", 0, 0x0400)]);
            answer[..2].copy_from_slice(&question[..2]);
            answer
        })
        .await;
        assert_eq!(ask(mdns, netbios, within).await.as_deref(), Some("tv.local"));
        assert_eq!(ask(nobody, netbios, within).await.as_deref(), Some("box"));
        assert_eq!(ask(nobody, nobody, within).await, None);
        let liar = host(|_| vec![1, 2, 0x84]).await;
        assert_eq!(ask(liar, liar, within).await, None, "another number than asked with");
    }
}
