//! Addresses that let in whoever has them: a password before the `@`, or a path that is a secret itself.

use super::persons::is_given;
use crate::core_of::core_of;
use crate::key::harmless::{is_reference, is_stand_in};
use crate::key::judge::{is_opaque, is_random, is_scrambled, is_uuid};
use crate::page::{Page, offset, run, run_back};
use crate::span::Span;

/// What ends an address in running text.
fn ends(mark: char) -> bool {
    mark.is_whitespace() || matches!(mark, '"' | '\'' | '`' | '<' | '>' | '\0')
}

/// The password, or lone token, before the `@` of an address whose `://` is at `at`.
pub(crate) fn userinfo_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let start = at + 3;
    let rest = page.rest(start);
    let address = &rest[..rest.find(ends).unwrap_or(rest.len())];
    let authority = &address[..authority_length(address)];
    let info = &authority[..authority.rfind('@')?];
    let scheme_start = at
        - run_back(page.before(at), |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
        });
    let scheme = &page.text[scheme_start..at];
    if let Some((user, password)) = info.split_once(':') {
        let begin = start + user.len() + 1;
        let core = core_of(password)?;
        let fits = password.len() >= 3 && !is_reference(password) && !is_stand_in(password);
        return fits.then(|| Span::new(begin + core.start..begin + core.end, &format!("{scheme}_password")));
    }
    let core = core_of(info)?;
    let is_token = is_random(info)
        || core.start > 0
        || matches!(scheme, "tgram" | "discord" | "pover" | "ss" | "slack" | "telegram" | "pushover")
            && info.len() >= 16;
    (is_token && !is_reference(info) && !is_stand_in(info))
        .then(|| Span::new(start + core.start..start + core.end, &format!("{scheme}_token")))
}

/// `scan:x@nas.lan`, where no scheme says what it is; the `@` is at `at`.
pub(crate) fn bare_login_at(page: &Page<'_>, at: usize) -> Option<Span> {
    const OTHER: &[&str] = &[
        "mailto", "to", "from", "cc", "bcc", "acct", "sip", "xmpp", "email", "mail", "by", "npm", "pkg",
        "user",
    ];
    let before = page.before(at);
    let word = &before[before.len()
        - run_back(before, |byte| {
            byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'`' | b'(' | b'<' | b'=' | b',')
        })..];
    let (user, password) = word.split_once(':')?;
    let rest = page.rest(at + 1);
    let host = &rest[..run(rest, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))];
    let is_number =
        host.split('.').count() == 4 && host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let is_host = is_number
        || host.contains('.')
            && host
                .rsplit('.')
                .next()
                .is_some_and(|last| last.len() > 1 && last.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let is_user =
        run(user, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')) == user.len();
    let fits = is_host
        && is_user
        && user.len() > 1
        && !OTHER.iter().any(|other| user.eq_ignore_ascii_case(other))
        && !password.contains(['/', ':'])
        && is_given(password);
    fits.then(|| Span::new(at - password.len()..at, "password"))
}

/// Up to the path; a password with a slash in it is taken in when only then an `@` is found.
fn authority_length(address: &str) -> usize {
    let plain = address.find(['/', '?', '#']).unwrap_or(address.len());
    if address[..plain].contains('@') {
        return plain;
    }
    let has_password = address[..plain].split_once(':').is_some_and(|(_, port)| {
        !port.is_empty() && !port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('$')
    });
    match address.rfind('@') {
        Some(at) if has_password => at + 1,
        _ => plain,
    }
}

/// `user:password@tcp(host)`: how Go writes it, without a scheme.
pub(crate) fn go_source_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let before = page.before(at);
    let info = &before[before.len()
        - run_back(before, |byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'=' | b','))..];
    let (_, password) = info.split_once(':')?;
    let fits = password.len() >= 3 && !is_reference(password) && !is_stand_in(password);
    fits.then(|| Span::new(at - password.len()..at, "database_password"))
}

/// `WIFI:T:WPA;S:name;P:password;;`: what the pictures for phones say.
pub(crate) fn wifi_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let rest = page.rest(at);
    let start = ["WIFI:P:", ";P:"].iter().find_map(|lead| Some(rest.find(lead)? + lead.len()))?;
    let value = &rest[start..];
    let mut from = 0;
    let end = loop {
        let end = from + value[from..].find(';')?;
        // A semicolon of the password has a backslash before it.
        if !value[..end].ends_with('\\') {
            break end;
        }
        from = end + 1;
    };
    let said = &value[..end];
    (said.len() >= 4 && !is_reference(said) && !is_stand_in(said))
        .then(|| Span::new(at + start..at + start + end, "wifi_password"))
}

/// An address whose path is the secret.
pub(crate) struct Path {
    /// What stands right before the secret; also what the text is searched for.
    pub(crate) lead: &'static str,
    /// Parts of the path to pass over first.
    skip: usize,
    form: Form,
    name: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Any part of at least this length.
    Any(usize),
    Uuid,
    /// Looks made by chance.
    Opaque,
    /// Fifteen letters and digits or more, by chance.
    Share,
    /// Forty letters and digits by chance, as bridges for lamps give them to their users.
    Forty,
}

const fn path(lead: &'static str, skip: usize, form: Form, name: &'static str) -> Path {
    Path { lead, skip, form, name }
}

/// Paths that are capabilities.
pub(crate) const PATHS: &[Path] = &[
    path("hooks.slack.com/services/", 0, Form::Any(16), "slack_webhook"),
    path("hooks.slack.com/workflows/", 3, Form::Any(16), "slack_webhook"),
    path("/api/webhooks/", 0, Form::Any(16), "discord_webhook"),
    path("hc-ping.com/", 0, Form::Any(16), "ping_url"),
    path("/ping/", 0, Form::Uuid, "ping_url"),
    path("/api/push/", 0, Form::Any(8), "push_url"),
    path("/IncomingWebhook/", 0, Form::Any(16), "teams_webhook"),
    path("ntfy.sh/", 0, Form::Opaque, "ntfy_topic"),
    path("/api/webhook/", 0, Form::Opaque, "webhook"),
    path("/webhook/", 0, Form::Uuid, "webhook"),
    path("/with/key/", 0, Form::Any(12), "ifttt_key"),
    path("/hooks/catch/", 1, Form::Any(5), "zapier_webhook"),
    path("/hooks/", 0, Form::Opaque, "webhook"),
    path("cronitor.link/p/", 0, Form::Any(16), "ping_url"),
    path("cronitor.link/", 0, Form::Opaque, "ping_url"),
    path("/heartbeat/", 0, Form::Opaque, "ping_url"),
    path("/webhookb2/", 2, Form::Any(16), "teams_webhook"),
    path("/public-calendars/", 0, Form::Opaque, "calendar_url"),
    path("/s/", 0, Form::Share, "share_url"),
    path("/private-", 0, Form::Opaque, "calendar_url"),
    path("nosnch.in/", 0, Form::Any(8), "ping_url"),
    path("api.telegram.org/bot", 0, Form::Any(30), "telegram_bot_token"),
    path("/webhooks/incoming/", 0, Form::Opaque, "webhook"),
    path("healthchecks.io/ping/", 0, Form::Any(16), "ping_url"),
    path("/api/v1/push/", 0, Form::Opaque, "push_url"),
    path("vmess://", 0, Form::Any(40), "vmess_config"),
    path("/r/", 0, Form::Uuid, "webhook"),
    path("webhook.site/", 0, Form::Uuid, "webhook"),
    path("pipedream.net/", 0, Form::Opaque, "webhook"),
    path("login.tailscale.com/a/", 0, Form::Any(8), "login_url"),
    path("/reset-password/", 0, Form::Opaque, "reset_url"),
    path("/password/reset/", 0, Form::Opaque, "reset_url"),
    path("/invite/", 0, Form::Opaque, "invite_url"),
    path("/share/", 0, Form::Opaque, "share_url"),
    path("/api/", 0, Form::Forty, "bridge_user"),
    path("/integrations/deploy/", 1, Form::Any(8), "deploy_hook"),
    path("/integrations/generic/", 2, Form::Any(16), "alert_hook"),
    path("loggly.com/inputs/", 0, Form::Uuid, "log_token"),
    path("\"inputs/", 0, Form::Uuid, "log_token"),
    path("/bulk/", 0, Form::Uuid, "log_token"),
    path("/reset/", 0, Form::Opaque, "reset_url"),
    path("/password_reset/", 0, Form::Opaque, "reset_url"),
    path("/magic-link/", 0, Form::Opaque, "login_url"),
    path("/verify-email/", 0, Form::Opaque, "verify_url"),
    path("?appid=", 0, Form::Opaque, "weather_key"),
    path("&appid=", 0, Form::Opaque, "weather_key"),
    path("/feed/private/", 0, Form::Opaque, "feed_url"),
];

/// The secret part of an address, `lead` standing at `at`.
pub(crate) fn path_at(page: &Page<'_>, path: &Path, at: usize) -> Option<Span> {
    let mut start = at + path.lead.len();
    let rest = page.rest(start);
    let address = &rest[..rest.find(ends).unwrap_or(rest.len())];
    let mut parts = address.split(['/', '?', '#', '&']);
    for _ in 0..path.skip {
        start += parts.next()?.len() + 1;
    }
    // Slack parts its secret in three, Discord in two.
    let is_two = path.lead == "/hooks/"
        && address.split('/').nth(1).is_some_and(|part| part.len() >= 16 && is_opaque(part));
    let is_whole = path.name == "slack_webhook" || path.name == "discord_webhook" || is_two;
    let part = if is_whole {
        &address[..address.find(['?', '#']).unwrap_or(address.len())]
    } else {
        parts.next()?
    };
    // Its own characters only: what follows may be a bracket or a full stop.
    let length = run(part, |byte| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'%' | b':' | b'+' | b'=' | b'@')
            || byte == b'/' && is_whole
    });
    let part = part[..length].trim_end_matches(['.', ':', '@']);
    let fits = match path.form {
        Form::Any(least) => part.len() >= least,
        Form::Uuid => is_uuid(part),
        Form::Forty => {
            part.len() == 40
                && is_random(part)
                && part.bytes().any(|byte| byte.is_ascii_uppercase())
                && !part.contains('.')
        }
        Form::Share => part.len() >= 15 && is_scrambled(part) && !part.contains('.'),
        Form::Opaque => part.len() >= 8 && is_opaque(part) && !part.contains('.'),
    };
    (fits && !is_reference(part) && !is_stand_in(part))
        .then(|| Span::new(start..start + part.len(), path.name))
}

/// Services of notifiers with a token in their address.
const NOTIFIERS: &[&str] = &[
    "tgram",
    "gotify",
    "gotifys",
    "slack",
    "discord",
    "ntfy",
    "ntfys",
    "pover",
    "pbul",
    "mmost",
    "mmosts",
    "rocket",
    "rockets",
    "join",
    "prowl",
    "msteams",
    "guilded",
    "gchat",
    "ifttt",
    "simplepush",
    "spush",
    "pushover",
    "telegram",
    "teams",
    "bark",
    "lametric",
    "notica",
    "wxteams",
    "zulip",
];

/// `discord://token@id`, `tgram://token/chat`: services of notifiers, the token right behind the scheme.
pub(crate) fn notifier_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let scheme_length = run_back(page.before(at), |byte| byte.is_ascii_alphanumeric());
    let scheme = &page.text[at - scheme_length..at];
    if !NOTIFIERS.contains(&scheme) {
        return None;
    }
    let rest = page.rest(at + 3);
    let address = &rest[..rest.find(ends).unwrap_or(rest.len())];
    // Those of Gotify have fifteen characters.
    let is_token = |part: &&str| {
        is_random(part) && !part.contains('.')
            || part.len() >= 14 && is_opaque(part) && !part.contains(['.', ':'])
    };
    let part = address.split(['/', '@', '?']).find(is_token)?;
    let begin = at + 3 + offset(part, address);
    Some(Span::new(begin..begin + part.len(), &format!("{scheme}_token")))
}
