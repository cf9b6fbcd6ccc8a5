//! Each endpoint by itself.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::check::Check;
use crate::checkup::finding::Finding;
use crate::checkup::level::Level;
use crate::pve::{PveError, Visit};

/// An answer that took longer is felt in everything that is asked.
const SLOW: Duration = Duration::from_secs(1);

/// What became of an endpoint's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Certificate {
    /// It is the one that is trusted.
    Trusted,
    /// It is another one, or there is nothing to compare it with: nothing was sent.
    Refused,
    /// Nobody showed one.
    Unseen,
}

impl Certificate {
    /// As that visit found it.
    pub fn of(visit: &Visit) -> Self {
        match &visit.answer {
            Err(PveError::PinMismatch { .. } | PveError::Untrusted { .. } | PveError::NoPin { .. }) => {
                Self::Refused
            }
            Err(PveError::Unreachable { .. } | PveError::Timeout { .. } | PveError::Malformed { .. }) => {
                Self::Unseen
            }
            // Whatever Proxmox answers, it answers behind the right certificate.
            _ => Self::Trusted,
        }
    }
}

/// Judges one endpoint. One that is gone is worse when no other answers.
pub fn endpoint(visit: &Visit, others_answer: bool) -> Finding {
    let at = &visit.endpoint;
    match &visit.answer {
        Ok(_) if visit.took > SLOW => Check::Endpoint
            .finds(Level::Warn, format!("{at} takes {} ms to answer", visit.took.as_millis()))
            .with_remedy("look at the load of the node, and at the network between it and this machine"),
        Ok(_) => {
            let finding =
                format!("{at} answers in {} ms with the certificate that is trusted", visit.took.as_millis());
            Check::Endpoint.finds(Level::Ok, finding)
        }
        // That it is refused is the token's matter; it was refused behind the right certificate.
        Err(PveError::Unauthorised { .. }) => {
            Check::Endpoint.finds(Level::Ok, format!("{at} answers with the certificate that is trusted"))
        }
        Err(error) => {
            let status = if Certificate::of(visit) == Certificate::Refused || !others_answer {
                Level::Crit
            } else {
                Level::Warn
            };
            Check::Endpoint.finds(status, error.to_string()).with_remedy(error.remedy())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pve::{Fingerprint, Version};

    fn visit(took: u64, answer: Result<(), PveError>) -> Visit {
        let version = Version { version: "9.1.8".into(), release: None, repoid: None };
        Visit {
            endpoint: "pve1".parse().unwrap(),
            took: Duration::from_millis(took),
            clock: None,
            answer: answer.map(|()| version),
        }
    }

    fn gone() -> PveError {
        PveError::Unreachable { endpoint: "pve1".parse().unwrap(), reason: "no route to host".into() }
    }

    #[test]
    fn one_that_is_gone_matters_more_when_it_was_the_only_one() {
        assert_eq!(endpoint(&visit(5, Err(gone())), true).status, Level::Warn);
        let found = endpoint(&visit(5, Err(gone())), false);
        assert_eq!(found.status, Level::Crit);
        assert!(found.remedy.unwrap().contains("pveproxy"));
        assert_eq!(Certificate::of(&visit(5, Err(gone()))), Certificate::Unseen);
    }

    #[test]
    fn another_certificate_is_never_a_small_matter() {
        let (expected, found) = (Fingerprint::of(b"a"), Fingerprint::of(b"b"));
        let error = PveError::PinMismatch { endpoint: "pve1".parse().unwrap(), expected, found };
        let visit = visit(5, Err(error));
        assert_eq!(
            (endpoint(&visit, true).status, Certificate::of(&visit)),
            (Level::Crit, Certificate::Refused)
        );
    }

    #[test]
    fn a_refused_token_is_not_the_endpoints_fault() {
        let refused = PveError::Unauthorised {
            endpoint: "pve1".parse().unwrap(),
            token: "a@pve!bc".parse().unwrap(),
            reason: "Authentication failed!".into(),
        };
        let visit = visit(3_010, Err(refused));
        assert_eq!(
            (endpoint(&visit, false).status, Certificate::of(&visit)),
            (Level::Ok, Certificate::Trusted)
        );
    }

    #[test]
    fn a_slow_answer_is_told() {
        assert_eq!(endpoint(&visit(12, Ok(())), true).status, Level::Ok);
        let slow = endpoint(&visit(1_500, Ok(())), true);
        assert_eq!((slow.status, slow.finding.as_str()), (Level::Warn, "pve1:8006 takes 1500 ms to answer"));
    }
}
