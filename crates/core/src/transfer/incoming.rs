//! What a file holds, whatever its format: items and links among them by position, ids forgotten.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::format::Format;
use super::report::{Problem, Suggestion};
use crate::icon::Image;
use crate::inventory::provenance::DriftState;
use crate::inventory::{Kind, Rel};
use crate::list_view::ListView;
use crate::stamp::Stamp;

/// What kinds of rows a file can say anything about; the rest is not touched by a replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Carries {
    pub(crate) layout: bool,
    pub(crate) members: bool,
    pub(crate) edges: bool,
    pub(crate) relationships: bool,
    /// Other links, observations, identities, notes.
    pub(crate) facts: bool,
}

impl Carries {
    pub(crate) fn link(self, rel: Rel) -> bool {
        match rel {
            Rel::Parent => true,
            Rel::MemberOf => self.members,
            Rel::Edge => self.edges,
            Rel::Related => self.relationships,
            _ => self.facts,
        }
    }
}

/// Where a row stands in its file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    pub(crate) table: String,
    /// Its id, or a text such as `"row 3"` when it has none.
    pub(crate) row: Value,
}

impl Place {
    pub(crate) fn new(table: &str, row: impl Into<Value>) -> Self {
        Self { table: table.into(), row: row.into() }
    }

    /// A problem of this row that does not keep it out.
    pub(crate) fn problem(&self, what: impl Into<String>, did: impl Into<String>) -> Problem {
        Problem {
            table: self.table.clone(),
            row: self.row.clone(),
            field: None,
            what: what.into(),
            value: None,
            did: did.into(),
            rows_left_out: 0,
        }
    }

    /// A problem because of which the row is not imported.
    pub(crate) fn left_out(&self, what: impl Into<String>) -> Problem {
        Problem { rows_left_out: 1, ..self.problem(what, "left out") }
    }
}

/// An item of a file.
#[derive(Debug, Clone)]
pub(crate) struct IncomingItem {
    pub(crate) place: Place,
    pub(crate) kind: Kind,
    /// Id in the file, for formats whose ids are a hub's.
    pub(crate) id: Option<i64>,
    pub(crate) name: String,
    /// In stored form; `addresses[].network_id` are ids of the file.
    pub(crate) fields: Map<String, Value>,
    pub(crate) created_at: Option<Stamp>,
    pub(crate) updated_at: Option<Stamp>,
}

/// The other end of a link.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum End {
    /// An item of the file, by position.
    Item(usize),
    /// An item of that kind, by name or by id of the hub: CSV files say it so.
    Named { kind: Kind, text: String, field: &'static str },
}

/// A link of a file.
#[derive(Debug, Clone)]
pub(crate) struct IncomingLink {
    /// Where it stands, when it is a row of its own and not a column of its item.
    pub(crate) place: Option<Place>,
    pub(crate) from: usize,
    pub(crate) rel: Rel,
    pub(crate) to: End,
    pub(crate) label: Option<String>,
    pub(crate) data: Option<Value>,
    pub(crate) source: String,
    pub(crate) created_at: Option<Stamp>,
    pub(crate) updated_at: Option<Stamp>,
}

impl IncomingLink {
    /// A column of its item that says what it stands on.
    pub(crate) fn parent(from: usize, to: End) -> Self {
        Self {
            place: None,
            from,
            rel: Rel::Parent,
            to,
            label: None,
            data: None,
            source: "asserted".into(),
            created_at: None,
            updated_at: None,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct IncomingPosition {
    pub(crate) item: usize,
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) pinned: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct IncomingObservation {
    pub(crate) item: usize,
    pub(crate) field: String,
    pub(crate) source: String,
    pub(crate) value: Value,
    pub(crate) seen_at: Stamp,
    pub(crate) changed_at: Stamp,
    pub(crate) drift: DriftState,
}

#[derive(Debug, Clone)]
pub(crate) struct IncomingSighting {
    pub(crate) item: usize,
    pub(crate) source: String,
    pub(crate) last_seen: Stamp,
    pub(crate) missing_since: Option<Stamp>,
}

#[derive(Debug, Clone)]
pub(crate) struct IncomingIdentity {
    pub(crate) place: Place,
    pub(crate) item: usize,
    pub(crate) scheme: String,
    pub(crate) value: String,
}

#[derive(Debug, Clone)]
pub(crate) struct IncomingMemory {
    pub(crate) text: String,
    pub(crate) kind: String,
    pub(crate) items: Vec<usize>,
    pub(crate) actor: String,
    pub(crate) created_at: Stamp,
}

/// A file, read.
#[derive(Debug, Clone)]
pub struct Incoming {
    pub(crate) format: Format,
    pub(crate) carries: Carries,
    pub(crate) items: Vec<IncomingItem>,
    pub(crate) links: Vec<IncomingLink>,
    pub(crate) layout: Vec<IncomingPosition>,
    pub(crate) observations: Vec<IncomingObservation>,
    pub(crate) sightings: Vec<IncomingSighting>,
    pub(crate) identities: Vec<IncomingIdentity>,
    pub(crate) memories: Vec<IncomingMemory>,
    pub(crate) views: Vec<ListView>,
    pub(crate) images: Vec<Image>,
    /// Rows of each table of the file, read or not.
    pub(crate) rows_in: BTreeMap<String, usize>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) suggestions: Vec<Suggestion>,
}

impl Incoming {
    pub(crate) fn new(format: Format, carries: Carries) -> Self {
        Self {
            format,
            carries,
            items: Vec::new(),
            links: Vec::new(),
            layout: Vec::new(),
            observations: Vec::new(),
            sightings: Vec::new(),
            identities: Vec::new(),
            memories: Vec::new(),
            views: Vec::new(),
            images: Vec::new(),
            rows_in: BTreeMap::new(),
            problems: Vec::new(),
            suggestions: Vec::new(),
        }
    }

    /// What kind of file it was.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Counts a row of the file.
    pub(crate) fn count(&mut self, table: &str) {
        *self.rows_in.entry(table.into()).or_default() += 1;
    }

    /// Keeps an image once and answers what an item's `icon` says to show it.
    pub(crate) fn keep_image(&mut self, image: Image) -> String {
        let reference = image.reference();
        if !self.images.contains(&image) {
            self.images.push(image);
        }
        reference
    }
}
