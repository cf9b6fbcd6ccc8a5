//! Names of what is secret, in the spellings that they are met in, and names that only look like it.

/// How the words of a name are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    Snake,
    Upper,
    Kebab,
    Camel,
    Pascal,
    /// With blanks, as people say it.
    Spoken,
}

impl Spelling {
    pub(super) fn spell(self, name: &str) -> String {
        let words: Vec<&str> = name.split(' ').collect();
        let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
        match self {
            Self::Snake => words.join("_"),
            Self::Upper => words.join("_").to_uppercase(),
            Self::Kebab => words.join("-"),
            Self::Pascal => words.iter().map(|word| capital(word)).collect(),
            Self::Camel => {
                words[0].to_owned() + &words[1..].iter().map(|word| capital(word)).collect::<String>()
            }
            Self::Spoken => name.to_owned(),
        }
    }
}

/// Whatever stands under them goes.
#[rustfmt::skip]
pub(super) const SURE: &[&str] = &[
    "password", "db password", "admin passwd", "root pw", "smtp pass", "user pwd", "wifi passphrase", "login passcode",
    "client secret", "jwt secret", "shared secret", "session secret", "wpa psk", "pre shared key",
    "vnc passwd", "sudo pass", "keystore password", "mqtt pw", "bind pw", "encryption passphrase", "db1 password",
    "password2", "secret", "passwort", "kennwort", "wachtwoord", "senha", "contrasena", "haslo", "geheimnis",
    "mot de passe", "losenord", "salasana", "heslo", "pswd", "ftp pass2", "cookie secret", "otp secret",
];

/// Unless it is a plain word.
#[rustfmt::skip]
pub(super) const LIKELY: &[&str] = &[
    "api key", "apikey", "access token", "auth token", "bot token", "token", "private key", "encryption key", "signing key",
    "license key", "activation key", "join token", "recovery key", "master key", "access key", "hmac key", "user token",
    "webhook token", "bearer token", "deploy token", "refresh token", "id token", "session token", "csrf token", "totp seed",
    "admin key", "service key", "integration key", "secret access key", "storage account key", "unlock code", "backup code",
    "pairing code", "zugangscode", "api secret", "app secret key", "personal access token", "jwt", "cluster token", "node token", "registration token",
    "auth key", "session key", "app key", "push key", "db encryption key", "ingest key", "write key", "machine token",
];

/// Say something about a secret, or about something else.
#[rustfmt::skip]
pub(super) const ABOUT: &[&str] = &[
    "password file", "token ttl", "secret name", "key id", "public key", "token type", "password policy", "max tokens",
    "key size", "primary key", "passthrough mode", "bypass list", "author name", "monkey count", "keyboard layout",
    "session timeout", "token url", "secret store", "key algorithm", "password hint", "pin count", "sort key", "cache key",
];
