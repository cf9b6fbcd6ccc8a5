//! `notification_test`.

use std::sync::Arc;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::ports::{Attempt, Notice, Notifier};
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Send a test message by every way in which this hub tells people, also by those that are kept for when the others fail, and say
/// of each what became of it. Quiet hours do not hold it back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationTest {}

/// What became of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Tried {
    /// Each way, as it is configured.
    pub data: Vec<TriedWay>,
    /// How many took it.
    pub told: usize,
}

/// One way.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TriedWay {
    /// The service and where it is, without what is secret in its address.
    pub way: String,
    /// It is one for when none of the others takes a message.
    pub fallback: bool,
    /// It took the message.
    pub told: bool,
    /// Why not, and what to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl From<Attempt> for TriedWay {
    fn from(attempt: Attempt) -> Self {
        let Attempt { way, fallback, outcome } = attempt;
        Self { way, fallback, told: outcome.is_ok(), problem: outcome.err() }
    }
}

impl Operation for NotificationTest {
    type Output = Tried;
    const META: Meta = Meta {
        tier: Tier::Observe,
        ..Meta::act("notification_test", "Send a test message", Toolset::Hub)
            .admin()
            .not_a_tool()
            .routes(&[Route::post("/api/notifications/test")])
    };

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        notifier(cx)?;
        Ok(Plan::allow("send a test message to everybody who is told"))
    }

    async fn run(self, cx: &mut Cx) -> Result<Tried, Fault> {
        let notifier = notifier(cx)?;
        let public_url = cx.house().settings().safety.public_url.as_ref();
        let notice = Notice {
            title: "labkeeper: a test message".into(),
            text: "Somebody tries whether messages of this hub arrive. There is nothing to do.".into(),
            link: public_url.map(|url| format!("{url}/settings/notifications")),
        };
        let tried = notifier.try_every_way(&notice).await;
        let data: Vec<TriedWay> = tried.into_iter().map(Into::into).collect();
        let told = data.iter().filter(|way| way.told).count();
        cx.summarise(format!("sent a test message: {told} of {} took it", data.len()));
        Ok(Tried { data, told })
    }
}

fn notifier(cx: &Cx) -> Result<Arc<dyn Notifier>, Fault> {
    cx.house().notifier().cloned().ok_or_else(|| {
        Fault::new(Code::Conflict, "nobody is told anything: no address is set")
            .with_hint("set notify.url (LABKEEPER_NOTIFY_URL) where the hub runs, and restart it")
    })
}
