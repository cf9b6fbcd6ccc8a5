//! Calls through the door from the command line, as the owner of the data directory.

use std::io::IsTerminal;
use std::sync::Arc;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::fault::Fault;
use labkeeper_ops::keeper::{Answer, Call, Keeper};
use labkeeper_ops::progress::{Progress, Unwatched};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// Calls an operation; Ctrl-C stops it cleanly.
///
/// # Errors
/// The operation's fault.
pub(crate) async fn call(keeper: &Keeper, name: &str, input: Value) -> Result<Answer, Fault> {
    let cancelled = CancellationToken::new();
    let on_interrupt = cancelled.clone();
    let watcher = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            on_interrupt.cancel();
        }
    });
    let mut call = Call::new(Actor::local(Via::Cli), name, input);
    call.cancelled = cancelled;
    call.progress = progress();
    let answer = keeper.call(call).await;
    watcher.abort();
    keeper.store().pay_at_last().await;
    answer
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
