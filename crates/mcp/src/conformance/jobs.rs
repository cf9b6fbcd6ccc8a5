//! Tools whose work goes on after the answer (extension `io.modelcontextprotocol/tasks`).

use std::time::Duration;

use rmcp::ErrorData;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ContentBlock,
    CreateTaskResult,
};
use rmcp::task_manager::{TaskContext, TaskExit, TaskFuture, TaskOptions};
use serde_json::Value;

use super::asking::{answer_to, elicitation, required};
use super::content::text;
use super::lasting::TASKS;

/// Name of the extension.
pub(super) const EXTENSION: &str = "io.modelcontextprotocol/tasks";

/// The fixtures that become tasks.
pub(super) async fn call(
    params: &CallToolRequestParams,
    client: &ClientCapabilities,
) -> Option<Result<CallToolResponse, ErrorData>> {
    let name = &*params.name;
    if !matches!(
        name,
        "slow_compute"
            | "failing_job"
            | "protocol_error_job"
            | "confirm_delete"
            | "multi_input"
            | "test_tool_with_task"
    ) {
        return None;
    }
    if client.supports_tasks() {
        return Some(begin(params));
    }
    if name == "slow_compute" {
        tokio::time::sleep(seconds(params)).await;
        return Some(Ok(text("computed").into()));
    }
    let needed = ClientCapabilities::builder().enable_tasks().build();
    Some(Err(ErrorData::missing_required_client_capability(needed)))
}

fn begin(params: &CallToolRequestParams) -> Result<CallToolResponse, ErrorData> {
    let seconds = seconds(params);
    let work: Box<dyn FnOnce(TaskContext) -> TaskFuture> = match &*params.name {
        "slow_compute" => Box::new(move |task| Box::pin(compute(task, seconds))),
        "failing_job" => Box::new(|_| {
            Box::pin(async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok(CallToolResult::error(vec![ContentBlock::text("the job failed")]))
            })
        }),
        "protocol_error_job" => Box::new(|_| {
            Box::pin(async { Err(TaskExit::Error(ErrorData::internal_error("the job broke", None))) })
        }),
        "confirm_delete" => Box::new(|task| Box::pin(confirm(task))),
        "multi_input" => Box::new(|task| Box::pin(both(task))),
        _ => match answer_to(params.input_responses.as_ref(), "user_name", "name") {
            None => {
                let question = elicitation("What is your name?", "name", "string");
                return Ok(required([("user_name", question)], None).into());
            }
            Some(name) => Box::new(move |_| Box::pin(async move { Ok(text(format!("Hello, {name}!"))) })),
        },
    };
    Ok(CreateTaskResult::new(TASKS.spawn(TaskOptions::new().with_poll_interval_ms(100), work)).into())
}

fn seconds(params: &CallToolRequestParams) -> Duration {
    let given =
        params.arguments.as_ref().and_then(|arguments| arguments.get("seconds").and_then(Value::as_f64));
    Duration::try_from_secs_f64(given.unwrap_or(1.0)).unwrap_or_default()
}

async fn compute(task: TaskContext, time: Duration) -> Result<CallToolResult, TaskExit> {
    tokio::select! {
        () = task.cancelled() => Err(TaskExit::Cancelled),
        () = tokio::time::sleep(time) => Ok(text("computed")),
    }
}

async fn confirm(task: TaskContext) -> Result<CallToolResult, TaskExit> {
    let answer = ask(&task, "confirm").await?;
    Ok(text(format!("answered: {answer}")))
}

async fn both(task: TaskContext) -> Result<CallToolResult, TaskExit> {
    let (first, second) = tokio::join!(ask(&task, "first"), ask(&task, "second"));
    Ok(text(format!("answered: {} and {}", first?, second?)))
}

async fn ask(task: &TaskContext, key: &str) -> Result<Value, TaskExit> {
    let question = elicitation("Really?", "confirm", "boolean");
    let question = serde_json::from_value(question).expect("a fixture's question is well formed");
    task.request_input(key, question).await
}
