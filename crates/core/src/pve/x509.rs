//! Reading a certificate far enough to show a person whose it is and until when. What is checked is its print; nothing
//! here decides about trust.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::Serialize;

use crate::stamp::Stamp;

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificateFacts {
    /// For whom, as Proxmox shows it: `/OU=PVE Cluster Node/O=Proxmox Virtual Environment/CN=pve1`.
    pub subject: String,
    /// By whom.
    pub issuer: String,
    /// Valid from, in seconds since 1970.
    pub not_before: i64,
    /// Valid until, in seconds since 1970.
    pub not_after: i64,
    /// Names and addresses that it speaks for.
    pub names: Vec<String>,
}

impl CertificateFacts {
    /// From DER; `None` when it is no certificate.
    pub fn read(der: &[u8]) -> Option<Self> {
        let mut certificate = Der(der).inside(SEQUENCE)?;
        let mut body = certificate.inside(SEQUENCE)?;
        // Version: absent in the first version.
        let _ = body.optional(0xA0);
        body.skip(INTEGER)?;
        body.skip(SEQUENCE)?;
        let issuer = name(body.inside(SEQUENCE)?)?;
        let mut validity = body.inside(SEQUENCE)?;
        let (not_before, not_after) = (time(&mut validity)?, time(&mut validity)?);
        let subject = name(body.inside(SEQUENCE)?)?;
        body.skip(SEQUENCE)?;
        Some(Self {
            subject,
            issuer,
            not_before,
            not_after,
            names: alternative_names(body).unwrap_or_default(),
        })
    }
}

const INTEGER: u8 = 0x02;
const OBJECT: u8 = 0x06;
const OCTETS: u8 = 0x04;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;

/// Nested tags, lengths and values, of which the rest is still unread.
#[derive(Clone, Copy)]
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The next element: its tag and its value.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7F => (usize::from(first), rest),
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x0F))?;
                (digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)), rest)
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, value))
    }

    /// What is inside the next element, which must have that tag.
    fn inside(&mut self, tag: u8) -> Option<Der<'a>> {
        self.next().filter(|(found, _)| *found == tag).map(|(_, value)| Der(value))
    }

    /// The same, leaving another element where it is.
    fn optional(&mut self, tag: u8) -> Option<Der<'a>> {
        (self.0.first() == Some(&tag)).then(|| self.inside(tag)).flatten()
    }

    fn skip(&mut self, tag: u8) -> Option<()> {
        self.inside(tag).map(|_| ())
    }
}

/// A distinguished name in OpenSSL's old spelling, which is Proxmox's.
fn name(mut parts: Der<'_>) -> Option<String> {
    let mut text = String::new();
    while !parts.0.is_empty() {
        let mut part = parts.inside(SET)?.inside(SEQUENCE)?;
        let attribute = part.inside(OBJECT)?;
        let (_, value) = part.next()?;
        let label = match attribute.0 {
            [0x55, 4, 3] => "CN",
            [0x55, 4, 6] => "C",
            [0x55, 4, 7] => "L",
            [0x55, 4, 8] => "ST",
            [0x55, 4, 10] => "O",
            [0x55, 4, 11] => "OU",
            _ => "?",
        };
        text.push('/');
        text.push_str(label);
        text.push('=');
        text.extend(String::from_utf8_lossy(value).chars().map(visible));
    }
    Some(text)
}

/// Anybody can write anything into a certificate, and this is shown on terminals.
fn visible(character: char) -> char {
    if character.is_control() { char::REPLACEMENT_CHARACTER } else { character }
}

/// `YYMMDDhhmmssZ`, or with four digits for the year.
fn time(validity: &mut Der<'_>) -> Option<i64> {
    let (tag, value) = validity.next()?;
    let digits = std::str::from_utf8(value).ok()?.strip_suffix('Z')?;
    let (year, rest) = match tag {
        0x17 => {
            let (year, rest) = digits.split_at_checked(2)?;
            let century = if year.parse::<u8>().ok()? < 50 { "20" } else { "19" };
            (format!("{century}{year}"), rest)
        }
        0x18 => digits.split_at_checked(4).map(|(year, rest)| (year.to_owned(), rest))?,
        _ => return None,
    };
    let part = |at: usize| rest.get(at..at + 2);
    let text = format!("{year}-{}-{}T{}:{}:{}Z", part(0)?, part(2)?, part(4)?, part(6)?, part(8)?);
    Stamp::parse(&text).map(|stamp| stamp.0.div_euclid(1_000_000))
}

fn alternative_names(mut rest: Der<'_>) -> Option<Vec<String>> {
    while let Some((tag, value)) = rest.next() {
        if tag != 0xA3 {
            continue;
        }
        let mut extensions = Der(value).inside(SEQUENCE)?;
        while let Some(mut extension) = extensions.inside(SEQUENCE) {
            if extension.inside(OBJECT)?.0 == [0x55, 0x1D, 0x11] {
                let _critical = extension.optional(0x01);
                return Some(general_names(extension.inside(OCTETS)?.inside(SEQUENCE)?));
            }
        }
    }
    None
}

fn general_names(mut names: Der<'_>) -> Vec<String> {
    let mut read = Vec::new();
    while let Some((tag, value)) = names.next() {
        match tag {
            0x82 => read.push(String::from_utf8_lossy(value).chars().map(visible).collect()),
            0x87 => read.extend(address(value)),
            _ => {}
        }
    }
    read
}

fn address(bytes: &[u8]) -> Option<String> {
    let four = <[u8; 4]>::try_from(bytes).map(|bytes| Ipv4Addr::from(bytes).to_string());
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(|bytes| Ipv6Addr::from(bytes).to_string())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = CertificateFacts::read(&bytes);
        }

        #[test]
        fn no_lengths_make_it_panic(lengths in proptest::collection::vec(0u8..=0xFF, 1..12)) {
            let nested: Vec<u8> = lengths.iter().flat_map(|length| [SEQUENCE, *length]).collect();
            let _ = CertificateFacts::read(&nested);
        }
    }
}
