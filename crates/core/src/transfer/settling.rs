//! Work in progress: rows of the file against the items here, one decision after the other.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

use super::ids::give_ids;
use super::incoming::{Incoming, IncomingItem, IncomingLink};
use super::lab::Lab;
use super::merge::{Merged, merge, replaced};
use super::plan::{IdSpace, Mode, Plan};
use super::report::{Conflict, Creation, FieldChange, Problem, Report, Tally, Update};
use crate::inventory::{Item, ItemId, Kind, Link, Rel};
use crate::stamp::Stamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Created,
    Updated,
    Unchanged,
    Kept,
}

/// Work in progress.
pub(crate) struct Settling<'a> {
    pub(crate) incoming: &'a Incoming,
    pub(crate) mode: Mode,
    pub(crate) now: Stamp,
    /// Final id of each item of the file.
    pub(crate) ids: Vec<ItemId>,
    /// Kind of every item that will be there.
    pub(crate) kinds: HashMap<ItemId, Kind>,
    /// For each item of the file: where it and the hub differ, the file wins.
    pub(crate) file_wins: Vec<bool>,
    merged: Vec<Option<(usize, Merged)>>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) conflicts: Vec<Conflict>,
    tallies: BTreeMap<String, Tally>,
    pub(crate) plan: Plan,
}

impl<'a> Settling<'a> {
    pub(crate) fn new(
        incoming: &'a Incoming,
        lab: &Lab,
        found: &[Option<usize>],
        space: &IdSpace,
        mode: Mode,
        now: Stamp,
    ) -> Self {
        let ids = give_ids(incoming, lab, found, space, mode);
        let mut kinds: HashMap<ItemId, Kind> = HashMap::new();
        if mode == Mode::Merge {
            kinds.extend(lab.items.iter().map(|item| (item.id, item.kind)));
        }
        for (at, id) in ids.iter().enumerate() {
            kinds.insert(*id, found[at].map_or(incoming.items[at].kind, |here| lab.items[here].kind));
        }
        let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
        for (table, rows) in &incoming.rows_in {
            tallies.entry(table.clone()).or_default().rows = *rows;
        }
        Self {
            incoming,
            mode,
            now,
            ids,
            kinds,
            file_wins: vec![true; found.len()],
            merged: Vec::with_capacity(found.len()),
            problems: incoming.problems.clone(),
            conflicts: Vec::new(),
            tallies,
            plan: Plan::default(),
        }
    }

    pub(crate) fn outcome(&mut self, table: &str, outcome: Outcome) {
        let tally = self.tallies.entry(table.into()).or_default();
        match outcome {
            Outcome::Created => tally.created += 1,
            Outcome::Updated => tally.updated += 1,
            Outcome::Unchanged => tally.unchanged += 1,
            Outcome::Kept => tally.kept += 1,
        }
    }

    /// An item of the file was put on another parent than here.
    pub(crate) fn moved(&mut self, row: usize, change: FieldChange) {
        if let Some((_, merged)) = &mut self.merged[row] {
            merged.changes.push(change);
        }
    }

    /// An item stands on something else in the file, and stays where it is.
    pub(crate) fn differs(&mut self, row: usize, field: &str, here: Value, file: Value) {
        if let Some((_, merged)) = &mut self.merged[row] {
            merged.conflicts.push((field.into(), here, file));
        }
    }

    /// The link as it would be stored; times that the file does not give are its item's.
    pub(crate) fn fill(&self, incoming: &Incoming, link: &IncomingLink, from: ItemId, to: ItemId) -> Link {
        let item = &incoming.items[link.from];
        let birth = link.created_at.or(item.created_at).unwrap_or(self.now);
        Link {
            id: 0,
            from_id: from,
            rel: link.rel,
            to_id: to,
            label: link.label.clone(),
            data: link.data.clone(),
            source: link.source.clone(),
            created_at: birth,
            updated_at: link.updated_at.unwrap_or(birth),
        }
    }

    pub(crate) fn items(&mut self, lab: &Lab, found: &[Option<usize>], mode: Mode) {
        let by_file_id: HashMap<i64, ItemId> = self
            .incoming
            .items
            .iter()
            .zip(&self.ids)
            .filter_map(|(item, id)| Some((item.id?, *id)))
            .collect();
        for (row, given) in self.incoming.items.iter().enumerate() {
            let fields = self.with_networks(given, &by_file_id);
            let Some(at) = found[row] else {
                let created_at = given.created_at.unwrap_or(self.now);
                self.plan.create_items.push(Item {
                    id: self.ids[row],
                    kind: given.kind,
                    name: given.name.clone(),
                    fields,
                    rev: 1,
                    created_at,
                    updated_at: given.updated_at.unwrap_or(created_at),
                });
                self.merged.push(None);
                continue;
            };
            let here = &lab.items[at];
            let file_wins = mode == Mode::Replace || given.updated_at.is_none_or(|at| at > here.updated_at);
            self.file_wins[row] = file_wins;
            let name_field = here.kind.spec().name_field;
            let (old, new) = ((here.name.as_str(), &here.fields), (given.name.as_str(), &fields));
            let merged = match mode {
                Mode::Merge => merge(old, new, name_field, file_wins),
                Mode::Replace => replaced(old, new, name_field),
            };
            self.merged.push(Some((at, merged)));
        }
    }

    /// Addresses name their network by its id in the file.
    fn with_networks(
        &mut self,
        given: &IncomingItem,
        by_file_id: &HashMap<i64, ItemId>,
    ) -> Map<String, Value> {
        let mut fields = given.fields.clone();
        let Some(list) = fields.get_mut("addresses").and_then(Value::as_array_mut) else { return fields };
        for entry in list.iter_mut().filter_map(Value::as_object_mut) {
            let Some(network) = entry.get("network_id").and_then(Value::as_i64) else { continue };
            match by_file_id.get(&network).filter(|id| self.kinds.get(id) == Some(&Kind::Networks)) {
                Some(id) => {
                    entry.insert("network_id".into(), (*id).into());
                }
                None => {
                    entry.shift_remove("network_id");
                    let problem = given
                        .place
                        .problem("names a network the file does not hold", "kept without the network");
                    self.problems.push(problem.field("addresses").value(&network.into()));
                }
            }
        }
        fields
    }

    pub(crate) fn deletions(&mut self, lab: &Lab, found: &[Option<usize>]) {
        let staying: HashSet<usize> = found.iter().flatten().copied().collect();
        let gone = lab.items.iter().enumerate().filter(|(at, _)| !staying.contains(at));
        self.plan.delete_items.extend(gone.map(|(_, item)| item.clone()));
    }

    pub(crate) fn finish(mut self, lab: &Lab) -> Plan {
        let mut creates = Vec::new();
        let mut updates = Vec::new();
        for (row, merged) in std::mem::take(&mut self.merged).into_iter().enumerate() {
            let given = &self.incoming.items[row];
            let table = given.place.table.clone();
            let Some((at, merged)) = merged else {
                let (place, name) = (given.place.clone(), given.name.clone());
                creates.push(Creation { table: place.table, row: place.row, kind: given.kind, name });
                self.outcome(&table, Outcome::Created);
                continue;
            };
            let here = &lab.items[at];
            for (field, value, file) in &merged.conflicts {
                self.conflicts.push(Conflict {
                    kind: Some(here.kind),
                    name: Some(here.name.clone()),
                    id: Some(here.id),
                    field: Some(field.clone()),
                    what: format!("{field} differs and was changed here later; this hub's value stays"),
                    here: Some(value.clone()),
                    file: Some(file.clone()),
                });
            }
            let touched = given.updated_at.unwrap_or(self.now);
            let aged = self.file_wins[row]
                && given.updated_at.is_some_and(|at| at != here.updated_at)
                && merged.conflicts.is_empty();
            if merged.changes.is_empty() {
                // A replacement also brings back the time of the last change.
                if aged && self.mode == Mode::Replace {
                    self.plan.update_items.push((here.clone(), Item { updated_at: touched, ..here.clone() }));
                    self.outcome(&table, Outcome::Updated);
                } else {
                    self.outcome(
                        &table,
                        if merged.conflicts.is_empty() { Outcome::Unchanged } else { Outcome::Kept },
                    );
                }
                continue;
            }
            let updated_at = match self.mode {
                Mode::Replace => touched,
                // Time does not run backwards, or the file would win the next time.
                Mode::Merge if self.file_wins[row] => touched.max(here.updated_at),
                Mode::Merge => self.now.max(here.updated_at),
            };
            updates.push(Update {
                kind: here.kind,
                name: here.name.clone(),
                id: here.id,
                fields: merged.changes.iter().map(|change| change.field.clone()).collect(),
                changes: merged.changes,
            });
            let after = Item { name: merged.name, fields: merged.fields, updated_at, ..here.clone() };
            self.plan.update_items.push((here.clone(), after));
            self.outcome(&table, Outcome::Updated);
        }
        self.report(creates, updates)
    }

    fn report(mut self, creates: Vec<Creation>, updates: Vec<Update>) -> Plan {
        for problem in self.problems.iter().filter(|problem| problem.rows_left_out > 0) {
            self.tallies.entry(problem.table.clone()).or_default().left_out += problem.rows_left_out;
        }
        let total = |count: fn(&Tally) -> usize| self.tallies.values().map(count).sum::<usize>();
        let left_out = total(|tally| tally.left_out);
        let report = Report {
            format: self.incoming.format,
            rows_in: total(|tally| tally.rows),
            rows_imported: total(|tally| tally.created + tally.updated + tally.unchanged + tally.kept),
            rows_left_out: left_out,
            counts: counts(self.incoming),
            creates,
            updates,
            unchanged: total(|tally| tally.unchanged),
            deletes: self.plan.delete_items.len(),
            conflicts: self.conflicts,
            problems: self.problems,
            suggestions: self.incoming.suggestions.clone(),
            nothing_to_do: false,
            tables: self.tallies,
        };
        let mut plan = self.plan;
        plan.report = report;
        plan.report.nothing_to_do = plan.is_empty();
        plan
    }
}

fn counts(incoming: &Incoming) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for item in &incoming.items {
        *counts.entry(item.kind.key().to_string()).or_default() += 1;
    }
    let links = |rel: Rel| incoming.links.iter().filter(|link| link.rel == rel).count();
    counts.insert("members".into(), links(Rel::MemberOf));
    counts.insert("edges".into(), links(Rel::Edge));
    counts.insert("relationships".into(), links(Rel::Related));
    counts.insert("layout".into(), incoming.layout.len());
    counts
}
