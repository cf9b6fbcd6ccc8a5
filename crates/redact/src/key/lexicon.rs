//! Which names hold secrets, and which only look like it.

use std::sync::LazyLock;

use super::nouns::{
    ABOUT, CODE_QUALIFIERS, COMMUNITY_QUALIFIERS, COUNTING, FAINT, HARMLESS_QUALIFIERS, INNOCENT,
    KEY_QUALIFIERS, PASSWORD_ENDS, PASSWORDS, SILENT, TOKEN_ENDS, TOKENS, WEAK,
};
use super::words::Words;

/// How sure a name is that what stands under it is secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Certainty {
    /// Only if the value was made by chance: `key`, `seed`, `ticket`, which other things have too.
    Faint,
    /// Only if the value looks like nothing else: `key`, `auth`, `session`.
    Weak,
    /// Unless it is a plain word: tokens, API keys, codes.
    Medium,
    /// Whatever it is: passwords, secrets, pre-shared keys.
    Strong,
}

use Certainty::{Faint, Medium, Strong, Weak};

/// How sure `name` is to hold a secret; `before` is the word that stands before it in running text ("api" of "api key").
pub(crate) fn classify(name: &str, before: Option<&str>) -> Option<Certainty> {
    let words = Words::of(name);
    let mut count = words.len();
    while count > 1
        && has(SILENT, words.get(count - 1))
        && noun(&words, count - 1, before).is_none_or(|sure| sure <= Weak)
    {
        count -= 1;
    }
    let Some((at, certainty)) = (0..count).rev().find_map(|at| Some((at, noun(&words, at, before)?))) else {
        // What Ansible's people put into their vaults they call so.
        return (count > 1 && words.get(0) == "vault").then_some(Weak);
    };
    let after_is_about = (at + 1..count).any(|after| about(words.get(after)));
    // `max tokens`
    let is_counted = words.len() == 1
        && before.is_some_and(|word| matches!(word, "max" | "min" | "number" | "count" | "total"));
    let counted = is_counted
        || (0..at).any(|word| {
            let is_cisco = words.get(word) == "enable" && count == 2 && certainty == Strong;
            !is_cisco && has(COUNTING, words.get(word))
        });
    if after_is_about || counted {
        return None;
    }
    Some(match certainty {
        _ if at + 1 == count => certainty,
        Faint | Weak => Faint,
        Medium | Strong => Weak,
    })
}

/// Whether a word behind a secret's name makes the two about one.
pub(crate) fn is_about(word: &str) -> bool {
    if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
        about(&word.to_ascii_lowercase())
    } else {
        about(word)
    }
}

/// The words of [`ABOUT`] by their lengths: they are many, and looked for often.
static ABOUT_BY_LENGTH: LazyLock<[Vec<&str>; 20]> = LazyLock::new(|| {
    std::array::from_fn(|length| ABOUT.iter().copied().filter(|word| word.len() == length).collect())
});

fn about(word: &str) -> bool {
    ABOUT_BY_LENGTH.get(word.len()).is_some_and(|words| has(words, word))
}

/// Whether a word is in a list; most differ in length or at once.
fn has(list: &[&str], word: &str) -> bool {
    let first = word.bytes().next();
    list.iter().any(|entry| entry.len() == word.len() && entry.bytes().next() == first && *entry == word)
}

fn noun(words: &Words, at: usize, before: Option<&str>) -> Option<Certainty> {
    let word = words.get(at);
    if has(INNOCENT, word) {
        return None;
    }
    let qualifier = if at > 0 { Some(words.get(at - 1)) } else { before };
    let earlier = |list: &[&str]| {
        qualifier.is_some_and(|word| has(list, word)) || (0..at).any(|n| has(list, words.get(n)))
    };
    match word {
        "key" | "keys" => {
            return match () {
                () if qualifier.is_some_and(|word| has(HARMLESS_QUALIFIERS, word)) => None,
                // What opens a wireless network is all that there is to know.
                () if earlier(&["wlan", "wifi", "wpa", "wep", "wireless"]) => Some(Strong),
                // `pre-shared key`
                () if qualifier == Some("shared") => Some(Strong),
                () if earlier(KEY_QUALIFIERS) => Some(Medium),
                () => Some(Faint),
            };
        }
        "code" | "codes" | "código" | "codigo" | "codice" => {
            return earlier(CODE_QUALIFIERS).then_some(Medium);
        }
        "seed" | "seeds"
            if earlier(&["totp", "otp", "mfa", "2fa", "secret", "wallet", "master", "recovery"]) =>
        {
            return Some(Medium);
        }
        "phrase" => return earlier(&["seed", "recovery", "pass", "mnemonic"]).then_some(Strong),
        // The other half of a role id in Vault, the token itself in Consul and Nomad.
        "id" if qualifier == Some("secret") && at + 1 == words.len() && words.len() <= 3 => {
            return Some(Medium);
        }
        "id" if qualifier == Some("webhook") => return Some(Medium),
        "community" if earlier(COMMUNITY_QUALIFIERS) => return Some(Strong),
        "community" if words.len() == 1 => return Some(Medium),
        "material" => return earlier(&["key", "keying"]).then_some(Medium),
        "hash" if earlier(&["api", "nt", "lm"]) => return Some(Medium),
        "claim" => return earlier(&["plex"]).then_some(Medium),
        "cookie" => return earlier(&["erlang", "magic"]).then_some(Medium),
        "encrypt" => return (words.len() == 1).then_some(Weak),
        "auth" if at + 1 < words.len() => return None,
        _ => {}
    }
    if has(PASSWORDS, word) || PASSWORD_ENDS.iter().any(|end| word.ends_with(end)) {
        return Some(Strong);
    }
    if word.ends_with("salt") {
        return Some(Weak);
    }
    if word.ends_with("pass") && word.len() > 5 {
        return Some(Strong);
    }
    if word.ends_with("auth") && word.len() > 4 && at + 1 == words.len() {
        return Some(Weak);
    }
    if has(TOKENS, word) || TOKEN_ENDS.iter().any(|end| word.ends_with(end)) {
        return Some(Medium);
    }
    // Written together: `masterkey`, `accesscode`.
    let joined = |end: &str, qualifiers: &[&str]| {
        word.strip_suffix(end)
            .is_some_and(|stem| stem.len() > 2 && !matches!(stem, "time" | "user") && has(qualifiers, stem))
    };
    if joined("key", KEY_QUALIFIERS) || joined("code", CODE_QUALIFIERS) {
        return Some(Medium);
    }
    if has(FAINT, word) {
        return Some(Faint);
    }
    has(WEAK, word).then_some(Weak)
}

#[cfg(test)]
mod tests {
    use super::super::nouns::STEMS;
    use super::*;

    #[test]
    fn names_of_secrets_are_known_in_every_spelling() {
        for name in [
            "password",
            "DB_PASSWORD",
            "requirepass",
            "PGPASSWORD",
            "rootpw",
            "smtpPass",
            "wpa_passphrase",
            "client_secret",
            "PresharedKey",
            "preshared-key",
            "psk",
            "identity.secret",
            "admin_password_hash",
            "pwd",
            "userPassword",
            "cipassword",
        ] {
            assert!(classify(name, None) >= Some(Medium), "{name}");
        }
        for name in [
            "apiKey",
            "X-Api-Key",
            "access_token",
            "PrivateKey",
            "encryption_key",
            "network_key",
            "recovery_codes",
        ] {
            assert_eq!(classify(name, None), Some(Medium), "{name}");
        }
        assert_eq!(classify("key", Some("api")), Some(Medium));
        assert_eq!(classify("key", None), Some(Faint));
    }

    #[test]
    fn what_is_about_a_secret_is_not_one() {
        for name in [
            "password_file",
            "PASSWORD_FILE",
            "token_ttl",
            "TokenExpiry",
            "public_key",
            "primary_key",
            "key_length",
            "keyboard",
            "author",
            "bypass",
            "passthrough",
            "monkey",
            "max_tokens",
            "tokenizer",
            "PasswordAuthentication",
            "passed",
            "secret_name",
            "SecretKeyRef",
            "token_type",
            "ssh_key_path",
            "authority",
            "exit_code",
            "keymap",
            "password_min_length",
        ] {
            assert_eq!(classify(name, None), None, "{name}");
        }
    }

    #[test]
    fn every_noun_has_a_stem_that_finds_it() {
        let nouns =
            PASSWORDS.iter().chain(TOKENS).chain(WEAK).chain(FAINT).chain(PASSWORD_ENDS).chain(TOKEN_ENDS);
        for noun in nouns.filter(|noun| **noun != "pw") {
            assert!(STEMS.iter().any(|stem| noun.contains(stem)), "{noun}");
        }
    }
}
