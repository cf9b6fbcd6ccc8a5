//! A hub in memory: imports a file and holds what the plan says.

use labkeeper_core::inventory::{Item, ItemId};
use labkeeper_core::stamp::Stamp;
use labkeeper_core::transfer::{
    Format, IdSpace, Incoming, Lab, Mode, Picture, Plan, Report, Source, plan, read, read_tables,
    write_bundle,
};
use serde_json::Value;

#[derive(Default)]
pub(crate) struct Hub {
    pub(crate) lab: Lab,
    last: ItemId,
}

pub(crate) const NOW: Stamp = Stamp(1_800_000_000_000_000);

pub(crate) fn incoming(file: &str, name: &str) -> Incoming {
    match read(file.as_bytes(), Some(name)) {
        Ok(Source::Ready(incoming)) => *incoming,
        Ok(Source::Database) => panic!("{name} is a database"),
        Err(refusal) => panic!("{name} was refused: {refusal}"),
    }
}

impl Hub {
    pub(crate) fn import(&mut self, file: &str, name: &str) -> Report {
        self.take(&incoming(file, name), Mode::Merge)
    }

    pub(crate) fn replace(&mut self, file: &str, name: &str) -> Report {
        self.take(&incoming(file, name), Mode::Replace)
    }

    /// Rows as they come out of a database.
    pub(crate) fn import_tables(&mut self, tables: &Value) -> Report {
        let tables = tables.as_object().unwrap().iter();
        let tables = tables.map(|(name, rows)| (name.clone(), rows.as_array().unwrap().clone())).collect();
        self.take(&read_tables(Format::HubDatabase, tables).unwrap(), Mode::Merge)
    }

    pub(crate) fn take(&mut self, incoming: &Incoming, mode: Mode) -> Report {
        let space = IdSpace { last: self.last, ..IdSpace::default() };
        let plan = plan(incoming, &self.lab, &space, mode, NOW);
        self.carry_out(&plan);
        assert_accounts_for_every_row(&plan.report);
        plan.report
    }

    pub(crate) fn export(&self) -> String {
        write_bundle(&self.lab, Stamp(0))
    }

    pub(crate) fn item(&self, name: &str) -> &Item {
        let found: Vec<&Item> = self.lab.items.iter().filter(|item| item.name == name).collect();
        assert_eq!(found.len(), 1, "items named {name}");
        found[0]
    }

    /// Name of what the item stands on.
    pub(crate) fn parent(&self, name: &str) -> Option<&str> {
        let id = self.item(name).id;
        let parents =
            self.lab.links.iter().filter(|link| link.from_id == id && link.rel.as_str() == "parent");
        let mut parents = parents
            .map(|link| self.lab.items.iter().find(|item| item.id == link.to_id).unwrap().name.as_str());
        let parent = parents.next();
        assert!(parents.next().is_none(), "{name} stands on several things");
        parent
    }

    fn carry_out(&mut self, plan: &Plan) {
        let lab = &mut self.lab;
        let gone: Vec<ItemId> = plan.delete_items.iter().map(|item| item.id).collect();
        lab.links.retain(|link| {
            !plan.delete_links.contains(link) && !gone.contains(&link.from_id) && !gone.contains(&link.to_id)
        });
        lab.layout.retain(|at| !plan.delete_layout.contains(&at.item) && !gone.contains(&at.item));
        lab.observations
            .retain(|seen| !plan.delete_observations.contains(seen) && !gone.contains(&seen.item));
        lab.sightings.retain(|seen| !plan.delete_sightings.contains(seen) && !gone.contains(&seen.item));
        lab.identities.retain(|known| !plan.delete_identities.contains(known) && !gone.contains(&known.item));
        lab.memories.retain(|note| !plan.delete_memories.contains(note));
        lab.items.retain(|item| !gone.contains(&item.id));
        let icons = plan.icons.iter().map(|icon| Picture {
            sha256: icon.sha256(),
            mime: icon.mime.into(),
            bytes: icon.bytes.clone(),
        });
        lab.icons.extend(icons);
        for item in &plan.create_items {
            assert!(lab.items.iter().all(|known| known.id != item.id), "id {} is taken", item.id);
            lab.items.push(item.clone());
        }
        for (before, after) in &plan.update_items {
            let at = lab.items.iter().position(|item| item == before).unwrap();
            assert_eq!((before.id, before.kind, before.created_at), (after.id, after.kind, after.created_at));
            lab.items[at] = Item { rev: before.rev + 1, ..after.clone() };
        }
        let mut next = lab.links.iter().map(|link| link.id).max().unwrap_or(0);
        for link in &plan.create_links {
            next += 1;
            let once = lab.links.iter().all(|known| {
                (known.from_id, known.rel, known.to_id) != (link.from_id, link.rel, link.to_id)
                    || link.rel.may_repeat()
            });
            assert!(once, "{link:?} is there already");
            let mut link = link.clone();
            link.id = next;
            lab.links.push(link);
        }
        for (before, after) in &plan.update_links {
            let at = lab.links.iter().position(|link| link == before).unwrap();
            lab.links[at] = after.clone();
        }
        for place in &plan.set_layout {
            lab.layout.retain(|known| known.item != place.item);
            lab.layout.push(*place);
        }
        for seen in &plan.put_observations {
            lab.observations.retain(|known| seen.id == 0 || known.id != seen.id);
            let id = if seen.id == 0 {
                lab.observations.iter().map(|seen| seen.id).max().unwrap_or(0) + 1
            } else {
                seen.id
            };
            let mut seen = seen.clone();
            seen.id = id;
            lab.observations.push(seen);
        }
        for seen in &plan.put_sightings {
            lab.sightings.retain(|known| (known.item, &known.source) != (seen.item, &seen.source));
            lab.sightings.push(seen.clone());
        }
        for known in &plan.create_identities {
            let mut known = known.clone();
            known.id = lab.identities.iter().map(|known| known.id).max().unwrap_or(0) + 1;
            lab.identities.push(known);
        }
        for note in &plan.create_memories {
            let mut note = note.clone();
            note.id = lab.memories.iter().map(|note| note.id).max().unwrap_or(0) + 1;
            lab.memories.push(note);
        }
        lab.items.sort_by_key(|item| item.id);
        self.last = self.last.max(lab.items.iter().map(|item| item.id).max().unwrap_or(0));
        self.assert_nothing_dangles();
    }

    fn assert_nothing_dangles(&self) {
        let is_there = |id: ItemId| self.lab.items.iter().any(|item| item.id == id);
        assert!(self.lab.links.iter().all(|link| is_there(link.from_id) && is_there(link.to_id)));
        assert!(self.lab.layout.iter().all(|place| is_there(place.item)));
        assert!(self.lab.observations.iter().all(|seen| is_there(seen.item)));
        assert!(self.lab.identities.iter().all(|known| is_there(known.item)));
    }
}

/// Rows in = rows imported + rows in the report.
pub(crate) fn assert_accounts_for_every_row(report: &Report) {
    assert_eq!(report.rows_in, report.rows_imported + report.rows_left_out, "{report:#?}");
    let told: usize = report.problems.iter().map(|problem| problem.rows_left_out).sum();
    assert_eq!(report.rows_left_out, told, "{report:#?}");
    for (table, tally) in &report.tables {
        let parts = tally.created + tally.updated + tally.unchanged + tally.kept + tally.left_out;
        assert_eq!(tally.rows, parts, "{table}: {tally:?} {:#?}", report.problems);
    }
}
