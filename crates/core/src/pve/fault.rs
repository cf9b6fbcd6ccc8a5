//! A cluster's failure as the faces show it.

use super::complaint::Complaint;
use super::error::PveError;
use crate::fault::{Code, Fault};

impl From<PveError> for Fault {
    fn from(error: PveError) -> Self {
        Self::new(code(&error), error.to_string()).with_hint(error.remedy())
    }
}

/// A token that Proxmox refuses is no [`Code::Unauthorized`]: whoever called us showed us good credentials.
fn code(error: &PveError) -> Code {
    match error {
        PveError::Forbidden(_) => Code::Forbidden,
        PveError::NotFound(_) => Code::NotFound,
        PveError::BadParameter { .. } => Code::Invalid,
        PveError::InTheWay { .. } => Code::Conflict,
        PveError::TaskFailed(end) if end.exit.complaint() == Some(Complaint::Missing) => Code::NotFound,
        PveError::TaskFailed(_) => Code::Conflict,
        PveError::Unreachable { .. }
        | PveError::NodeUnreachable { .. }
        | PveError::PinMismatch { .. }
        | PveError::NoPin { .. }
        | PveError::Untrusted { .. }
        | PveError::Unauthorised { .. }
        | PveError::NotImplemented(_)
        | PveError::Refused { .. }
        | PveError::TaskUnfinished { .. }
        | PveError::Timeout { .. }
        | PveError::Interrupted { .. }
        | PveError::Malformed { .. } => Code::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pve::Denial;

    #[test]
    fn the_way_out_becomes_the_hint() {
        let denial = Denial::of("Permission check failed (/vms/100, VM.PowerMgmt)");
        let fault = Fault::from(PveError::Forbidden(denial));
        assert_eq!(fault.code, Code::Forbidden);
        assert_eq!(fault.message, "not allowed: needs VM.PowerMgmt on /vms/100");
        assert!(fault.hint.unwrap().contains("a role with VM.PowerMgmt on /vms/100"));
    }
}
