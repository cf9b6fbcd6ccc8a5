//! Connecting to a node and logging in. The host key is compared in the handshake, before anything of ours is sent.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use labkeeper_core::pve::{Address, Fingerprint};
use labkeeper_core::shell::ShellError;
use russh::client::{self, AuthResult, Config, Handle};
use russh::keys::PublicKeyOrCertificate;
use russh::{Error, SshId};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::settings::{HostKey, SshLimits, SshNode};

/// An open connection that is logged in.
pub(super) type Session = Handle<Pinned>;

/// Takes the host key with this print only, and notes which was shown.
pub(super) struct Pinned {
    only: Fingerprint,
    shown: Arc<OnceLock<Fingerprint>>,
}

impl client::Handler for Pinned {
    type Error = Error;

    async fn check_server_key(&mut self, offered: &PublicKeyOrCertificate) -> Result<bool, Error> {
        // Certificates are never asked for; who sends one all the same is not the pinned one.
        let PublicKeyOrCertificate::PublicKey { key, .. } = offered else { return Ok(false) };
        let found = Fingerprint::of(&key.to_bytes()?);
        Ok(*self.shown.get_or_init(|| found) == self.only && found == self.only)
    }
}

/// What every connection is told.
pub(super) fn config(limits: &SshLimits) -> Arc<Config> {
    Arc::new(Config {
        client_id: SshId::Standard(Cow::Borrowed(concat!("SSH-2.0-labkeeper_", env!("CARGO_PKG_VERSION")))),
        keepalive_interval: Some(limits.keepalive),
        keepalive_max: 3,
        // Commands are small and wait for their answers.
        nodelay: true,
        ..Config::default()
    })
}

/// Opens a connection to that address and logs in.
pub(super) async fn log_in(
    node: &SshNode,
    address: &Address,
    config: &Arc<Config>,
    limit: Duration,
) -> Result<Session, ShellError> {
    let unreachable = |why: String| ShellError::Unreachable { node: node.node.clone(), why };
    match timeout(limit, attempt(node, address, config)).await {
        Ok(Ok(session)) => Ok(session),
        Ok(Err(Refused::Because(error))) => Err(error),
        Ok(Err(Refused::Broken(error))) => Err(unreachable(format!("{address}: {error}"))),
        Err(_) => Err(unreachable(format!("{address}: no login within {} s", limit.as_secs_f32()))),
    }
}

enum Refused {
    Because(ShellError),
    Broken(Error),
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Broken(error.into())
    }
}

async fn attempt(node: &SshNode, address: &Address, config: &Arc<Config>) -> Result<Session, Refused> {
    let HostKey::Pin(only) = node.host_key else {
        return Err(Refused::Because(ShellError::NotSetUp { node: node.node.clone() }));
    };
    let stream = TcpStream::connect((address.host(), address.port())).await?;
    stream.set_nodelay(true)?;
    let shown = Arc::new(OnceLock::new());
    let pinned = Pinned { only, shown: Arc::clone(&shown) };
    let opened = client::connect_stream(Arc::clone(config), stream, pinned).await;
    let mut session = opened.map_err(|error| match shown.get() {
        Some(presented) if *presented != only => {
            Refused::Because(ShellError::WrongHostKey { node: node.node.clone(), presented: *presented })
        }
        _ => Refused::Broken(error),
    })?;
    match session.authenticate_publickey(&node.user, node.key.for_login()).await? {
        AuthResult::Success => Ok(session),
        // A connection that broke meanwhile says the same.
        AuthResult::Failure { .. } if session.is_closed() => Err(Refused::Broken(Error::Disconnect)),
        AuthResult::Failure { .. } => Err(Refused::Because(ShellError::NotLetIn { node: node.node.clone() })),
    }
}
