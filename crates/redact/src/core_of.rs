//! The secret part of a value: without the scheme, user or prefix before it, which anybody may see and which say what it is.

use std::ops::Range;

use crate::format::tokens::public_prefix;
use crate::page::run;

/// The part of `value` that has to go; `None` when nothing is left.
pub(crate) fn core_of(value: &str) -> Option<Range<usize>> {
    let mut start = 0;
    while let Some(length) = scheme(&value[start..]) {
        start += length;
    }
    (start < value.len()).then_some(start..value.len())
}

fn scheme(value: &str) -> Option<usize> {
    const WORDS: &[&str] = &[
        "Bearer ",
        "bearer ",
        "BEARER ",
        "Basic ",
        "basic ",
        "BASIC ",
        "Token ",
        "token ",
        "Bot ",
        "ApiKey ",
        "Digest ",
        "base64:",
        "s%3A",
        "@ByteArray(",
    ];
    if let Some(word) = WORDS.iter().find(|word| value.starts_with(**word)) {
        return Some(word.len());
    }
    if value.starts_with("0x") && value.len() >= 18 && value[2..].bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return Some(2);
    }
    let found = hash_scheme(value)
        .or_else(|| ticket(value))
        .or_else(|| api_token(value))
        .or_else(|| identity(value))
        .or_else(|| braces(value));
    found.or_else(|| Some(public_prefix(value)).filter(|length| *length > 0 && value.len() >= length + 8))
}

/// `PVE:root@pam:65A1B2C3::signature`, `65A1B2C3:signature`
fn ticket(value: &str) -> Option<usize> {
    let is_time = |part: &str| {
        part.len() == 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_lowercase())
    };
    if ["PVE:", "PBS:", "PMG:", "PVEVNC:", "PDM:"].iter().any(|kind| value.starts_with(kind)) {
        let end = value.find("::")?;
        return is_time(value[..end].rsplit(':').next()?).then_some(end + 2);
    }
    let (time, signature) = value.split_once(':')?;
    (is_time(time) && signature.len() >= 20).then_some(9)
}

/// `PVEAPIToken=user@realm!name=uuid`
fn api_token(value: &str) -> Option<usize> {
    let inner = ["PVEAPIToken=", "PBSAPIToken=", "PBSAPIToken:", "PDMAPIToken="]
        .iter()
        .find_map(|kind| value.strip_prefix(kind))
        .unwrap_or(value);
    let name =
        run(inner, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'!' | b'-' | b'_' | b'.'));
    let is_named = inner[..name].contains('@') && inner[..name].contains('!');
    let separated = inner[name..].starts_with(['=', ':']);
    (is_named && separated).then(|| value.len() - inner.len() + name + 1)
}

/// `pbkdf2_sha256$600000$…`, `SCRAM-SHA-256$4096:…`: the scheme and how often it goes round.
fn hash_scheme(value: &str) -> Option<usize> {
    let is_known = ["pbkdf2", "scrypt:", "SCRAM-SHA-"].iter().any(|scheme| value.starts_with(scheme));
    let after = value.find('$').filter(|_| is_known)? + 1;
    let rounds = run(&value[after..], |byte| byte.is_ascii_digit());
    let is_ended = rounds > 0 && value[after + rounds..].starts_with(['$', ':']);
    Some(if is_ended { after + rounds + 1 } else { after })
}

/// ZeroTier: address, type, public half, secret half.
fn identity(value: &str) -> Option<usize> {
    let mut parts = value.split(':');
    let (address, kind, public) = (parts.next()?, parts.next()?, parts.next()?);
    let fits = address.len() == 10 && kind == "0" && public.len() == 128 && parts.next().is_some();
    fits.then_some(10 + 3 + 128 + 1)
}

/// `{SSHA}…`, `{PLAIN}…`
fn braces(value: &str) -> Option<usize> {
    let inner = value.strip_prefix('{')?;
    let name = run(inner, |byte| {
        byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'_')
    });
    (name >= 3 && inner[name..].starts_with('}')).then_some(name + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_whose_and_what_kind_stays() {
        let core = |value: &str| value[core_of(value).unwrap()].to_owned();
        assert_eq!(core("Bearer ghp_abcdefgh12345678"), "abcdefgh12345678");
        assert_eq!(core("PVE:root@pam:65A1B2C3::c2lnbmF0dXJl"), "c2lnbmF0dXJl");
        assert_eq!(core("PVEAPIToken=root@pam!ci=0a1b"), "0a1b");
        assert_eq!(core("{SSHA}abc"), "abc");
        assert_eq!(core("hunter2"), "hunter2");
        assert_eq!(core_of("Bearer "), None);
    }
}
