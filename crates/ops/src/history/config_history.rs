//! `config_history`.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::history::{Question, Revision, State};
use labkeeper_core::pve::{ClusterName, VmId};
use labkeeper_core::shell::FilePath;
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::config_sweep::history_of;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

const USUAL: usize = 10;
const MOST: usize = 100;
/// Of each revision at most so many bytes of differences.
const DIFF: usize = 16 * 1024;

/// Show how the lab's configuration changed, newest first, with differences: what was written from here, and what config_sweep found. Secrets
/// are shown as marks: another mark means another secret.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigHistory {
    /// Only this file, or all below this directory.
    #[serde(default)]
    pub path: Option<FilePath>,
    /// Only this guest: its files and its configuration.
    #[serde(default)]
    pub vmid: Option<VmId>,
    /// Only in this cluster.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
    /// At most so many revisions, 10 when left out, 100 at most.
    #[serde(default)]
    pub limit: Option<usize>,
}

/// The history that was asked for.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Told {
    /// Newest first.
    pub revisions: Vec<Revision>,
    /// How the whole history stands.
    pub state: State,
}

impl Operation for ConfigHistory {
    type Output = Told;
    const META: Meta = Meta::read("config_history", "How the lab's configuration changed", Toolset::Proxmox)
        .foreign()
        .routes(&[Route::get("/api/history")]);

    async fn run(self, cx: &mut Cx) -> Result<Told, Fault> {
        let history = history_of(cx.house())?;
        let question = Question {
            paths: self.patterns(cx.actor.grant.tier)?,
            limit: self.limit.unwrap_or(USUAL).clamp(1, MOST),
            diff_bytes: DIFF,
        };
        Ok(Told { revisions: history.revisions(&question).await?, state: history.state().await? })
    }
}

impl ConfigHistory {
    /// Which files are meant, of those that the tier may read where they come from.
    fn patterns(&self, tier: Tier) -> Result<Vec<String>, Fault> {
        let cluster = self.cluster.as_ref().map_or("*", ClusterName::as_str);
        let vmid = self.vmid.map(|vmid| vmid.to_string());
        let of_guest = vmid.as_deref().unwrap_or("*");
        let inside = tier >= Tier::Companion;
        let directories: Vec<String> = match (&self.path, &self.vmid) {
            (Some(_), None) if tier < Tier::Root => {
                return Err(Fault::new(Code::Forbidden, "the files of a node take root")
                    .with_field("vmid")
                    .with_hint("name a guest with vmid, or use a token of a higher scope"));
            }
            (Some(_), None) => vec![format!("host/{cluster}/*")],
            (Some(_), Some(_)) if !inside => {
                return Err(Fault::new(Code::Forbidden, "the files in a guest take companion").with_hint(
                    "use a token of a higher scope; without a path the guest's configuration is shown",
                ));
            }
            (Some(_), Some(_)) => ["pct", "qm"].map(|kind| format!("{kind}/{cluster}/{of_guest}")).into(),
            (None, vmid) => {
                let kinds = [("config", true), ("pct", inside), ("qm", inside)];
                let guests = kinds.into_iter().filter(|(_, may)| *may);
                let mut all: Vec<String> =
                    guests.map(|(kind, _)| format!("{kind}/{cluster}/{of_guest}")).collect();
                if vmid.is_none() && tier >= Tier::Root {
                    all.push(format!("host/{cluster}/*"));
                }
                all
            }
        };
        let path = self.path.as_ref().map(|path| literal(path.as_str())).unwrap_or_default();
        let path = path.trim_end_matches('/');
        let below = directories.iter().map(|directory| format!("{directory}{path}/**"));
        let itself = directories.iter().map(|directory| format!("{directory}{path}"));
        Ok(if path.is_empty() { below.collect() } else { itself.chain(below).collect() })
    }
}

/// A path whose characters mean themselves.
fn literal(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    for character in path.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '\\') {
            plain.push('\\');
        }
        plain.push(character);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(path: Option<&str>, vmid: Option<u64>, tier: Tier) -> Result<Vec<String>, Code> {
        let question = ConfigHistory {
            path: path.map(|path| path.parse().unwrap()),
            vmid: vmid.map(|vmid| VmId::try_from(vmid).unwrap()),
            cluster: None,
            limit: None,
        };
        question.patterns(tier).map_err(|fault| fault.code)
    }

    #[test]
    fn each_tier_is_shown_what_it_may_read_there_too() {
        assert_eq!(patterns(None, None, Tier::Operate).unwrap(), ["config/*/*/**"]);
        assert_eq!(
            patterns(None, Some(101), Tier::Companion).unwrap(),
            ["config/*/101/**", "pct/*/101/**", "qm/*/101/**"]
        );
        assert_eq!(patterns(None, None, Tier::Root).unwrap().last().unwrap(), "host/*/*/**");
        assert_eq!(patterns(Some("/etc/hosts"), None, Tier::Companion), Err(Code::Forbidden));
        assert_eq!(patterns(Some("/etc/hosts"), Some(101), Tier::Observe), Err(Code::Forbidden));
        assert_eq!(
            patterns(Some("/etc/x*"), None, Tier::Root).unwrap(),
            ["host/*/*/etc/x\\*", "host/*/*/etc/x\\*/**"]
        );
    }
}
