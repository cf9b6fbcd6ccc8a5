//! Rows of the predecessor that are no items: memberships, drawn lines, relationships and positions.

use serde_json::{Map, Value, json};

use super::incoming::{End, IncomingLink, IncomingPosition, Place};
use super::predecessor::{Reading, number, whole};
use super::report::Problem;
use crate::inventory::{Kind, Rel};

impl Reading {
    pub(super) fn link_row(&mut self, table: &str, position: usize, row: Value) {
        self.incoming.count(table);
        let Value::Object(mut row) = row else {
            let place = Place::new(table, format!("row {}", position + 1));
            self.incoming.problems.push(place.left_out("is not an object").value(&row));
            return;
        };
        let id = row.shift_remove("id").and_then(|id| whole(&id));
        let place = Place::new(table, id.map_or_else(|| json!(format!("row {}", position + 1)), Value::from));
        let taken = match table {
            "map_layout" => self.position(&place, &row),
            "network_members" => self.member(&place, &mut row),
            _ => self.line(table, &place, &row),
        };
        if let Err(problem) = taken {
            self.incoming.problems.push(*problem);
        }
    }

    fn end(
        &self,
        place: &Place,
        row: &Map<String, Value>,
        kind: &str,
        id: &str,
    ) -> Result<usize, Box<Problem>> {
        let key = row.get(kind).and_then(Value::as_str).map(str::trim).unwrap_or_default();
        let number = row.get(id).and_then(whole);
        let found = Kind::parse(key).zip(number).and_then(|key| self.ids.get(&key)).copied();
        let shown = json!(format!("{key} {}", row.get(id).cloned().unwrap_or_default()));
        found.ok_or_else(|| {
            Box::new(place.left_out("points at a row that does not exist").field(id).value(&shown))
        })
    }

    fn position(&mut self, place: &Place, row: &Map<String, Value>) -> Result<(), Box<Problem>> {
        let item = self.end(place, row, "node_type", "node_id")?;
        let coordinate = |name: &str| match row.get(name) {
            None | Some(Value::Null) => Some(0.0),
            Some(value) => number(value).filter(|number| number.is_finite()),
        };
        let (Some(x), Some(y)) = (coordinate("x"), coordinate("y")) else {
            return Err(Box::new(place.left_out("is no position: x and y must be numbers")));
        };
        if !self.placed.insert(item) {
            return Err(Box::new(place.left_out("places a node that a row before it placed")));
        }
        let pinned = row.get("pinned").is_some_and(|value| value == true || number(value) == Some(1.0));
        self.incoming.layout.push(IncomingPosition { item, x, y, pinned });
        Ok(())
    }

    fn member(&mut self, place: &Place, row: &mut Map<String, Value>) -> Result<(), Box<Problem>> {
        row.insert("network".into(), "networks".into());
        let to = self.end(place, row, "network", "network_id")?;
        let from = self.end(place, row, "member_type", "member_id")?;
        let (created_at, updated_at) = self.times(row, place);
        let ip =
            row.get("ip_on_network").and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        if let Some(text) = ip.filter(|text| text.parse::<std::net::IpAddr>().is_err()) {
            let problem = place.problem("is not an IP address", "kept as it is");
            self.incoming.problems.push(problem.field("ip_on_network").value(&text.into()));
        }
        let data = ip.map(|ip| json!({"ip_on_network": ip}));
        self.connect(
            place,
            IncomingLink {
                place: Some(place.clone()),
                rel: Rel::MemberOf,
                data,
                created_at,
                updated_at,
                ..IncomingLink::parent(from, End::Item(to))
            },
        )
    }

    fn line(&mut self, table: &str, place: &Place, row: &Map<String, Value>) -> Result<(), Box<Problem>> {
        let from = self.end(place, row, "source_type", "source_id")?;
        let to = self.end(place, row, "target_type", "target_id")?;
        let text = |name: &str| match row.get(name) {
            Some(Value::String(text)) if !text.trim().is_empty() => Some(text.clone()),
            Some(other) if !other.is_null() && !other.is_string() => Some(other.to_string()),
            _ => None,
        };
        let rel = if table == "map_edges" { Rel::Edge } else { Rel::Related };
        self.connect(
            place,
            IncomingLink {
                place: Some(place.clone()),
                rel,
                label: text("label"),
                data: text("style").map(|style| json!({"style": style})),
                ..IncomingLink::parent(from, End::Item(to))
            },
        )
    }

    fn connect(&mut self, place: &Place, link: IncomingLink) -> Result<(), Box<Problem>> {
        let End::Item(to) = link.to else { return Ok(()) };
        if !self.linked.insert((link.from, link.rel, to)) && !link.rel.may_repeat() {
            return Err(Box::new(place.left_out("says the same as a row before it")));
        }
        self.incoming.links.push(link);
        Ok(())
    }
}
