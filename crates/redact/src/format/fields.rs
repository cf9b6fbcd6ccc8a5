//! Lines in which the place of a field says what is secret, without a name for it.

use crate::core_of::core_of;
use crate::key::harmless::{is_reference, is_stand_in};
use crate::key::judge::is_opaque;
use crate::page::{offset, run};
use crate::span::Span;

/// `user:hash:…`, the hash being one of the oldest kind: two characters of salt, eleven of hash.
pub(super) fn des_hash(line: &str, start: usize) -> Option<Span> {
    let mut fields = line.split(':');
    let (user, hash) = (fields.next()?, fields.next().filter(|hash| hash.len() == 13)?);
    let third = fields.next()?;
    let has = |class: fn(&u8) -> bool| hash.bytes().any(|byte| class(&byte));
    let fits = hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/'))
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && (has(u8::is_ascii_digit) || hash.contains(['.', '/']))
        && !user.is_empty()
        && user.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        && third.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| Span::new(start + user.len() + 1..start + user.len() + 14, "password_hash"))
}

/// `user:realm:hash` of digest authentication.
pub(super) fn digest(line: &str, start: usize) -> Option<Span> {
    let text = line.trim_end();
    if !text.ends_with(|last: char| last.is_ascii_hexdigit()) {
        return None;
    }
    let word = text.rsplit(' ').next()?;
    let mut fields = word.split(':');
    let (user, realm, hash) = (fields.next()?, fields.next()?, fields.next()?);
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    let is_sum = |name: &str| {
        ["md5", "sha", "sum", "hash", "id", "etag"]
            .iter()
            .any(|kind| name.to_ascii_lowercase().contains(kind))
    };
    let fits = fields.next().is_none()
        && is_name(user)
        && is_name(realm)
        && !is_sum(user)
        && !is_sum(realm)
        && hash.len() == 32
        && hash.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'));
    let end = start + text.len();
    fits.then(|| Span::new(end - 32..end, "password_hash"))
}

/// `"user" "password"`, as PgBouncer has them: known by a hash among them.
pub(super) fn userlist(is_userlist: &mut bool, line: &str, start: usize) -> Option<Span> {
    let text = line.trim_end();
    let parts: Vec<&str> = text.split('"').collect();
    let [_, user, " ", secret, ""] = parts[..] else {
        *is_userlist = false;
        return None;
    };
    *is_userlist |= secret.starts_with("md5") || secret.starts_with("SCRAM-SHA-");
    let fits = (*is_userlist || is_opaque(secret))
        && secret.len() >= 6
        && !user.contains(' ')
        && !is_reference(secret);
    let core = core_of(secret).filter(|_| fits)?;
    let at = start + text.len() - 1 - secret.len();
    Some(Span::new(at + core.start..at + core.end, "password"))
}

/// `*` and forty capital hex digits: how MySQL keeps passwords.
pub(super) fn mysql_hash(line: &str, start: usize) -> Option<Span> {
    let is_hash =
        |at: &usize| run(&line[*at..], |byte| byte.is_ascii_digit() || matches!(byte, b'A'..=b'F')) == 40;
    let at = line.match_indices('*').map(|(at, _)| at + 1).find(is_hash)?;
    Some(Span::new(start + at..start + at + 40, "password_hash"))
}

fn is_wireguard_key(field: &str) -> bool {
    field.len() == 44
        && field.ends_with('=')
        && field.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}

/// `wg show dump`: of an interface the private key, of a peer the pre-shared one. The interface's name comes first when all are shown.
pub(super) fn wireguard(line: &str, start: usize) -> Option<Span> {
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

/// `https://host user password`, as davfs2 has them.
pub(super) fn share(line: &str, start: usize) -> Option<Span> {
    let mut words = line.split_whitespace();
    let (address, user, password) = (words.next()?, words.next()?, words.next()?);
    let bare = password.trim_matches('"');
    let is_user =
        user.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'@'));
    let fits = address.starts_with("http")
        && address.contains("://")
        && is_user
        && is_opaque(bare)
        && words.next().is_none();
    let at = start + offset(bare, line);
    (fits && !bare.contains(['/', ':']) && !is_reference(bare))
        .then(|| Span::new(at..at + bare.len(), "share_password"))
}

/// `user::DOMAIN:challenge:answer:…`: what somebody proved with a password, who may guess it from that.
pub(super) fn challenge(line: &str, start: usize) -> Option<Span> {
    let (user, rest) = line.split_once(':')?;
    let mut fields = rest.strip_prefix(':')?.split(':');
    let (domain, asked, answer, _) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let at = start + user.len() + 2 + domain.len() + 1 + asked.len() + 1;
    (asked.len() == 16 && is_hex(asked) && answer.len() == 32 && is_hex(answer))
        .then(|| Span::new(at..at + 32, "challenge_answer"))
}

/// Cookies as curl and wget keep them: seven fields, the last but one of which is the name.
pub(super) fn cookie(line: &str, start: usize) -> Option<Span> {
    let fields: Vec<&str> = line.trim_end().split('\t').collect();
    let [_, over, _, secure, _, name, value] = fields[..] else { return None };
    let is_flag = |field: &str| matches!(field, "TRUE" | "FALSE");
    let at = start + line.trim_end().len() - value.len();
    (is_flag(over) && is_flag(secure) && is_opaque(value) && value.len() >= 8)
        .then(|| Span::new(at..at + value.len(), name))
}

/// `host:port:database:user:password`
pub(super) fn pgpass(line: &str, start: usize) -> Option<Span> {
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
        || host.contains('=')
        || port.starts_with('0')
        || database.bytes().all(|byte| byte.is_ascii_digit());
    (fits
        && !is_other
        && (is_opaque(password)
            || line.split(':').count() == 5 && !user.bytes().all(|byte| byte.is_ascii_digit())))
    .then(|| Span::new(start + line.len() - password.len()..start + line.len(), "pgpass_password"))
}

/// `host:user@domain:password`, as in Exim's `passwd.client`.
pub(super) fn client(line: &str, start: usize) -> Option<Span> {
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
pub(super) fn chap(line: &str, start: usize) -> Option<Span> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    if !(3..=4).contains(&fields.len()) || line.starts_with('#') {
        return None;
    }
    let (client, server, secret) =
        (fields[0].trim_matches('"'), fields[1].trim_matches('"'), fields[2].trim_matches('"'));
    let is_client = (client.starts_with(|first: char| first.is_ascii_alphabetic()) || client.contains('@'))
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
    let at = offset(secret, line);
    (fits && !is_reference(secret)).then(|| Span::new(start + at..start + at + secret.len(), "chap_secret"))
}
