//! Audit records of what is no operation: coming in, going out, being turned away.

use std::net::IpAddr;

use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::audit::{Grounds, Phase};
use labkeeper_core::fault::Fault;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{Intent, Outcome};
use serde_json::{Value, json};

use crate::keeper::Keeper;

/// What is written down of somebody at the door.
pub(super) struct AtTheDoor<'a> {
    pub(super) name: &'a str,
    pub(super) via: Via,
    pub(super) op: &'a str,
    pub(super) from: Option<IpAddr>,
}

impl AtTheDoor<'_> {
    pub(super) fn intent(&self, at: Stamp) -> Intent {
        Intent {
            at,
            actor: self.name.into(),
            via: self.via.as_str().into(),
            session: None,
            op: self.op.into(),
            summary: json!({"from": self.from.map(|address| address.to_string())}),
            grounds: Grounds::default(),
        }
    }

    pub(super) async fn refused(&self, keeper: &Keeper, why: &str) -> Result<(), Fault> {
        let outcome = Outcome {
            phase: Phase::Refused,
            summary: json!({"error": why, "from": self.from.map(|address| address.to_string())}),
            change_id: None,
        };
        let now = keeper.clock().now();
        keeper.store().conclude(now, &self.intent(now), None, &outcome).await?;
        Ok(())
    }
}

impl Keeper {
    /// Writes down that a face turned an actor away before the call reached the door.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn turned_away(&self, actor: &Actor, op: &str, why: &Fault) -> Result<(), Fault> {
        let now = self.clock().now();
        let intent = Intent {
            at: now,
            actor: actor.name.clone(),
            via: actor.via.as_str().into(),
            session: actor.session.clone(),
            op: op.into(),
            summary: Value::Null,
            grounds: Grounds { tier: Some(actor.grant.tier), ..Grounds::default() },
        };
        let outcome = Outcome {
            phase: Phase::Refused,
            summary: json!({"code": why.code.as_str(), "error": why.message}),
            change_id: None,
        };
        self.store().conclude(now, &intent, None, &outcome).await?;
        Ok(())
    }
}
