//! Values that are secret, and values that are not whatever they stand under.

/// Made by chance.
#[rustfmt::skip]
pub(super) const RANDOM: &[&str] = &[
    "k7Qp2ZtXw9LmB4sN", "9f86d081884c7d659a2feaa0c55ad015", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "1v5bhnbWr9jIKhUSHcOqIlKGGRzUI15jjK5NwspZuoE=", "tF1q+ddRX19w/gCn3VGOlkFi2sveKpI8", "vx9a2mekqpb6o34g2h",
    "Z3k-uL9_xPq7RtY2wEvB5nM8", "uR4tTq2XmNp8WsDf6GhJ",
];

/// By chance, with marks among the letters.
pub(super) const MARKED: &[&str] = &["x9!kQ#2v&Lm^Tz", "Rb!^9#4FLl@WD+H", "eIf!n_ldj_ID70yi~6"];

/// Chosen by people.
#[rustfmt::skip]
pub(super) const CHOSEN: &[&str] = &[
    "Winter2024!", "Sommer2023", "hunter2hunter2", "p@ssw0rd123", "Tr0ub4dor&3", "blue-Herring19", "wieseFalke55",
    "kermit-the-fr0g", "b00kst4ck_app", "bergziege1848", "Graf4na-kitchen", "0ps.Terra.Form",
];

/// Words, which only a sure name and a sign make secret.
pub(super) const WORDS: &[&str] =
    &["sunflower", "mangolassi", "correct-horse-battery-staple", "metaBASEball"];

/// Of several words.
pub(super) const PHRASES: &[&str] =
    &["three blind mice eat 9 cheeses", "otter kayak mustard violin", "Zip me up 2!"];

/// Digits, which a sure name makes secret.
pub(super) const DIGITS: &[&str] = &["48291734", "29281301"];

/// Not secret, whatever they stand under.
#[rustfmt::skip]
pub(super) const HARMLESS: &[&str] = &[
    "true", "false", "null", "none", "/run/secrets/db_password", "./secrets/key.txt", "${DB_PASSWORD}", "$DB_PASSWORD",
    "{{ vault_password }}", "<your-password>", "changeme", "********", "", "xxxxxxxx", "required", "enabled", "disabled",
    "YOUR_TOKEN_HERE", "(hidden)", "[redacted]", "vault:secret/data/app#password", "%(password)s", "prompt", "yes", "...",
];

/// Under a name that is about a secret.
pub(super) const PLAIN: &[&str] =
    &["3600", "true", "/etc/app/key.pem", "default", "rsa-2048", "X-Api-Key", "https://id.lan/token"];
