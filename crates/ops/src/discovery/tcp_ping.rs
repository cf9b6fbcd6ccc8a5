//! `tcp_ping`.

use std::time::Duration;

use labkeeper_core::discovery::OutOfBounds;
use labkeeper_core::fault::{Code, Fault};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

const USUAL: u64 = 5_000;
const LONGEST: u64 = 30_000;

/// Check from labkeeper's machine whether a TCP port takes connections. Closed or silent is an answer, not an error.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TcpPing {
    /// Address or host name.
    #[schemars(length(min = 1, max = 255))]
    pub host: String,
    /// Port.
    #[schemars(range(min = 1))]
    pub port: u16,
    /// How long to wait, in milliseconds; 5000 when left out, 30000 at most.
    #[serde(default)]
    pub timeout_ms: Option<u64>,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pinged {
    /// As it was asked for.
    pub host: String,
    /// Port.
    pub port: u16,
    /// It takes connections.
    pub reachable: bool,
    /// Milliseconds until it was open, or refused; `null` when there was no answer.
    pub latency_ms: Option<f64>,
    /// The address that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// `host`: the machine that labkeeper runs on.
    pub from: String,
}

impl Operation for TcpPing {
    type Output = Pinged;
    const META: Meta = Meta::read("tcp_ping", "Knock on a TCP port", Toolset::Discovery)
        .open_world()
        .routes(&[Route::post("/api/probe/tcp")]);

    async fn run(self, cx: &mut Cx) -> Result<Pinged, Fault> {
        if self.port == 0 {
            return Err(Fault::invalid("port", "a port is 1 to 65535"));
        }
        let patience = patience(self.timeout_ms)?;
        let knocked = cx.house().scout().knock(&self.host, self.port, patience).await;
        let knocked = knocked.map_err(|refused| out_of_bounds("host", &refused))?;
        Ok(Pinged {
            reachable: knocked.is_open(),
            latency_ms: knocked.latency.map(milliseconds),
            address: knocked.address.map(|address| address.to_string()),
            reason: knocked.reason,
            host: self.host,
            port: self.port,
            from: "host".into(),
        })
    }
}

/// # Errors
/// When no time at all is given.
pub(super) fn patience(given: Option<u64>) -> Result<Duration, Fault> {
    match given {
        Some(0) => Err(Fault::invalid("timeoutMs", "give at least one millisecond")),
        given => Ok(Duration::from_millis(given.unwrap_or(USUAL).min(LONGEST))),
    }
}

pub(super) fn out_of_bounds(field: &str, refused: &OutOfBounds) -> Fault {
    Fault::new(Code::Denied, format!("refused: {refused}")).with_field(field)
}

/// Two decimals.
pub(super) fn milliseconds(latency: Duration) -> f64 {
    (latency.as_secs_f64() * 100_000.0).round() / 100.0
}
