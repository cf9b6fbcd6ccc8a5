//! One endpoint by itself: how it is now, over a connection of its own.

use std::time::Duration;

use labkeeper_core::pve::{Call, Effect, PveError, TokenId, Version, Visit, calls};
use labkeeper_core::stamp::Stamp;
use tokio::time::{Instant, timeout};

use crate::answer::Asked;
use crate::limits::Limits;
use crate::line::Line;
use crate::transmission::{Credential, Transmission};

/// In all. A refused credential, which takes three seconds, fits in.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks for the version, which every token may: the answer says whether this one is accepted.
pub(crate) async fn visit(line: &Line, token: &TokenId, credential: &Credential, limits: &Limits) -> Visit {
    let begun = Instant::now();
    let asking = ask(line, token, credential, limits);
    let (clock, answer) = timeout(PATIENCE, asking).await.unwrap_or_else(|_| {
        (None, Err(PveError::Timeout { endpoint: line.address().clone(), after: PATIENCE }))
    });
    Visit { endpoint: line.address().clone(), took: begun.elapsed(), clock, answer }
}

async fn ask(
    line: &Line,
    token: &TokenId,
    credential: &Credential,
    limits: &Limits,
) -> (Option<Stamp>, Result<Version, PveError>) {
    let call: Call<Version> = calls::cluster::version();
    let transmission = Transmission::new(call.request(), credential);
    match line.attempt_anew(&transmission, limits.connect, limits).await {
        Ok(received) => {
            let asked = Asked { endpoint: line.address(), token, effect: Effect::Read };
            (received.date, asked.read(&received).and_then(|data| call.read(data)))
        }
        Err(failed) => (None, Err(line.error(failed, Effect::Read, limits))),
    }
}
