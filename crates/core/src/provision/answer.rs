//! The node's answer to the script, out of whatever a terminal made of it.
//!
//! It is a list of `name=value;` between two marks. No value has a blank in it, so line ends, indents and the prompts of a shell can be left out
//! wherever they came in; a sum over the text tells whether something else was lost.

use std::fmt::Write as _;
use std::net::IpAddr;

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::ssh_key::{NoSshKey, SshPublicKey};
use crate::pve::{Fingerprint, NodeName, Secret};

const BEGIN: &str = "===labkeeper-setup-begin===";
const END: &str = "===labkeeper-setup-end===";
const FORMAT: &str = "1";

/// What the script found and made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisioned {
    /// The node that it ran on.
    pub node: NodeName,
    /// The first number of its version.
    pub release: u32,
    /// The token's secret.
    pub secret: TokenSecret,
    /// The certificate that its API shows.
    pub certificate: Fingerprint,
    /// The key that its SSH server shows; `None` when it has no Ed25519 key.
    pub host_key: Option<SshPublicKey>,
    /// The other nodes of its cluster.
    pub peers: Vec<Peer>,
}

/// The secret of the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSecret {
    /// The token was made.
    Made(Secret),
    /// The token was there, and its secret is known here.
    Kept,
    /// There is no token any more.
    Gone,
}

/// Another node of the cluster, as far as the node that was asked knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its name.
    pub node: NodeName,
    /// The certificate that its API shows.
    pub certificate: Option<Fingerprint>,
    /// Where it is; `None` while it is off.
    pub address: Option<IpAddr>,
    /// The key that its SSH server shows; asked for at companion only.
    pub host_key: Option<SshPublicKey>,
}

/// A text that is no answer of a node.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AnswerError {
    /// The marks are not there.
    #[error("there is no answer of the node in it: copy everything from {BEGIN} to {END}")]
    Nothing,
    /// The text was changed on the way.
    #[error("the node's answer was damaged on the way: copy it again, in full and without changes")]
    Damaged,
    /// It comes from another version's script.
    #[error("the node's answer has the format {0}: run the script that this version of labkeeper prints")]
    Format(String),
    /// The node lacks something.
    #[error("the node did not say its {0}: look what the script printed before its answer")]
    Missing(&'static str),
    /// It answers a script that makes something.
    #[error("the node's answer is not that of the script that removes: run the one that this call printed")]
    NotRemoved,
    /// A value that cannot be right.
    #[error("the node said a {0} that cannot be right")]
    Wrong(&'static str),
}

/// Whether a text that is still coming in has all of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HasAnswer {
    /// Nothing of it yet.
    NotYet,
    /// It has begun.
    Begun,
    /// All of it is there.
    Whole,
}

impl HasAnswer {
    /// Of what has come in so far.
    pub fn in_text(text: &str) -> Self {
        let flat = flattened(text);
        match flat.rfind(BEGIN) {
            None => Self::NotYet,
            Some(at) if flat[at..].contains(END) => Self::Whole,
            Some(_) => Self::Begun,
        }
    }
}

impl Provisioned {
    /// Reads the last answer in a text.
    ///
    /// # Errors
    /// Says what is missing or wrong, never the secret.
    pub fn read(text: &str) -> Result<Self, AnswerError> {
        Said(whole(&flattened(text))?).interpreted()
    }
}

/// Reads the last answer in a text as that of a node which removed everything. One without a certificate can do that too.
///
/// # Errors
/// Says what is missing or wrong.
pub fn read_removal(text: &str) -> Result<(), AnswerError> {
    let flat = flattened(text);
    let said = Said(whole(&flat)?);
    said.of_this_format()?;
    match said.all("secret").next() {
        Some("none") => Ok(()),
        _ => Err(AnswerError::NotRemoved),
    }
}

/// What stands between the marks of the last answer, without its sum, when that is right.
fn whole(flat: &str) -> Result<&str, AnswerError> {
    let begin = flat.rfind(BEGIN).ok_or(AnswerError::Nothing)? + BEGIN.len();
    let length = flat[begin..].find(END).ok_or(AnswerError::Nothing)?;
    let (said, sum) = flat[begin..begin + length].rsplit_once("sum=").ok_or(AnswerError::Damaged)?;
    if sum.trim_end_matches(';') == sum_of(said) { Ok(said) } else { Err(AnswerError::Damaged) }
}

/// The `name=value;` of an answer.
struct Said<'a>(&'a str);

impl<'a> Said<'a> {
    fn all(&self, name: &'static str) -> impl Iterator<Item = &'a str> {
        let pairs = self.0.split(';').filter_map(|pair| pair.split_once('='));
        pairs.filter(move |(given, value)| *given == name && !value.is_empty()).map(|(_, value)| value)
    }

    fn value<T: std::str::FromStr>(
        &self,
        name: &'static str,
        called: &'static str,
    ) -> Result<T, AnswerError> {
        let value = self.all(name).next().ok_or(AnswerError::Missing(called))?;
        value.parse().map_err(|_| AnswerError::Wrong(called))
    }

    fn of_this_format(&self) -> Result<(), AnswerError> {
        let format = self.all("format").next().unwrap_or_default();
        if format == FORMAT { Ok(()) } else { Err(AnswerError::Format(format.chars().take(20).collect())) }
    }

    fn interpreted(&self) -> Result<Provisioned, AnswerError> {
        self.of_this_format()?;
        let secret = match self.all("secret").next() {
            Some("kept") => TokenSecret::Kept,
            Some("none") => TokenSecret::Gone,
            _ => TokenSecret::Made(self.value("secret", "token's secret")?),
        };
        let host_key = self.all("hostkey").next().map(key);
        Ok(Provisioned {
            node: self.value("node", "name")?,
            release: self.value("release", "version")?,
            secret,
            certificate: self.value("certificate", "certificate's fingerprint")?,
            host_key: host_key.transpose().map_err(|_| AnswerError::Wrong("SSH host key"))?,
            peers: self.all("peer").filter_map(peer).collect(),
        })
    }
}

/// `name,certificate,address,sort of key,key`; what is not known is empty. `None` for a name that cannot be one.
fn peer(said: &str) -> Option<Peer> {
    let mut parts = said.splitn(4, ',');
    let node = parts.next()?.parse().ok()?;
    let mut part = || parts.next().unwrap_or_default();
    Some(Peer {
        node,
        certificate: part().parse().ok(),
        address: part().parse().ok(),
        host_key: key(part()).ok(),
    })
}

/// With a comma where a blank would be lost.
fn key(said: &str) -> Result<SshPublicKey, NoSshKey> {
    said.replace(',', " ").parse()
}

/// As the script makes it: the first sixteen digits of the SHA-256.
fn sum_of(text: &str) -> String {
    let digest = Sha256::digest(text);
    digest[..8].iter().fold(String::new(), |mut sum, byte| {
        let _ = write!(sum, "{byte:02x}");
        sum
    })
}

/// Without prompts, blanks, line ends and the colours of a terminal.
fn flattened(text: &str) -> String {
    let mut flat = String::new();
    for line in text.split(['\n', '\r']) {
        let line = without_colours(line);
        let line = line.rsplit(['#', '$', '>', '|']).next().unwrap_or_default();
        flat.extend(line.chars().filter(char::is_ascii_graphic));
    }
    flat
}

/// Drops what begins with an escape and ends with a letter.
fn without_colours(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.find(|c: char| c.is_ascii_alphabetic()).map_or("", |at| &part[at + 1..]);
        plain.push_str(rest);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PRINT: &str =
        "7F:66:5E:88:5D:A1:69:D9:F6:5A:66:E0:8E:64:C1:9C:7A:51:EF:DD:F6:6E:8E:0C:E9:05:90:0C:DC:56:18:E5";
    const KEY: &str = "ssh-ed25519,AAAAC3NzaC1lZDI1NTE5AAAAIGOtf4PNTjKEzKQP/e2uQtsGshcxEPIhhgsIP4FQFsMv";

    fn answer(said: &str) -> String {
        let text = format!("{said}sum={};", sum_of(said));
        format!("{BEGIN}\n{}{END}\n", text.replace(';', ";\n"))
    }

    fn usual() -> String {
        answer(&format!(
            "format=1;node=pve1;release=9;secret=0b7e7b2c-1111-2222-3333-444455556666;certificate={PRINT};hostkey={KEY};\
             peer=pve2,{PRINT},192.168.1.12,{KEY};peer=pve3,{PRINT},192.168.1.13,;peer=off,{PRINT},,;peer=../x,,,;"
        ))
    }

    #[test]
    fn an_answer_is_read() {
        let read = Provisioned::read(&usual()).unwrap();
        assert_eq!((read.node.as_str(), read.release), ("pve1", 9));
        assert_eq!(read.certificate.to_string(), PRINT);
        assert_eq!(read.host_key.unwrap().to_string(), KEY.replace(',', " "));
        assert_eq!(read.secret, TokenSecret::Made("0b7e7b2c-1111-2222-3333-444455556666".parse().unwrap()));
        let knows =
            |peer: &Peer| (peer.certificate.is_some(), peer.address.is_some(), peer.host_key.is_some());
        let peers: Vec<_> = read.peers.iter().map(|peer| (peer.node.as_str(), knows(peer))).collect();
        assert_eq!(
            peers,
            [("pve2", (true, true, true)), ("pve3", (true, true, false)), ("off", (true, false, false))]
        );
        assert_eq!(read.peers[0].host_key, read.host_key);
        assert_eq!(read.peers[0].address, Some([192, 168, 1, 12].into()));
    }

    #[test]
    fn the_answer_of_a_script_that_told_no_host_keys_of_others_is_read_too() {
        let before = answer(&format!(
            "format=1;node=pve1;release=9;secret=kept;certificate={PRINT};peer=pve2,{PRINT},10.0.0.2;"
        ));
        let read = Provisioned::read(&before).unwrap();
        assert_eq!((read.peers[0].address, read.peers[0].host_key), (Some([10, 0, 0, 2].into()), None));
    }

    #[test]
    fn what_terminals_do_to_text_is_undone() {
        let usual = usual();
        let expected = Provisioned::read(&usual);
        let wrapped: Vec<String> =
            usual.as_bytes().chunks(40).map(|piece| String::from_utf8_lossy(piece).into_owned()).collect();
        for mangled in [
            usual.replace('\n', "\r\n"),
            wrapped.join("\n"),
            usual.lines().map(|line| format!("  root@pve1:~# {line}  \n")).collect(),
            usual.lines().map(|line| format!("> {line}\n")).collect(),
            format!(
                "Linux pve1 6.8\nroot@pve1:~# bash <<'X'\n printf '===%s===' labkeeper-setup-begin\n{usual}root@pve1:~# \n"
            ),
            format!("\u{1b}[?2004l\r{}\u{1b}[?2004h", usual.replace("format", "\u{1b}[1mformat\u{1b}[0m")),
            format!("{}{usual}", answer("format=1;node=old;")),
        ] {
            assert_eq!(Provisioned::read(&mangled), expected, "{mangled}");
            assert_eq!(HasAnswer::in_text(&mangled), HasAnswer::Whole);
        }
    }

    #[test]
    fn an_answer_that_was_cut_or_changed_is_refused_without_saying_the_secret() {
        let usual = usual();
        let table = [
            ("nothing at all".to_owned(), AnswerError::Nothing),
            (usual.replace(END, ""), AnswerError::Nothing),
            (usual.replace("0b7e7b2c-1111", "0b7e7b2c-111"), AnswerError::Damaged),
            (usual.replace("sum=", "sun="), AnswerError::Damaged),
            (answer("format=2;"), AnswerError::Format("2".into())),
            (
                answer("format=1;node=pve1;release=9;secret=kept;certificate=;"),
                AnswerError::Missing("certificate's fingerprint"),
            ),
            (answer("format=1;node=../x;release=9;secret=kept;"), AnswerError::Wrong("name")),
        ];
        for (text, error) in table {
            let refused = Provisioned::read(&text).unwrap_err();
            assert_eq!(refused, error, "{text}");
            assert!(!refused.to_string().contains("0b7e7b2c"), "{refused}");
        }
        assert_eq!(HasAnswer::in_text(&usual[..60]), HasAnswer::Begun);
        assert_eq!(HasAnswer::in_text("root@pve1:~#"), HasAnswer::NotYet);
    }

    #[test]
    fn a_token_that_was_kept_or_removed_has_no_secret() {
        let with = |secret: &str| {
            Provisioned::read(&answer(&format!(
                "format=1;node=pve1;release=8;secret={secret};certificate={PRINT};hostkey=;"
            )))
            .unwrap()
        };
        assert_eq!(with("kept").secret, TokenSecret::Kept);
        assert_eq!(with("none").secret, TokenSecret::Gone);
        assert_eq!(with("none").host_key, None);
    }

    #[test]
    fn a_removal_needs_no_certificate_and_is_no_other_answer() {
        let removed = answer("format=1;node=pve1;release=9;secret=none;certificate=;hostkey=;");
        assert_eq!(read_removal(&removed), Ok(()));
        assert_eq!(read_removal(&usual()), Err(AnswerError::NotRemoved));
        assert_eq!(read_removal(&removed.replace("none", "made")), Err(AnswerError::Damaged));
        assert_eq!(read_removal(&answer("format=2;secret=none;")), Err(AnswerError::Format("2".into())));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,300}", at in 0usize..300) {
            let _ = Provisioned::read(&text);
            let mut usual = usual();
            let at = at.min(usual.len());
            usual.insert_str(at, &text);
            let _ = Provisioned::read(&usual);
        }
    }
}
