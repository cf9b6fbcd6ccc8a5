//! Progress of work as notifications, at most ten a second, the newest first to go.

use std::sync::Arc;
use std::time::Duration;

use labkeeper_ops::progress::Progress;
use rmcp::RoleServer;
use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::Peer;
use tokio::sync::watch;

/// Shortest time between two notifications.
const PACE: Duration = Duration::from_millis(100);

#[derive(Debug, Clone, PartialEq)]
struct Report {
    done: f64,
    total: Option<f64>,
    message: String,
}

/// The newest report of some work, if there was one.
pub(crate) struct Reports(watch::Receiver<Option<Report>>);

struct Reporter(watch::Sender<Option<Report>>);

impl Progress for Reporter {
    fn report(&self, done: f64, total: Option<f64>, message: &str) {
        self.0.send_modify(|known| {
            // The protocol wants numbers that only grow.
            if known.as_ref().is_none_or(|known| done > known.done) {
                *known = Some(Report { done, total, message: message.into() });
            }
        });
    }
}

/// Where work reports, and where that can be followed.
pub(crate) fn channel() -> (Arc<dyn Progress>, Reports) {
    let (sender, receiver) = watch::channel(None);
    (Arc::new(Reporter(sender)), Reports(receiver))
}

/// Does the work, and tells the peer meanwhile how it goes. The last report goes out before the answer.
pub(crate) async fn while_reporting<T>(
    work: impl Future<Output = T>,
    mut reports: Reports,
    peer: &Peer<RoleServer>,
    token: &ProgressToken,
) -> T {
    tokio::pin!(work);
    let mut told = None;
    loop {
        tokio::select! {
            done = &mut work => {
                tell(&mut reports, &mut told, peer, token).await;
                return done;
            }
            Ok(()) = reports.0.changed() => {
                tell(&mut reports, &mut told, peer, token).await;
                tokio::select! {
                    done = &mut work => {
                        tell(&mut reports, &mut told, peer, token).await;
                        return done;
                    }
                    () = tokio::time::sleep(PACE) => {}
                }
            }
        }
    }
}

async fn tell(
    reports: &mut Reports,
    told: &mut Option<Report>,
    peer: &Peer<RoleServer>,
    token: &ProgressToken,
) {
    let newest = reports.0.borrow_and_update().clone();
    let Some(report) = newest.filter(|newest| told.as_ref() != Some(newest)) else { return };
    let mut params =
        ProgressNotificationParam::new(token.clone(), report.done).with_message(report.message.clone());
    params.total = report.total;
    // A client that went away needs no news.
    let _ = peer.notify_progress(params).await;
    *told = Some(report);
}
