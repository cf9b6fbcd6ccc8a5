//! Looking at a node's certificate before it is pinned.

use std::time::Duration;

use labkeeper_core::pve::{Address, CertificateFacts, Fingerprint, PveError};

use crate::connection::secured;
use crate::tls;

/// What a node shows. Compare the print with what the node itself says before pinning it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenCertificate {
    /// SHA-256 over the certificate.
    pub fingerprint: Fingerprint,
    /// What it says of itself; `None` when that cannot be read.
    pub facts: Option<CertificateFacts>,
    /// The certificate.
    pub der: Vec<u8>,
}

/// Shakes hands and hangs up: no request and no secret is sent. The other end has proved to own the certificate's key, and
/// nothing else.
///
/// # Errors
/// When nobody answers there within `limit`, or not with TLS.
pub async fn probe_certificate(address: &Address, limit: Duration) -> Result<SeenCertificate, PveError> {
    let stream = secured(address, &tls::looking(), limit).await?;
    let (_, session) = stream.get_ref();
    let leaf = session.peer_certificates().and_then(|chain| chain.first()).ok_or_else(|| {
        PveError::Malformed { place: address.to_string(), reason: "a handshake without a certificate".into() }
    })?;
    Ok(SeenCertificate {
        fingerprint: Fingerprint::of(leaf),
        facts: CertificateFacts::read(leaf),
        der: leaf.to_vec(),
    })
}
