//! Secrets that stand on a line of their own, below the command or the sentence that announces them.

use super::answers::Asked;
use super::hints::Hints;
use super::traits::Traits;
use crate::core_of::core_of;
use crate::key::harmless::{is_reference, is_stand_in};
use crate::key::judge::is_opaque;
use crate::key::lexicon::{Certainty, classify};
use crate::page::{begins_with, offset};
use crate::span::Span;

/// Commands that print one secret, by what is peculiar to them; what the text is searched for.
#[rustfmt::skip]
pub(crate) const SHOWS: &[&str] = &[
    "initial-password", ".data.password}", ".data.token}", ".password}' | base64", "-field=password", "-field=token",
    "-field=secret", "pass show ", "gopass show ", "bw get password", "op read ", "cat /run/secrets/", "genkey", "genpsk", "initialAdminPassword", "get-initial-password", "kubectl create token", "sops -d --extract",
    "secret-tool lookup", "user token add ", "user generate-token ", "keyctl print", "security find-generic-password", "rclone reveal", "preauthkeys create", "apikeys create",
    "334 UGFzc3dvcmQ6", "pwgen ", "openssl rand ", "makepasswd", "xkcdpass", "/dev/urandom | base64",
    "dumpprivkey ", "/privkey.pem", "cat priv",
];

/// Those of them that make a secret up, and stand in many a manual.
const MAKES: &[&str] = &["pwgen ", "openssl rand ", "makepasswd", "xkcdpass", "/dev/urandom"];

/// Words that make a sentence about something else than the secret itself.
#[rustfmt::skip]
const ABOUT: &[&str] = &[
    "public", "fingerprint", "fingerprints", "hash", "digest", "id", "ids", "name", "names", "file", "files", "path",
    "failed", "invalid", "exist", "exists", "available", "configured", "listed", "expired", "wrong", "usage", "policy", "enter", "re-enter", "retype", "type", "no",
];

/// Whether the next line may be nothing but a secret.
pub(super) fn announces(text: &str, traits: &Traits, hints: Hints) -> bool {
    if text.len() < 8 || text.len() > 240 {
        return false;
    }
    if hints.has_show {
        let is_told = MAKES.iter().any(|make| text.contains(make)) && !is_prompt(text);
        return !is_told && !text.contains("pubkey") && !text.contains("> ");
    }
    if !hints.has_key {
        return false;
    }
    // `# /run/secrets/db_password`: the file whose content follows.
    let file = text.strip_prefix("# ").filter(|file| !file.contains(' ') || file.matches(' ').count() == 1);
    let is_file = |file: &str| {
        let path = file.rsplit(' ').next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        path.contains(['/', '.']) && classify(without_ending(name), None) >= Some(Certainty::Medium)
    };
    if file.is_some_and(is_file) {
        return true;
    }
    // Keys of signify and minisign.
    if text.ends_with("secret key") && text.contains("untrusted comment: ") {
        return true;
    }
    let is_one = text.contains(' ')
        && (prints_variable(text)
            || answers_with(text)
            || (is_typed(text, traits) || traits.has_slash() && types_out(text)) && prints_one(text));
    if is_one {
        return true;
    }
    if !text.ends_with(':') {
        return false;
    }
    let is_code = text.contains(['=', '{', '"']) || text.contains('(') && !text.contains(" (");
    !is_code && is_about_one(text)
}

/// `cat /etc/app/token`, perhaps behind `ssh nas`.
fn types_out(text: &str) -> bool {
    text.starts_with("cat /") || text.contains(" cat /")
}

/// `printenv DB_PASSWORD`, `echo "$TOKEN"`, as the last of a line.
fn prints_variable(text: &str) -> bool {
    let Some((before, name)) = text.rsplit_once(' ') else { return false };
    (before.ends_with("printenv") || before.ends_with("echo"))
        && classify(name.trim_matches(['"', '\'', '$', '{', '}']), None) >= Some(Certainty::Medium)
}

/// `1) "requirepass"` of Redis, whose value comes next; the question of a mail server for a password, encoded.
fn answers_with(text: &str) -> bool {
    if !text.ends_with('"') {
        return false;
    }
    let name =
        text.split_once(") ").filter(|(number, _)| number.len() < 3).map(|(_, name)| name.trim_matches('"'));
    name.is_some_and(|name| classify(name, None) >= Some(Certainty::Medium))
}

/// Whether a line is a command as it was typed, behind the prompt of a shell.
pub(super) fn is_prompt(text: &str) -> bool {
    is_bare_prompt(text) || is_named_prompt(text)
}

/// As [`is_prompt`], for a line of which is known what it has in it.
fn is_typed(text: &str, traits: &Traits) -> bool {
    is_bare_prompt(text) || traits.has_mark() && is_named_prompt(text)
}

fn is_bare_prompt(text: &str) -> bool {
    begins_with(text, &["$ ", "# ", "> ", "PS> ", "PS C:"])
}

/// `root@pve1:~# ls`
fn is_named_prompt(text: &str) -> bool {
    text.bytes().take(60).position(|byte| matches!(byte, b'#' | b'$')).is_some_and(|at| {
        let name = &text[..at];
        at > 0
            && text[at + 1..].starts_with(' ')
            && name.contains(['@', '~', ':'])
            && !name.trim().contains(' ')
    })
}

/// A command that prints what stands under a secret's name, or what is in a file of that name.
fn prints_one(command: &str) -> bool {
    const GETS: &[&str] = &[
        "get",
        "-g",
        "--get",
        "show",
        "read",
        "cat",
        "print",
        "--fields",
        "--field",
        "-f",
        "--query",
        "config:system:get",
        "config:app:get",
        "get_variable",
        "--key",
        "reveal",
    ];
    if command.contains("> ") && !command.starts_with("> ")
        || command.contains("pubkey")
        || command.contains(".pub")
    {
        return false;
    }
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    let gets = words.iter().any(|word| GETS.contains(word));
    let is_named = |word: &&str| {
        let name =
            word.rsplit(['/', '=', ':']).next().unwrap_or_default().trim_matches(['"', '\'', '{', '}']);
        !name.ends_with("signingkey") && classify(without_ending(name), None) >= Some(Certainty::Medium)
    };
    gets && words.iter().skip(1).any(is_named)
}

/// Endings that say nothing of what is in a file.
fn without_ending(name: &str) -> &str {
    [".txt", ".md", ".asc", ".dat", ".lst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

/// A command that prints a file of logins.
pub(super) fn lists_file(text: &str, traits: &Traits) -> bool {
    if !is_typed(text, traits) {
        return false;
    }
    let mut words = text
        .split_whitespace()
        .skip_while(|word| !matches!(*word, "cat" | "less" | "head" | "tail" | "more"));
    let is_list = |word: &str| {
        let name = without_ending(word.rsplit('/').next().unwrap_or_default());
        matches!(
            name,
            "pw" | "pws"
                | "passwords"
                | "passwd.old"
                | "logins"
                | "creds"
                | "credentials"
                | "zugang"
                | "zugangsdaten"
                | "passwort"
                | "passwoerter"
        )
    };
    words.next().is_some() && words.any(is_list)
}

/// How people ask for something without a question mark, from the second letter on: two blanks in each, or more.
const BEGS: &[&str] = &[
    "end me ",
    "ive me ",
    "ell me ",
    "eed the ",
    "hat's the ",
    "hats the ",
    "chick mir ",
    "ie heißt das ",
    "ie ist das ",
    "ie lautet ",
    "e pasas ",
    "'est quoi ",
];

/// What somebody asks for, if that is a secret.
pub(super) fn asked(text: &str, traits: &Traits) -> Option<Asked> {
    let is_question = text.ends_with('?')
        || [" please", " pls", " bitte", " svp", " por favor"].iter().any(|end| text.ends_with(end));
    let is_wish = || traits.blanks >= 2 && BEGS.iter().any(|verb| text.contains(verb));
    if !is_question && !is_wish() {
        return None;
    }
    let low = text.to_ascii_lowercase();
    // `can you send me the db pass`
    let last = low.rsplit(' ').next().unwrap_or_default();
    let before = low.rsplit(' ').nth(1);
    let is_begged = || {
        is_wish()
            && (classify(last, before) >= Some(Certainty::Medium)
                || text.contains("ie heißt das ")
                || text.contains("ie lautet "))
    };
    // `wat was de code van de fietsenstalling?`
    const OPENS: &[&str] = &[
        "code van",
        "code for",
        "code to",
        "code du",
        "code de",
        "code vom",
        "code für",
        "code del",
        "código de",
        "codice del",
    ];
    if is_question
        && text.len() < 160
        && OPENS.iter().any(|phrase| low.contains(phrase))
        && !["error", "exit", "status", "http", "source"].iter().any(|other| low.contains(other))
    {
        return Some(Asked::Code);
    }
    let asks =
        (is_question || is_begged()) && text.len() < 240 && !text.contains(['=', '{']) && is_about_one(text);
    asks.then(|| if low.contains("code") || low.contains("pin") { Asked::Code } else { Asked::Password })
}

/// How long the name is that Compose and the like write before each line of a service: `web-1  | …`.
pub(super) fn unprefixed(line: &str) -> usize {
    let Some(at) = line.find('|').filter(|at| *at < 48) else { return 0 };
    let name = line[..at].trim_end();
    let is_name = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        && !line[at + 1..].contains('|');
    if is_name && line[at + 1..].starts_with(' ') {
        at + 2
    } else if is_name && at + 1 == line.len() {
        at + 1
    } else {
        0
    }
}

/// A sentence of several words, one of which is a secret's name.
fn is_about_one(text: &str) -> bool {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.trim_matches(|mark: char| !mark.is_ascii_alphanumeric()).to_ascii_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    let named = |(at, word): (usize, &String)| {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        classify(word, before.map(String::as_str)) >= Some(Certainty::Medium)
    };
    words.len() >= 2
        && words.iter().enumerate().any(named)
        && !words.iter().any(|word| ABOUT.contains(&word.as_str()))
}

/// What a dialogue of mail servers has before what the client says.
const SPEAKERS: &[&str] = &["C: ", "client: ", "Client: ", "-> ", "~> ", ">>> ", "--> "];

/// The secret that a line is, when it is nothing else.
pub(crate) fn alone(line: &str, start: usize) -> Option<Span> {
    let text = line.trim();
    let text =
        text.split_once(") ").filter(|(number, _)| number.len() < 3).map_or(text, |(_, answer)| answer);
    let text = SPEAKERS.iter().find_map(|speaker| text.strip_prefix(speaker)).unwrap_or(text);
    let word = text.trim_matches(['"', '\'', '`', '*']);
    let is_code = (6..=12).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_capitals = word.len() >= 16 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_name = word.ends_with('=') && !word.len().is_multiple_of(4);
    let is_pair =
        is_name || word.ends_with(':') || word.trim_end_matches('=').contains('=') || word.contains(": ");
    let fits = !word.contains(char::is_whitespace)
        && word.len() >= 6
        && (is_opaque(word) || is_code || is_capitals)
        && !is_pair
        && !word.starts_with(['-', '<', '{', '[', '/'])
        && !(word.ends_with(['#', '$', '>']) && word.contains(['@', '~', ':']))
        && !word.starts_with("ssh-")
        && !word.contains("://")
        && !is_reference(word)
        && !is_stand_in(word);
    let core = core_of(word).filter(|_| fits)?;
    let at = start + offset(word, line);
    Some(Span::new(at + core.start..at + core.end, "secret"))
}
