//! `cluster_check`: whether the connections with the clusters are sound.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use futures::join;
use labkeeper_core::checkup::connection::{self, Certificate, Check};
use labkeeper_core::checkup::{Finding, Level};
use labkeeper_core::fault::Fault;
use labkeeper_core::ports::{Clock, Pve};
use labkeeper_core::provision::rights::Wish;
use labkeeper_core::pve::{Address, ClusterName, PveError, Version, Visit, calls};
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// For how long a cluster may think about one question.
const PATIENCE: Duration = Duration::from_secs(5);

/// Check the connections with the Proxmox clusters: endpoints, certificates, token and its privileges, clocks. Each finding says what to do.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClusterCheck {
    /// Only this cluster.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// How the connections are.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Connections {
    /// The worst of all.
    pub status: Level,
    /// Each cluster, in the order of the settings.
    pub clusters: Vec<Connection>,
}

/// How the connection with a cluster is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Connection {
    /// What the owner calls it.
    pub name: String,
    /// Tier that its token was made for; `null` when nobody said.
    pub tier: Option<Tier>,
    /// Version of Proxmox VE; `null` when no endpoint says.
    pub version: Option<String>,
    /// The worst of the findings.
    pub status: Level,
    /// Where its API is asked, in that order.
    pub endpoints: Vec<Endpoint>,
    /// What was looked at.
    pub findings: Vec<Finding>,
}

/// One way to a cluster.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Endpoint {
    /// Host and port.
    pub address: String,
    /// How it is.
    pub status: Level,
    /// What became of its certificate.
    pub certificate: Certificate,
    /// From opening a connection to the end of the answer, in ms; `null` when there was none.
    pub latency_ms: Option<u64>,
    /// By how many seconds its clock is ahead of this machine's; `null` when it did not say.
    pub clock_ahead: Option<i64>,
}

impl Operation for ClusterCheck {
    type Output = Connections;
    const META: Meta = Meta::read("cluster_check", "Check the Proxmox connections", Toolset::Proxmox)
        .open_world()
        .routes(&[Route::get("/api/proxmox/clusters")]);

    async fn run(self, cx: &mut Cx) -> Result<Connections, Fault> {
        let clusters = cx.house().clusters().named(self.cluster.as_ref())?;
        let clock = cx.house().clock();
        let clusters = join_all(clusters.iter().map(|pve| check(pve, clock))).await;
        Ok(Connections { status: Level::worst(clusters.iter().map(|cluster| cluster.status)), clusters })
    }
}

async fn check(pve: &Arc<dyn Pve>, clock: &dyn Clock) -> Connection {
    let seen = join_all(pve.visits().into_iter().map(|visit| async {
        let visit = visit.await;
        let ahead = visit.clock.map(|theirs| (theirs.0 - clock.now().0).div_euclid(1_000_000));
        (visit, ahead)
    }))
    .await;
    let (visits, ahead): (Vec<Visit>, Vec<Option<i64>>) = seen.into_iter().unzip();
    let answering = visits.iter().find_map(|visit| Some((&visit.endpoint, visit.answer.as_ref().ok()?)));

    let judged: Vec<Finding> =
        visits.iter().map(|visit| connection::endpoint(visit, answering.is_some())).collect();
    let endpoints = visits.iter().zip(&ahead).zip(&judged).map(|((visit, ahead), found)| Endpoint {
        address: visit.endpoint.to_string(),
        status: found.status,
        certificate: Certificate::of(visit),
        latency_ms: visit.answer.is_ok().then(|| u64::try_from(visit.took.as_millis()).unwrap_or(u64::MAX)),
        clock_ahead: *ahead,
    });
    let endpoints = endpoints.collect();

    let mut findings = judged;
    findings.push(connection::token(pve.token(), &visits));
    // Of an endpoint that does not answer there is nothing to say beside that.
    let there = visits.iter().zip(ahead).filter(|(visit, _)| Certificate::of(visit) == Certificate::Trusted);
    findings.extend(there.map(|(visit, ahead)| connection::clock(&visit.endpoint, ahead)));
    findings.push(connection::release(answering.map(|(_, version)| version)));
    findings.extend(match answering {
        Some((endpoint, version)) => asked(pve, endpoint, version, clock).await,
        None => UNASKED.map(Check::unasked).into(),
    });
    let findings: Vec<Finding> =
        findings.into_iter().map(|found| found.in_cluster(pve.cluster().as_str())).collect();
    Connection {
        name: pve.cluster().to_string(),
        tier: pve.tier(),
        version: answering.map(|(_, version)| version.version.clone()),
        status: Level::worst(findings.iter().map(|found| found.status)),
        endpoints,
        findings,
    }
}

/// What only a cluster that accepts the token can say.
const UNASKED: [Check; 3] = [Check::TokenExpiry, Check::Privileges, Check::Surplus];

async fn asked(pve: &Arc<dyn Pve>, at: &Address, version: &Version, clock: &dyn Clock) -> Vec<Finding> {
    let (users, held) = (calls::access::users(), calls::access::own_permissions());
    let (users, held) = join!(within(at, pve.call(&users)), within(at, pve.call(&held)));
    let mut findings = vec![connection::token_expiry(pve.token(), &users, clock.now())];
    findings.extend(connection::privileges(pve.cluster(), made_for(&**pve), &held, version.major()));
    findings
}

async fn within<T>(at: &Address, answer: impl Future<Output = Result<T, PveError>>) -> Result<T, PveError> {
    let late = |_| Err(PveError::Timeout { endpoint: at.clone(), after: PATIENCE });
    timeout(PATIENCE, answer).await.unwrap_or_else(late)
}

/// What its owner wanted its token for; `None` when nobody said.
fn made_for(pve: &dyn Pve) -> Option<Wish> {
    pve.tier().map(|tier| Wish { tier, extras: pve.extras() })
}
