//! The words that names of secrets are made of, and those that make a name say something else.

/// Beginnings of words that [`classify`] could say yes to: what the text is searched for. Every noun below contains one.
#[rustfmt::skip]
pub(crate) const STEMS: &[&str] = &[
    "pass", "pw", "psw", "secret", "token", "key", "psk", "cred", "auth", "community", "code", "phrase",
    "mnemonic", "pin", "otp", "salt", "session", "sid", "jwt", "ticket", "seed", "claim", "sig", "bearer", "hash",
    "cookie", "csrf", "xsrf", "vault_", "dbroot", "puk", "samlresponse", "kennwort", "wachtwoord", "senha", "encrypt", "hmac", "webhook", "mdp",
    "licen", "lizenz", "material", "código", "codigo", "codice", "comunidad", "communaut", "combin", "kombin", "clé", "clef",
    // Of other languages.
    "geheim", "losung", "contrase", "clave", "jeton", "parola", "chiave", "chave", "sleutel", "hasło", "haslo", "klucz",
    "senord", "lösen", "adgangs", "kodeord", "passord", "salasana", "heslo", "jelsz", "sifre", "şifre", "schlüssel",
    "schluessel", "пароль", "Пароль",
];

#[rustfmt::skip]
pub(super) const PASSWORDS: &[&str] = &[
    "passwordfld",
    "password", "passwords", "passwd", "passphrase", "passphrases", "passwort", "passcode", "pass", "pwd", "pw",
    "pswd", "secret", "psk", "authtok", "pwhash", "passhash", "kennwort", "masterauth", "passe", "wachtwoord",
    "senha", "mdp", "geheim", "geheimnis", "geheimwort", "losung", "losungswort", "contrasena", "contraseña", "contrasenya", "parola",
    "motdepasse", "hasło", "haslo", "losenord", "lösenord", "kodeord", "passord", "salasana", "heslo", "jelszo", "jelszó", "sifre",
    "şifre", "adgangskode", "пароль", "presharedkey",
];

/// Ends of words that were written together: `requirepass`, `PGPASSWORD`, `bindpw`.
#[rustfmt::skip]
pub(super) const PASSWORD_ENDS: &[&str] = &[
    "password", "passwd", "passphrase", "passcode", "pwd", "secret", "psk", "rootpw", "bindpw", "userpw", "adminpw",
    "authtok", "passwort", "kennwort", "wachtwoord", "sharedkey",
];

pub(super) const TOKENS: &[&str] = &[
    "token",
    "apikey",
    "jwt",
    "authtoken",
    "accesstoken",
    "authkey",
    "mnemonic",
    "pin",
    "otp",
    "rocommunity",
    "rwcommunity",
    "trapcommunity",
    "bearer",
    "dbroot",
    "puk",
    "samlresponse",
    "clave",
    "clé",
    "clef",
    "jeton",
    "chiave",
    "chave",
    "sleutel",
    "klucz",
];
#[rustfmt::skip]
pub(super) const TOKEN_ENDS: &[&str] = &[
    "token", "sleutel", "apikey", "secretkey", "accesskey", "privatekey", "authkey", "sharedkey", "encryptionkey", "masterkey",
    "cryptkey", "signingkey", "sessionkey", "schlüssel", "schluessel",
];

#[rustfmt::skip]
pub(super) const WEAK: &[&str] = &[
    "auth", "secrets", "credential", "credentials", "creds", "sessionid", "sid", "phpsessid", "totp", "salt", "community", "passkey",
    "csrf", "xsrf",
];

/// Other things are called so too, and have letters and digits.
pub(super) const FAINT: &[&str] =
    &["key", "keys", "tokens", "session", "seed", "ticket", "signature", "sig", "hmac"];

/// What makes a community one of SNMP, which is all that its agents ask for.
pub(super) const COMMUNITY_QUALIFIERS: &[&str] =
    &["snmp", "ro", "rw", "readonly", "readwrite", "read", "write", "trap"];

/// What makes a key one that opens something.
#[rustfmt::skip]
pub(super) const KEY_QUALIFIERS: &[&str] = &[
    "api", "secret", "private", "access", "auth", "authentication", "encryption", "encrypt", "crypt", "crypto",
    "signing", "shared", "preshared", "master", "session", "account", "application", "license", "licence",
    "activation", "security", "admin", "root", "cookie", "csrf", "jwt", "hmac", "aes", "webhook", "integration",
    "ingest", "write", "join", "wifi", "wpa", "wep", "network", "tunnel", "push", "recovery", "backup", "unlock",
    "unseal", "wireguard", "wg", "rndc", "tsig", "storage", "logged", "nonce", "in", "app", "priv", "enc", "bot",
    "fernet", "sas", "service", "ota", "link", "certificate", "user", "agent", "registration", "plex", "emby",
    "stream", "product", "client", "wlan", "consumer", "edge", "local", "nwk", "device", "option", "wireless", "setup", "enrollment", "cloud", "management",
];

/// What makes a key one that may be seen, or no key at all.
#[rustfmt::skip]
pub(super) const HARMLESS_QUALIFIERS: &[&str] = &[
    "public", "pub", "primary", "foreign", "sort", "partition", "host", "cache", "object", "group", "map", "index",
    "row", "trusted", "hot", "i18n", "metric", "label", "lookup", "routing", "route", "config", "ssh", "gpg", "apt",
    "kernel", "arrow", "compose", "shortcut", "function", "unique", "composite", "sponsor", "answer", "registry", "site", "publishable", "vapid", "repository", "websocket", "socket",
    "idempotency", "surrogate", "dedup", "deduplication", "natural", "translation", "dictionary", "search", "topology", "restore",
];

#[rustfmt::skip]
pub(super) const CODE_QUALIFIERS: &[&str] = &[
    "recovery", "backup", "pairing", "setup", "verification", "otp", "time", "2fa", "mfa", "access", "pin",
    "unlock", "scratch", "emergency", "security", "activation", "auth", "login", "alarm", "door", "homekit",
    "invite", "installer", "entry", "gate", "device", "user", "authorization", "invitation", "registration",
    // Of a German word that ends with it.
    "zugangs", "zugriffs", "tür", "tuer", "alarm", "sperr", "freischalt", "aktivierungs", "entsperr", "sicherheits",
    "wiederherstellungs", "notfall", "connect", "bestätigungs", "bestaetigungs", "verifizierungs", "einmal", "geräte", "geraete", "einrichtungs",
    "haustür", "tor", "portal", "portail", "vérification", "verificación", "verifica", "safe", "lock", "toegangs", "kopplungs", "kunden",
];

/// A word after the noun that makes the whole about a secret, not one.
#[rustfmt::skip]
pub(super) const ABOUT: &[&str] = &[
    "uuid", "guid", "accessor", "accessors",
    "file", "files", "filename", "path", "paths", "name", "names", "id", "ids", "ttl", "policy", "timeout", "count",
    "counts", "length", "len", "min", "max", "size", "age", "expire", "expires", "expired", "expiry", "expiration",
    "days", "type", "types", "url", "uri", "endpoint", "field", "column", "prompt", "label", "hint", "rotation",
    "interval", "enabled", "disabled", "required", "reset", "change", "changed", "strength", "algorithm", "algo",
    "alg", "format", "version", "encoding", "encryption", "method", "mode", "env", "var", "ref", "location", "dir",
    "directory", "command", "cmd", "helper", "manager", "store", "provider", "placeholder", "regex", "pattern",
    "header", "limit", "rate", "budget", "usage", "used", "status", "state", "valid", "error", "errors",
    "fingerprint", "authentication", "authenticator", "management", "mgmt", "layout", "length", "bits", "lifetime",
    "validity", "validator", "grant", "issuer", "audience", "scope", "scopes", "role", "owner", "user", "username",
    "at", "by", "created", "updated", "date", "time", "index", "source", "engine", "backend", "module", "plugin",
    "class", "domain", "secure", "httponly", "samesite", "consent", "check", "confirmation", "description", "title",
    "text", "tag", "icon", "page", "link", "form", "input", "button", "view", "template", "lookup", "query",
    "fields", "generator", "complexity", "history", "protection", "less", "direction", "rotate", "renew", "renewal",
    "auto", "agreement", "exchange", "usages", "serial", "board", "keyring", "through", "tokens", "uris", "urls",
    "digest", "sha256", "kid", "size", "slot", "cert", "crt", "certificate", "public", "pub", "handling",
    "hash_algorithm", "ref", "refs", "keeper", "service", "server", "host", "port", "accessor", "thumbprint",
    "scheme", "schemes", "hashing", "cost", "rounds", "maps", "map", "database", "list", "lists", "auth", "hashes", "bytes", "order", "ring",
    "last", "set", "next", "since", "until", "must", "allowed", "warn", "requests", "reads", "writes", "blocks", "hits", "misses", "unused",
    "rotated", "period", "window", "delay", "retries", "attempts", "failures", "failed", "lock", "locked", "lockout", "quality", "score",
    "preview", "suffix", "prefix", "mask", "masked", "checksum", "group", "groups", "pair", "pairs", "stats", "info", "event", "events", "log",
    "logs", "audit", "protectors",
];

/// A word after the noun that says nothing.
#[rustfmt::skip]
pub(super) const SILENT: &[&str] = &[
    "value", "plain", "plaintext", "hash", "b64", "base64", "raw", "hex", "string", "new", "old", "current",
    "previous", "prev", "confirm", "again", "repeat", "encoded", "prod", "dev", "staging", "test", "live",
    "default", "data", "local", "hashed", "pbkdf", "sha", "bcrypt", "argon", "crypt",
];

/// A word anywhere before the noun that makes it a number or a rule.
#[rustfmt::skip]
pub(super) const COUNTING: &[&str] = &[
    "update", "max", "min", "num", "number", "count", "total", "require", "requires", "allow", "enable", "disable", "no",
    "prompt", "existing", "disabled", "without", "skip", "use", "completion", "public", "pubkey", "field", "label",
    "placeholder",
];

/// Words that contain a stem and mean something else, whole.
#[rustfmt::skip]
pub(super) const INNOCENT: &[&str] = &[
    "bypass", "compass", "encompass", "trespass", "surpass", "htpasswd", "chpasswd", "smbpasswd", "vncpasswd",
    "ldappasswd", "oldpwd", "getpass", "askpass", "nopass", "forgotpasswd",
];
