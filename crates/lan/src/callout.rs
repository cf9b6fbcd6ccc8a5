//! Who is there in a block of IPv6 that is too large to walk through: everybody on the segment is asked at once, from an address
//! of ours in that block, and whoever answers does so from its own.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddrV6};
use std::time::Duration;

use ipnet::IpNet;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

use crate::icmp::{self, Family, Mark};

/// All nodes of a segment.
const EVERYBODY: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
/// Hosts that are taken in; more is a flood.
const MOST: usize = 4096;

/// Who of the block answered, and why fewer than there may be.
pub(crate) async fn answers(block: IpNet, patience: Duration) -> (Vec<IpAddr>, Option<String>) {
    let ours = ours(block);
    if ours.is_empty() {
        let problem =
            format!("no address of this machine is in {block}: its hosts can be found from inside only");
        return (Vec::new(), Some(problem));
    }
    let (mut found, mut problem) = (BTreeSet::new(), None);
    for place in &ours {
        match call(*place, block, patience, &mut found).await {
            Ok(()) => {}
            Err(error) => problem = Some(format!("the hosts of {block} could not be called: {error}")),
        }
    }
    for place in &ours {
        found.remove(&IpAddr::from(place.address));
    }
    (found.into_iter().collect(), problem)
}

/// An address of ours and the interface that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    address: Ipv6Addr,
    interface: u32,
}

async fn call(
    place: Place,
    block: IpNet,
    patience: Duration,
    found: &mut BTreeSet<IpAddr>,
) -> io::Result<()> {
    let socket = Socket::new(Domain::IPV6, Type::DGRAM, Some(Protocol::ICMPV6))
        .or_else(|_| Socket::new(Domain::IPV6, Type::RAW, Some(Protocol::ICMPV6)))?;
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::from(SocketAddrV6::new(place.address, 0, 0, 0)))?;
    socket.set_multicast_if_v6(place.interface)?;
    // An ICMP socket sends and receives exactly like a UDP one, and only UDP has an async wrapper.
    let socket = UdpSocket::from_std(socket.into())?;
    let mut mark = Mark::default();
    getrandom::fill(&mut mark).map_err(io::Error::other)?;
    let identifier = u16::from_be_bytes([mark[0], mark[1]]);
    let everybody = SocketAddrV6::new(EVERYBODY, 0, 0, place.interface);
    let mut buffer = [0; 512];
    // Twice: the first packet to a sleeping host is the one that gets lost.
    for turn in 0..2 {
        socket.send_to(&icmp::request(Family::V6, identifier, turn, mark), everybody).await?;
        let end = Instant::now() + patience / 2;
        while let Ok(received) = timeout_at(end, socket.recv_from(&mut buffer)).await {
            let (length, from) = received?;
            let is_ours = icmp::reply(Family::V6, &buffer[..length], mark).is_some();
            if is_ours && block.contains(&from.ip()) && found.len() < MOST {
                found.insert(from.ip());
            }
        }
    }
    Ok(())
}

/// Addresses of this machine in that block.
fn ours(block: IpNet) -> Vec<Place> {
    let mut places = places();
    places.retain(|place| block.contains(&IpAddr::from(place.address)));
    places
}

/// Addresses of this machine.
pub(crate) fn own_v6() -> Vec<Ipv6Addr> {
    places().into_iter().map(|place| place.address).collect()
}

fn places() -> Vec<Place> {
    let table = std::fs::read_to_string("/proc/net/if_inet6").unwrap_or_default();
    table.lines().filter_map(read_line).collect()
}

/// Columns: address in 32 digits, number of the interface, length of the prefix, scope, flags, name; all hexadecimal.
fn read_line(line: &str) -> Option<Place> {
    let mut columns = line.split_whitespace();
    let address = Ipv6Addr::from(u128::from_str_radix(columns.next()?, 16).ok()?);
    let interface = u32::from_str_radix(columns.next()?, 16).ok()?;
    Some(Place { address, interface })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_as_the_kernel_writes_it() {
        let line = "fd770005000000000000000000000254 0a 40 00 80   switch";
        let wanted = Place { address: "fd77:5::254".parse().expect("an address"), interface: 10 };
        assert_eq!(read_line(line), Some(wanted));
        assert_eq!(read_line("garbage"), None);
    }
}
