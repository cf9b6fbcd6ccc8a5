//! `surface = "compact"`: four tools through which a model finds, reads and calls the others, so that little
//! of its context is taken before it starts.

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::nearest::nearest;
use rmcp::RoleServer;
use rmcp::model::{CallToolRequestParams, CallToolResponse, Tool, ToolAnnotations};
use rmcp::service::RequestContext;
use serde_json::{Value, json};

use crate::answer::{self, shown};
use crate::door;
use crate::face::Face;
use crate::overview::overview;

/// Tools a search answers when it is not told how many.
const FOUND: u64 = 8;

/// The four.
pub(crate) fn tools() -> Vec<Tool> {
    vec![
        form(
            "lab_overview",
            "The lab at a glance",
            "What there is, what disagrees with what was seen, what changed last. Read it first.",
            &json!({}),
            &[],
        ),
        form(
            "search_tools",
            "Find a tool",
            "Find tools by what they do; answers names and one sentence each.",
            &json!({
                "query": {"type": "string", "description": "What you want to do, in a few words; all tools when empty."},
                "limit": {"type": "integer", "minimum": 1, "description": "At most so many; 8 when left out."},
            }),
            &["query"],
        ),
        form(
            "describe_tool",
            "Describe a tool",
            "Read a tool's description and input schema before you call it.",
            &json!({"name": {"type": "string", "description": "The tool's name."}}),
            &["name"],
        ),
        form(
            "call_tool",
            "Call a tool",
            "Call a tool that search_tools found. What it changes, its description says.",
            &json!({
                "name": {"type": "string", "description": "The tool's name."},
                "input": {"type": "object", "description": "Its input, as describe_tool says."},
            }),
            &["name"],
        ),
    ]
}

/// Whether that is one of the four.
pub(crate) fn is_tool(name: &str) -> bool {
    matches!(name, "lab_overview" | "search_tools" | "describe_tool" | "call_tool")
}

/// Calls one of the four.
pub(crate) async fn call(
    face: &Face,
    actor: Actor,
    input: &Value,
    params: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> CallToolResponse {
    let name = &*params.name;
    if let Some(fault) = stranger(name, input) {
        return answer::refused(face, &actor, &fault).into();
    }
    let text = |field: &str| input[field].as_str();
    let result = match (name, text("name")) {
        ("lab_overview", _) => match overview(&face.keeper, &actor).await {
            Ok(page) => shown(face, &actor, page),
            Err(fault) => answer::refused(face, &actor, &fault),
        },
        ("search_tools", _) => {
            let limit = input["limit"].as_u64().unwrap_or(FOUND);
            shown(face, &actor, search(face, &actor, text("query").unwrap_or_default(), limit))
        }
        (_, None) => answer::refused(face, &actor, &Fault::invalid("name", format!("{name} needs \"name\""))),
        (_, Some(wanted)) if !door::is_offered(face, &actor, wanted) => {
            answer::refused(face, &actor, &unknown(face, &actor, wanted))
        }
        ("describe_tool", Some(wanted)) => shown(face, &actor, describe(face, wanted)),
        (_, Some(wanted)) => {
            return door::perform(face, actor, (wanted, input["input"].clone()), params, context).await;
        }
    };
    result.into()
}

fn form(
    name: &'static str,
    title: &str,
    description: &'static str,
    properties: &Value,
    required: &[&str],
) -> Tool {
    let schema = json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false});
    let reads = name != "call_tool";
    let hints =
        ToolAnnotations::new().read_only(reads).destructive(!reads).idempotent(reads).open_world(!reads);
    let schema = schema.as_object().cloned().unwrap_or_default();
    Tool::new(name, description, schema).with_title(title).with_annotations(hints)
}

fn stranger(name: &str, input: &Value) -> Option<Fault> {
    let tool = tools().into_iter().find(|tool| tool.name == name)?;
    let known: Vec<&String> = tool.input_schema.get("properties")?.as_object()?.keys().collect();
    let stranger = input.as_object()?.keys().find(|field| !known.contains(field))?;
    let names: Vec<&str> = known.iter().map(|name| name.as_str()).collect();
    let fault = Fault::new(Code::UnknownField, format!("{name} has no field \"{stranger}\""));
    Some(fault.with_field(stranger).with_hint(format!("its fields are {}", names.join(", "))))
}

/// Tools by how many words of the query their name, title and description hold; names weigh more.
fn search(face: &Face, actor: &Actor, query: &str, limit: u64) -> Value {
    let words: Vec<String> = query.to_lowercase().split_whitespace().map(str::to_string).collect();
    let mut found: Vec<(usize, Tool)> = face
        .catalogue()
        .offered(&face.keeper, actor)
        .into_iter()
        .map(|tool| (score(&tool, &words), tool))
        .filter(|(score, _)| words.is_empty() || *score > 0)
        .collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let count = found.len();
    let shown = found.into_iter().take(limit.try_into().unwrap_or(usize::MAX)).map(|(_, tool)| {
        let description = tool.description.as_deref().unwrap_or_default();
        let sentence = description.split_inclusive(". ").next().unwrap_or(description).trim_end();
        json!({"name": tool.name, "does": sentence})
    });
    json!({"tools": shown.collect::<Vec<_>>(), "count": count})
}

fn score(tool: &Tool, words: &[String]) -> usize {
    let name = format!("{} {}", tool.name, tool.title.as_deref().unwrap_or_default()).to_lowercase();
    let description = tool.description.as_deref().unwrap_or_default().to_lowercase();
    words
        .iter()
        .map(|word| 3 * usize::from(name.contains(word)) + usize::from(description.contains(word)))
        .sum()
}

fn describe(face: &Face, name: &str) -> Value {
    let tool = face.catalogue().find(name);
    let entry = face.keeper.registry().iter().find(|entry| entry.meta.name == name);
    json!(tool.zip(entry).map(|(tool, entry)| json!({
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "input_schema": entry.input_schema,
        "output_schema": entry.output_schema,
        "annotations": tool.annotations,
    })))
}

fn unknown(face: &Face, actor: &Actor, name: &str) -> Fault {
    let tools = face.catalogue().offered(&face.keeper, actor);
    let fault = Fault::not_found(format!("there is no tool \"{name}\"")).with_field("name");
    match nearest(name, tools.iter().map(|tool| &*tool.name)) {
        Some(near) => fault.with_hint(format!("did you mean \"{near}\"?")),
        None => fault.with_hint("search_tools finds them"),
    }
}
