//! What may stand under the name of a secret without being one.

use crate::page::{Parts, begins_with, run};
use crate::placeholder;

/// Points to where the secret is.
pub(crate) fn is_reference(value: &str) -> bool {
    let value = value.trim_start_matches(['"', '\'', '\\']);
    #[rustfmt::skip]
    const BEGINNINGS: &[&str] = &[
        "${", "$(", "$$(", "$$", "{{", "{%", "<%", "%(", "#{", "!secret", "!vault", "!env", "!ENV", "!ref", "!Ref",
        "!Sub", "env:", "ENV[", "env(", "file:", "vault:", "op://", "sops:", "aws:", "arn:", "keyring:", "bw:",
        "pass:show", "secret://", "ref+", "$__", "process.env", "os.environ", "os.getenv", "getenv", "secrets.",
        "var.", "local.", "data.", "config.", "settings.", "self.", "this.", "args.", "ENC[", "$ANSIBLE_VAULT",
        "`pass ", "@@", "kv/", "secret/data", "%{", "{env.", "ssm:", "doppler:", "infisical", "System.getenv",
        "lookup(", "[[secret:", "credential:", "secretKeyRef",
    ];
    if begins_with(value, BEGINNINGS) && !is_dollar_hash(value) || is_sealed(value) {
        return true;
    }
    // Of an expression that looks for it.
    if value.starts_with(".*") || value.starts_with(".+") || value.starts_with("[^") {
        return true;
    }
    // $NAME and ${NAME}, %NAME%, @NAME@
    let inner = |mark: char| value.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let is_variable = |name: &str| {
        is_name(name) && (name.bytes().all(|byte| !byte.is_ascii_lowercase()) || !has_digit(name))
    };
    // What comes after a blank is the command that the variable is set for.
    let word = value.split_whitespace().next().unwrap_or_default();
    word.strip_prefix('$').is_some_and(|name| {
        is_variable(name.split(['/', '|', ',', ';', ')', '"', '\'']).next().unwrap_or_default())
    }) || inner('%').is_some_and(is_name)
        || inner('@').is_some_and(is_name)
        || is_path(value)
        || placeholder::is_in(value)
}

/// What a controller of Kubernetes encrypted for itself, or Bitwarden: `AgB…`, `2.…|…|…`.
fn is_sealed(value: &str) -> bool {
    let is_base64 =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
    value.starts_with("Ag") && value.len() >= 80 && is_base64(value)
        || value.starts_with("2.") && value.split('|').count() == 3 && value[2..].split('|').all(is_base64)
}

/// `$1$…`, `$2y$…`, `$$apr1$$…`: hashes, which begin like variables.
fn is_dollar_hash(value: &str) -> bool {
    let inner = value.trim_start_matches('$');
    inner.find('$').is_some_and(|at| {
        (1..14).contains(&at) && inner[..at].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    }) && value.len() > 20
}

/// A file's place.
pub(crate) fn is_path(value: &str) -> bool {
    if value.starts_with("C:\\") {
        return true;
    }
    let plain = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'/' | b'.' | b'-' | b'_' | b'~' | b'@' | b':' | b'%' | b'$' | b'{' | b'}')
    };
    if !value.contains('/') || !value.bytes().all(plain) {
        return false;
    }
    let named = |name: &[u8]| {
        name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    };
    let parts = || value.as_bytes().split(|byte| *byte == b'/');
    if parts().any(|part| part.len() >= 40) {
        return false;
    }
    let is_deep = parts().filter(|part| !part.is_empty() && named(part)).nth(1).is_some();
    if ["/", "~/", "./", ".."].iter().any(|root| value.starts_with(root)) {
        return is_deep || value.contains('.') || value.len() < 16 || !has_digit(value);
    }
    is_deep
        && !value.contains("://")
        && value.bytes().filter(u8::is_ascii_digit).count() * 4 < value.len()
        && value.bytes().filter(u8::is_ascii_uppercase).count() * 8 < value.len()
}

/// Stands for a secret in documentation, or where one was taken out.
pub(crate) fn is_stand_in(value: &str) -> bool {
    #[rustfmt::skip]
    const WHOLE: &[&str] = &[
        "password", "passwd", "pass", "pwd", "secret", "token", "changeme", "change_me", "change-me", "changeit",
        "replaceme", "replace_me", "replace-me", "example", "placeholder", "redacted", "hidden", "masked", "todo",
        "tbd", "fixme", "dummy", "sample", "mypassword", "yourpassword", "your_password", "foobar", "xxx", "none",
        "null", "nil", "undefined", "n/a", "na", "unset", "empty", "user", "username", "mysecret", "apikey",
        "api_key", "api-key", "mytoken", "uuid", "s3cr3t-goes-here",
    ];
    #[rustfmt::skip]
    static PARTS: Parts = Parts::new(&[
        "your-", "your_", "<your", "example", "placeholder", "changeme", "change-me", "change_me", "replace_with",
        "replace-with", "redacted", "insert_", "insert-", "goes-here", "goes_here", "xxxxxx", "000000000000",
        "-here>", "_here>",
    ]);
    let bare = value.trim_matches(|mark: char| matches!(mark, '"' | '\'' | '`' | ',' | ';' | '.' | '!'));
    let low = bare.to_ascii_lowercase();
    let framed = |open: char, close: char| bare.starts_with(open) && bare.ends_with(close) && bare.len() < 60;
    let same = bare.bytes().skip(1).all(|byte| Some(&byte) == bare.as_bytes().first());
    let masked =
        bare.bytes().filter(|byte| matches!(byte, b'*' | b'.' | b'-' | b'x' | b'X' | b'#' | b'_')).count()
            == bare.len();
    let bullets =
        !bare.is_empty() && bare.chars().all(|character| matches!(character, '•' | '●' | '…' | '*' | '.'));
    // The word for it in a person's language.
    let is_its_name = !has_digit(bare)
        && [
            "password",
            "passwort",
            "kennwort",
            "mot de passe",
            "wachtwoord",
            "geheimnis",
            "geheim",
            "secret",
            "sleutel",
            "clave",
            "contraseña",
            "hasło",
            "senha",
            "token",
            "schlüssel",
            "api-schlüssel",
        ]
        .iter()
        .any(|name| low.starts_with(name));
    WHOLE.contains(&low.as_str())
        || is_spelled_out(&low)
        || is_counted(bare)
        || is_its_name && low.len() < 32
        || PARTS.are_in(&low)
        || framed('*', '*') && !has_digit(bare)
        || (framed('<', '>') && !bare.contains("</"))
        || ((framed('[', ']') || framed('(', ')')) && !has_digit(bare))
        || is_opened(bare)
        || is_shouted(bare)
        || low.starts_with("[redacted")
        || low.contains("****")
        || (bare.ends_with("...") || bare.ends_with('…'))
        || same
        || masked
        || bullets
}

/// `0123456789abcdef`, `abcdef.0123456789abcdef`: counted up, as manuals make long values.
fn is_counted(bare: &str) -> bool {
    let steps = bare.as_bytes().windows(2).filter(|pair| {
        pair[1] == pair[0].wrapping_add(1)
            || matches!(
                (pair[0], pair[1]),
                (b'9', b'0' | b'a' | b'A') | (b'f', b'0' | b'1') | (b'F', b'0' | b'1')
            )
    });
    let is_hex = bare.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'.');
    bare.len() >= 16 && is_hex && steps.count() * 10 >= (bare.len() - 1) * 8
}

/// `mysecretpassword`, `my-secret-pw`, `some_token`: what it is called, and nothing else.
fn is_spelled_out(low: &str) -> bool {
    const NOUNS: &[&str] = &["password", "passwd", "passphrase", "secret", "token", "pass", "key", "pw"];
    const FILLERS: &[&str] = &[
        "my", "your", "some", "the", "api", "here", "goes", "put", "insert", "enter", "replace", "with", "-",
        "_",
    ];
    if low.len() > 40 {
        return false;
    }
    let mut rest = low;
    let mut nouns = 0;
    while !rest.is_empty() {
        let noun = NOUNS.iter().find_map(|noun| rest.strip_prefix(noun));
        nouns += usize::from(noun.is_some());
        match noun.or_else(|| FILLERS.iter().find_map(|filler| rest.strip_prefix(filler))) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    nouns > 0
}

/// `NEWPASS`, `YOUR_TOKEN`: what manuals write where a value belongs.
fn is_shouted(bare: &str) -> bool {
    let ends = ["PASS", "PASSWORD", "PASSWD", "TOKEN", "SECRET", "KEY", "PASSPHRASE", "_PIN", "_PSK"];
    let is_sentence =
        bare.matches('_').count() >= 3 && bare.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    is_sentence
        || bare.len() < 32
            && bare.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
            && ends.iter().any(|end| bare.ends_with(end))
}

/// `<output` of `<output of: …>`: words in brackets, of which only the first is looked at.
fn is_opened(bare: &str) -> bool {
    bare.strip_prefix(['<', '('])
        .is_some_and(|word| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// Says how things are, not what the secret is.
pub(super) fn is_state(value: &str) -> bool {
    #[rustfmt::skip]
    const STATES: &[&str] = &[
        "true", "false", "yes", "no", "on", "off", "ok", "set", "none", "null", "nil", "required", "optional",
        "enabled", "disabled", "missing", "invalid", "valid", "incorrect", "correct", "wrong", "expired", "changed",
        "updated", "accepted", "rejected", "failed", "strong", "weak", "unset", "empty", "default", "prompt", "ask",
        "never", "always", "auto", "string", "text", "str", "bool", "boolean", "int", "integer", "number",
        "varchar", "hashed", "encrypted", "hidden", "unknown", "md5", "scram-sha-256", "sha256", "sha512",
        "argon2id", "bcrypt", "plain", "plaintext", "cleartext", "sufficient", "requisite", "include", "file",
        "vault", "env", "secretstr", "any", "undefined", "password", "object", "array", "ldap", "strict", "char",
        "uuid", "protected", "authelia", "keyring", "files", "compat", "sss", "cache", "match", "mismatch",
        "expected", "found", "authentication", "chauthtok", "show", "ls", "insert", "siehe", "see", "clear", "stored", "unchanged", "same", "wie", "public", "private",
    ];
    // Rules of forms.
    if value.contains('|')
        && (value.starts_with("required|") || value.contains("|min:") || value.contains("|max:"))
    {
        return true;
    }
    // A passphrase may begin with any word, a list of databases does not.
    let mut words = value.split_whitespace();
    let first = words.next().unwrap_or_default();
    if let Some(second) = words.next() {
        // `string (nullable = true)`
        if second.starts_with('(') && matches!(first, "string" | "text" | "varchar" | "integer" | "char") {
            return true;
        }
        return matches!(first, "files" | "compat" | "sss");
    }
    let low =
        first.trim_end_matches([',', ';', '.', ')', '!', '?', '"', '\'', '}', ']', ':']).to_ascii_lowercase();
    STATES.contains(&low.as_str())
}

/// Meant to be seen: keys and certificates to give away, fingerprints, digests that say what they are.
pub(super) fn is_public(value: &str) -> bool {
    #[rustfmt::skip]
    const BEGINNINGS: &[&str] = &[
        "ssh-rsa ", "ssh-ed25519", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa", "SHA256:", "sha256:", "sha512:", "sha1:",
        "MD5:", "sha256-", "sha512-", "sha256/", "-----BEGIN", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0t", "age1",
        "http://", "https://", "sha384-", "UPID:", "GPIO", "nodekey:", "mkey:", "discokey:", "nlpub:", "tlpub:",
    ];
    begins_with(value, BEGINNINGS) || is_colon_hex(value) || is_login(value) || is_key_id(value)
}

/// The ids of keys of AWS, Scaleway and Garage, which have a secret beside them.
pub(crate) fn is_key_id(value: &str) -> bool {
    let is_capital = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let is_of = |begin: &str, length: usize| {
        value.strip_prefix(begin).is_some_and(|rest| rest.len() == length && is_capital(rest))
    };
    let is_garage = value
        .strip_prefix("GK")
        .is_some_and(|rest| rest.len() == 24 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    is_of("AKIA", 16) || is_of("ASIA", 16) || is_of("SCW", 17) || is_garage
}

/// Somebody who logs in to Proxmox VE: `eva@pve`, `backup@pbs`.
pub(super) fn is_login(value: &str) -> bool {
    value.split_once('@').is_some_and(|(name, realm)| {
        matches!(realm, "pam" | "pve" | "pbs" | "pmg")
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    })
}

/// MAC addresses and fingerprints: pairs of hex digits with colons.
fn is_colon_hex(value: &str) -> bool {
    value.len() >= 11
        && value.split(':').all(|pair| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Code: a call, an index, a member, a type.
pub(super) fn is_expression(value: &str) -> bool {
    let first = value.split_whitespace().next().unwrap_or_default();
    let name = run(first, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':'));
    let after = first[name..].chars().next();
    let plain_name = name > 1 && (!has_digit(&first[..name]) || first[..name].contains('.'));
    (plain_name && matches!(after, Some('(' | '[' | '<'))) && !first.ends_with('!')
        || value == "{"
        || value == "["
        || value == "|"
        || value == ">"
        || value == "("
        || value.starts_with("=")
        || value.starts_with("&str")
        || value.starts_with("lambda")
        || value.starts_with("new ")
        || value.starts_with("await ")
        || value.starts_with("yield ")
        || value.starts_with("ConvertTo-")
        || value.starts_with("Get-")
        || value.starts_with("Read-Host")
        || value.starts_with("function")
        || value.starts_with("{ ")
        || value.starts_with("[") && value.ends_with(']') && !has_digit(value)
        || value.starts_with("()")
        || value.starts_with("(none)")
        || value.starts_with("req.")
        || value.starts_with("request.")
        || is_member(value)
        || is_indexed(first)
        || is_call(first)
        || (first.ends_with(';') && !has_digit(first) && value.len() == first.len() && is_state(first))
}

/// `bin2hex(random_bytes(32));`
fn is_call(first: &str) -> bool {
    let name = run(first, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    let is_closed = first.trim_end_matches([';', ',']).ends_with(')');
    name > 2
        && first.starts_with(|first: char| first.is_ascii_alphabetic())
        && first[name..].starts_with('(')
        && is_closed
}

/// `$_POST['password']`, `$user->name`
fn is_indexed(first: &str) -> bool {
    let Some(rest) = first.strip_prefix('$') else { return false };
    let name = run(rest, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
    name > 1 && (rest[name..].starts_with(['[', '(']) || rest[name..].starts_with("->"))
}

/// `form.elements.password.value;`
fn is_member(value: &str) -> bool {
    let chain = value.trim_end_matches([';', ',', ')']);
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
    };
    let last = chain.rsplit('.').next().unwrap_or_default();
    // What is left of names when programs are made small.
    let is_small =
        chain.split('.').count() == 2 && chain.find('.').is_some_and(|at| at <= 2) && chain.len() <= 6;
    if is_small && chain.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.') {
        return true;
    }
    chain.split('.').all(is_name)
        && (chain.matches('.').count() >= 2
            || chain.contains('.')
                && matches!(
                    last,
                    "value" | "text" | "password" | "token" | "secret" | "key" | "length" | "data"
                ))
}

/// A sentence: several words, and among them such as no passphrase has.
pub(crate) fn is_prose(value: &str) -> bool {
    #[rustfmt::skip]
    const GRAMMAR: &[&str] = &[
        "the", "a", "an", "is", "are", "was", "not", "no", "see", "in", "of", "for", "from", "with", "to", "must",
        "should", "be", "been", "your", "you", "use", "using", "set", "and", "or", "on", "at", "by", "if", "this",
        "that", "has", "have", "can", "cannot", "will", "it", "its", "expected", "unexpected", "found", "required",
        "failed", "error", "invalid", "please", "has", "did", "does", "der", "die", "das", "ist", "updated",
        "successfully", "supplied", "change", "again", "we", "i", "stored", "none", "wird", "wurde", "per", "siehe", "im", "und", "nicht", "via", "when", "may", "instead",
        "le", "la", "les", "des", "est", "pas", "pour", "dans", "avec", "el", "los", "las", "para", "con", "het", "een", "niet", "voor", "wir", "sie",
        "mit", "von", "auf", "den", "dem", "ein", "eine", "than", "then", "least", "only", "still",
    ];
    let mut words = value.split_whitespace();
    let several = words.clone().nth(1).is_some();
    several
        && words.any(|word| {
            let word = word.trim_matches(|mark: char| mark.is_ascii_punctuation()).to_ascii_lowercase();
            GRAMMAR.contains(&word.as_str())
        })
}

pub(super) fn has_digit(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_digit())
}
