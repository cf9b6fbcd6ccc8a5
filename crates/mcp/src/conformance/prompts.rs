//! Prompts.

use rmcp::model::{
    ContentBlock, GetPromptRequestParams, GetPromptResponse, GetPromptResult, Prompt, PromptArgument,
    PromptMessage, Role,
};

use super::asking::{answer_to, elicitation, required};
use super::content::{PNG, page};

/// Every fixture.
pub(super) fn list() -> Vec<Prompt> {
    let prompt = |name: &str, arguments: &[&str]| {
        let arguments = arguments.iter().map(|name| PromptArgument::new(*name).with_required(true)).collect();
        Prompt::new(name, Some("A fixture."), Some(arguments))
    };
    vec![
        prompt("test_simple_prompt", &[]),
        prompt("test_prompt_with_arguments", &["arg1", "arg2"]),
        prompt("test_prompt_with_embedded_resource", &["resourceUri"]),
        prompt("test_prompt_with_image", &[]),
        prompt("test_input_required_result_prompt", &[]),
    ]
}

/// The messages of a fixture.
pub(super) fn get(params: &GetPromptRequestParams) -> Option<GetPromptResponse> {
    let argument = |name: &str| {
        params.arguments.as_ref().and_then(|given| given.get(name)?.as_str()).unwrap_or_default().to_string()
    };
    let says = |text: String| PromptMessage::new_text(Role::User, text);
    let messages = match params.name.as_str() {
        "test_simple_prompt" => vec![says("This is a simple prompt for testing.".into())],
        "test_prompt_with_arguments" => {
            vec![says(format!(
                "Prompt with arguments: arg1='{}', arg2='{}'",
                argument("arg1"),
                argument("arg2")
            ))]
        }
        "test_prompt_with_embedded_resource" => {
            let embedded =
                page(&argument("resourceUri"), "text/plain", "Embedded resource content for testing.");
            vec![
                PromptMessage::new(Role::User, ContentBlock::resource(embedded)),
                says("Please process the embedded resource above.".into()),
            ]
        }
        "test_prompt_with_image" => vec![
            PromptMessage::new(Role::User, ContentBlock::image(PNG, "image/png")),
            says("Please analyze the image above.".into()),
        ],
        "test_input_required_result_prompt" => {
            match answer_to(params.input_responses.as_ref(), "user_context", "context") {
                Some(context) => vec![says(format!("Use this context: {context}"))],
                None => {
                    let question = elicitation("What context should the prompt use?", "context", "string");
                    return Some(required([("user_context", question)], None).into());
                }
            }
        }
        _ => return None,
    };
    Some(GetPromptResult::new(messages).into())
}
