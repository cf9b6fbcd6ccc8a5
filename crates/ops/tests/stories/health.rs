//! How well the lab is, and what nobody could look at.

use labkeeper_sim::door::{Mishap, What};
use serde_json::{Value, json};

use crate::homelab::{Homelab, OBSERVE, connected};

/// Nothing less sees backups and updates as well.
const SEES_ALL: &[&str] = &["Administrator"];

impl Homelab {
    async fn health(&self, input: Value) -> Value {
        self.lab.ask("health_check", input).await
    }
}

fn of<'a>(report: &'a Value, section: &str) -> Vec<&'a Value> {
    report["findings"].as_array().unwrap().iter().filter(|finding| finding["section"] == section).collect()
}

fn find<'a>(report: &'a Value, section: &str, check: &str, node: Option<&str>) -> &'a Value {
    let found = of(report, section);
    let of_node = |finding: &&&Value| node.is_none_or(|node| finding["node"] == node);
    let found = found.iter().find(|finding| finding["check"] == check && of_node(finding));
    found.unwrap_or_else(|| panic!("no {section}/{check} of {node:?} in {report:#}"))
}

#[tokio::test]
async fn a_lab_is_judged_by_what_it_shows() {
    let home = connected(SEES_ALL).await;
    let report = home.health(json!({})).await;
    let level =
        |section, check, node| find(&report, section, check, node)["status"].as_str().unwrap().to_string();
    assert_eq!(level("cluster", "quorum", None), "ok");
    assert_eq!(level("node", "zfs", Some("pve1")), "ok");
    assert_eq!(level("storage", "fs:/", Some("pve2")), "warn");
    let expiring = find(&report, "certificates", "expiry", Some("pve3"));
    assert_eq!(expiring["status"], "warn");
    assert!(expiring["remedy"].as_str().unwrap().contains("updatecerts"));
    assert_eq!(level("guests", "onboot-guests", None), "ok");
    let backups = find(&report, "backups", "recent-backups", None);
    assert_eq!(backups["status"], "warn");
    assert!(backups["detail"].as_str().unwrap().contains("(runner): none"), "{backups}");
    assert_eq!(level("updates", "updates", Some("pve2")), "ok");
    assert_eq!(level("units", "services", Some("pve1")), "ok");
    assert_eq!(report["status"], "warn");
    let order: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
    let rank = |status: &&str| ["crit", "warn", "unknown", "ok"].iter().position(|one| one == status);
    assert!(order.iter().map(rank).is_sorted(), "{order:?}");
}

#[tokio::test]
async fn what_the_token_may_not_see_is_unknown_and_says_what_it_needs() {
    let home = connected(OBSERVE).await;
    let report = home.health(json!({"sections": ["updates", "backups"]})).await;
    assert_eq!(report["status"], "unknown");
    for node in ["pve1", "pve2", "pve3"] {
        let finding = find(&report, "updates", "updates", Some(node));
        assert_eq!(finding["status"], "unknown");
        assert_eq!(finding["finding"], format!("not seen: needs Sys.Modify on /nodes/{node}"));
    }
    assert!(find(&report, "backups", "recent-backups", None)["finding"].as_str().unwrap().contains("needs"));
    let nobody = connected(&[]).await;
    let blind = nobody.health(json!({})).await;
    assert!(["unknown", "warn", "crit"].contains(&blind["status"].as_str().unwrap()), "{blind:#}");
    for section in ["guests", "units", "updates", "backups", "replication"] {
        let ok = of(&blind, section).iter().any(|finding| finding["status"] == "ok");
        assert!(!ok, "{section} is said to be ok by a token that sees nothing: {blind:#}");
    }
}

#[tokio::test]
async fn trouble_is_found() {
    let home = connected(SEES_ALL).await;
    {
        let mut cluster = home.cluster.cluster();
        let world = &mut cluster.world;
        world.nodes.get_mut("pve3").unwrap().online = false;
        let first = world.nodes.get_mut("pve1").unwrap();
        first.zfs[0].health = "DEGRADED";
        first.services[0].state = "failed";
        let guest = world.guests.get_mut(&101).unwrap();
        guest.status = labkeeper_sim::world::Status::Stopped;
    }
    let report = home.health(json!({})).await;
    assert_eq!(report["status"], "crit");
    let zfs = find(&report, "node", "zfs", Some("pve1"));
    assert_eq!((&zfs["status"], &zfs["finding"]), (&json!("crit"), &json!("tank is DEGRADED")));
    assert_eq!(find(&report, "units", "services", Some("pve1"))["finding"], "failed: chrony");
    assert_eq!(find(&report, "cluster", "nodes", Some("pve3"))["status"], "crit");
    assert_eq!(find(&report, "storage", "store", Some("pve3"))["status"], "unknown");
    let idle = find(&report, "guests", "onboot-guests", None);
    assert!(idle["finding"].as_str().unwrap().contains("101 (proxy)"), "{idle}");
}

#[tokio::test]
async fn a_cluster_that_does_not_answer_is_unknown_and_never_ok() {
    let home = connected(OBSERVE).await;
    home.cluster.let_happen(Mishap {
        below: String::new(),
        what: What::Fail(500, "it is asleep".into()),
        times: None,
    });
    let report = home.health(json!({})).await;
    assert_eq!((&report["status"], report["findings"].as_array().unwrap().len()), (&json!("unknown"), 1));
    assert!(report["findings"][0]["finding"].as_str().unwrap().contains("asleep"));
    home.cluster.calm();
    home.cluster.let_happen(Mishap {
        below: "/nodes/pve2/status".into(),
        what: What::Fail(500, "it is busy".into()),
        times: None,
    });
    let report = home.health(json!({"sections": ["node"]})).await;
    assert_eq!(find(&report, "node", "load", Some("pve2"))["status"], "unknown");
    // How busy the others are goes with the time of day.
    assert_ne!(find(&report, "node", "load", Some("pve1"))["status"], "unknown");
    let worst =
        if report["findings"].to_string().contains(r#""status":"warn""#) { "warn" } else { "unknown" };
    assert_eq!(report["status"], worst, "{report}");
}

#[tokio::test]
async fn with_hosts_it_is_about_hosts() {
    let home = connected(OBSERVE).await;
    let report = home.health(json!({"hosts": ["127.0.0.1"]})).await;
    assert_eq!((&report["count"], report.get("findings")), (&json!(1), None));
    let wrong = home.lab.call("health_check", json!({"sections": ["disks"]})).await.unwrap_err();
    assert!(wrong.message.contains("disks"), "{wrong}");
}
