//! Phrases after which a secret comes, by its place: directives of routers and servers, calls of libraries.

use std::ops::Range;

use crate::key::harmless::{is_reference, is_stand_in};
use crate::key::judge::{is_opaque, is_random};
use crate::key::quoted;
use crate::page::Page;
use crate::span::Span;

/// A phrase, and where the secret stands behind it.
pub(crate) struct Idiom {
    /// Also what the text is searched for.
    pub(crate) phrase: &'static str,
    place: Place,
    name: &'static str,
}

#[derive(Clone, Copy)]
enum Place {
    /// That word behind the phrase, counted from nought.
    Word(usize),
    /// That argument of a call that the phrase opens.
    Argument(usize),
    /// Behind the colon of the next word.
    AfterColon,
    /// Between the slash and the `@` of the next word, as Oracle's tools have it.
    AfterSlash,
    /// The next word, where an option before it names who logs in.
    WithUser,
    /// Behind that text on the rest of the line, perhaps after a digit that says how it is written.
    After(&'static str),
    /// Hex digits up to the next colon.
    Field,
}

use Place::{After, AfterColon, AfterSlash, Argument, Field, WithUser, Word};

const fn idiom(phrase: &'static str, place: Place, name: &'static str) -> Idiom {
    Idiom { phrase, place, name }
}

/// Every phrase. What stands there has to look like a secret too.
pub(crate) const IDIOMS: &[Idiom] = &[
    idiom("MONITOR ", Word(3), "ups_password"),
    idiom("incominguser ", Word(1), "iscsi_password"),
    idiom("outgoinguser ", Word(1), "iscsi_password"),
    idiom("--plaintext ", Word(0), "password"),
    idiom("net user ", Word(1), "password"),
    idiom("ConvertTo-SecureString ", Word(0), "password"),
    idiom("ConvertTo-SecureString -String ", Word(0), "password"),
    idiom("snmp community ", Word(0), "snmp_community"),
    idiom("isakmp key ", Word(0), "isakmp_key"),
    idiom("message-digest-key ", Word(2), "routing_key"),
    idiom("key-string ", Word(0), "routing_key"),
    idiom("ascii-text ", Word(0), "pre_shared_key"),
    idiom("tacacs-server ", After("key "), "tacacs_key"),
    idiom("radius-server ", After("key "), "radius_key"),
    idiom("allow ", AfterColon, "password"),
    idiom("<(printf ", Word(0), "secret"),
    idiom("<(echo ", Word(0), "secret"),
    idiom("passwd <<< ", Word(0), "password"),
    idiom("stdin <<< ", Word(0), "password"),
    idiom("> AUTH ", Word(0), "redis_password"),
    idiom("\"AUTH\" ", Word(0), "redis_password"),
    idiom(" LOGIN ", Word(1), "mail_password"),
    idiom("ed25519 a_", Word(1), "signing_key"),
    idiom("WiFi.begin(", Argument(1), "wifi_password"),
    idiom("mysqli_connect(", Argument(2), "database_password"),
    idiom("new mysqli(", Argument(2), "database_password"),
    idiom("new PDO(", Argument(2), "database_password"),
    idiom(".login(", Argument(1), "password"),
    idiom("auth=(", Argument(1), "password"),
    idiom("BasicAuth(", Argument(1), "password"),
    idiom("basic_auth(", Argument(1), "password"),
    idiom("Credentials(", Argument(1), "password"),
    idiom("localclient:", Field, "deluge_password"),
    idiom("preauthkeys create", Word(0), "preauth_key"),
    idiom("neighbor ", After("key "), "routing_key"),
    idiom("ntp authentication-key ", Word(2), "ntp_key"),
    idiom("server radius ", After("key "), "radius_key"),
    idiom("radius server ", After("key "), "radius_key"),
    idiom("server tacacs ", After("key "), "tacacs_key"),
    idiom("snmp-string ", Word(0), "snmp_community"),
    idiom("snmp-community-string ", Word(0), "snmp_community"),
    idiom("--user ", AfterColon, "password"),
    idiom("--user=", AfterColon, "password"),
    idiom("-creds ", AfterColon, "password"),
    idiom("-creds=", AfterColon, "password"),
    idiom("-credentials ", AfterColon, "password"),
    idiom(" -p ", WithUser, "password"),
    idiom(" -P ", WithUser, "password"),
    idiom("sqlplus ", AfterSlash, "database_password"),
    idiom("impdp ", AfterSlash, "database_password"),
    idiom("expdp ", AfterSlash, "database_password"),
    idiom("rman target ", AfterSlash, "database_password"),
    idiom("/rp ", Word(0), "password"),
    idiom("NetworkCredential(", Argument(1), "password"),
    idiom("auth-pass ", Word(1), "redis_password"),
    idiom("/snmp community ", After("name="), "snmp_community"),
    idiom("stats auth ", AfterColon, "password"),
    idiom("acme_dns ", Word(1), "dns_token"),
    idiom("dns cloudflare ", Word(0), "dns_token"),
    idiom("dns hetzner ", Word(0), "dns_token"),
    idiom("dns duckdns ", Word(0), "dns_token"),
    idiom("dns digitalocean ", Word(0), "dns_token"),
    idiom("dns gandi ", Word(0), "dns_token"),
    idiom("dns desec ", Word(0), "dns_token"),
    idiom("dns porkbun ", Word(0), "dns_token"),
    idiom("login with ", After(" / "), "password"),
    idiom("encrypted secret key", Word(0), "secret_key"),
];

/// The secret behind the phrase at `at`.
pub(crate) fn secret_at(page: &Page<'_>, idiom: &Idiom, at: usize) -> Option<Span> {
    let start = at + idiom.phrase.len();
    // Words of protocols are written as here; prose that has them is not.
    let is_upper = idiom.phrase.bytes().any(|byte| byte.is_ascii_uppercase());
    if is_upper && !page.text[at..].starts_with(idiom.phrase) {
        return None;
    }
    let range = match idiom.place {
        Word(index) => word(page, start, index)?,
        Argument(index) => argument(page, start, index)?,
        AfterColon => {
            let word = word(page, start, 0)?;
            let user = page.text[word.clone()].find(':')?;
            word.start + user + 1..word.end
        }
        AfterSlash => {
            let word = word(page, start, 0)?;
            let login = &page.text[word.clone()];
            let user = login.find('/')? + 1;
            let end = login[user..].find('@').map_or(login.len(), |at| user + at);
            word.start + user..word.start + end
        }
        WithUser => {
            let before = page.before(at);
            let names = [" -u ", " -U ", " --user ", " --username ", " -username ", " -user "];
            let word = word(page, start, 0)?;
            let said = &page.text[word.clone()];
            let is_other =
                ["mkdir", " cp", " tar", " rsync", " scp"].iter().any(|program| before.ends_with(program));
            if is_other || !names.iter().any(|name| before.contains(name)) || said.contains([':', '=', '/']) {
                return None;
            }
            word
        }
        After(text) => {
            let rest = page.rest(start);
            let key = rest.find(text)? + text.len();
            let is_kind = rest[key..].starts_with(|first: char| first.is_ascii_digit())
                && rest[key + 1..].starts_with(' ');
            word(page, start + key, usize::from(is_kind))?
        }
        Field => {
            let rest = page.rest(start);
            start..start + rest.find(':')?
        }
    };
    let said = &page.text[range.clone()];
    let is_strict = matches!(idiom.phrase, " LOGIN " | "allow " | ".login(" | "net user ");
    let fits = said.len() >= if idiom.phrase == "login with " { 8 } else { 4 }
        && (is_opaque(said) || is_random(said))
        && !(is_strict && said.starts_with(['/', '-']))
        && !said.contains("\\n")
        && !is_reference(said)
        && !is_stand_in(said);
    fits.then(|| Span::new(range, idiom.name))
}

/// That word from `start` on, over a line end when nothing is left on this one, without quotation marks.
fn word(page: &Page<'_>, start: usize, index: usize) -> Option<Range<usize>> {
    let rest = page.rest(start);
    let (start, rest) = if rest.trim().is_empty() {
        let next = page.next_line(start)?;
        (next, page.rest(next))
    } else {
        (start, rest)
    };
    let word = rest.split_whitespace().nth(index)?;
    let at = rest
        .match_indices(word)
        .map(|(at, _)| at)
        .find(|at| rest[..*at].split_whitespace().count() == index)?;
    let bare = word.trim_matches(['"', '\'', ';', ',', ')']);
    let offset = at + word.find(bare)?;
    Some(start + offset..start + offset + bare.len())
}

/// That argument of a call, if it is a string.
fn argument(page: &Page<'_>, start: usize, index: usize) -> Option<Range<usize>> {
    let mut at = start;
    for _ in 0..index {
        let rest = page.rest(at);
        let blanks = rest.len() - rest.trim_start().len();
        let past = match quoted::mark(&rest[blanks..]) {
            Some(_) => quoted::read(page, at + blanks)?.end,
            None => at,
        };
        at = past + page.rest(past).find(',')? + 1;
    }
    let rest = page.rest(at);
    let blanks = rest.len() - rest.trim_start().len();
    quoted::mark(&rest[blanks..])?;
    Some(quoted::read(page, at + blanks)?.inner).filter(|inner| !inner.is_empty())
}

/// `send "secret\r"`, as scripts of expect answer a prompt.
pub(crate) fn sent_at(page: &Page<'_>, at: usize) -> Option<Span> {
    if !page.before(at).contains("assword") && !page.before(at).contains("assphrase") {
        return None;
    }
    let quoted = quoted::read(page, at + "send ".len())?;
    let said = page.text[quoted.inner.clone()].trim_end_matches("\\r").trim_end_matches("\\n");
    let range = quoted.inner.start..quoted.inner.start + said.len();
    (said.len() >= 4 && !is_reference(said) && !is_stand_in(said)).then(|| Span::new(range, "password"))
}

/// Lines of `user:password` below cloud-init's `chpasswd:`.
pub(crate) fn logins_below(page: &Page<'_>, at: usize) -> Vec<Span> {
    let mut found = Vec::new();
    let mut next = page.next_line(at);
    for _ in 0..24 {
        let Some(start) = next else { break };
        let line = page.rest(start);
        if !line.starts_with([' ', '\t']) && !line.is_empty() {
            break;
        }
        next = page.next_line(start);
        let text = line.trim().trim_start_matches("- ").trim_matches(['"', '\'']);
        let Some((user, password)) = text.split_once(':') else { continue };
        let is_login =
            !user.contains(' ') && !password.contains(' ') && is_opaque(password) && !is_reference(password);
        if let Some(offset) = line.rfind(password).filter(|_| is_login) {
            found.push(Span::new(
                start + offset..start + offset + password.len(),
                &format!("{user}_password"),
            ));
        }
    }
    found
}
