//! The brake on setting a guest back: whoever does it again and again in a short time goes round in a circle.

use labkeeper_core::audit::Phase;
use labkeeper_core::fault::Fault;
use labkeeper_core::pve::VmId;
use labkeeper_store::AuditFilter;

use crate::cx::Cx;
use crate::operation::{Plan, Verdict};

/// What sets a guest back, whole.
const SET_BACK: [&str; 2] = ["snapshot_rollback", "guest_backup_restore"];

/// The plan, refused when the guest was set back too often lately. Attempts that failed count: they are the circle.
pub(super) async fn braked(cx: &Cx, vmid: VmId, is_overridden: bool, plan: Plan) -> Result<Plan, Fault> {
    let breaker = cx.house().settings().files.breaker;
    if is_overridden || !breaker.enabled {
        return Ok(plan);
    }
    let mut earlier = 0;
    for op in SET_BACK {
        let filter = AuditFilter {
            op: Some(op.into()),
            vmid: Some(vmid.get()),
            phase: Some(Phase::Asked),
            since: Some(breaker.since(cx.now)),
            ..AuditFilter::default()
        };
        earlier += cx.house().store().audit(&filter, None, 1).await?.summary.total;
    }
    if !breaker.trips(usize::try_from(earlier).unwrap_or(usize::MAX)) {
        return Ok(plan);
    }
    let minutes = breaker.window.as_secs() / 60;
    let reason = format!(
        "guest {vmid} was set back {earlier} times within {minutes} minutes: find out what goes wrong first, or set overrideCircuitBreaker: true"
    );
    Ok(Plan { verdict: Verdict::Deny(vec![reason]), ..plan })
}
