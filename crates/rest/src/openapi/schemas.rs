//! Named parts of the document: a row and an input per kind, errors, ways in.

use labkeeper_core::inventory::Kind;
use labkeeper_core::inventory::derived::nested;
use labkeeper_core::inventory::row::{input_schema, row_schema};
use serde_json::{Map, Value, json};

/// `Hardware`, `Vms`: the row of a kind; with `Input` appended what may be sent.
pub(super) fn name_of(kind: Kind) -> String {
    let key = kind.key();
    key[..1].to_uppercase() + &key[1..]
}

const FAILURES: [(u16, &str, &str); 11] = [
    (400, "Invalid", "A value or field is not acceptable; `field` names it."),
    (401, "Unauthorized", "No credential, or a session that has ended."),
    (403, "Forbidden", "A token nobody has, a page of another site, or a role that does not permit it."),
    (404, "NotFound", "There is no such thing."),
    (408, "Timeout", "The request took too long to arrive."),
    (
        409,
        "Conflict",
        "Changed meanwhile, needed by others, or to be confirmed; `details` has what is needed to decide.",
    ),
    (413, "TooLarge", "The body is larger than 5 MiB (imports: 64 MiB)."),
    (415, "NotJson", "The body is not declared as JSON."),
    (429, "TooMany", "Too many failed attempts; `Retry-After` says how long to wait."),
    (500, "Internal", "Our mistake; the log has it under `request_id`."),
    (503, "Unavailable", "Something needed is not there right now."),
];

fn failure_name(status: u16) -> &'static str {
    FAILURES.iter().find(|(known, _, _)| *known == status).map_or("Internal", |(_, name, _)| name)
}

/// A reference to a named part.
pub(super) fn part(of: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{of}/{name}")})
}

/// Answers that go wrong, by status, as references.
pub(super) fn failures(statuses: &[u16]) -> Map<String, Value> {
    statuses.iter().map(|status| (status.to_string(), part("responses", failure_name(*status)))).collect()
}

/// Named types that are no operation's: rows and inputs of the kinds, failures, plans.
pub(super) fn own() -> Map<String, Value> {
    let mut schemas = Map::new();
    for kind in Kind::ALL {
        schemas.insert(name_of(kind), row_schema(kind));
        schemas.insert(format!("{}Input", name_of(kind)), input_schema(kind));
    }
    schemas["Storage"]["properties"]["shares"] = rows(Kind::Shares);
    for kind in Kind::ALL {
        schemas.insert(format!("{}Detail", name_of(kind)), detail(kind));
    }
    schemas.insert("Error".into(), error());
    schemas.insert("DryRun".into(), plan());
    schemas.insert("Journalled".into(), journalled());
    schemas
}

fn rows(kind: Kind) -> Value {
    json!({"type": "array", "items": part("schemas", &name_of(kind))})
}

/// The answer of one address: the row, and in it what the predecessor nested there.
fn detail(kind: Kind) -> Value {
    let nested = nested(kind).iter().map(|(name, kind)| ((*name).to_string(), rows(*kind)));
    let mut nested: Map<String, Value> = nested.collect();
    if matches!(kind, Kind::Vms | Kind::Containers) {
        nested.insert("hardware_name".into(), json!({"type": ["string", "null"]}));
    }
    let mut row = part("schemas", &name_of(kind));
    if !nested.is_empty() {
        row = json!({"allOf": [row, {"type": "object", "properties": nested}]});
    }
    json!({"type": "object", "required": ["data"], "properties": {"data": row}})
}

/// What is named, but for the schemas.
pub(super) fn components(parameters: &Map<String, Value>) -> Value {
    let responses: Map<String, Value> = FAILURES
        .iter()
        .map(|(_, name, description)| {
            let content = json!({"application/json": {"schema": part("schemas", "Error")}});
            ((*name).to_string(), json!({"description": description, "content": content}))
        })
        .collect();
    json!({
        "schemas": {},
        "responses": responses,
        "parameters": parameters,
        "headers": {
            "ChangeId": {"description": "The write's entry in the change journal.", "schema": {"type": "integer"}},
            "ETag": {"description": "Names this answer.", "schema": {"type": "string"}},
        },
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "`API_TOKEN` or a named token."},
            "session": {
                "type": "apiKey", "in": "cookie", "name": "labkeeper",
                "description": "A web session (`__Host-labkeeper` over TLS); its writes carry `X-Labkeeper: 1`.",
            },
        },
    })
}

fn journalled() -> Value {
    json!({
        "type": "object",
        "description": "A write that can be undone.",
        "required": ["change_id"],
        "properties": {
            "change_id": {
                "type": ["integer", "null"],
                "description": "Its entry in the change journal; null when nothing was to be changed.",
            },
        },
    })
}

fn error() -> Value {
    json!({
        "type": "object",
        "required": ["error", "code", "request_id"],
        "properties": {
            "error": {"type": "string", "description": "One sentence."},
            "code": {
                "type": "string",
                "enum": [
                    "invalid", "unknown_field", "not_found", "stale_revision", "has_dependants", "conflict", "unauthorized",
                    "forbidden", "confirm_required", "approval_pending", "still_running", "denied", "too_large", "rate_limited", "unavailable", "cancelled",
                    "internal",
                ],
            },
            "field": {"type": "string", "description": "The field at fault, dotted for nested ones."},
            "hint": {"type": "string", "description": "The way out."},
            "details": {"description": "Both versions of a stale write, the dependants, the plan to confirm."},
            "request_id": {"type": "string"},
        },
    })
}

fn plan() -> Value {
    json!({
        "type": "object",
        "description": "The answer to `dry_run`: nothing was changed.",
        "required": ["plan"],
        "properties": {
            "plan": {
                "type": "object",
                "required": ["summary", "verdict"],
                "properties": {
                    "summary": {"type": "string"},
                    "verdict": {"type": "string", "enum": ["allow", "confirm", "approve", "deny"]},
                    "reasons": {"type": "array", "items": {"type": "string"}},
                    "details": {},
                },
            },
        },
    })
}
