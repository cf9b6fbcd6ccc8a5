//! Files whose content opens doors.

use super::class::alternatives;
use super::glob::{lies_in, matches};
use super::lexical::normalise;
use crate::word::{Value, Word};

/// Files and directories with secrets: `*` is one component, `{a,b}` are alternatives. What lies below is secret too.
const SECRETS: &str = "\
    /etc/{shadow*,gshadow*,krb5.keytab,wireguard,openvpn,kubernetes,rancher,labkeeper} /etc/pve/{priv,authkey.key} \
    /etc/ssl/private /etc/corosync/authkey /var/lib/{pve-cluster,labkeeper,vaultwarden,tailscale,rancher} \
    /{root,home/*}/{.ssh,.aws,.kube,.docker,.gnupg,.netrc,.pgpass,.my.cnf,.git-credentials,.vault-token} \
    /{root,home/*}/{.password-store,.config/rclone} /proc/*/environ";
/// Directories that hold secrets among much else: only the whole of them is one.
const WHOLE: &str = "/etc /root /etc/{ssh,pve,letsencrypt,proxmox-backup,ceph}";
/// Names that say so wherever they lie.
const NAMES: &str = "\
    id_rsa id_ed25519 id_ecdsa id_dsa *.key *.pem .env .env.* *.kdbx ssh_host_*_key privkey* credentials \
    credentials.json *.keytab *.ovpn kubeconfig admin.conf .netrc .pgpass shadow *.p12 *.pfx secrets.* tfa.cfg \
    token.cfg shadow.cfg";
/// Names that look so and are public.
const PUBLIC: &str =
    "*.pub authorized_keys known_hosts pve-root-ca.pem pve-ssl.pem cert.pem chain.pem *fullchain*";

/// The word may name such a file, or a directory with such files.
pub fn may_be_secret(word: &Word) -> bool {
    match &word.value {
        Value::Known(paths) => paths.iter().any(|path| is_secret(path)),
        Value::Pattern(pattern) => is_secret(pattern),
        Value::Tainted { prefix } => {
            prefix.len() > 4 && secrets(SECRETS).any(|secret| prefix.starts_with(&secret))
        }
    }
}

/// The content of this path opens doors.
pub fn is_secret(path: &str) -> bool {
    let home = path.strip_prefix('~').map(|rest| format!("/root{rest}"));
    let path = normalise(home.as_deref().unwrap_or(path), "/root");
    let base = path.rsplit('/').next().unwrap_or_default();
    let named = |names: &str| names.split_ascii_whitespace().any(|name| matches(name, base));
    if named(PUBLIC) {
        return false;
    }
    let depth = |path: &str| path.split('/').count();
    secrets(SECRETS).any(|secret| lies_in(&secret, &path))
        || secrets(WHOLE).any(|secret| depth(&path) == depth(&secret) && lies_in(&secret, &path))
        || named(NAMES)
}

fn secrets(list: &'static str) -> impl Iterator<Item = String> {
    list.split_ascii_whitespace().flat_map(alternatives)
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn keys_are_secret_and_what_is_public_is_not() {
        for path in [
            "/etc/shadow",
            "~/.ssh/id_rsa",
            "/etc/pve/priv/token.cfg",
            "/etc/pve",
            "/srv/app/.env",
            "/etc/ssh/ssh_host_rsa_key",
        ] {
            assert!(is_secret(path), "{path}");
        }
        for path in
            ["/etc/hosts", "/root/.ssh/id_rsa.pub", "/etc/pve/storage.cfg", "/root/notes", "/var/log/syslog"]
        {
            assert!(!is_secret(path), "{path}");
        }
    }
}
