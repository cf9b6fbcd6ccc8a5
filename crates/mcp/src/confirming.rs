//! Where the client can ask its person, a refusal that only lacks a word becomes a question. Never the only way: a
//! client that cannot ask, or whose person does not answer, gets the refusal.

use labkeeper_core::actor::Actor;
use labkeeper_core::budget::cut;
use labkeeper_core::fault::{Code, Fault};
use rmcp::RoleServer;
use rmcp::model::{CallToolRequestParams, InputRequiredResult};
use rmcp::service::RequestContext;
use serde_json::{Value, json};

use crate::asking::{self, Question, Said};
use crate::face::Face;

/// Name of the question and of its only field.
const CONFIRM: &str = "confirm";
/// Most letters of a plan in a question.
const SHOWN: usize = 600;

/// What came of asking.
pub(crate) enum Word {
    /// Do it.
    Given,
    /// Don't.
    Refused,
    /// The client is to ask, and to call again.
    Wanted(InputRequiredResult),
    /// Nobody could be asked, or nobody answered.
    None,
}

/// Asks for the word that `fault` lacks. The question is about this call of this actor with this plan, and about
/// nothing else.
pub(crate) async fn ask(
    face: &Face,
    actor: &Actor,
    about: (&str, &Value),
    fault: &Fault,
    params: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Word {
    if !asking::can_ask(context) {
        return Word::None;
    }
    let question = question(face, actor, fault);
    if asking::has_session(context) {
        return word(asking::in_between(&question, context).await);
    }
    let Some(seal) = face.seal() else { return Word::None };
    let bound = asking::bound(&json!([CONFIRM, actor.name, about.0, about.1, fault.details]));
    match asking::answered(params, seal, CONFIRM, &bound) {
        Some((_, said)) => word(said),
        None => asking::wanted(&question, seal, CONFIRM, &bound).map_or(Word::None, Word::Wanted),
    }
}

fn question(face: &Face, actor: &Actor, fault: &Fault) -> Question {
    // The client's model may read it too.
    let shown = face.keeper.for_model(actor, fault.to_json()).into_value();
    let plan = shown["details"]["plan"]["summary"].as_str().or(shown["error"].as_str());
    let (summary, _) = cut(plan.unwrap_or_default(), SHOWN);
    let field = json!({"type": "boolean", "title": "Do it", "description": "Nothing happens without this.", "default": false});
    Question {
        key: CONFIRM,
        message: format!("The assistant wants to {summary}. Shall it?"),
        fields: json!({CONFIRM: field}),
        required: &[CONFIRM],
    }
}

fn word(said: Said) -> Word {
    match said {
        Said::Filled(form) if form[CONFIRM] == true => Word::Given,
        Said::Filled(_) | Said::Declined => Word::Refused,
        Said::Nothing => Word::None,
    }
}

/// What the assistant is told when its person said no.
pub(crate) fn declined() -> Fault {
    Fault::new(Code::Denied, "the person was asked and said no; nothing was changed")
        .with_hint("do not try it again another way; ask what they want instead")
}
