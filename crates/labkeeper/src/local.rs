//! Calls through the door from the command line, as the owner of the data directory.

use std::io::IsTerminal;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::fault::{Code, Fault};
use labkeeper_ops::keeper::{Answer, Call, Keeper};
use labkeeper_ops::progress::{Progress, Unwatched};
use serde_json::Value;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::ending::{self, Signals, Told};

/// For the answer of a call that has ended to arrive.
const MOMENT: Duration = Duration::from_secs(1);

/// Calls an operation; Ctrl-C stops it cleanly, and so does SIGTERM, which does not wait for ever.
///
/// # Errors
/// The operation's fault.
pub(crate) async fn call(keeper: &Keeper, name: &str, input: Value) -> Result<Answer, Fault> {
    let cancelled = CancellationToken::new();
    let mut call = Call::new(Actor::local(Via::Cli), name, input);
    call.cancelled = cancelled.clone();
    call.progress = progress();
    let mut calling = pin!(keeper.call(call));
    let mut signals = Signals::listen().map_err(|error| Fault::internal(&error))?;
    let told = tokio::select! {
        answer = &mut calling => Err(answer),
        told = signals.next() => Ok(told),
    };
    signals.leave();
    let answer = match told {
        Err(answer) => answer,
        Ok(Told::Interrupt) => {
            cancelled.cancel();
            calling.await
        }
        Ok(Told::Terminate) => {
            ending::end_work(keeper).await;
            timeout(MOMENT, calling).await.unwrap_or_else(|_| Err(left(name)))
        }
    };
    keeper.store().pay_at_last().await;
    answer
}

fn left(name: &str) -> Fault {
    Fault::new(Code::Cancelled, format!("{name} did not end in time; what came of it is not known"))
        .with_hint("the audit log says it was interrupted: look at what it was about")
}

/// A bar on a terminal, lines elsewhere.
fn progress() -> Arc<dyn Progress> {
    if std::io::stderr().is_terminal() { Arc::new(Bar(ProgressBar::hidden())) } else { Arc::new(Unwatched) }
}

struct Bar(ProgressBar);

impl Progress for Bar {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a progress bar counts whole steps"
    )]
    fn report(&self, done: f64, total: Option<f64>, message: &str) {
        if self.0.is_hidden() {
            self.0.set_draw_target(indicatif::ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {msg}") {
                self.0.set_style(style);
            }
        }
        if let Some(total) = total {
            self.0.set_length(total as u64);
        }
        self.0.set_position(done as u64);
        self.0.set_message(message.to_string());
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
