//! `scan_start`: a scan that goes on by itself.

use labkeeper_core::discovery::{PortChoice, SweepRequest};
use labkeeper_core::fault::Fault;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::recorded;
use super::scan_request::{Asked, ask};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};
use crate::progress::Unwatched;

/// Begin a scan of a private subnet that goes on by itself, and answer its number at once. `scan_show` has its hosts as they
/// are found and, when it is done, what is new or gone since last time; `scan_cancel` stops it. For a small subnet
/// `discover_subnet` answers within seconds.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScanStart {
    /// Block such as `192.168.1.0/24`, at most a /16; or a single address.
    pub cidr: String,
    /// `quick`, `standard`, `full`, or a list of ports.
    #[serde(default)]
    pub ports: PortChoice,
    /// Seconds to wait for one answer, 0.05 to 10.
    #[serde(default)]
    pub timeout: Option<f64>,
    /// Living hosts examined closely at the same time, 1 to 512.
    #[serde(default)]
    pub concurrency: Option<u32>,
    /// Addresses asked per second at most, 1 to 10000.
    #[serde(default)]
    pub rate: Option<u32>,
    /// Addresses or blocks to leave alone.
    #[serde(default)]
    pub exclude: Vec<String>,
}

/// The scan that began.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ScanStarted {
    /// Its number.
    pub id: i64,
    /// The block, host bits cleared.
    pub cidr: String,
    /// Addresses that it looks at.
    pub total: usize,
}

impl Operation for ScanStart {
    type Output = ScanStarted;
    const META: Meta = Meta::write("scan_start", "Begin a scan", Toolset::Discovery)
        .open_world()
        .not_a_tool()
        .routes(&[Route::post("/api/discovery/jobs")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let Asked { sweep, .. } = self.asked(cx)?;
        let addresses = sweep.addresses().count();
        let summary = format!(
            "begin a scan of {}: {addresses} addresses, {} ports each",
            sweep.block(),
            sweep.ports().len()
        );
        Ok(Plan::allow(summary).with(json!({"addresses": addresses, "ports": sweep.ports()})))
    }

    async fn run(self, cx: &mut Cx) -> Result<ScanStarted, Fault> {
        let asked = self.asked(cx)?;
        let (cidr, total) = (asked.sweep.block().to_string(), asked.sweep.addresses().count());
        let (house, actor) = (cx.house.clone(), cx.actor.clone());
        let begun = cx.without_tx(recorded::begin(&house, &actor, asked)).await??;
        let id = begun.id;
        // Entered before this call ends: a hub that is shutting down misses neither.
        let place = house.at_work().enter(Self::META.name, cx.now);
        tokio::spawn(async move {
            let _at_work = place;
            // Who stops it writes so into the database; beside that it ends with the hub.
            let ending = house.at_work().ending();
            if let Err(fault) = recorded::carry_out(&house, &begun, &Unwatched, ending).await {
                tracing::warn!(scan = begun.id, %fault, "a scan could not be kept");
            }
        });
        cx.summarise(format!("began scan {id} of {cidr}"));
        Ok(ScanStarted { id, cidr, total })
    }
}

impl ScanStart {
    fn asked(&self, cx: &Cx) -> Result<Asked, Fault> {
        let request = SweepRequest {
            cidr: self.cidr.clone(),
            ports: self.ports.clone(),
            concurrency: self.concurrency.unwrap_or(SweepRequest::DEFAULT_CONCURRENCY),
            timeout: self.timeout.unwrap_or(SweepRequest::DEFAULT_TIMEOUT),
            rate: self.rate.unwrap_or(SweepRequest::DEFAULT_RATE),
            exclude: self.exclude.clone(),
        };
        ask(&request, cx.house().scout().territory())
    }
}
