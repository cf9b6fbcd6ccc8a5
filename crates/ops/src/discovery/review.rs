//! `discovery_review`: what an import of a scan would do with each host, before it is done.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::ItemRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::found_host::FoundHost;
use super::host_input::{HostInput, proposed};
use super::recognition::{Acquaintances, By};
use super::scan_view::{ScanView, hosts};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Go through the hosts of a scan before they are imported: for each, the known item that it is and by what evidence, or the
/// new item that it would become. Pass the proposals that you keep, edited as you like, to `discovery_import`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscoveryReview {
    /// The number of the scan.
    pub id: i64,
}

/// Every living host of a scan, sorted out.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Reviewed {
    /// The block; pass it to the import as `cidr`.
    pub cidr: String,
    /// By address.
    pub hosts: Vec<ReviewedHost>,
    /// How many would be new.
    pub new: usize,
    /// How many are known.
    pub known: usize,
}

/// One host.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReviewedHost {
    /// What was found.
    pub found: FoundHost,
    /// The item that it is already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<KnownAs>,
    /// What the import takes for it. Of a known item it only fills gaps and notes what was seen.
    pub proposal: HostInput,
    /// Why it cannot be imported as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// A known item.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KnownAs {
    /// The item.
    pub item: ItemRef,
    /// By what it was recognised.
    pub by: By,
}

impl Operation for DiscoveryReview {
    type Output = Reviewed;
    const META: Meta = Meta::read("discovery_review", "Review found hosts", Toolset::Discovery)
        .foreign()
        .not_a_tool()
        .routes(&[Route::get("/api/discovery/jobs/{id}/review")]);

    async fn run(self, cx: &mut Cx) -> Result<Reviewed, Fault> {
        let mut view = cx.snapshot().await?;
        let scan = view.scan(self.id).await?;
        let scan =
            scan.ok_or_else(|| Fault::not_found(format!("there is no scan {}", self.id)).with_field("id"))?;
        let found: Vec<FoundHost> =
            hosts(&mut view, scan.id, 0).await?.into_iter().map(|(_, host)| host).collect();
        let known = Acquaintances::load(&mut view).await?;
        let looked = ScanView::of(&scan, cx.now);
        let proposals = proposed(&found, &scan.cidr, &looked.ports);
        let sorted = found.into_iter().zip(proposals).map(|(found, (proposal, read))| {
            let match_of = |(item, by): (&ItemRef, By)| KnownAs { item: item.clone(), by };
            let (known, problem) = match &read {
                Ok(host) => (known.find(host.traits()).map(match_of), None),
                Err(problem) => (None, Some(problem.clone())),
            };
            ReviewedHost { found, known, proposal, problem }
        });
        let hosts: Vec<ReviewedHost> = sorted.collect();
        let count = |wanted: fn(&ReviewedHost) -> bool| hosts.iter().filter(|host| wanted(host)).count();
        Ok(Reviewed {
            cidr: scan.cidr,
            new: count(|host| host.known.is_none() && host.problem.is_none()),
            known: count(|host| host.known.is_some()),
            hosts,
        })
    }
}
