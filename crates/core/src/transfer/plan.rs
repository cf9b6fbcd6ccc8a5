//! What an import would do: every row to write, with its final ids and times, and the report of it.
//! Carrying it out needs no further decision.

use std::collections::{HashMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::incoming::{Format, Incoming, IncomingItem, IncomingLink};
use super::lab::{Identified, Lab, Observed, Placed, Remembered, Sighted};
use super::merge::{Merged, merge, replaced};
use super::report::{Conflict, Creation, FieldChange, Problem, Report, Tally, Update};
use super::{links, matching};
use crate::icon::Image;
use crate::inventory::{Item, ItemId, Kind, Link, Rel};
use crate::stamp::Stamp;

/// What becomes of what is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// It stays; the file fills gaps and brings newer values.
    #[default]
    Merge,
    /// It goes; afterwards the hub holds what the file holds.
    Replace,
}

/// Which ids are free: ids are never given to another item.
#[derive(Debug, Clone, Default)]
pub struct IdSpace {
    /// The highest id ever given.
    pub last: ItemId,
    /// Kind and birth of deleted items whose ids the file mentions.
    pub former: HashMap<ItemId, (Kind, Stamp)>,
}

/// Every row to write. Lists are to be carried out in the order of these fields.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Images to keep.
    pub icons: Vec<Image>,
    /// Links to remove; those of deleted items go with them.
    pub delete_links: Vec<Link>,
    /// Positions to forget, of items that stay.
    pub delete_layout: Vec<ItemId>,
    /// Observations to forget, of items that stay.
    pub delete_observations: Vec<Observed>,
    /// Identities to forget, of items that stay.
    pub delete_identities: Vec<Identified>,
    /// Sightings to forget, of items that stay.
    pub delete_sightings: Vec<Sighted>,
    /// Notes to forget.
    pub delete_memories: Vec<Remembered>,
    /// Items to remove.
    pub delete_items: Vec<Item>,
    /// Items to create, with their ids.
    pub create_items: Vec<Item>,
    /// Items to change: as they are, as they will be.
    pub update_items: Vec<(Item, Item)>,
    /// Links to create; their ids are the store's to give.
    pub create_links: Vec<Link>,
    /// Links to change: as they are, as they will be.
    pub update_links: Vec<(Link, Link)>,
    /// Positions to save.
    pub set_layout: Vec<Placed>,
    /// Observations to write; those with an id exist.
    pub put_observations: Vec<Observed>,
    /// Sightings to write.
    pub put_sightings: Vec<Sighted>,
    /// Identities to create.
    pub create_identities: Vec<Identified>,
    /// Notes to create.
    pub create_memories: Vec<Remembered>,
    /// The story.
    pub report: Report,
}

impl Incoming {
    /// Ids that the file would like to keep; the store says which of them were ever given here.
    pub fn wanted_ids(&self) -> Vec<ItemId> {
        match self.format {
            Format::Labkeeper => self.items.iter().filter_map(|item| item.id).collect(),
            _ => Vec::new(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Created,
    Updated,
    Unchanged,
    Kept,
}

/// Work in progress.
pub(crate) struct Settling<'a> {
    incoming: &'a Incoming,
    mode: Mode,
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
    tallies: std::collections::BTreeMap<String, Tally>,
    pub(crate) plan: Plan,
}

/// Plans an import.
pub fn plan(incoming: &Incoming, lab: &Lab, ids: &IdSpace, mode: Mode, now: Stamp) -> Plan {
    let found = matching::matches(incoming, lab, mode);
    let mut settling = Settling::new(incoming, lab, &found, ids, mode, now);
    settling.items(lab, &found, mode);
    links::settle(incoming, lab, mode, &mut settling);
    settling.positions(lab, mode);
    settling.facts(lab, mode);
    if mode == Mode::Replace {
        settling.deletions(lab, &found);
    }
    settling.finish(lab)
}

impl<'a> Settling<'a> {
    fn new(
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
        let mut tallies: std::collections::BTreeMap<String, Tally> = std::collections::BTreeMap::new();
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
            plan: Plan::empty(incoming),
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

    fn items(&mut self, lab: &Lab, found: &[Option<usize>], mode: Mode) {
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

    fn positions(&mut self, lab: &Lab, mode: Mode) {
        let here: HashMap<ItemId, &Placed> = lab.layout.iter().map(|placed| (placed.item, placed)).collect();
        let (table, mut elsewhere) =
            (if self.incoming.format == Format::Labkeeper { "layout" } else { "map_layout" }, 0);
        let mut placed: HashSet<ItemId> = HashSet::new();
        for position in &self.incoming.layout {
            let item = self.ids[position.item];
            placed.insert(item);
            let new = Placed { item, x: position.x, y: position.y, pinned: position.pinned };
            let outcome = match here.get(&item) {
                None => Outcome::Created,
                Some(known) if **known == new => Outcome::Unchanged,
                Some(_) if mode == Mode::Replace => Outcome::Updated,
                Some(_) => Outcome::Kept,
            };
            match outcome {
                Outcome::Created | Outcome::Updated => self.plan.set_layout.push(new),
                Outcome::Kept => elsewhere += 1,
                Outcome::Unchanged => {}
            }
            self.outcome(table, outcome);
        }
        if elsewhere > 0 {
            self.conflicts.push(Conflict {
                kind: None,
                name: None,
                id: None,
                field: Some("layout".into()),
                what: format!("{elsewhere} positions on the map differ; those of this hub stay"),
                here: None,
                file: None,
            });
        }
        if mode == Mode::Replace && self.incoming.carries.layout {
            let staying: HashSet<ItemId> = self.ids.iter().copied().collect();
            let gone = lab
                .layout
                .iter()
                .map(|known| known.item)
                .filter(|item| staying.contains(item) && !placed.contains(item));
            self.plan.delete_layout.extend(gone);
        }
    }

    fn facts(&mut self, lab: &Lab, mode: Mode) {
        let exact = mode == Mode::Replace && self.incoming.carries.facts;
        self.observations(lab, exact);
        self.sightings(lab, exact);
        self.identities(lab, exact);
        self.memories(lab, exact);
        for image in &self.incoming.images {
            let sha256 = image.sha256();
            let known = lab.icons.iter().any(|icon| icon.sha256 == sha256);
            if !known {
                self.plan.icons.push(image.clone());
            }
            if self.incoming.rows_in.contains_key("icons") {
                self.outcome("icons", if known { Outcome::Unchanged } else { Outcome::Created });
            }
        }
    }

    fn observations(&mut self, lab: &Lab, exact: bool) {
        let here: HashMap<(ItemId, &str, &str), &Observed> = lab
            .observations
            .iter()
            .map(|seen| ((seen.item, seen.field.as_str(), seen.source.as_str()), seen))
            .collect();
        let mut met: HashSet<i64> = HashSet::new();
        for given in &self.incoming.observations {
            let item = self.ids[given.item];
            let known = here.get(&(item, given.field.as_str(), given.source.as_str())).copied();
            let new = Observed {
                id: known.map_or(0, |known| known.id),
                item,
                field: given.field.clone(),
                source: given.source.clone(),
                value: given.value.clone(),
                seen_at: given.seen_at,
                changed_at: given.changed_at,
                drift: given.drift,
            };
            met.extend(known.map(|known| known.id));
            let outcome = match known {
                None => Outcome::Created,
                Some(known) if *known == new => Outcome::Unchanged,
                Some(known) if exact || known.seen_at < new.seen_at => Outcome::Updated,
                Some(_) => Outcome::Kept,
            };
            if matches!(outcome, Outcome::Created | Outcome::Updated) {
                self.plan.put_observations.push(new);
            }
            self.outcome("observations", outcome);
        }
        if exact {
            let staying: HashSet<ItemId> = self.ids.iter().copied().collect();
            let gone = lab
                .observations
                .iter()
                .filter(|seen| staying.contains(&seen.item) && !met.contains(&seen.id));
            self.plan.delete_observations.extend(gone.cloned());
        }
    }

    fn sightings(&mut self, lab: &Lab, exact: bool) {
        let here: HashMap<(ItemId, &str), &Sighted> =
            lab.sightings.iter().map(|seen| ((seen.item, seen.source.as_str()), seen)).collect();
        let mut met: HashSet<(ItemId, &str)> = HashSet::new();
        for given in &self.incoming.sightings {
            let item = self.ids[given.item];
            let new = Sighted {
                item,
                source: given.source.clone(),
                last_seen: given.last_seen,
                missing_since: given.missing_since,
            };
            met.insert((item, given.source.as_str()));
            let outcome = match here.get(&(item, given.source.as_str())) {
                None => Outcome::Created,
                Some(known) if **known == new => Outcome::Unchanged,
                Some(known) if exact || known.last_seen < new.last_seen => Outcome::Updated,
                Some(_) => Outcome::Kept,
            };
            if matches!(outcome, Outcome::Created | Outcome::Updated) {
                self.plan.put_sightings.push(new);
            }
            self.outcome("sightings", outcome);
        }
        if exact {
            let staying: HashSet<ItemId> = self.ids.iter().copied().collect();
            let gone = lab.sightings.iter().filter(|seen| {
                staying.contains(&seen.item) && !met.contains(&(seen.item, seen.source.as_str()))
            });
            self.plan.delete_sightings.extend(gone.cloned());
        }
    }

    fn identities(&mut self, lab: &Lab, exact: bool) {
        let staying: HashSet<ItemId> = self.ids.iter().copied().collect();
        let here: HashMap<(&str, &str), &Identified> = lab
            .identities
            .iter()
            .map(|known| ((known.scheme.as_str(), known.value.as_str()), known))
            .collect();
        let mut met: HashSet<i64> = HashSet::new();
        for given in &self.incoming.identities {
            let item = self.ids[given.item];
            let known = here.get(&(given.scheme.as_str(), given.value.as_str())).copied();
            let outcome = match known {
                Some(known) if known.item == item => Outcome::Unchanged,
                // The item that has it goes or lets go of it in a replacement.
                Some(_) if !exact => Outcome::Kept,
                _ => Outcome::Created,
            };
            match outcome {
                Outcome::Unchanged => met.extend(known.map(|known| known.id)),
                Outcome::Kept => self.conflicts.push(Conflict {
                    kind: None,
                    name: Some(self.incoming.items[given.item].name.clone()),
                    id: known.map(|known| known.item),
                    field: Some(given.scheme.clone()),
                    what: format!("{} {} is another item's identity here", given.place.table, given.value),
                    here: known.map(|known| known.item.into()),
                    file: Some(item.into()),
                }),
                _ => self.plan.create_identities.push(Identified {
                    id: 0,
                    item,
                    scheme: given.scheme.clone(),
                    value: given.value.clone(),
                }),
            }
            self.outcome("identities", outcome);
        }
        if exact {
            let gone = lab
                .identities
                .iter()
                .filter(|known| staying.contains(&known.item) && !met.contains(&known.id));
            self.plan.delete_identities.extend(gone.cloned());
        }
    }

    fn memories(&mut self, lab: &Lab, exact: bool) {
        let mut met: HashSet<i64> = HashSet::new();
        for given in &self.incoming.memories {
            let new = Remembered {
                id: 0,
                text: given.text.clone(),
                kind: given.kind.clone(),
                items: given.items.iter().map(|at| self.ids[*at]).collect(),
                actor: given.actor.clone(),
                created_at: given.created_at,
            };
            let known = lab
                .memories
                .iter()
                .find(|known| !met.contains(&known.id) && Remembered { id: 0, ..(*known).clone() } == new);
            match known {
                Some(known) => {
                    met.insert(known.id);
                    self.outcome("memories", Outcome::Unchanged);
                }
                None => {
                    self.plan.create_memories.push(new);
                    self.outcome("memories", Outcome::Created);
                }
            }
        }
        if exact {
            self.plan
                .delete_memories
                .extend(lab.memories.iter().filter(|known| !met.contains(&known.id)).cloned());
        }
    }

    fn deletions(&mut self, lab: &Lab, found: &[Option<usize>]) {
        let staying: HashSet<usize> = found.iter().flatten().copied().collect();
        let gone = lab.items.iter().enumerate().filter(|(at, _)| !staying.contains(at));
        self.plan.delete_items.extend(gone.map(|(_, item)| item.clone()));
    }

    fn finish(mut self, lab: &Lab) -> Plan {
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
            let updated_at = if self.file_wins[row] { touched } else { self.now };
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

impl Plan {
    fn empty(incoming: &Incoming) -> Self {
        Self {
            icons: Vec::new(),
            delete_links: Vec::new(),
            delete_layout: Vec::new(),
            delete_observations: Vec::new(),
            delete_identities: Vec::new(),
            delete_sightings: Vec::new(),
            delete_memories: Vec::new(),
            delete_items: Vec::new(),
            create_items: Vec::new(),
            update_items: Vec::new(),
            create_links: Vec::new(),
            update_links: Vec::new(),
            set_layout: Vec::new(),
            put_observations: Vec::new(),
            put_sightings: Vec::new(),
            create_identities: Vec::new(),
            create_memories: Vec::new(),
            report: Report {
                format: incoming.format,
                rows_in: 0,
                rows_imported: 0,
                rows_left_out: 0,
                tables: std::collections::BTreeMap::new(),
                counts: std::collections::BTreeMap::new(),
                creates: Vec::new(),
                updates: Vec::new(),
                unchanged: 0,
                deletes: 0,
                conflicts: Vec::new(),
                problems: Vec::new(),
                suggestions: Vec::new(),
                nothing_to_do: false,
            },
        }
    }

    /// Whether carrying it out would change nothing.
    pub fn is_empty(&self) -> bool {
        let rows = self.icons.len()
            + self.delete_links.len()
            + self.delete_layout.len()
            + self.delete_observations.len()
            + self.delete_identities.len()
            + self.delete_sightings.len()
            + self.delete_memories.len()
            + self.delete_items.len()
            + self.create_items.len()
            + self.update_items.len()
            + self.create_links.len()
            + self.update_links.len()
            + self.set_layout.len()
            + self.put_observations.len()
            + self.put_sightings.len()
            + self.create_identities.len()
            + self.create_memories.len();
        rows == 0
    }
}

/// The highest id that is taken over from a file; beyond it ids would run out of what clients carry exactly.
const HIGHEST_KEPT: ItemId = 2_000_000_000;

/// An id of the file is kept when nobody else ever had it here.
fn give_ids(
    incoming: &Incoming,
    lab: &Lab,
    found: &[Option<usize>],
    space: &IdSpace,
    mode: Mode,
) -> Vec<ItemId> {
    let live: HashSet<ItemId> = lab.items.iter().map(|item| item.id).collect();
    let last = space.last.max(live.iter().copied().max().unwrap_or(0));
    let roomy = lab.items.is_empty() || mode == Mode::Replace;
    let mut given: HashSet<ItemId> = HashSet::new();
    let mut keep = |item: &IncomingItem| -> Option<ItemId> {
        let id = item.id.filter(|_| incoming.format == Format::Labkeeper)?;
        let was_it = space
            .former
            .get(&id)
            .is_some_and(|(kind, birth)| *kind == item.kind && Some(*birth) == item.created_at);
        let never_given = roomy && id > last && id <= HIGHEST_KEPT;
        let free = (was_it || never_given) && !live.contains(&id) && id > 0;
        (free && given.insert(id)).then_some(id)
    };
    let kept: Vec<Option<ItemId>> = incoming
        .items
        .iter()
        .zip(found)
        .map(|(item, found)| found.map(|at| lab.items[at].id).or_else(|| keep(item)))
        .collect();
    let mut next = kept.iter().flatten().copied().max().unwrap_or(0).max(last);
    kept.into_iter()
        .map(|id| {
            id.unwrap_or_else(|| {
                next += 1;
                next
            })
        })
        .collect()
}

fn counts(incoming: &Incoming) -> std::collections::BTreeMap<String, usize> {
    let mut counts = std::collections::BTreeMap::new();
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
