//! Hashes of passwords: what they hide can be guessed at leisure, so they are secrets too.

use crate::core_of::core_of;
use crate::key::harmless::is_stand_in;
use crate::page::{Page, run, run_back};
use crate::placeholder;
use crate::span::Span;

/// How hashes in the modular format begin, `$` doubled where Compose wants it so.
pub(crate) const CRYPT: &[&str] = &[
    "$1$",
    "$2a$",
    "$2b$",
    "$2x$",
    "$2y$",
    "$5$",
    "$6$",
    "$7$",
    "$8$",
    "$9$",
    "$y$",
    "$gy$",
    "$sha1$",
    "$md5",
    "$apr1$",
    "$argon2",
    "$scrypt$",
    "$pbkdf2",
    "$P$",
    "$H$",
    "$S$",
    "$BALLOON",
    "$$1$",
    "$$2a$",
    "$$2b$",
    "$$2y$",
    "$$5$",
    "$$6$",
    "$$apr1$",
    "$$argon2",
    "$$y$",
    "$krb5",
    "$bcrypt-sha256$",
    "$14$",
];

/// How hashes begin that say their scheme in words.
pub(crate) const WORDS: &[&str] =
    &["pbkdf2_sha", "pbkdf2:sha", "scrypt:", "SCRAM-SHA-", "argon2$", "bcrypt_sha256$$", "sha1$", "md5$"];

/// Schemes of LDAP and Dovecot.
pub(crate) const BRACES: &[&str] = &[
    "{SSHA",
    "{SHA",
    "{SMD5",
    "{MD5",
    "{CRYPT}",
    "{BLF-CRYPT}",
    "{PBKDF2",
    "{ARGON2",
    "{PLAIN}",
    "{CLEARTEXT}",
    "{SASL}",
    "{NT}",
    "{LANMAN}",
    "{bcrypt}",
    "{scrypt}",
];

fn is_hash_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'.' | b'/' | b'$' | b'+' | b'=' | b',' | b'-' | b'_' | b'*')
}

/// Whether `at` is in the middle of a word, of a variable say; a secret that was taken out was one too.
fn goes_on(page: &Page<'_>, at: usize) -> bool {
    page.byte_before(at).is_some_and(|byte| byte.is_ascii_alphanumeric())
        || placeholder::ends(&page.text[..at])
}

/// A hash in the modular format that begins at `at`.
pub(crate) fn crypt_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let text = page.ahead(at, 1024);
    let length = run(text, is_hash_byte);
    page.note(length);
    let hash = text[..length].trim_end_matches([',', '.', '-', '$']);
    let fields = hash.split('$').filter(|field| !field.is_empty()).count();
    let longest = hash.split('$').map(str::len).max().unwrap_or_default();
    let is_wordpress =
        hash.len() == 34 && (hash.starts_with("$P$") || hash.starts_with("$H$") || hash.starts_with("$S$"));
    let fits = (fields >= 3 || is_wordpress || hash.len() >= 30 && fields >= 2)
        && longest >= 20
        && !goes_on(page, at);
    (fits && !hash.contains("$$$") && !is_stand_in(hash))
        .then(|| Span::new(at..at + hash.len(), "password_hash"))
}

/// A hash that names its scheme, from there on.
pub(crate) fn worded_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let text = page.ahead(at, 1024);
    let length = run(text, |byte| is_hash_byte(byte) || byte == b':');
    page.note(length);
    let hash = text[..length].trim_end_matches([',', '.', ':']);
    let fields = hash.split(['$', ':']).filter(|field| !field.is_empty()).count();
    let longest = hash.split(['$', ':']).map(str::len).max().unwrap_or_default();
    let core = core_of(hash)?;
    (!goes_on(page, at) && hash.contains('$') && fields >= 3 && longest >= 20)
        .then(|| Span::new(at + core.start..at + hash.len(), "password_hash"))
}

/// `{SSHA}…`: what stands behind the brace.
pub(crate) fn braced_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let text = page.ahead(at, 1024);
    let open = text.find('}').filter(|end| *end < 24)? + 1;
    let is_plain = ["{PLAIN}", "{CLEARTEXT}"].iter().any(|plain| text.starts_with(plain));
    let body = &text[open..];
    let length = if is_plain {
        body.find(|mark: char| mark.is_whitespace() || matches!(mark, ':' | '"' | '\'')).unwrap_or(body.len())
    } else {
        run(body, is_hash_byte)
    };
    page.note(open + length);
    let hash = body[..length].trim_end_matches([',', ';']);
    let fits = hash.len() >= if is_plain { 4 } else { 13 } && !is_stand_in(hash);
    fits.then(|| {
        Span::new(at + open..at + open + hash.len(), if is_plain { "password" } else { "password_hash" })
    })
}

/// `user:500:LM:NT:::` and lines of smbpasswd: both hashes, around a field of 32 hex digits.
pub(crate) fn nt_hashes(line: &str, start: usize) -> Vec<Span> {
    let is_id = |field: &str| !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_digit());
    let is_hash = |field: &str| field.len() == 32 && field.bytes().all(|byte| byte.is_ascii_hexdigit());
    // `SMB passdb: eva:1001:…`
    let named = line.split_once(':').filter(|(_, rest)| rest.starts_with(' '));
    let lead = named.map_or(0, |(name, _)| name.len() + 1);
    let mut fields = line[lead..].split(':');
    let mut next = || fields.next().unwrap_or_default();
    let (user, id) = (next(), next());
    if !is_id(id) {
        return Vec::new();
    }
    let (lm, nt) = (next(), next());
    if fields.next().is_none() {
        return Vec::new();
    }
    let begin = start + lead + user.len() + 1 + id.len() + 1;
    [(lm, begin), (nt, begin + lm.len() + 1)]
        .into_iter()
        .filter(|(hash, _)| is_hash(hash))
        .map(|(_, at)| Span::new(at..at + 32, "nt_hash"))
        .collect()
}

/// The second field of `user:hash` in files of the old DES format.
pub(crate) fn second_field(line: &str, start: usize) -> Option<Span> {
    let (user, rest) = line.split_once(':')?;
    let hash = rest.split(':').next()?;
    let is_user = run_back(user, |byte| byte.is_ascii_graphic()) == user.len() && !user.is_empty();
    let fits = hash.len() >= 8
        && !matches!(hash, "*" | "!" | "x")
        && hash.bytes().all(|byte| is_hash_byte(byte) || matches!(byte, b'{' | b'}'));
    (is_user && fits)
        .then(|| Span::new(start + user.len() + 1..start + user.len() + 1 + hash.len(), "password_hash"))
}
