//! Whether the token is accepted.

use super::check::Check;
use crate::checkup::finding::Finding;
use crate::checkup::level::Level;
use crate::pve::{PveError, TokenId, Visit};

/// Judges the token by what the endpoints said to it.
pub fn token(token: &TokenId, visits: &[Visit]) -> Finding {
    let accepted = visits.iter().filter(|visit| visit.answer.is_ok()).count();
    let refusals = visits.iter().filter_map(|visit| match &visit.answer {
        Err(error @ PveError::Unauthorised { .. }) => Some(error),
        _ => None,
    });
    match (accepted, refusals.clone().next()) {
        (0, None) => Check::Token
            .finds(Level::Unknown, format!("no endpoint could be asked whether it accepts the token {token}"))
            .with_remedy("see to it that an endpoint answers first"),
        (_, None) => Check::Token.finds(Level::Ok, format!("the token {token} is accepted")),
        (0, Some(error)) => Check::Token.finds(Level::Crit, error.to_string()).with_remedy(error.remedy()),
        (_, Some(error)) => Check::Token
            .finds(Level::Warn, format!("{error}, while {accepted} other endpoints do"))
            .with_remedy("that node has an older state of the cluster: look at `pvecm status` and at pve-cluster there"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::pve::Version;

    fn visit(answer: Result<(), PveError>) -> Visit {
        let version = Version { version: "9.1.8".into(), release: None, repoid: None };
        let endpoint = "pve1".parse().unwrap();
        Visit { endpoint, took: Duration::ZERO, clock: None, answer: answer.map(|()| version) }
    }

    #[test]
    fn who_could_not_be_asked_neither_accepts_nor_refuses() {
        let name: TokenId = "a@pve!bc".parse().unwrap();
        let refused = || {
            let reason = "Authentication failed!".into();
            visit(Err(PveError::Unauthorised {
                endpoint: "pve1".parse().unwrap(),
                token: name.clone(),
                reason,
            }))
        };
        let gone =
            || visit(Err(PveError::Unreachable { endpoint: "pve1".parse().unwrap(), reason: "gone".into() }));
        let judged = |visits: &[Visit]| token(&name, visits).status;
        assert_eq!(judged(&[gone(), visit(Ok(()))]), Level::Ok);
        assert_eq!(judged(&[gone()]), Level::Unknown);
        assert_eq!(judged(&[gone(), refused()]), Level::Crit);
        assert_eq!(judged(&[visit(Ok(())), refused()]), Level::Warn);
        assert!(token(&name, &[refused()]).remedy.unwrap().contains("expired"));
    }
}
