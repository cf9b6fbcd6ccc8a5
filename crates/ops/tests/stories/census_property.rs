//! Whatever happens in the lab, in whatever order: what a person said stays said, and a machine deletes nothing.

use std::collections::BTreeMap;

use labkeeper_sim::world::{Status, World};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::homelab::{Homelab, OBSERVE, connected};

/// Something that happens between two censuses.
#[derive(Debug, Clone)]
enum Event {
    /// A person says something of a guest.
    Edit {
        guest: usize,
        field: usize,
        value: u8,
    },
    /// A guest is changed on its node.
    Memory {
        guest: usize,
        gib: u8,
    },
    Rename {
        guest: usize,
        to: u8,
    },
    Move {
        guest: usize,
        node: u8,
    },
    Stop {
        guest: usize,
    },
    /// A guest is removed.
    Remove {
        guest: usize,
    },
    /// A node goes away or comes back.
    Flip {
        node: u8,
    },
    /// A person deletes the item of a guest.
    Forget {
        guest: usize,
    },
}

fn event() -> impl Strategy<Value = Event> {
    let guest = 0..26usize;
    prop_oneof![
        4 => (guest.clone(), 0..5usize, any::<u8>())
            .prop_map(|(guest, field, value)| Event::Edit { guest, field, value }),
        2 => (guest.clone(), 1..64u8).prop_map(|(guest, gib)| Event::Memory { guest, gib }),
        2 => (guest.clone(), any::<u8>()).prop_map(|(guest, to)| Event::Rename { guest, to }),
        2 => (guest.clone(), 1..4u8).prop_map(|(guest, node)| Event::Move { guest, node }),
        1 => guest.clone().prop_map(|guest| Event::Stop { guest }),
        1 => guest.clone().prop_map(|guest| Event::Remove { guest }),
        1 => (2..4u8).prop_map(|node| Event::Flip { node }),
        1 => guest.prop_map(|guest| Event::Forget { guest }),
    ]
}

/// What a person said, by item.
#[derive(Default)]
struct Said {
    /// Number of the guest when the item was made → id and kind of its item.
    items: BTreeMap<u64, (i64, &'static str)>,
    values: BTreeMap<i64, BTreeMap<&'static str, Value>>,
}

impl Said {
    async fn first_census(home: &Homelab) -> Self {
        home.lab.ask("reconcile", json!({})).await;
        let mut said = Self::default();
        for kind in ["containers", "vms"] {
            let listed = home.lab.ask("inventory_list", json!({"type": kind})).await;
            for row in listed["data"].as_array().unwrap() {
                let (vmid, id) = (row["vmid"].as_u64().unwrap(), row["id"].as_i64().unwrap());
                said.items.insert(vmid, (id, kind));
            }
        }
        said
    }

    fn nth(&self, nth: usize) -> Option<(u32, i64, &'static str)> {
        let (vmid, (id, kind)) = self.items.iter().nth(nth)?;
        Some((u32::try_from(*vmid).unwrap(), *id, kind))
    }

    async fn happen(&mut self, home: &Homelab, event: &Event) {
        match *event {
            Event::Edit { guest, field, value } => {
                let Some((_, id, kind)) = self.nth(guest) else { return };
                let (field, value) = [
                    ("name", json!(format!("said-{value}"))),
                    ("ram_gb", json!(f64::from(value) / 2.0 + 0.5)),
                    ("os", json!(format!("OS {value}"))),
                    ("ip_address", json!(format!("10.99.0.{value}"))),
                    ("notes", json!(format!("note {value}"))),
                ][field]
                    .clone();
                home.lab
                    .ask("inventory_update", json!({"type": kind, "id": id, "data": {field: value}}))
                    .await;
                self.values.entry(id).or_default().insert(field, value);
            }
            Event::Forget { guest } => {
                let Some((vmid, id, kind)) = self.nth(guest) else { return };
                home.lab
                    .ask(
                        "inventory_delete",
                        json!({"type": kind, "id": id, "cascade": "detach", "confirm": true}),
                    )
                    .await;
                self.items.remove(&u64::from(vmid));
                self.values.remove(&id);
            }
            Event::Flip { node } => {
                let mut cluster = home.cluster.cluster();
                let node = cluster.world.nodes.get_mut(&format!("pve{node}")).unwrap();
                node.online = !node.online;
            }
            _ => self.change(&mut home.cluster.cluster().world, event),
        }
    }

    fn change(&self, world: &mut World, event: &Event) {
        let (Event::Memory { guest, .. }
        | Event::Rename { guest, .. }
        | Event::Move { guest, .. }
        | Event::Stop { guest }
        | Event::Remove { guest }) = event
        else {
            return;
        };
        let Some((vmid, _, _)) = self.nth(*guest) else { return };
        if matches!(event, Event::Remove { .. }) {
            world.guests.remove(&vmid);
            return;
        }
        let Some(there) = world.guests.get_mut(&vmid) else { return };
        match event {
            Event::Memory { gib, .. } => there.memory = u64::from(*gib) * 1024,
            Event::Rename { to, .. } => there.name = format!("renamed-{to}"),
            Event::Move { node, .. } => there.node = format!("pve{node}"),
            _ => there.status = Status::Stopped,
        }
    }

    /// Every item is there, and says what was said.
    async fn still_holds(&self, home: &Homelab) {
        for (id, kind) in self.items.values() {
            let row = home.lab.ask("inventory_get", json!({"type": kind, "id": id})).await["data"].clone();
            for (field, value) in self.values.get(id).into_iter().flatten() {
                assert_eq!(&row[*field], value, "{field} of {kind} {id}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_persons_word_survives_every_census(events in prop::collection::vec(event(), 1..24)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let home = connected(OBSERVE).await;
            let mut said = Said::first_census(&home).await;
            for some in events.chunks(4) {
                for event in some {
                    said.happen(&home, event).await;
                }
                home.lab.ask("reconcile", json!({})).await;
                said.still_holds(&home).await;
                let again = home.lab.ask("reconcile", json!({})).await;
                assert_eq!((&again["created"], &again["missing"]), (&json!([]), &json!(0)), "twice is once");
            }
        });
    }
}
