//! TLS that knows whom it speaks with before it says anything.

use std::sync::Arc;

use labkeeper_core::pve::Fingerprint;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use thiserror::Error as ThisError;
use tokio_rustls::TlsConnector;

/// Takes the certificate with this print only.
pub(crate) fn pinned(pin: Fingerprint) -> TlsConnector {
    with_verifier(Arc::new(ByPrint {
        only: Some(pin),
        algorithms: provider().signature_verification_algorithms,
    }))
}

/// Takes any certificate whose owner is at the other end: for looking at it.
pub(crate) fn looking() -> TlsConnector {
    with_verifier(Arc::new(ByPrint { only: None, algorithms: provider().signature_verification_algorithms }))
}

/// Takes what the system's authorities vouch for.
pub(crate) fn system() -> Result<TlsConnector, Error> {
    Ok(with_verifier(Arc::new(rustls_platform_verifier::Verifier::new(provider())?)))
}

/// The certificate is not the pinned one. Travels through the handshake's error.
#[derive(Debug, Clone, Copy, ThisError)]
#[error("expected {expected}, found {found}")]
pub(crate) struct Mismatch {
    pub(crate) expected: Fingerprint,
    pub(crate) found: Fingerprint,
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn with_verifier(verifier: Arc<dyn ServerCertVerifier>) -> TlsConnector {
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("ring supports the default protocol versions")
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsConnector::from(Arc::new(config))
}

/// Compares the leaf's print and checks that the other end has its key. Chain, name and dates are not looked at: the print
/// says more than all of them.
#[derive(Debug)]
struct ByPrint {
    only: Option<Fingerprint>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for ByPrint {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let found = Fingerprint::of(leaf);
        match self.only {
            Some(expected) if expected != found => {
                let mismatch = OtherError(Arc::new(Mismatch { expected, found }));
                Err(Error::InvalidCertificate(CertificateError::Other(mismatch)))
            }
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, leaf, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
