//! Files in which the place on the line says what is secret, without a name for it.

use super::commands::relay;
use super::hashes::nt_hashes;
use super::printed::{alone, announces};
use super::table::{Table, heading};
use crate::core_of::core_of;
use crate::key::harmless::{is_reference, is_stand_in};
use crate::key::judge::is_opaque;
use crate::page::run;
use crate::span::Span;

/// What earlier lines say about later ones.
#[derive(Default)]
pub(crate) struct Memory {
    table: Option<Table>,
    /// The line before was empty or a statement of SQL, or there was none.
    is_afresh: Option<bool>,
    /// A line announced a secret, and so many lines may still be it.
    announced: u8,
    /// In a section of which every value is secret.
    is_secret_section: bool,
}

/// The secrets of a line that begins at `start`.
pub(crate) fn secrets(memory: &mut Memory, line: &str, start: usize) -> Vec<Span> {
    let was_afresh =
        memory.is_afresh.replace(line.trim().is_empty() || line.trim_end().ends_with(';')).unwrap_or(true);
    if let Some(table) = &memory.table {
        match table.row(line, start) {
            Some(found) => return found,
            None => memory.table = None,
        }
    }
    let mut found = Vec::new();
    if memory.announced > 0 {
        memory.announced -= 1;
        found.extend(alone(line, start));
        memory.announced *= u8::from(line.trim().is_empty());
    }
    if announces(line) {
        memory.announced = 2;
    }
    if line.len() < 8 || line.len() > 2048 {
        return found;
    }
    if line.starts_with('[') && line.trim_end().ends_with(']') {
        memory.is_secret_section = matches!(line.trim_end(), "[vpn-secrets]" | "[wifi-secrets]");
    } else if memory.is_secret_section {
        found.extend(assigned(line, start));
        return found;
    }
    if was_afresh && line.len() < 256 {
        memory.table = heading(line);
    }
    if line.contains('\t') && line.contains('=') {
        found.extend(wireguard(line, start));
    }
    let colons = line.bytes().filter(|byte| *byte == b':').count();
    if colons >= 4 {
        found.extend(nt_hashes(line, start));
        found.extend(pgpass(line, start));
    }
    if colons > 0 {
        found.extend(relay(line, start));
        found.extend(client(line, start));
    }
    if line.contains('*') {
        found.extend(mysql_hash(line, start));
    }
    if line.contains('*') || line.len() < 128 && line.contains("tpd") {
        found.extend(chap(line, start));
    }
    found
}

/// `*` and forty capital hex digits: how MySQL keeps passwords.
fn mysql_hash(line: &str, start: usize) -> Option<Span> {
    let is_hash =
        |at: &usize| run(&line[*at..], |byte| byte.is_ascii_digit() || matches!(byte, b'A'..=b'F')) == 40;
    let at = line.match_indices('*').map(|(at, _)| at + 1).find(is_hash)?;
    Some(Span::new(start + at..start + at + 40, "password_hash"))
}

fn assigned(line: &str, start: usize) -> Option<Span> {
    let (key, value) = line.split_once('=')?;
    let value = value.trim();
    let at = start + line.trim_end().len() - value.len();
    (value.len() >= 3 && !is_reference(value)).then(|| Span::new(at..at + value.len(), key.trim()))
}

fn is_wireguard_key(field: &str) -> bool {
    field.len() == 44
        && field.ends_with('=')
        && field.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}

/// `wg show dump`: of an interface the private key, of a peer the pre-shared one. The interface's name comes first when all are shown.
fn wireguard(line: &str, start: usize) -> Option<Span> {
    let fields: Vec<&str> = line.split('\t').collect();
    let shift = usize::from(!fields.first().copied().is_some_and(is_wireguard_key));
    let own = fields.get(shift..)?;
    let (index, name) = match own.len() {
        4 if is_wireguard_key(own[0]) => (0, "private_key"),
        8 if is_wireguard_key(own[0]) && is_wireguard_key(own[1]) => (1, "preshared_key"),
        _ => return None,
    };
    let at = start + fields[..index + shift].iter().map(|field| field.len() + 1).sum::<usize>();
    Some(Span::new(at..at + 44, name))
}

/// `host:port:database:user:password`
fn pgpass(line: &str, start: usize) -> Option<Span> {
    if line.starts_with('#') || line.contains(char::is_whitespace) || line.contains("://") {
        return None;
    }
    let mut fields = line.splitn(5, ':');
    let (host, port, database, user, password) =
        (fields.next()?, fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let is_port =
        port == "*" || (2..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    let is_host = host.contains(|mark: char| mark.is_ascii_alphabetic() || matches!(mark, '.' | '*'))
        && host.len() > 1
        || host == "*";
    let named = |field: &str| {
        !field.is_empty()
            && run(field, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'*' | b'.'))
                == field.len()
    };
    let fits = is_port
        && is_host
        && named(database)
        && named(user)
        && password.len() >= 4
        && !is_reference(password)
        && !is_stand_in(password);
    let is_other = password.contains("::")
        || port.starts_with('0')
        || database.bytes().all(|byte| byte.is_ascii_digit());
    (fits
        && !is_other
        && (is_opaque(password)
            || line.split(':').count() == 5 && !user.bytes().all(|byte| byte.is_ascii_digit())))
    .then(|| Span::new(start + line.len() - password.len()..start + line.len(), "pgpass_password"))
}

/// `host:user@domain:password`, as in Exim's `passwd.client`.
fn client(line: &str, start: usize) -> Option<Span> {
    let mut fields = line.splitn(3, ':');
    let (host, user, password) = (fields.next()?, fields.next()?, fields.next()?);
    let plain = |text: &str| {
        run(text, |byte| byte.is_ascii_alphanumeric() || b"*.-_@+".contains(&byte)) == text.len()
    };
    let fits = !host.is_empty()
        && plain(host)
        && plain(user)
        && user.contains('@')
        && (host == "*" || host.contains('.'))
        && is_opaque(password)
        && !is_reference(password)
        && !is_stand_in(password);
    fits.then(|| Span::new(start + line.len() - password.len()..start + line.len(), "mail_password"))
}

/// `client server secret addresses`, as in `chap-secrets`.
fn chap(line: &str, start: usize) -> Option<Span> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    if !(3..=4).contains(&fields.len()) || line.starts_with('#') {
        return None;
    }
    let (client, server, secret) =
        (fields[0].trim_matches('"'), fields[1].trim_matches('"'), fields[2].trim_matches('"'));
    let is_client = client.starts_with(|first: char| first.is_ascii_alphabetic())
        && client != "select"
        && client != "SELECT"
        && client != "import"
        && client != "export";
    let is_server = matches!(server, "*" | "pptpd" | "l2tpd" | "xl2tpd" | "ppp");
    let ends = fields
        .get(3)
        .is_none_or(|last| *last == "*" || last.starts_with(|first: char| first.is_ascii_digit()));
    let fits = is_client
        && is_server
        && ends
        && secret != "*"
        && (is_opaque(secret) || fields.get(3) == Some(&"*") && secret.len() >= 4);
    let at = line.rfind(secret)?;
    (fits && !is_reference(secret)).then(|| Span::new(start + at..start + at + secret.len(), "chap_secret"))
}

/// `rocommunity x`, `com2sec name source x`, `trapsink host x`, `createUser name SHA "x" AES "y"`.
pub(crate) fn directive(line: &str, start: usize) -> Vec<Span> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let Some(first) = words.iter().position(|word| is_directive(word)) else { return Vec::new() };
    let words = &words[first..];
    let places: Vec<usize> = match words[0].to_ascii_lowercase().as_str() {
        "rocommunity" | "rwcommunity" | "rocommunity6" | "rwcommunity6" | "trapcommunity"
        | "authcommunity" => vec![if words.get(1) == Some(&"log,execute,net") { 2 } else { 1 }],
        "com2sec" | "com2sec6" => vec![if words.get(1) == Some(&"-Cn") { 5 } else { 3 }],
        "trapsink" | "trap2sink" | "informsink" => vec![2],
        "createuser" => vec![3, 5],
        "snmp-server" if words.get(1) == Some(&"user") => keyed(words),
        "usm-user" => words
            .iter()
            .enumerate()
            .filter(|(_, word)| matches!(**word, "md5" | "sha" | "sha256" | "aes" | "des" | "aes128"))
            .map(|(at, _)| at + 1)
            .collect(),
        "snmp-server" => match words.iter().position(|word| matches!(*word, "community" | "version")) {
            Some(at) if words[at] == "community" => vec![at + 1],
            Some(at) if words.get(1) == Some(&"host") => vec![at + 2],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    places.into_iter().filter_map(|at| spoken(line, start, words.get(at)?)).collect()
}

/// `auth sha x priv aes 128 y`: what stands after the algorithms.
fn keyed(words: &[&str]) -> Vec<usize> {
    let is_algorithm =
        |word: &str| matches!(word, "md5" | "sha" | "sha256" | "aes" | "des" | "3des" | "aes128" | "aes256");
    let is_length = |at: &usize| words.get(*at).is_some_and(|word| matches!(*word, "128" | "192" | "256"));
    let named = words.iter().enumerate().filter(|(_, word)| is_algorithm(word));
    named.map(|(at, _)| if is_length(&(at + 1)) { at + 2 } else { at + 1 }).collect()
}

fn is_directive(word: &str) -> bool {
    let low = word.to_ascii_lowercase();
    matches!(
        low.as_str(),
        "rocommunity"
            | "rwcommunity"
            | "rocommunity6"
            | "rwcommunity6"
            | "trapcommunity"
            | "authcommunity"
            | "com2sec"
            | "com2sec6"
            | "trapsink"
            | "trap2sink"
            | "informsink"
            | "createuser"
            | "usm-user"
            | "snmp-server"
    )
}

/// One word of a line as a secret, without its quotation marks.
fn spoken(line: &str, start: usize, word: &str) -> Option<Span> {
    let bare = word.trim_matches(['"', '\'']);
    let offset = line.find(word)? + word.find(bare)?;
    let fits = bare.len() >= 3
        && !matches!(bare, "public" | "private" | "RO" | "RW" | "ro" | "rw" | "SHA" | "AES")
        && !is_reference(bare)
        && !is_stand_in(bare);
    fits.then(|| Span::new(start + offset..start + offset + bare.len(), "snmp_community"))
}

/// `: PSK "x"`, `user : EAP "x"`, `: RSA key.pem "x"`, as in `ipsec.secrets`; the kind of secret is at `at`.
pub(crate) fn ipsec(line: &str, start: usize, at: usize) -> Option<Span> {
    let before = line[..at].trim_end();
    if !before.ends_with(':') {
        return None;
    }
    let rest = &line[at..];
    let kind = rest.split_whitespace().next()?;
    let value = rest[kind.len()..].trim();
    let bare =
        if value.contains('"') { value.split('"').nth(1)? } else { value.split_whitespace().next()? };
    let offset = at + rest.find(bare)?;
    let fits = bare.len() >= 3
        && !is_reference(bare)
        && !is_stand_in(bare)
        && (value.contains('"') || kind != "RSA");
    let core = core_of(bare).filter(|_| fits)?;
    Some(Span::new(start + offset + core.start..start + offset + core.end, "ipsec_secret"))
}
