//! The routes that are no operations, written by hand.

use serde_json::{Map, Value, json};

use super::schemas::failures;

/// One such route; `open` needs no credential.
struct Own {
    method: &'static str,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    tag: &'static str,
    open: bool,
    status: u16,
    answer: Value,
    body: Option<Value>,
    parameters: Value,
    wrong: &'static [u16],
}

impl Own {
    fn get(
        path: &'static str,
        id: &'static str,
        summary: &'static str,
        tag: &'static str,
        answer: Value,
    ) -> Self {
        Self {
            method: "get",
            path,
            id,
            summary,
            tag,
            open: false,
            status: 200,
            answer,
            body: None,
            parameters: json!([]),
            wrong: &[401, 403, 429, 500],
        }
    }

    fn post(
        path: &'static str,
        id: &'static str,
        summary: &'static str,
        body: Option<Value>,
        answer: Value,
    ) -> Self {
        let wrong = &[400, 401, 403, 408, 409, 413, 415, 429, 500];
        Self { method: "post", body, open: true, wrong, ..Self::get(path, id, summary, "access", answer) }
    }

    fn open(self) -> Self {
        Self { open: true, wrong: &[403, 500], ..self }
    }
}

fn object(required: &[&str], properties: Value) -> Value {
    let mut schema = json!({"type": "object", "required": required});
    schema["properties"] = properties;
    schema
}

fn json_content(schema: Value) -> Value {
    let mut content = json!({"application/json": {}});
    content["application/json"]["schema"] = schema;
    content
}

pub(super) fn paths() -> Map<String, Value> {
    let mut paths = Map::new();
    for own in all() {
        let mut responses = failures(own.wrong);
        let done = json!({"description": "Done.", "content": own.answer});
        responses.insert(own.status.to_string(), done);
        if own.id == "readiness" {
            responses.insert(
                "503".into(),
                json!({"description": "It cannot work; the body says why.", "content": own.answer}),
            );
        }
        responses.sort_keys();
        let mut described = json!({
            "operationId": own.id, "summary": own.summary, "tags": [own.tag],
            "parameters": own.parameters, "responses": responses,
        });
        if own.open {
            described["security"] = json!([]);
        }
        if let Some(body) = own.body {
            described["requestBody"] = json!({"required": true, "content": json_content(body)});
        }
        let path = paths.entry(own.path).or_insert_with(|| json!({}));
        path[own.method] = described;
    }
    paths
}

fn all() -> Vec<Own> {
    let text = json!({"type": "string"});
    let stamp = json!({"type": ["string", "null"], "description": "UTC, YYYY-MM-DDTHH:MM:SS[.ffffff]"});
    let role = json!({"type": "string", "enum": ["viewer", "editor", "operator", "admin"]});
    let password = json!({"type": "string", "format": "password", "writeOnly": true});
    let person = json_content(object(
        &["data"],
        json!({"data": object(&["name", "role", "via"], json!({"name": text, "role": role, "via": text, "expires_at": stamp}))}),
    ));
    let config = json_content(object(
        &["requiresAuth", "version", "setup_required", "demo", "auth"],
        json!({
            "requiresAuth": {"type": "boolean"}, "version": text, "setup_required": {"type": "boolean"},
            "demo": {"type": "boolean"},
            "auth": object(&["password", "token"], json!({"password": {"type": "boolean"}, "token": {"type": "boolean"}})),
            "user": object(&["name", "role"], json!({"name": text, "role": role})),
        }),
    ));
    let login = json!({"oneOf": [
        object(&["name", "password"], json!({"name": text, "password": password})),
        object(&["token"], json!({"token": password})),
    ]});
    let set_up = object(
        &["code", "name", "password"],
        json!({
            "code": {"type": "string", "description": "Printed where the hub was started."},
            "name": text, "password": {"type": "string", "format": "password", "writeOnly": true, "minLength": 12},
        }),
    );
    let said = |name: &str| json_content(object(&[name], json!({name: {"type": "string"}})));
    let ready = json_content(object(
        &["status", "checks"],
        json!({
            "status": {"type": "string", "enum": ["ready", "degraded", "unready"]}, "checks": {"type": "object"},
        }),
    ));
    let last_event = |name: &str, place: &str| {
        json!({
            "name": name, "in": place, "required": false, "schema": {"type": "integer"},
            "description": "Replay what happened after this event.",
        })
    };
    vec![
        Own::get("/api/health", "health", "Whether the hub answers", "operation", said("status")).open(),
        Own::get("/api/config", "config", "What a client must know before it comes in", "access", config)
            .open(),
        Own::post("/api/auth/login", "login", "Begin a web session", Some(login), person.clone()),
        Own {
            status: 201,
            ..Own::post("/api/auth/setup", "set_up", "Make the first account", Some(set_up), person.clone())
        },
        Own::post("/api/auth/logout", "logout", "End the web session", None, said("message")),
        Own::get("/api/auth/me", "me", "Who the caller is", "access", person),
        Own {
            parameters: json!([last_event("Last-Event-ID", "header"), last_event("last_event_id", "query")]),
            wrong: &[400, 401, 403, 429, 500, 503],
            ..Own::get(
                "/api/events",
                "events",
                "What happens, as it happens (server-sent events)",
                "hub",
                json!({"text/event-stream": {"schema": {"type": "string"}}}),
            )
        },
        Own {
            parameters: json!([{"name": "sha256", "in": "path", "required": true, "schema": text}]),
            wrong: &[401, 403, 404, 429, 500],
            ..Own::get(
                "/api/icons/{sha256}",
                "icon",
                "An uploaded image",
                "inventory",
                json!({"image/*": {"schema": {"type": "string", "format": "binary"}}}),
            )
        },
        Own::get(
            "/api/openapi.json",
            "openapi",
            "This document",
            "hub",
            json_content(json!({"type": "object"})),
        ),
        Own::get(
            "/api/docs-ui",
            "docs_ui",
            "This document, drawn",
            "hub",
            json!({"text/html": {"schema": text}}),
        ),
        Own::get("/livez", "liveness", "Whether the process lives", "operation", said("status")).open(),
        Own::get("/readyz", "readiness", "Whether it can work, and what is degraded", "operation", ready)
            .open(),
        Own::get(
            "/metrics",
            "metrics",
            "Figures for Prometheus",
            "operation",
            json!({"application/openmetrics-text": {"schema": {"type": "string"}}}),
        ),
    ]
}
