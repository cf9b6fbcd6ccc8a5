//! A certificate for `localhost` and the authority that signed it, which nobody trusts who is not told to.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

/// Files in the home of a server.
pub(super) struct Papers {
    /// Who trusts it trusts the server.
    pub(super) authority: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

impl Papers {
    pub(super) fn made_in(home: &Path) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut authority = CertificateParams::new([]).expect("no names");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let own = authority.self_signed(&key).expect("a certificate");
        let issuer = Issuer::new(authority, key);
        let key = KeyPair::generate().expect("a key");
        let named = CertificateParams::new(["localhost".to_owned()]).expect("a name");
        let signed = named.signed_by(&key, &issuer).expect("a certificate");
        Self {
            authority: written(home, "authority.pem", "CERTIFICATE", own.der()),
            certificate: written(home, "certificate.pem", "CERTIFICATE", signed.der()),
            key: written(home, "key.pem", "PRIVATE KEY", &key.serialize_der()),
        }
    }

    /// What a server is started with that shows them, and asks nobody for a certificate.
    pub(super) fn shown(&self) -> [OsString; 6] {
        let asks = ["--tls-auth-clients", "no", "--tls-cert-file", "--tls-key-file"].map(OsString::from);
        let [clients, no, certificate, key] = asks;
        [clients, no, certificate, self.certificate.clone().into(), key, self.key.clone().into()]
    }
}

fn written(home: &Path, name: &str, kind: &str, content: &[u8]) -> PathBuf {
    let file = home.join(name);
    let pem = format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", in_lines(content));
    fs::write(&file, pem).expect("a file");
    file
}

fn in_lines(content: &[u8]) -> String {
    let text = STANDARD.encode(content);
    let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy);
    lines.collect::<Vec<_>>().join("\n")
}
