//! Which shell language is spoken where.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use labkeeper_core::shell::{Dialect, End, Finished, ShellError, Spot};
use tokio::time::Instant;

/// A guest can be made anew under the same number, and somebody can install a shell.
const FRESH: Duration = Duration::from_secs(300);

/// What was found out lately.
#[derive(Default)]
pub(super) struct Dialects(Mutex<HashMap<Spot, (Instant, Dialect)>>);

impl Dialects {
    /// What is known.
    pub(super) fn known(&self, spot: &Spot) -> Option<Dialect> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(spot).filter(|(at, _)| at.elapsed() < FRESH).map(|(_, dialect)| *dialect)
    }

    /// From what came of `sh -c 'command -v bash'`.
    pub(super) fn learn(&self, spot: &Spot, probed: &Finished) -> Result<Dialect, ShellError> {
        let dialect = match probed.end {
            End::Code(0) => Dialect::Bash,
            End::Code(1 | 127) if probed.stderr.head.is_empty() => Dialect::Posix,
            End::TimedOut | End::LeftRunning { .. } => return Err(ShellError::TimedOut { seconds: 20 }),
            _ => return Err(ShellError::Lacking { what: "a shell (sh)".into() }),
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(spot.clone(), (Instant::now(), dialect));
        Ok(dialect)
    }
}
