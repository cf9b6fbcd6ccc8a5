//! The links of a file against the links here.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::incoming::{End, Incoming, IncomingLink, Place};
use super::lab::Lab;
use super::plan::Mode;
use super::report::{Conflict, FieldChange};
use super::settling::{Outcome, Settling};
use crate::inventory::{ItemId, Kind, Link, Rel, graph};

/// Decides about every link of the file; answers the positions in `lab.links` that a replacement lets go.
pub(crate) fn settle(incoming: &Incoming, lab: &Lab, mode: Mode, settling: &mut Settling<'_>) {
    let mut here: HashMap<(ItemId, Rel, ItemId), Vec<usize>> = HashMap::new();
    let mut parent_of: HashMap<ItemId, ItemId> = HashMap::new();
    let mut parent_link: HashMap<ItemId, usize> = HashMap::new();
    for (at, link) in lab.links.iter().enumerate() {
        here.entry((link.from_id, link.rel, link.to_id)).or_default().push(at);
        if link.rel == Rel::Parent {
            parent_link.insert(link.from_id, at);
            if mode == Mode::Merge {
                parent_of.insert(link.from_id, link.to_id);
            }
        }
    }
    let mut board = Board { lab, mode, here, parent_of, parent_link, used: HashSet::new() };
    let ids = settling.ids.clone();
    let names = Names::of(incoming, lab, &ids);
    for link in &incoming.links {
        let own = link.place.clone().unwrap_or_else(|| incoming.items[link.from].place.clone());
        let to = match &link.to {
            End::Item(at) => Some(ids[*at]),
            End::Named { kind, text, .. } => names.find(*kind, text.trim()),
        };
        let Some(to) = to else {
            if let End::Named { kind, text, field } = &link.to {
                let what =
                    format!("names no {} that is here or in the file", kind.spec().label.to_lowercase());
                let problem = own
                    .problem(what, "imported, standing on nothing")
                    .field(*field)
                    .value(&text.clone().into());
                settling.problems.push(problem);
            }
            continue;
        };
        let outcome = board.one(incoming, link, &own, to, settling);
        if let (Some(place), Some(outcome)) = (&link.place, outcome) {
            settling.outcome(&place.table, outcome);
        }
    }
    if mode == Mode::Replace {
        board.let_go(incoming, settling);
    }
}

/// Items that a CSV table may call by name or by id: those of the file before those here.
struct Names<'a> {
    of_file: HashMap<(Kind, String), Vec<usize>>,
    of_lab: HashMap<(Kind, String), Vec<ItemId>>,
    ids_of_file: HashMap<(Kind, i64), usize>,
    ids_of_lab: HashMap<ItemId, Kind>,
    ids: &'a [ItemId],
}

impl<'a> Names<'a> {
    fn of(incoming: &Incoming, lab: &Lab, ids: &'a [ItemId]) -> Self {
        let mut names = Self {
            of_file: HashMap::new(),
            of_lab: HashMap::new(),
            ids_of_file: HashMap::new(),
            ids_of_lab: lab.items.iter().map(|item| (item.id, item.kind)).collect(),
            ids,
        };
        for (at, item) in incoming.items.iter().enumerate() {
            names.of_file.entry((item.kind, item.name.to_lowercase())).or_default().push(at);
            if let Some(id) = item.id {
                names.ids_of_file.entry((item.kind, id)).or_insert(at);
            }
        }
        for item in &lab.items {
            names.of_lab.entry((item.kind, item.name.to_lowercase())).or_default().push(item.id);
        }
        names
    }

    /// `None` when nothing is called so, or more than one thing.
    fn find(&self, kind: Kind, text: &str) -> Option<ItemId> {
        if let Ok(id) = text.parse::<i64>() {
            let of_file = self.ids_of_file.get(&(kind, id)).map(|at| self.ids[*at]);
            let of_lab = || self.ids_of_lab.get(&id).filter(|of| **of == kind).map(|_| id);
            if let Some(found) = of_file.or_else(of_lab) {
                return Some(found);
            }
        }
        let key = (kind, text.to_lowercase());
        match self.of_file.get(&key) {
            Some(rows) => (rows.len() == 1).then(|| self.ids[rows[0]]),
            None => self.of_lab.get(&key).filter(|ids| ids.len() == 1).map(|ids| ids[0]),
        }
    }
}

struct Board<'a> {
    lab: &'a Lab,
    mode: Mode,
    here: HashMap<(ItemId, Rel, ItemId), Vec<usize>>,
    /// What each item stands on, as it will be.
    parent_of: HashMap<ItemId, ItemId>,
    /// Where in `lab.links` its parent link is.
    parent_link: HashMap<ItemId, usize>,
    /// Links here that a link of the file is.
    used: HashSet<usize>,
}

impl Board<'_> {
    /// `None` when the link is left out; the problem says why.
    fn one(
        &mut self,
        incoming: &Incoming,
        link: &IncomingLink,
        own: &Place,
        to: ItemId,
        settling: &mut Settling<'_>,
    ) -> Option<Outcome> {
        let from = settling.ids[link.from];
        let kind_of = |id: ItemId, settling: &Settling<'_>| settling.kinds.get(&id).copied();
        let (child, parent) = (kind_of(from, settling)?, kind_of(to, settling)?);
        if link.rel == Rel::MemberOf && parent != Kind::Networks {
            settling.problems.push(own.left_out("is a membership of something that is no network"));
            return None;
        }
        let new = settling.fill(incoming, link, from, to);
        if link.rel == Rel::Parent {
            return self.parent(link, own, (child, parent), new, settling);
        }
        let known: Vec<usize> = self.here.get(&(from, link.rel, to)).cloned().unwrap_or_default();
        let mut open = known.into_iter().filter(|at| !self.used.contains(at));
        let same = |at: &usize| {
            let here = &self.lab.links[*at];
            here.label == new.label && here.data == new.data
        };
        let found = if link.rel.may_repeat() { open.find(same) } else { open.next() };
        let Some(at) = found else {
            settling.plan.create_links.push(new);
            return Some(Outcome::Created);
        };
        self.used.insert(at);
        Some(self.again(at, link, new, settling))
    }

    /// A link that is here already.
    fn again(&self, at: usize, link: &IncomingLink, new: Link, settling: &mut Settling<'_>) -> Outcome {
        let here = &self.lab.links[at];
        let mut after = here.clone();
        if self.mode == Mode::Replace {
            let birth = if link.created_at.is_some() { new.created_at } else { here.created_at };
            let touched = if link.updated_at.is_some() { new.updated_at } else { here.updated_at };
            after = Link { id: here.id, created_at: birth, updated_at: touched, ..new };
        } else {
            let file_wins = link.updated_at.is_some_and(|at| at > here.updated_at);
            let label = over(here.label.as_ref(), new.label.as_ref(), file_wins);
            let data = over(here.data.as_ref(), new.data.as_ref(), file_wins);
            if label.1 || data.1 {
                settling.conflicts.push(Conflict {
                    kind: None,
                    name: None,
                    id: None,
                    field: Some(here.rel.as_str().into()),
                    what: format!("link {} says something else here", here.id),
                    here: Some(serde_json::json!({"label": here.label, "data": here.data})),
                    file: Some(serde_json::json!({"label": new.label, "data": new.data})),
                });
            }
            (after.label, after.data) = (label.0, data.0);
            if after != *here {
                after.updated_at = link.updated_at.map_or(settling.now, |at| at.max(here.updated_at));
            } else if label.1 || data.1 {
                return Outcome::Kept;
            }
        }
        if after == *here {
            return Outcome::Unchanged;
        }
        settling.plan.update_links.push((here.clone(), after));
        Outcome::Updated
    }

    fn parent(
        &mut self,
        link: &IncomingLink,
        own: &Place,
        (child, parent): (Kind, Kind),
        new: Link,
        settling: &mut Settling<'_>,
    ) -> Option<Outcome> {
        let Some((field, _)) = child.spec().parents().find(|(_, kind)| *kind == parent) else {
            let what = format!("{} cannot stand on {}", child.spec().label, parent.spec().label);
            settling.problems.push(own.left_out(what));
            return None;
        };
        let (from, to) = (new.from_id, new.to_id);
        let known = self.parent_link.get(&from).copied().filter(|at| !self.used.contains(at));
        if let Some(at) = known.filter(|at| self.lab.links[*at].to_id == to) {
            self.used.insert(at);
            self.parent_of.insert(from, to);
            return Some(self.again(at, link, new, settling));
        }
        let here = known.map(|at| &self.lab.links[at]);
        let file_wins = match (here, link.updated_at) {
            _ if self.mode == Mode::Replace => true,
            (Some(here), Some(at)) => at > here.updated_at,
            (Some(_), None) => settling.file_wins[link.from],
            (None, _) => true,
        };
        let before = here.map_or(Value::Null, |here| here.to_id.into());
        if !file_wins {
            settling.differs(link.from, field, before, to.into());
            return Some(Outcome::Kept);
        }
        if child == parent && graph::cycle(from, to, |id| self.parent_of.get(&id).copied()).is_some() {
            let problem = match &link.place {
                Some(place) => place.left_out("would close a circle with what is here"),
                None => own.problem("would close a circle with what is here", "imported where it was"),
            };
            settling.problems.push(problem.field(field));
            return None;
        }
        if let Some(at) = known {
            self.used.insert(at);
            settling.plan.delete_links.push(self.lab.links[at].clone());
        }
        self.parent_of.insert(from, to);
        settling.plan.create_links.push(new);
        settling.moved(link.from, FieldChange { field: field.into(), before, after: to.into() });
        Some(if known.is_some() { Outcome::Updated } else { Outcome::Created })
    }

    /// Links between items that stay, of relations the file knows about, and that it does not have.
    fn let_go(&self, incoming: &Incoming, settling: &mut Settling<'_>) {
        let staying: HashSet<ItemId> = settling.ids.iter().copied().collect();
        for (at, link) in self.lab.links.iter().enumerate() {
            let both_stay = staying.contains(&link.from_id) && staying.contains(&link.to_id);
            if both_stay && !self.used.contains(&at) && incoming.carries.link(link.rel) {
                settling.plan.delete_links.push(link.clone());
            }
        }
    }
}

/// The value that stays, and whether the other was passed over.
fn over<T: Clone + PartialEq>(here: Option<&T>, file: Option<&T>, file_wins: bool) -> (Option<T>, bool) {
    match (here, file) {
        (Some(here), Some(file)) if here != file && !file_wins => (Some(here.clone()), true),
        (_, Some(file)) => (Some(file.clone()), false),
        (here, None) => (here.cloned(), false),
    }
}
