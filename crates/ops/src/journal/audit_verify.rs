//! `audit_verify`: whether the chain is what was written.

use labkeeper_core::audit::{Break, Verifier};
use labkeeper_core::fault::Fault;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Check the audit log: whether any record was altered, removed or inserted after it was written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditVerify {}

/// The verdict.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Verification {
    /// Whether every record is as written.
    pub ok: bool,
    /// How many were checked before the first break.
    pub records: i64,
    /// Hash of the last good record; note it elsewhere to prove later that nothing was cut off.
    pub head: String,
    /// The first place where the chain is not what was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
}

impl Operation for AuditVerify {
    type Output = Verification;
    const META: Meta = Meta::read("audit_verify", "Verify the audit log", Toolset::Safety)
        .routes(&[Route::get("/api/audit/verify")]);

    async fn run(self, cx: &mut Cx) -> Result<Verification, Fault> {
        let mut view = cx.snapshot().await?;
        let mut verifier = Verifier::default();
        loop {
            let page = view.audit_after(verifier.checked(), 2_000).await?;
            if page.is_empty() {
                return Ok(verdict(&verifier, None));
            }
            for (record, hash) in &page {
                if let Err(broken) = verifier.step(record, hash) {
                    return Ok(verdict(&verifier, Some(&broken)));
                }
            }
            #[expect(clippy::cast_precision_loss, reason = "progress is approximate")]
            cx.progress.report(verifier.checked() as f64, None, "records checked");
            cx.check_cancelled()?;
        }
    }
}

fn verdict(verifier: &Verifier, broken: Option<&Break>) -> Verification {
    Verification {
        ok: broken.is_none(),
        records: verifier.checked(),
        head: verifier.head().into(),
        broken: broken.map(ToString::to_string),
    }
}
