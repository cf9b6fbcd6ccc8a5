//! What the place of a file says about its text.

/// How the text of a file is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Like any text.
    Anywhere,
    /// Lines of `user:hash`.
    Hashes,
    /// Lines of `name secret`: the last word is one.
    Names,
    /// Lines of `host:port:database:user:password`.
    Pgpass,
    /// Nothing but secrets: every word that is no sentence's.
    Bare,
}

/// Reads a path; where one has nothing to say, the text speaks for itself.
pub(crate) fn place(path: Option<&str>) -> Place {
    let Some(path) = path else { return Place::Anywhere };
    let path = path.replace('\\', "/");
    let name = path.rsplit('/').next().unwrap_or_default();
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let is_public = ends(&[".pub", ".crt", ".cer"]);
    if is_public {
        return Place::Anywhere;
    }
    if matches!(
        name,
        "shadow" | "gshadow" | "shadow-" | "gshadow-" | "shadow.cfg" | "smbpasswd" | "passwd.mosquitto"
    ) || ends(&[".htpasswd", "htpasswd", ".shadow"])
    {
        return Place::Hashes;
    }
    if matches!(
        name,
        "token.cfg"
            | "token.shadow"
            | "chap-secrets"
            | "pap-secrets"
            | "sasl_passwd"
            | "ntp.keys"
            | "chrony.keys"
            | "rsyncd.secrets"
            | "passwd.client"
    ) {
        return Place::Names;
    }
    if matches!(name, ".pgpass" | "pgpass" | "pgpass.conf") {
        return Place::Pgpass;
    }
    let is_key = name.starts_with("id_")
        || name.starts_with("ssh_host_")
        || ends(&[".key", ".pw", ".keyfile", ".psk", ".age", ".token", ".secret", "_rsa", "_ed25519"]);
    let is_store = path.contains("/run/secrets/")
        || path.contains("/etc/credstore")
        || path.contains("/secrets.d/")
        || path.contains("/etc/wireguard/keys/");
    let is_named = matches!(
        name,
        "node-token"
            | "agent-token"
            | ".vault_pass"
            | ".vault-token"
            | "authkey"
            | "initialAdminPassword"
            | "initial_root_password"
            | "master.key"
            | "privatekey"
            | "private.key"
            | "presharedkey"
            | "psk"
            | ".vault_pass.txt"
            | ".google_authenticator"
            | "cookie"
            | ".erlang.cookie"
            | "jwt.hex"
            | "rpc.secret"
    );
    let is_priv = path.contains("/etc/pve/priv/") && ends(&[".pw", ".key", ".keyring", ".secret", ".enc"]);
    if is_key || is_store || is_named || is_priv { Place::Bare } else { Place::Anywhere }
}
