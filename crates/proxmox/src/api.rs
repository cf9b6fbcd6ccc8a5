//! One cluster, through whichever of its nodes answers.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use labkeeper_core::ports::{Later, Pve, TaskWatch};
use labkeeper_core::provision::rights::Extras;
use labkeeper_core::pve::{ClusterName, Effect, PveError, Request, TaskEnd, TokenId, Upid, Visit};
use labkeeper_core::tier::Tier;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::answer::Asked;
use crate::limits::Limits;
use crate::line::{Failed, Line};
use crate::patience::Patience;
use crate::settings::{Settings, SettingsError};
use crate::tasks;
use crate::transmission::{Credential, Transmission};
use crate::visit::visit;

/// One Proxmox VE cluster, or a single node.
pub struct Api {
    cluster: ClusterName,
    token: TokenId,
    tier: Option<Tier>,
    extras: Extras,
    credential: Credential,
    limits: Limits,
    lines: Vec<Line>,
    /// The node that answered last.
    favourite: AtomicUsize,
    permits: Semaphore,
}

impl Api {
    /// Opens nothing yet.
    ///
    /// # Errors
    /// When there is no node to ask, or the system's authorities are needed and cannot be read.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        if settings.endpoints.is_empty() {
            return Err(SettingsError::NoEndpoint(settings.cluster.clone()));
        }
        Ok(Self {
            cluster: settings.cluster.clone(),
            token: settings.token.clone(),
            tier: settings.tier,
            extras: settings.extras,
            credential: Credential::new(&settings.token, &settings.secret),
            limits: settings.limits,
            lines: settings.endpoints.iter().map(Line::new).collect::<Result<_, _>>()?,
            favourite: AtomicUsize::new(0),
            permits: Semaphore::new(settings.limits.at_once),
        })
    }

    async fn send(&self, request: &Request) -> Result<Value, PveError> {
        let _permit = self.permits.acquire().await.expect("the semaphore is never closed");
        let transmission = Transmission::new(request, &self.credential);
        let mut patience = Patience::new(&self.limits, self.lines.len());
        loop {
            let failure = match self.round(&transmission, &patience).await {
                Ok(data) => return Ok(data),
                Err(Verdict::Final(error)) => return Err(error),
                Err(Verdict::Passing(error)) => error,
            };
            if !patience.another_round().await {
                return Err(failure);
            }
        }
    }

    /// Asks the nodes one after the other, the favourite first, until one answers.
    async fn round(&self, transmission: &Transmission, patience: &Patience) -> Result<Value, Verdict> {
        let first = self.favourite.load(Ordering::Relaxed);
        let mut failure = None;
        for index in (0..self.lines.len()).map(|step| (first + step) % self.lines.len()) {
            let Some(connect) = patience.to_connect() else { break };
            match self.try_node(index, transmission, connect).await {
                Err(Verdict::Passing(error)) => failure = Some(Verdict::Passing(error)),
                answer => return answer,
            }
        }
        Err(failure.unwrap_or_else(|| Verdict::Final(self.no_time_left(first))))
    }

    async fn try_node(
        &self,
        index: usize,
        transmission: &Transmission,
        connect: Duration,
    ) -> Result<Value, Verdict> {
        let (line, effect) = (&self.lines[index], transmission.effect);
        let endpoint = line.address();
        match line.attempt(transmission, connect, &self.limits).await {
            Ok(received) => {
                self.favourite.store(index, Ordering::Relaxed);
                let asked = Asked { endpoint, token: &self.token, effect };
                asked.read(&received).map_err(|error| Verdict::of_answer(error, effect))
            }
            Err(failed) => {
                // A slow node is not asked again at once: that makes it no quicker. The next request tries another one first.
                let slow = matches!(failed, Failed::TooSlow);
                if slow {
                    self.favourite.store((index + 1) % self.lines.len(), Ordering::Relaxed);
                }
                let error = line.error(failed, effect, &self.limits);
                Err(if slow { Verdict::Final(error) } else { Verdict::of_silence(error) })
            }
        }
    }

    fn no_time_left(&self, index: usize) -> PveError {
        PveError::Unreachable {
            endpoint: self.lines[index].address().clone(),
            reason: format!("no node answered within {} s", self.limits.retry.as_secs()),
        }
    }
}

/// Whether trying elsewhere or again makes sense.
enum Verdict {
    Passing(PveError),
    Final(PveError),
}

impl Verdict {
    /// Nothing was sent, or a question only: another node may be asked. A wrong certificate ends it, for somebody may be in
    /// between.
    fn of_silence(error: PveError) -> Self {
        if error.is_transient() { Self::Passing(error) } else { Self::Final(error) }
    }

    /// An answer is an answer, but for a question that another node may be able to pass on.
    fn of_answer(error: PveError, effect: Effect) -> Self {
        match error {
            PveError::NodeUnreachable { .. } if effect == Effect::Read => Self::Passing(error),
            error => Self::Final(error),
        }
    }
}

impl Pve for Api {
    fn cluster(&self) -> &ClusterName {
        &self.cluster
    }

    fn token(&self) -> &TokenId {
        &self.token
    }

    fn tier(&self) -> Option<Tier> {
        self.tier
    }

    fn extras(&self) -> Extras {
        self.extras
    }

    fn visits(&self) -> Vec<Later<'_, Visit>> {
        let visit = |line| -> Later<'_, Visit> {
            // Each opens a connection of its own and is bounded by itself: it waits for no turn behind slow answers.
            Box::pin(visit(line, &self.token, &self.credential, &self.limits))
        };
        self.lines.iter().map(visit).collect()
    }

    fn ask<'a>(&'a self, request: &'a Request) -> Later<'a, Result<Value, PveError>> {
        Box::pin(async move {
            let answer = self.send(request).await;
            if let Err(error) = &answer {
                tracing::debug!(pve.cluster = %self.cluster, pve.request = %request, %error, "Proxmox did not do it");
            }
            answer
        })
    }

    fn await_task<'a>(
        &'a self,
        upid: &'a Upid,
        patience: Duration,
        watch: TaskWatch<'a>,
    ) -> Later<'a, Result<TaskEnd, PveError>> {
        Box::pin(tasks::await_task(self, upid, patience, watch))
    }
}

/// Without the secret.
impl std::fmt::Debug for Api {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let nodes: Vec<_> = self.lines.iter().map(|line| line.address().to_string()).collect();
        out.debug_struct("Api")
            .field("cluster", &self.cluster)
            .field("token", &self.token)
            .field("nodes", &nodes)
            .finish()
    }
}
