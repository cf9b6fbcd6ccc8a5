//! Named parts of the document: a row and an input per kind, errors, ways in.

use labkeeper_core::inventory::Kind;
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

pub(super) fn components() -> Value {
    let mut schemas = Map::new();
    for kind in Kind::ALL {
        schemas.insert(name_of(kind), row_schema(kind));
        schemas.insert(format!("{}Input", name_of(kind)), input_schema(kind));
    }
    schemas.insert("Error".into(), error());
    schemas.insert("Plan".into(), plan());
    let responses: Map<String, Value> = FAILURES
        .iter()
        .map(|(_, name, description)| {
            let content = json!({"application/json": {"schema": part("schemas", "Error")}});
            ((*name).to_string(), json!({"description": description, "content": content}))
        })
        .collect();
    json!({
        "schemas": schemas,
        "responses": responses,
        "parameters": {
            "IfMatch": {
                "name": "If-Match", "in": "header", "schema": {"type": "string"}, "example": "\"7\"",
                "description": "The `rev` of the row as you read it; a newer one answers 409 with both versions.",
            },
            "IfNoneMatch": {
                "name": "If-None-Match", "in": "header", "schema": {"type": "string"},
                "description": "The `ETag` of the answer you have; 304 when it is still true.",
            },
        },
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
                    "forbidden", "confirm_required", "denied", "too_large", "rate_limited", "unavailable", "cancelled",
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
                    "verdict": {"type": "string", "enum": ["allow", "confirm", "deny"]},
                    "reasons": {"type": "array", "items": {"type": "string"}},
                    "details": {},
                },
            },
        },
    })
}
