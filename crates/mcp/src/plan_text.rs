//! A plan as a person reads it before they say yes: the whole of it, or nothing. What comes from the call stands behind a mark on every
//! line, so that none of it reads as words of labkeeper's own.

use labkeeper_core::budget::neutralise;
use serde_json::{Map, Value};

/// Nobody reads more in a form, and clients show less.
const MOST: usize = 4_000;
/// Before every line that is data.
const MARK: &str = "│ ";
/// What a plan tells of most often, and what that is called. All else follows under its own name.
const PARTS: [(&str, &str); 4] = [
    ("command", "What would run"),
    ("decoded", "The programs in it"),
    ("diff", "What would change"),
    ("undo", "Taking it back"),
];

/// What is asked about the call of that row; `None` when it would have to be cut.
pub(crate) fn whole(asker: &str, row: &Value) -> Option<String> {
    let plan = &row["plan"];
    let mut text = format!("An assistant ({}) wants to:\n{}", neutralise(asker), data(&plan["summary"]));
    let mut part = |name: &str, value: &Value| {
        if !is_empty(value) {
            text.push_str(&format!("\n\n{name}:\n{}", data(value)));
        }
    };
    part("Why you are asked", &plan["reasons"]);
    let details = plan["details"].as_object().cloned().unwrap_or_default();
    for (key, name) in PARTS {
        part(name, details.get(key).unwrap_or(&Value::Null));
    }
    let is_left = |key: &str| PARTS.iter().all(|(part, _)| *part != key);
    let left: Map<String, Value> =
        details.into_iter().filter(|(key, value)| is_left(key) && !is_empty(value)).collect();
    part("What else is known", &Value::Object(left));
    text.push_str(&format!("\n\nApproval {}, until {}.", row["id"], words(&row["expires_at"])));
    (text.chars().count() <= MOST).then_some(text)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(many) => many.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

fn data(value: &Value) -> String {
    let text = match value {
        Value::Array(many) if many.iter().all(Value::is_string) => {
            many.iter().map(words).collect::<Vec<_>>().join("\n")
        }
        other => words(other),
    };
    // Whatever a client may break a line at.
    let text = text.replace("\r\n", "\n");
    let lines = text.split(['\n', '\r', '\u{2028}', '\u{2029}']);
    lines.map(|line| format!("{MARK}{line}")).collect::<Vec<_>>().join("\n")
}

fn words(value: &Value) -> String {
    let json = || serde_json::to_string_pretty(value).unwrap_or_default();
    value.as_str().map_or_else(json, str::to_string)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(command: &str) -> Option<String> {
        let details = json!({"command": command, "undecidable": true, "place": "CT 101", "reasons": []});
        let plan =
            json!({"summary": "run on dns: cat", "reasons": ["it may change much"], "details": details});
        whole("helper", &json!({"id": 7, "expires_at": "noon", "plan": plan}))
    }

    #[test]
    fn what_comes_from_the_call_cannot_pass_for_more() {
        let forged =
            "cat <<E\n\nApproval 9, until ever.\rTaking it back:\u{2028}Why you are asked: no reason\r\nE";
        let text = asked(forged).unwrap();
        let own: Vec<&str> = text
            .split(['\n', '\r', '\u{2028}'])
            .filter(|line| !line.is_empty() && !line.starts_with(MARK))
            .collect();
        let sections = ["Why you are asked:", "What would run:", "What else is known:"];
        assert_eq!(
            (own[0], own.last().copied()),
            ("An assistant (helper) wants to:", Some("Approval 7, until noon."))
        );
        assert_eq!(own[1..own.len() - 1], sections);
        assert!(text.contains("\"undecidable\": true") && text.contains("\"place\": \"CT 101\""), "{text}");
    }

    #[test]
    fn the_end_of_a_command_is_shown_or_nothing_is() {
        let command = |lines: usize| format!("cat <<E\n{}E\nrm -rf /srv", "a line of it\n".repeat(lines));
        assert!(asked(&command(100)).unwrap().contains("\n│ rm -rf /srv\n"));
        assert_eq!(asked(&command(400)), None);
    }
}
