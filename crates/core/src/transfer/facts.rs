//! What is no item and no link: positions, observations, sightings, identities, notes and images.

use std::collections::{HashMap, HashSet};

use super::format::Format;
use super::lab::{Identified, Lab, Observed, Placed, Remembered, Sighted};
use super::plan::Mode;
use super::report::Conflict;
use super::settling::{Outcome, Settling};
use crate::inventory::ItemId;
use crate::list_view::ListView;

impl Settling<'_> {
    pub(crate) fn positions(&mut self, lab: &Lab, mode: Mode) {
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

    pub(crate) fn facts(&mut self, lab: &Lab, mode: Mode) {
        let exact = mode == Mode::Replace && self.incoming.carries.facts;
        self.observations(lab, exact);
        self.sightings(lab, exact);
        self.identities(lab, exact);
        self.memories(lab, exact);
        self.views(lab, exact);
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

    /// A view is known by whose it is and what it is called; a merge leaves the one that is here as it is.
    fn views(&mut self, lab: &Lab, exact: bool) {
        let name =
            |one: &ListView| (one.principal.kind(), one.owner.clone(), one.list.clone(), one.name.clone());
        let named = |one: &ListView, other: &ListView| name(one) == name(other);
        for given in &self.incoming.views {
            let known = lab.views.iter().find(|known| named(known, given));
            let same = known.is_some_and(|known| says_the_same(known, given));
            let outcome = match known {
                Some(_) if same || !exact => Outcome::Unchanged,
                Some(_) => Outcome::Updated,
                None => Outcome::Created,
            };
            if outcome != Outcome::Unchanged {
                self.plan.create_views.push(given.clone());
                self.plan.delete_views.extend(known.cloned());
            }
            self.outcome("views", outcome);
        }
        if exact {
            let given = &self.incoming.views;
            let gone = lab.views.iter().filter(|known| !given.iter().any(|one| named(known, one)));
            self.plan.delete_views.extend(gone.cloned());
        }
    }
}

/// Equal but for what is of one hub alone.
fn says_the_same(known: &ListView, given: &ListView) -> bool {
    let alike =
        ListView { id: given.id, rev: given.rev, principal: given.principal.clone(), ..known.clone() };
    alike == *given
}
