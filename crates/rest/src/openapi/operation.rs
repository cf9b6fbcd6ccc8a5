//! One route of one operation, described.

use std::collections::{BTreeMap, HashSet};

use labkeeper_core::change::{Effect, Reversal};
use labkeeper_core::inventory::Kind;
use labkeeper_core::inventory::row::row_schema;
use labkeeper_ops::operation::{Body, Entry, Method, Need};
use labkeeper_ops::schema::NAMED;
use serde_json::{Map, Value, json};

use super::parameter::{address, filter, header, hoisted};
use super::schemas::{failures, name_of, part};
use crate::routes::Target;

/// Parts of the document to which many routes refer.
pub(super) struct Named {
    pub(super) parameters: Map<String, Value>,
    pub(super) schemas: Map<String, Value>,
}

/// A route, its operation, and that operation's schemas over the named types.
pub(super) struct Described<'a> {
    pub(super) target: &'a Target,
    pub(super) entry: &'a Entry,
    pub(super) input: &'a Value,
    pub(super) output: &'a Value,
    pub(super) types: &'a BTreeMap<String, Value>,
}

impl Described<'_> {
    /// The description; what all kinds share, or one kind's routes do, goes to `named`.
    pub(super) fn described(&self, id: &str, named: &mut Named) -> Value {
        let tag = serde_json::to_value(self.entry.meta.toolset).unwrap_or_default();
        let title = match self.target.kind {
            Some(kind) => format!("{}: {}", self.entry.meta.title, kind.spec().label_many),
            None => self.entry.meta.title.to_string(),
        };
        let mut described = json!({
            "operationId": id,
            "summary": title,
            "description": format!("{} {}", self.entry.description, self.terms()).trim(),
            "tags": [tag],
            "parameters": self.parameters(&mut named.parameters),
        });
        if let Some(body) = self.body() {
            described["requestBody"] = body;
        }
        described["responses"] = self.responses(&mut named.schemas);
        described
    }

    /// Who may, and whether it can be undone.
    fn terms(&self) -> String {
        let who = match self.entry.meta.need {
            Need::Read => "",
            Need::Write => "Needs the role editor or a token that may write.",
            Need::Admin => "For admins.",
        };
        let undo = match self.entry.meta.effect {
            Effect::Write(Reversal::None) => " Cannot be undone.",
            _ => "",
        };
        format!("{who}{undo}").trim().to_string()
    }

    fn properties(&self) -> impl Iterator<Item = (&str, &Value)> {
        let properties = self.input["properties"].as_object();
        properties.into_iter().flatten().map(|(name, schema)| (name.as_str(), schema))
    }

    fn has(&self, name: &str) -> bool {
        self.input["properties"].get(name).is_some()
    }

    fn requires(&self, name: &str) -> bool {
        self.input["required"].as_array().is_some_and(|required| required.iter().any(|one| one == name))
    }

    /// Input fields that the address itself or the body gives.
    fn given_elsewhere(&self) -> HashSet<&str> {
        let mut given: HashSet<&str> = self.target.parameters.iter().map(String::as_str).collect();
        given.extend(self.target.route.implies.iter().map(|(name, _)| *name));
        given.extend(self.target.route.rest_query);
        if self.target.kind.is_some() {
            given.insert("type");
        }
        match self.target.route.body {
            Body::Field(name) => drop(given.insert(name)),
            Body::Bytes(name) => given.extend([name, "file_name"]),
            Body::Fields => given.extend(self.properties().map(|(name, _)| name)),
            Body::None => {}
        }
        given
    }

    fn parameters(&self, named: &mut Map<String, Value>) -> Value {
        let path = self.target.parameters.iter();
        let path = path.map(|name| address(name, "path", &self.input["properties"][name.as_str()], true));
        let elsewhere = self.given_elsewhere();
        let query = self.properties().filter(|(name, _)| *name != "rev" && !elsewhere.contains(name));
        let query = query.map(|(name, schema)| address(name, "query", schema, self.requires(name)));
        let mut all: Vec<Value> = path.chain(query).collect();
        if self.target.kind.is_some() {
            all = all.into_iter().map(|given| hoisted(self.entry.meta.name, given, named)).collect();
        }
        all.extend(self.filters().into_iter().map(|given| hoisted("only", given, named)));
        if self.has("rev") {
            all.push(part("parameters", "IfMatch"));
        }
        if self.entry.meta.cacheable && self.target.route.method == Method::Get {
            all.push(part("parameters", "IfNoneMatch"));
        }
        if matches!(self.target.route.body, Body::Bytes(_)) && self.has("file_name") {
            all.push(header("X-File-Name", "Name of the file, percent-encoded."));
        }
        all.into()
    }

    /// Fields of the kind by which its rows can be chosen.
    fn filters(&self) -> Vec<Value> {
        let Some(kind) = self.target.kind.filter(|_| self.target.route.rest_query.is_some()) else {
            return Vec::new();
        };
        let row = row_schema(kind);
        let fields = row["properties"].as_object().into_iter().flat_map(Map::keys).map(String::as_str);
        let fields = fields.filter(|name| !self.has(name) && !["custom", "tags", "addresses"].contains(name));
        fields.chain(["tag", "parent"]).map(filter).collect()
    }

    fn body(&self) -> Option<Value> {
        let json = |schema: Value, required: bool| json!({"required": required, "content": {"application/json": {"schema": schema}}});
        match self.target.route.body {
            Body::None => None,
            Body::Field(name) => match self.target.kind {
                Some(kind) => Some(json(self.item(kind), true)),
                None => Some(json(self.input["properties"].get(name)?.clone(), true)),
            },
            Body::Bytes(_) => Some(json!({
                "required": true,
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            })),
            Body::Fields => {
                let schema = self.fields_of_the_body();
                let needed = schema["required"].as_array().is_some_and(|required| !required.is_empty());
                Some(json(schema, needed))
            }
        }
    }

    /// The fields of an item; only a document can be made of none.
    fn item(&self, kind: Kind) -> Value {
        let fields = part("schemas", &format!("{}Input", name_of(kind)));
        let rule = match (self.target.route.method, kind) {
            (Method::Post, Kind::Documents) => return fields,
            (Method::Post, _) => json!({"required": [kind.spec().name_field]}),
            _ => json!({"minProperties": 1}),
        };
        json!({"allOf": [fields, rule]})
    }

    /// The input without what the address says and the route implies.
    fn fields_of_the_body(&self) -> Value {
        let mut schema = self.input.clone();
        let implied = |name: &str| self.target.route.implies.iter().any(|(implied, _)| *implied == name);
        let elsewhere =
            |name: &str| self.target.parameters.iter().any(|known| known == name) || implied(name);
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            properties.retain(|name, _| !elsewhere(name));
        }
        if let Some(Value::Array(required)) = schema.get_mut("required") {
            required.retain(|name| !name.as_str().is_some_and(elsewhere));
        }
        if let Some(object) = schema.as_object_mut() {
            object.shift_remove("description");
        }
        schema
    }

    fn responses(&self, named: &mut Map<String, Value>) -> Value {
        let route = &self.target.route;
        let is_write = self.entry.meta.effect.is_write();
        let mut responses = Map::new();
        let mut done = if route.download {
            json!({"description": "The file.", "content": {"*/*": {"schema": {}}}})
        } else {
            let mut schema = self.answer(named);
            if is_write && route.status == 200 {
                schema = json!({"anyOf": [schema, part("schemas", "DryRun")]});
            }
            json!({"description": "Done.", "content": {"application/json": {"schema": schema}}})
        };
        if is_write {
            done["headers"] = json!({"X-Change-Id": part("headers", "ChangeId")});
        }
        if self.entry.meta.cacheable {
            done["headers"] = json!({"ETag": part("headers", "ETag")});
            responses.insert("304".into(), json!({"description": "What you have is still true."}));
        }
        if is_write && route.status != 200 {
            let content = json!({"application/json": {"schema": part("schemas", "DryRun")}});
            let planned = json!({"description": "With `dry_run`: the plan.", "content": content});
            responses.insert("200".into(), planned);
        }
        responses.insert(route.status.to_string(), done);
        responses.extend(failures(&self.wrong()));
        responses.sort_keys();
        responses.into()
    }

    /// What it says when it is done.
    fn answer(&self, named: &mut Map<String, Value>) -> Value {
        let answer = self.with_rows(named).unwrap_or_else(|| self.output.clone());
        match self.entry.meta.effect {
            Effect::Write(Reversal::Journal) => json!({"allOf": [answer, part("schemas", "Journalled")]}),
            _ => answer,
        }
    }

    /// Where the operation answers rows of any kind, the same with the kind's own row: `Listing` is `VmsListing`.
    fn with_rows(&self, named: &mut Map<String, Value>) -> Option<Value> {
        let kind = name_of(self.target.kind?);
        let row = part("schemas", &kind);
        let of_any = self.output["$ref"].as_str()?.strip_prefix(NAMED)?;
        let name = format!("{kind}{of_any}");
        let reference = part("schemas", &name);
        if named.contains_key(&name) {
            return Some(reference);
        }
        let mut output = self.types.get(of_any)?.clone();
        let is_row = |schema: &Value| schema["type"] == "object" && schema.get("properties").is_none();
        let data = output.pointer_mut("/properties/data")?;
        if is_row(data) {
            *data = row;
        } else if data.get("items").is_some_and(is_row) {
            data["items"] = row;
        } else {
            return None;
        }
        named.insert(name, output);
        Some(reference)
    }

    fn wrong(&self) -> Vec<u16> {
        let mut wrong = vec![400, 401, 403, 404, 429, 500, 503];
        // What reaches beyond the hub may find the world in another state than the question takes for granted.
        if self.entry.meta.effect.is_write() || self.entry.meta.open_world {
            wrong.push(409);
        }
        if self.target.route.body != Body::None {
            wrong.extend([408, 413, 415]);
        }
        wrong.sort_unstable();
        wrong
    }
}
