//! Echo requests and replies as bytes, ICMP and ICMPv6.

/// Marks an echo request as ours, whatever identifier the kernel writes into it.
pub(crate) type Mark = [u8; 8];

/// Which of the two protocols; they differ in type numbers and in who computes the checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

/// Header of eight bytes, then the mark, then the mark again as ballast that some devices insist on.
const LENGTH: usize = 24;

/// An echo request. The kernel fills in the ICMPv6 checksum and, on a datagram socket, the identifier.
pub(crate) fn request(family: Family, identifier: u16, sequence: u16, mark: Mark) -> [u8; LENGTH] {
    let mut packet = [0; LENGTH];
    packet[0] = match family {
        Family::V4 => 8,
        Family::V6 => 128,
    };
    packet[4..6].copy_from_slice(&identifier.to_be_bytes());
    packet[6..8].copy_from_slice(&sequence.to_be_bytes());
    packet[8..16].copy_from_slice(&mark);
    packet[16..24].copy_from_slice(&mark);
    if family == Family::V4 {
        let sum = checksum(&packet);
        packet[2..4].copy_from_slice(&sum.to_be_bytes());
    }
    packet
}

/// The sequence number of a reply to a request with that mark; anything else that arrives is not for us.
/// A raw IPv4 socket delivers the IP header too, which is stepped over.
pub(crate) fn reply(family: Family, packet: &[u8], mark: Mark) -> Option<u16> {
    let packet = match family {
        Family::V4 if packet.first().is_some_and(|byte| byte >> 4 == 4) => {
            packet.get(usize::from(packet[0] & 0x0f) * 4..)?
        }
        _ => packet,
    };
    let echo_reply = match family {
        Family::V4 => 0,
        Family::V6 => 129,
    };
    let ours = packet.first() == Some(&echo_reply) && packet.get(1) == Some(&0) && packet.get(8..16)? == mark;
    ours.then(|| u16::from_be_bytes([packet[6], packet[7]]))
}

/// RFC 1071, over a packet whose checksum field is zero.
fn checksum(packet: &[u8]) -> u16 {
    let mut sum: u32 =
        packet.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0))).sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: Mark = *b"labkeepr";

    fn answered(mut packet: Vec<u8>, kind: u8) -> Vec<u8> {
        packet[0] = kind;
        packet
    }

    #[test]
    fn a_request_sums_to_zero_with_its_checksum() {
        assert_eq!(checksum(&request(Family::V4, 7, 513, MARK)), 0);
    }

    #[test]
    fn a_reply_gives_back_its_sequence_with_or_without_ip_header() {
        let plain = answered(request(Family::V4, 7, 513, MARK).to_vec(), 0);
        let mut raw = vec![0; 20];
        raw[0] = 0x45;
        raw.extend(&plain);
        assert_eq!(reply(Family::V4, &plain, MARK), Some(513));
        assert_eq!(reply(Family::V4, &raw, MARK), Some(513));
        let v6 = answered(request(Family::V6, 7, 9, MARK).to_vec(), 129);
        assert_eq!(reply(Family::V6, &v6, MARK), Some(9));
    }

    #[test]
    fn what_is_not_ours_is_ignored() {
        let request = request(Family::V4, 7, 1, MARK).to_vec();
        let foreign = answered(request.clone(), 0);
        assert_eq!(reply(Family::V4, &request, MARK), None, "our own request, seen on loopback");
        assert_eq!(reply(Family::V4, &foreign, *b"somebody"), None);
        for short in 0..16 {
            assert_eq!(reply(Family::V4, &foreign[..short], MARK), None);
        }
        assert_eq!(reply(Family::V4, &[0x4f, 0, 0], MARK), None, "a header longer than the packet");
    }
}
