//! The places whose files are written, and the tools for each.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::shell_lab::{ALPINE, DEBIAN, MACHINE, ShellLab};

/// A place whose files are written, and the tools for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surface {
    pub(super) vmid: Option<u32>,
    pub(super) tools: &'static str,
}

pub(super) const SURFACES: [Surface; 4] = [
    Surface { vmid: None, tools: "" },
    Surface { vmid: Some(DEBIAN), tools: "pct_" },
    Surface { vmid: Some(ALPINE), tools: "pct_" },
    Surface { vmid: Some(MACHINE), tools: "qm_" },
];

impl Surface {
    pub(super) fn input(self, more: Value) -> Value {
        let mut input = more;
        if let Some(vmid) = self.vmid {
            input["vmid"] = vmid.into();
        }
        input
    }

    pub(super) async fn write(self, home: &ShellLab, path: &str, bytes: &[u8]) -> Value {
        let content = STANDARD.encode(bytes);
        let input = json!({"path": path, "content": content, "encoding": "base64", "confirm": true});
        home.lab.ask(&format!("{}write_file", self.tools), self.input(input)).await
    }

    pub(super) async fn revert(self, home: &ShellLab, more: Value) -> Value {
        let mut input = self.input(more);
        input["confirm"] = true.into();
        input["overrideCircuitBreaker"] = true.into();
        home.lab.ask("revert_file", input).await
    }
}

pub(super) const PATH: &str = "/srv/app/settings.conf";
