//! What systemd says of a unit.

use std::time::Duration;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::pve::VmId;
use labkeeper_core::service::UnitName;
use labkeeper_core::shell::{Command, End, Finished};
use schemars::JsonSchema;
use serde::Serialize;

use crate::site::Site;

const PATIENCE: Duration = Duration::from_secs(10);
const PROPERTIES: &str =
    "LoadState,ActiveState,SubState,UnitFileState,ActiveEnterTimestamp,MainPID,Result,Description";

/// A service as systemd sees it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// Its unit.
    pub unit: UnitName,
    /// Where: `host:CLUSTER/NODE`, `pct:CLUSTER/VMID`, `qm:CLUSTER/VMID`.
    pub place: String,
    /// The guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vmid: Option<VmId>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `active`, `inactive`, `failed`, `activating`, `deactivating`, `reloading`.
    pub active: String,
    /// More exactly: `running`, `exited`, `dead`, `auto-restart`.
    pub sub: String,
    /// Whether it starts by itself: `enabled`, `disabled`, `static`, `masked`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<String>,
    /// Since when it is active, in the place's own time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Its main process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main_pid: Option<u32>,
    /// How it ended last: `success`, `exit-code`, `timeout`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
}

/// Asks systemd there.
///
/// # Errors
/// When there is no such unit, or no systemd.
pub(super) async fn service(site: &Site, unit: &UnitName) -> Result<Service, Fault> {
    let words = ["systemctl", "show", "-p", PROPERTIES, "--no-pager", unit.as_str()];
    let finished = site.ask(&Command::argv(words, PATIENCE)).await?;
    let text = said(&finished, "systemctl")?;
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.filter(|value| !value.is_empty()).map(str::to_string)
    };
    if value("LoadState").as_deref() == Some("not-found") {
        return Err(
            Fault::not_found(format!("there is no unit {unit} in {}", site.name())).with_field("unit")
        );
    }
    let (Some(active), Some(sub)) = (value("ActiveState"), value("SubState")) else {
        return Err(Fault::new(
            Code::Unavailable,
            format!("systemd in {} does not say how {unit} is", site.name()),
        ));
    };
    Ok(Service {
        unit: unit.clone(),
        place: site.place_name().to_string(),
        vmid: site.vmid(),
        description: value("Description"),
        active,
        sub,
        enabled: value("UnitFileState"),
        since: value("ActiveEnterTimestamp"),
        main_pid: value("MainPID").and_then(|pid| pid.parse().ok()).filter(|pid| *pid != 0),
        result: value("Result"),
    })
}

/// What a program said that ended well.
///
/// # Errors
/// When it did not, or is not there.
pub(super) fn said(finished: &Finished, program: &str) -> Result<String, Fault> {
    match &finished.end {
        End::Code(0) => Ok(String::from_utf8_lossy(&finished.stdout.head).into_owned()),
        End::Code(126 | 127) => Err(Fault::new(Code::Conflict, format!("there is no {program} there"))
            .with_hint("it is a place without systemd; use its own tools")),
        End::Code(code) => {
            let text = String::from_utf8_lossy(&finished.stderr.head);
            let why = text.lines().next().unwrap_or("it gave no reason");
            Err(Fault::new(Code::Conflict, format!("{program} refused: {why} (exit {code})"))
                .with_hint("service_logs has what the service itself said"))
        }
        End::Signal(_) | End::TimedOut | End::LeftRunning { .. } => {
            Err(Fault::new(Code::Unavailable, format!("{program} did not come to an end in time"))
                .with_hint("look with service_status before trying again"))
        }
    }
}
