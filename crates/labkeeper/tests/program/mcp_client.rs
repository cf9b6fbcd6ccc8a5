//! An assistant: a session of MCP over HTTP, with a token.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

pub(crate) struct Assistant {
    client: reqwest::Client,
    url: String,
    token: String,
    session: String,
    asked: AtomicU64,
}

impl Assistant {
    pub(crate) async fn open(hub: &str, token: &str) -> Self {
        let (client, url) = (reqwest::Client::new(), format!("{hub}/mcp"));
        let mut assistant =
            Self { client, url, token: token.into(), session: String::new(), asked: AtomicU64::new(0) };
        let hello = json!({
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "kills", "version": "1"}
        });
        let answer = assistant.request("initialize", &hello).send().await.unwrap();
        assistant.session = answer.headers()["mcp-session-id"].to_str().unwrap().to_owned();
        assistant
    }

    fn request(&self, method: &str, params: &Value) -> reqwest::RequestBuilder {
        let id = self.asked.fetch_add(1, Ordering::Relaxed);
        let body = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        let mut request = self.client.post(&self.url).bearer_auth(&self.token).json(&body);
        request = request.header("accept", "application/json, text/event-stream");
        if self.session.is_empty() { request } else { request.header("mcp-session-id", &self.session) }
    }

    /// What a resource holds, or why it cannot be read.
    pub(crate) async fn read(&self, uri: &str) -> Result<Value, Value> {
        let answer = self.request("resources/read", &json!({"uri": uri})).send().await.unwrap();
        let text = answer.text().await.unwrap();
        let events = text.lines().filter_map(|line| line.strip_prefix("data: "));
        let mut messages = events.filter_map(|data| serde_json::from_str::<Value>(data).ok());
        let message = messages.find(|message| message["id"].is_number()).unwrap();
        match &message["error"] {
            Value::Null => Ok(message["result"]["contents"][0].clone()),
            error => Err(error.clone()),
        }
    }

    /// What a tool answered, or its refusal; `None` when the hub died meanwhile.
    pub(crate) async fn call(&self, tool: &str, input: &Value) -> Option<Result<Value, Value>> {
        let params = json!({"name": tool, "arguments": input});
        let text = self.request("tools/call", &params).send().await.ok()?.text().await.ok()?;
        let events = text.lines().filter_map(|line| line.strip_prefix("data: "));
        let mut messages = events.filter_map(|data| serde_json::from_str::<Value>(data).ok());
        let result = messages.find(|message| message["id"].is_number())?;
        match &result["result"] {
            Value::Null => Some(Err(result["error"].clone())),
            answer if answer["isError"] == true => Some(Err(answer.clone())),
            answer => Some(Ok(answer["structuredContent"].clone())),
        }
    }
}
