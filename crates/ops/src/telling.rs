//! What may be told to whom: everything for a model goes through the redactor here, and nothing else makes a [`ModelValue`].

use std::sync::Arc;

use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::budget::neutralise;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_redact::ModelValue;
use serde_json::{Value, json};

use crate::call::Answer;
use crate::house::House;
use crate::meta::Meta;
use crate::progress::Progress;

/// What a model may read of that: placeholders where secrets were, and control, bidirectional and zero-width characters made
/// visible. Secrets that were met once in the actor's session are found wherever they turn up again.
///
/// Should redacting fail, nothing is told but that.
pub(crate) fn for_model(house: &House, actor: &Actor, value: Value) -> ModelValue {
    let redact = |session: &mut _, value| house.redactor().json(session, value, None);
    let told = house.sessions().with_secrets(actor, |session| redact(session, value));
    let told = told.unwrap_or_else(|fault| {
        let refusal = json!({"error": "this cannot be shown: secrets cannot be taken out of it", "code": fault.code.as_str()});
        redact(&mut labkeeper_redact::Session::new([0; 32]), refusal)
    });
    told.with_each_text(neutralise)
}

/// A sentence for journal and audit log, without secrets.
pub(crate) fn for_record(house: &House, actor: &Actor, sentence: &str) -> Result<String, Fault> {
    house
        .sessions()
        .with_secrets(actor, |session| house.redactor().text(session, sentence, None).into_string())
}

/// Tells a program how work goes as it is told everything else: lines of a task's log have what they have.
pub(crate) struct ToldProgress {
    pub(crate) house: House,
    pub(crate) actor: Actor,
    pub(crate) watched_by: Arc<dyn Progress>,
}

impl Progress for ToldProgress {
    fn report(&self, done: f64, total: Option<f64>, message: &str) {
        let told = for_model(&self.house, &self.actor, message.into()).into_value();
        self.watched_by.report(done, total, told.as_str().unwrap_or_default());
    }
}

/// Programs with a token read the lab as a model does: nobody knows what reads behind them. What comes through MCP is told by
/// that face; people read what is there.
pub(crate) fn for_program(
    house: &House,
    actor: &Actor,
    meta: &Meta,
    told: Result<Answer, Fault>,
) -> Result<Answer, Fault> {
    let reads_lab = meta.foreign || meta.acts;
    if actor.is_person() || matches!(actor.via, Via::Mcp | Via::System) || !reads_lab {
        return told;
    }
    as_kept(house, actor, told)
}

/// What came of a call of that actor as a model may read it, wherever it is kept until then.
pub(crate) fn as_kept(house: &House, actor: &Actor, told: Result<Answer, Fault>) -> Result<Answer, Fault> {
    let without = |value| for_model(house, actor, value).into_value();
    match told {
        Ok(answer) => Ok(Answer { output: without(answer.output), ..answer }),
        Err(fault) if fault.code == Code::Internal => Err(fault),
        Err(mut fault) => {
            let message = without(fault.message.into());
            fault.message = message.as_str().unwrap_or_default().into();
            fault.details = fault.details.map(|details| Box::new(without(*details)));
            Err(fault)
        }
    }
}
