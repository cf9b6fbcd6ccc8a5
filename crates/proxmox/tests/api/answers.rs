//! What a real node said no with, in its own bytes, becomes the right error.

use std::time::Duration;

use labkeeper_core::pve::calls::cluster;
use labkeeper_core::pve::{Complaint, Denial, PveError};
use serde_json::Value;
use tokio::time::Instant;

use crate::clock::quickly;
use crate::node::{Node, Reply, client, pve};

const RECORDED: &str = include_str!("../../../../fixtures/pve/answers/refusals.json");

/// What one answer is taken for.
async fn taken(status: u16, reason: &'static str, body: String) -> PveError {
    let node = Node::that(move |_, _| Reply::Json(status, reason, body.clone())).await;
    let error = pve(&client([node.endpoint()])).call(&cluster::version()).await.unwrap_err();
    assert_eq!(node.asked().len(), 1, "{error}: nothing of this gets better by asking again");
    error
}

#[tokio::test]
async fn recorded_refusals_are_understood() {
    let recorded: Vec<Value> = serde_json::from_str(RECORDED).unwrap();
    assert_eq!(recorded.len(), 28);
    for refusal in recorded {
        let reason: &'static str = refusal["reason"].as_str().unwrap().to_owned().leak();
        let status = u16::try_from(refusal["status"].as_u64().unwrap()).unwrap();
        let body = if refusal["body"].is_string() { String::new() } else { refusal["body"].to_string() };
        let error = taken(status, reason, body).await;
        let kind = match &error {
            PveError::BadParameter { errors } => {
                format!("parameter {}", errors.keys().cloned().collect::<Vec<_>>().join(","))
            }
            PveError::Unauthorised { reason, .. } => format!("unauthorised {reason}"),
            PveError::Forbidden(Denial::Lacks { path, any_of }) => {
                format!("lacks {} on {path}", any_of.join("|"))
            }
            PveError::Forbidden(Denial::RootOnly) => "root only".into(),
            PveError::Forbidden(Denial::NoTokens) => "no tokens".into(),
            PveError::Forbidden(Denial::Unnamed(_)) => "forbidden".into(),
            PveError::NotFound(_) => "missing".into(),
            PveError::NotImplemented(_) => "not implemented".into(),
            PveError::InTheWay { complaint, .. } => format!("in the way {complaint:?}"),
            PveError::Refused { status, .. } => format!("refused {status}"),
            other => format!("{other:?}"),
        };
        let expected = match (status, reason) {
            (400, _) => "parameter id",
            (401, "No ticket") => "unauthorised No ticket",
            (401, _) => "unauthorised Authentication failed!",
            (403, "Permission check failed") => "forbidden",
            (403, text) if text.contains("root@pam") => "root only",
            (403, text) if text.contains("API token") => "no tokens",
            (403, _) => "lacks Realm.Allocate|Sys.Audit on /access/realm",
            (404, _) => "missing",
            (424, _) => "refused 424",
            (501, _) => "not implemented",
            (_, "CT 100 already running") => "in the way AlreadyRunning",
            (_, "CT 100 not running" | "VM 200 is not running") => "in the way NotRunning",
            (_, "QEMU guest agent is not running") => "in the way AgentSilent",
            (_, text) if text.contains("does not exist") => "missing",
            _ => "refused 500",
        };
        assert_eq!(kind, expected, "{status} {reason}");
        assert!(!error.to_string().contains('\n') || status == 500, "{error:?}");
        assert!(!error.remedy().is_empty());
    }
}

#[tokio::test]
async fn a_denial_names_privilege_and_place() {
    let body = r#"{"data":null,"message":"Permission check failed (/vms/100, VM.PowerMgmt)\n"}"#;
    let error = taken(403, "Permission check failed (/vms/100, VM.PowerMgmt)", body.into()).await;
    assert_eq!(error.to_string(), "not allowed: needs VM.PowerMgmt on /vms/100");
    let Complaint::Locked(lock) = Complaint::of("CT is locked (backup)") else { panic!() };
    assert_eq!(lock, "backup");
}

#[tokio::test]
async fn every_wrong_parameter_is_named() {
    let body = r#"{"data":null,"errors":{"vmid":"type check ('integer') failed - got 'abc'","x":"no\n"},"message":"Parameter verification failed.\n"}"#;
    let error = taken(400, "Parameter verification failed.", body.into()).await;
    assert_eq!(
        error.to_string(),
        "Proxmox refuses a value: vmid: type check ('integer') failed - got 'abc'; x: no"
    );
}

/// Proxmox lets a wrong credential wait for three seconds: that is no dead host.
#[tokio::test(start_paused = true)]
async fn a_wrong_credential_is_not_a_dead_host() {
    let reply = || Reply::Json(401, "Authentication failed!", String::new());
    let node = Node::that(move |_, _| Reply::After(Duration::from_secs(3), Box::new(reply()))).await;
    let limits = labkeeper_proxmox::Limits::default().with_answer(Duration::from_secs(1));
    let api = crate::node::client_within(limits, [node.endpoint()]);
    let begun = Instant::now();
    let error = quickly(pve(&api).call(&cluster::version())).await.unwrap_err();
    assert!(matches!(error, PveError::Unauthorised { .. }), "{error:?}");
    assert!(
        error.to_string().contains("does not accept the token labkeeper@pve!observe: Authentication failed!"),
        "{error}"
    );
    assert!(begun.elapsed() >= Duration::from_secs(3));
    assert_eq!(node.asked().len(), 1, "it is not tried again");
}
