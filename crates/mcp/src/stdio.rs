//! MCP over the standard streams: one client, which is whoever started the process.

use labkeeper_core::actor::{Actor, Via};
use labkeeper_ops::keeper::Keeper;
use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;
use rmcp::transport::io::stdio_pipes;
use tokio_util::sync::CancellationToken;

use crate::caller::Caller;
use crate::face::{Face, Surface};

/// Why the conversation over the standard streams did not begin or broke.
#[derive(Debug, thiserror::Error)]
pub enum StdioError {
    /// The client spoke something else than MCP, or went away at once.
    #[error("the client did not start a conversation; this command is to be started by an MCP client")]
    NotStarted(#[source] Box<ServerInitializeError>),
    /// The task that served it failed.
    #[error("serving the client failed")]
    Broken(#[from] tokio::task::JoinError),
    /// There was no randomness for the session's name.
    #[error("the system gave no random bytes")]
    Random(#[from] getrandom::Error),
}

/// Serves the client at the other end of stdin and stdout as `actor` until it hangs up or `ended` is cancelled; answers that
/// are there by then are written still. Writes nothing else to stdout; the process is one session in the journal.
///
/// # Errors
/// When the client does not speak MCP. A client that hangs up is the normal end.
pub async fn serve_stdio(
    keeper: Keeper,
    actor: Actor,
    surface: Surface,
    ended: CancellationToken,
) -> Result<(), StdioError> {
    let mut random = [0; 6];
    getrandom::fill(&mut random)?;
    let session = random.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let actor = Actor { via: Via::Mcp, session: Some(format!("mcp-{session}")), ..actor };
    let server = crate::http::handler(Face::new(keeper, surface), Caller::Fixed(actor));
    match server.serve_with_ct(stdio_pipes(), ended).await {
        Ok(running) => {
            running.waiting().await?;
            Ok(())
        }
        Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => Ok(()),
        Err(error) => Err(StdioError::NotStarted(Box::new(error))),
    }
}
