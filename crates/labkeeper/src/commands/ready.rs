//! `ready`: whether the hub that serves from this configuration can work. What a container or a unit asks for its health:
//! it needs no credential, no shell and no other program.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::context::Context;
use crate::render;

pub(super) async fn run(context: &Context) -> Result<ExitCode> {
    let address = reached_at(context.config.bind);
    let answer = client()?
        .get(format!("http://{address}/readyz"))
        .send()
        .await
        .with_context(|| format!("nothing answers on {address}: is `labkeeper serve` running there?"))?;
    let code = answer.status();
    let said: Value =
        answer.json().await.with_context(|| format!("what answers on {address} is no labkeeper"))?;
    if context.json {
        render::print_json(&said)?;
    } else {
        render::print(said["status"].as_str().unwrap_or_default())?;
    }
    if !code.is_success() {
        bail!("the hub on {address} cannot work: {}", said["checks"]);
    }
    Ok(ExitCode::SUCCESS)
}

/// A client that asks this machine itself, whatever proxy the environment names for the rest of the world. It speaks no TLS, so
/// that it needs no certificates of the system, which may have none.
fn client() -> Result<reqwest::Client> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let patience = Duration::from_secs(5);
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).timeout(patience);
    client.build().context("cannot set up a client")
}

/// The address under which a hub that listens on `bind` is reached from its own machine.
fn reached_at(bind: SocketAddr) -> SocketAddr {
    let ip = match bind.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, bind.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_that_listens_everywhere_is_asked_on_loopback() {
        for (bind, reached) in [
            ("0.0.0.0:8000", "127.0.0.1:8000"),
            ("[::]:80", "[::1]:80"),
            ("192.168.1.2:8000", "192.168.1.2:8000"),
        ] {
            assert_eq!(reached_at(bind.parse().unwrap()).to_string(), reached);
        }
    }
}
