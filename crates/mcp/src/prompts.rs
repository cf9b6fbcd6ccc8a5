//! Prompts: tasks a person starts with one click, with what the model needs to begin already in the message.

use labkeeper_core::actor::Actor;
use labkeeper_ops::keeper::Keeper;
use rmcp::ErrorData;
use rmcp::model::{GetPromptResult, Prompt, PromptArgument, PromptMessage, ResourceContents, Role};
use serde_json::{Map, Value, json};

use crate::lab_uri::LabUri;
use crate::reading::contents;

const MORNING: &str = "\
Look over the lab as its keeper would with the first coffee. The overview is above. \
Settle nothing and change nothing without being asked.
1. Read the open drift: say for each whether the inventory or the observation is likely right, and why.
2. Read what changed since yesterday: anything surprising?
3. Check with health_check that the hosts that matter answer.
Report in at most ten lines, worst first. If all is well, say so in one.";

const DOCUMENT: &str = "\
Write or bring up to date the page of this item. What the hub knows is above.
1. Look for an existing page with inventory_search; change that one rather than adding a second.
2. Say what it is for, what it runs on and what runs on it, its addresses, how it is backed up, how to restore it. \
Mark what you do not know as unknown; invent nothing.
3. Show me the text. When I agree, store it with inventory_create or inventory_update (type documents).";

const PLAN: &str = "\
Plan this change before anything is done. The overview of the lab is above.
1. Find the items concerned with inventory_search, and what depends on them with inventory_impact.
2. Ask what would happen: every tool that changes something takes dry_run: true.
3. Give me the steps in order, what each one affects, how each is undone (change_undo where the journal holds it), \
and where we stop if something looks wrong.
Do nothing until I agree.";

const DRIFT: &str = "\
Explain where the inventory and what sources see disagree. What the hub knows is above; drift_list has every difference.
1. For each: what was said, what is seen, by which source and since when.
2. Say which is likely right and why: what changed lately (changes_list), what kind of source it is, whether the thing \
answers (health_check).
3. Propose accept, keep or pin for each, in one line.
Settle nothing with drift_settle until I agree.";

const INCIDENT: &str = "\
Something is wrong in the lab. The overview is above. Look first; change nothing without being asked.
1. Find the items concerned with inventory_search, and what else they take with them with inventory_impact.
2. Check with health_check what answers and what does not, from the bottom up: network, host, guest, app.
3. Look in changes_list and drift_list for what changed shortly before.
4. Look with inventory_search and memory_search for a page or a note that says what to do.
Report what is broken, what still works, the likely cause with the evidence for it, and the next step with its way back.";

/// Every prompt.
pub fn list() -> Vec<Prompt> {
    vec![
        Prompt::new(
            "morning_check",
            Some("Look over the lab: drift, changes, what does not answer."),
            Some(vec![
                PromptArgument::new("tag").with_description("Only items with this tag.").with_required(false),
            ]),
        )
        .with_title("Morning check"),
        Prompt::new(
            "document_this_guest",
            Some("Write or update the page of one item from what the hub knows."),
            Some(vec![
                PromptArgument::new("kind")
                    .with_description("Kind of the item: vms, containers, apps …")
                    .with_required(true),
                PromptArgument::new("id").with_description("Its id.").with_required(true),
            ]),
        )
        .with_title("Document this guest"),
        Prompt::new(
            "plan_change",
            Some("Plan a change: what it touches, in which order, how it is undone."),
            Some(vec![
                PromptArgument::new("change")
                    .with_description("What you want to change.")
                    .with_required(true),
            ]),
        )
        .with_title("Plan a change"),
        Prompt::new(
            "explain_drift",
            Some("Explain where the inventory and what sources see disagree, and what to do about it."),
            Some(vec![
                PromptArgument::new("kind")
                    .with_description("Only of one item: its kind …")
                    .with_required(false),
                PromptArgument::new("id").with_description("… and its id.").with_required(false),
            ]),
        )
        .with_title("Explain drift"),
        Prompt::new(
            "incident",
            Some("Something is wrong: find out what, what it takes with it, and the next step."),
            Some(vec![PromptArgument::new("what").with_description("What you see.").with_required(true)]),
        )
        .with_title("Incident"),
    ]
}

/// The messages of a prompt.
pub(crate) async fn get(
    keeper: &Keeper,
    actor: &Actor,
    name: &str,
    arguments: &Map<String, Value>,
) -> Result<GetPromptResult, ErrorData> {
    let (resource, task) = match name {
        "morning_check" => {
            let only = argument(arguments, "tag").map(|tag| format!("\n\nOnly items tagged {tag}."));
            (overview(keeper, actor).await?, format!("{MORNING}{}", only.unwrap_or_default()))
        }
        "document_this_guest" => {
            let (kind, id) = (argument(arguments, "kind")?, argument(arguments, "id")?);
            (contents(keeper, actor, &format!("lab://item/{kind}/{id}")).await?, DOCUMENT.to_string())
        }
        "plan_change" => {
            let change = argument(arguments, "change")?;
            (overview(keeper, actor).await?, format!("{PLAN}\n\nThe change: {change}"))
        }
        "explain_drift" => {
            let above = match (argument(arguments, "kind"), argument(arguments, "id")) {
                (Err(_), Err(_)) => overview(keeper, actor).await?,
                (kind, id) => contents(keeper, actor, &format!("lab://item/{}/{}", kind?, id?)).await?,
            };
            (above, DRIFT.to_string())
        }
        "incident" => {
            let what = argument(arguments, "what")?;
            (overview(keeper, actor).await?, format!("{INCIDENT}\n\nWhat I see: {what}"))
        }
        _ => {
            let names: Vec<String> = list().into_iter().map(|prompt| prompt.name).collect();
            return Err(ErrorData::invalid_params(
                format!("Unknown prompt: {name}"),
                Some(json!({"prompts": names})),
            ));
        }
    };
    Ok(GetPromptResult::new(vec![embedded(resource), PromptMessage::new_text(Role::User, task)]))
}

async fn overview(keeper: &Keeper, actor: &Actor) -> Result<ResourceContents, ErrorData> {
    contents(keeper, actor, &LabUri::Overview.to_string()).await
}

fn argument<'a>(arguments: &'a Map<String, Value>, name: &str) -> Result<&'a str, ErrorData> {
    let given = arguments.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    given.ok_or_else(|| ErrorData::invalid_params(format!("the prompt needs \"{name}\""), None))
}

fn embedded(resource: ResourceContents) -> PromptMessage {
    let content = rmcp::model::ContentBlock::resource(resource);
    PromptMessage::new(Role::User, content)
}
