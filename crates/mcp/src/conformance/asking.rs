//! Questions to the client in the middle of a call, on the revision without sessions: the answer is a list of what
//! is wanted, and the client calls again with it.

use rmcp::ErrorData;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ClientCapabilities, InputRequest, InputRequiredResult,
    InputResponses,
};
use serde_json::{Value, json};

use super::content::text;
use super::lasting::SEAL;

/// A form of one field.
pub(super) fn elicitation(message: &str, field: &str, kind: &str) -> Value {
    let schema = json!({"type": "object", "properties": {field: {"type": kind}}, "required": [field]});
    json!({"method": "elicitation/create", "params": {"message": message, "requestedSchema": schema}})
}

/// A question to the client's model.
fn sampling(words: &str, tokens: u32) -> Value {
    let message = json!({"role": "user", "content": {"type": "text", "text": words}});
    json!({"method": "sampling/createMessage", "params": {"messages": [message], "maxTokens": tokens}})
}

fn roots() -> Value {
    json!({"method": "roots/list", "params": {}})
}

/// What is wanted before the call can go on.
pub(super) fn required<'a>(
    questions: impl IntoIterator<Item = (&'a str, Value)>,
    state: Option<String>,
) -> InputRequiredResult {
    let parse = |question| {
        serde_json::from_value::<InputRequest>(question).expect("a fixture's question is well formed")
    };
    let questions = questions.into_iter().map(|(key, question)| (key.to_string(), parse(question))).collect();
    InputRequiredResult::new(Some(questions), state)
}

/// What was answered under that key, in that field of the form; `None` when it is not a proper answer.
pub(super) fn answer_to(responses: Option<&InputResponses>, key: &str, field: &str) -> Option<String> {
    let response = responses?.get(key)?;
    if response["action"] != "accept" {
        return None;
    }
    match &response["content"][field] {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// The fixtures that ask.
pub(super) fn call(
    params: &CallToolRequestParams,
    client: &ClientCapabilities,
) -> Option<Result<CallToolResponse, ErrorData>> {
    let responses = params.input_responses.as_ref();
    let given = |key: &str| responses.and_then(|responses| responses.get(key));
    let name = elicitation("What is your name?", "name", "string");
    Some(Ok(match &*params.name {
        "test_input_required_result_elicitation" | "test_streaming_elicitation" => {
            match answer_to(responses, "user_name", "name") {
                Some(name) => text(format!("Hello, {name}!")).into(),
                None => required([("user_name", name)], None).into(),
            }
        }
        "test_input_required_result_sampling" => match given("capital_question") {
            Some(answer) => text(format!("The model says: {}", answer["content"]["text"])).into(),
            None => {
                required([("capital_question", sampling("What is the capital of France?", 100))], None).into()
            }
        },
        "test_input_required_result_list_roots" => match given("client_roots") {
            Some(answer) => text(format!("Roots: {}", answer["roots"])).into(),
            None => required([("client_roots", roots())], None).into(),
        },
        "test_input_required_result_capabilities" => capable(client),
        "test_input_required_result_multiple_inputs" => {
            match (answer_to(responses, "user_name", "name"), given("greeting"), given("client_roots")) {
                (Some(name), Some(_), Some(_)) => {
                    return Some(opened(params, |_| text(format!("All of it, {name}.")).into()));
                }
                _ => {
                    let questions = [
                        ("user_name", name),
                        ("greeting", sampling("Generate a greeting", 50)),
                        ("client_roots", roots()),
                    ];
                    required(questions, Some(sealed(1))).into()
                }
            }
        }
        "test_input_required_result_request_state" | "test_input_required_result_tampered_state" => {
            match answer_to(responses, "confirm", "ok") {
                Some(_) => return Some(opened(params, |_| text("state-ok").into())),
                None if params.request_state.is_some() => {
                    return Some(opened(params, |_| text("state-ok").into()));
                }
                None => {
                    let question = elicitation("Please confirm", "ok", "boolean");
                    required([("confirm", question)], Some(sealed(1))).into()
                }
            }
        }
        "test_input_required_result_multi_round" => return Some(rounds(params)),
        _ => return None,
    }))
}

fn rounds(params: &CallToolRequestParams) -> Result<CallToolResponse, ErrorData> {
    let first = elicitation("Step 1: What is your name?", "name", "string");
    let second = elicitation("Step 2: What is your favorite color?", "color", "string");
    if params.request_state.is_none() {
        return Ok(required([("step1", first)], Some(sealed(1))).into());
    }
    opened(params, |round| {
        let responses = params.input_responses.as_ref();
        match (round, answer_to(responses, "step1", "name"), answer_to(responses, "step2", "color")) {
            (1, Some(_), _) => required([("step2", second)], Some(sealed(2))).into(),
            (2, _, Some(color)) => text(format!("You like {color}.")).into(),
            _ => required([("step1", first)], Some(sealed(1))).into(),
        }
    })
}

fn capable(client: &ClientCapabilities) -> CallToolResponse {
    let declared = json!(client);
    let questions = [
        ("elicitation", elicitation("What is your name?", "name", "string")),
        ("sampling", sampling("Say hello", 50)),
        ("roots", roots()),
    ];
    let known: Vec<(&str, Value)> =
        questions.into_iter().filter(|(name, _)| !declared[*name].is_null()).collect();
    if known.is_empty() {
        return text("there is nothing this client could be asked").into();
    }
    required(known, None).into()
}

fn sealed(round: u64) -> String {
    SEAL.seal(&round.to_be_bytes())
}

/// Goes on with the round that the sealed state names.
fn opened(
    params: &CallToolRequestParams,
    then: impl FnOnce(u64) -> CallToolResponse,
) -> Result<CallToolResponse, ErrorData> {
    let state = params.request_state.as_deref().unwrap_or_default();
    let round = SEAL.open(state).ok().and_then(|bytes| Some(u64::from_be_bytes(bytes.try_into().ok()?)));
    round
        .map(then)
        .ok_or_else(|| ErrorData::invalid_params("requestState is not what this server gave out", None))
}
