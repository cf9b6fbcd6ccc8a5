//! Services of guests, looked at and restarted through a real SSH server.

use labkeeper_core::fault::Code;
use serde_json::json;

use crate::shell_lab::{ALPINE, DEBIAN, reached};

#[tokio::test]
async fn services_are_looked_at_and_restarted() {
    let Some(home) = reached("services_are_looked_at_and_restarted").await else { return };
    let fault = home.lab.refused("service_status", json!({"vmid": DEBIAN, "unit": "no-such-thing"})).await;
    assert_eq!(fault.code, Code::NotFound, "{fault}");
    let fault = home.lab.refused("service_status", json!({"vmid": ALPINE, "unit": "cron"})).await;
    assert_eq!(fault.code, Code::Conflict, "{fault}");
    for unit in ["-x", "a b", "a;b"] {
        assert_eq!(
            home.lab.refused("service_status", json!({"vmid": DEBIAN, "unit": unit})).await.code,
            Code::Invalid
        );
    }
    let status = home.lab.ask("service_status", json!({"vmid": DEBIAN, "unit": "cron"})).await;
    assert_eq!((&status["active"], &status["vmid"]), (&json!("active"), &json!(DEBIAN)), "{status}");
    let restart = json!({"vmid": DEBIAN, "unit": "cron"});
    assert_eq!(home.lab.refused("service_restart", restart.clone()).await.code, Code::ConfirmRequired);
    let mut restart = restart;
    restart["confirm"] = true.into();
    assert_eq!(home.lab.ask("service_restart", restart).await["active"], "active");
    let logs = home.lab.ask("service_logs", json!({"vmid": DEBIAN, "unit": "cron", "lines": 5})).await;
    assert!(logs["lines"].as_u64().unwrap() <= 5, "{logs}");
}
