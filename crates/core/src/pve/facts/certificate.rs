//! The certificates of a node, as it reports them.

use serde::{Deserialize, Serialize};

use crate::pve::fingerprint::Fingerprint;
use crate::pve::lenient;

/// A row of `/nodes/{node}/certificates/info`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeCertificate {
    /// `pve-root-ca.pem`, `pve-ssl.pem`, or `pveproxy-ssl.pem` where the owner brought one, which is then the one shown.
    pub filename: String,
    /// Its print.
    #[serde(default, deserialize_with = "lenient::parsed")]
    pub fingerprint: Option<Fingerprint>,
    /// For whom.
    #[serde(default, deserialize_with = "lenient::text")]
    pub subject: Option<String>,
    /// By whom.
    #[serde(default, deserialize_with = "lenient::text")]
    pub issuer: Option<String>,
    /// Valid from, in seconds since 1970.
    #[serde(default, deserialize_with = "lenient::seconds")]
    pub notbefore: Option<i64>,
    /// Valid until, in seconds since 1970.
    #[serde(default, deserialize_with = "lenient::seconds")]
    pub notafter: Option<i64>,
    /// Names and addresses that it speaks for.
    #[serde(default, deserialize_with = "lenient::words")]
    pub san: Vec<String>,
}
