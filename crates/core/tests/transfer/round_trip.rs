//! Out and in again: the same bytes, whatever the hub held.

use labkeeper_core::inventory::admit::{OnUnknown, admit, merged};
use labkeeper_core::inventory::provenance::DriftState;
use labkeeper_core::inventory::{Item, Kind, Link, Rel};
use labkeeper_core::stamp::Stamp;
use labkeeper_core::transfer::{Identified, Lab, Observed, Placed, Remembered, Sighted};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::hub::Hub;

/// Any hub that could come about through the doors of the inventory.
fn labs() -> impl Strategy<Value = Lab> {
    let item = (0usize..9, "\\PC{1,20}", any::<(u16, u8)>(), fields(), 0i64..4_000_000_000_000_000);
    let link = (any::<(u8, u8)>(), 0usize..8, proptest::option::of("\\PC{0,8}"), any::<u32>());
    (
        proptest::collection::vec(item, 1..14),
        proptest::collection::vec(link, 0..24),
        proptest::collection::vec((any::<u8>(), any::<(f64, f64, bool)>()), 0..8),
        proptest::collection::vec((any::<u8>(), "[a-z_]{1,6}", "\\PC{0,6}", any::<(u32, u32)>()), 0..8),
        proptest::collection::vec(("\\PC{1,20}", any::<(u8, u8)>(), any::<u32>()), 0..4),
    )
        .prop_map(|(items, links, layout, seen, notes)| {
            let mut lab = Lab::default();
            for (at, (kind, name, (gap, later), fields, birth)) in items.into_iter().enumerate() {
                let id = lab.items.last().map_or(1, |item: &Item| item.id + 1 + i64::from(gap % 5));
                lab.items.extend(admitted(id, Kind::ALL[kind], &name, &fields, birth + at as i64, later));
            }
            if lab.items.is_empty() {
                lab.items.extend(admitted(1, Kind::Misc, "only", &Map::new(), 1, 0));
            }
            for (at, (ends, rel, label, birth)) in links.into_iter().enumerate() {
                connect(&mut lab, at as i64 + 1, ends, Rel::ALL[rel], label, i64::from(birth));
            }
            let pick = |lab: &Lab, at: u8| lab.items[usize::from(at) % lab.items.len()].id;
            for (at, (x, y, pinned)) in layout {
                let item = pick(&lab, at);
                if x.is_finite() && y.is_finite() && lab.layout.iter().all(|place| place.item != item) {
                    lab.layout.push(Placed { item, x, y, pinned });
                }
            }
            for (id, (at, field, value, (seen, changed))) in seen.into_iter().enumerate() {
                let (item, source) = (pick(&lab, at), format!("scan:{}", at % 3));
                let (seen_at, changed_at) = (Stamp(i64::from(seen)), Stamp(i64::from(changed)));
                if lab.observations.iter().all(|known| (known.item, &known.field) != (item, &field)) {
                    let (drift, id) = (DriftState::Kept, id as i64 + 1);
                    lab.observations.push(Observed {
                        id,
                        item,
                        field,
                        source: source.clone(),
                        value: json!(value),
                        seen_at,
                        changed_at,
                        drift,
                    });
                    lab.identities.push(Identified {
                        id,
                        item,
                        scheme: "docker".into(),
                        value: format!("{id} {value}"),
                    });
                }
                if lab.sightings.iter().all(|known| (known.item, &known.source) != (item, &source)) {
                    lab.sightings.push(Sighted {
                        item,
                        source,
                        last_seen: seen_at,
                        missing_since: (at > 99).then_some(changed_at),
                    });
                }
            }
            for (id, (text, (a, b), at)) in notes.into_iter().enumerate() {
                let items = vec![pick(&lab, a), pick(&lab, b)];
                let created_at = Stamp(i64::from(at));
                lab.memories.push(Remembered {
                    id: id as i64,
                    text,
                    kind: "note".into(),
                    items,
                    actor: "me".into(),
                    created_at,
                });
            }
            lab
        })
}

fn fields() -> impl Strategy<Value = Map<String, Value>> {
    let text = "\\PC{0,12}";
    (text, "\\PC{0,30}", any::<[u8; 4]>(), 0.0f64..1e9, proptest::collection::vec("[a-zé ]{1,6}", 0..3), ("\\PC{1,6}", any::<f32>())).prop_map(
        |(text, notes, ip, number, tags, (name, value))| {
            let ip = format!("{}.{}.{}.{}", ip[0], ip[1], ip[2], ip[3]);
            let fields = json!({
                "os": text, "notes": notes, "content": notes, "ip_address": ip, "ip": ip, "mac_address": "bc:24:11:00:00:01",
                "ram_gb": number, "tags": tags, "custom": {name: {"deep": [value, null, "x"]}}, "vlan_id": 7, "icon": "🐳",
            });
            fields.as_object().unwrap().clone()
        },
    )
}

/// What the door lets in of it.
fn admitted(
    id: i64,
    kind: Kind,
    name: &str,
    fields: &Map<String, Value>,
    birth: i64,
    later: u8,
) -> Option<Item> {
    let known = |name: &str| kind.spec().field(name).is_some() || name == "tags" || name == "custom";
    let mut given: Map<String, Value> =
        fields.iter().filter(|(name, _)| known(name)).map(|(n, v)| (n.clone(), v.clone())).collect();
    given.insert(kind.spec().name_field.into(), name.into());
    let draft = admit(kind, &given, None, OnUnknown::Refuse).ok()?;
    let fields = merged(&Map::new(), &draft);
    let (created_at, updated_at) = (Stamp(birth), Stamp(birth + i64::from(later)));
    Some(Item { id, kind, name: draft.name?, fields, rev: 1 + i64::from(later), created_at, updated_at })
}

/// Adds the link if the rules of the inventory allow it.
fn connect(lab: &mut Lab, id: i64, (a, b): (u8, u8), rel: Rel, label: Option<String>, birth: i64) {
    let pick = |at: u8| lab.items[usize::from(at) % lab.items.len()].clone();
    let (from, to) = (pick(a), pick(b));
    let allowed = match rel {
        Rel::Parent => {
            let fits = from.kind.spec().parents().any(|(_, kind)| kind == to.kind);
            // Upwards only, so that no circle can close.
            fits && from.id > to.id
                && !lab.links.iter().any(|link| link.rel == Rel::Parent && link.from_id == from.id)
        }
        Rel::MemberOf => to.kind == Kind::Networks,
        _ => true,
    };
    let same = |link: &Link| (link.from_id, link.rel, link.to_id) == (from.id, rel, to.id);
    if allowed && (rel.may_repeat() || !lab.links.iter().any(same)) {
        let data = (birth % 2 == 0).then(|| json!({"style": birth}));
        let (created_at, updated_at) = (Stamp(birth), Stamp(birth + 1));
        let source = "asserted".to_string();
        lab.links.push(Link {
            id,
            from_id: from.id,
            rel,
            to_id: to.id,
            label,
            data,
            source,
            created_at,
            updated_at,
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn an_export_of_any_hub_comes_back_byte_for_byte(lab in labs()) {
        let mut first = Hub::default();
        first.lab = lab;
        let export = first.export();
        let mut second = Hub::default();
        let report = second.import(&export, "labkeeper.json");
        prop_assert_eq!(&report.problems, &[]);
        prop_assert_eq!(second.export(), export.clone());
        prop_assert!(second.import(&export, "labkeeper.json").nothing_to_do);
    }

    #[test]
    fn replacing_makes_any_hub_the_one_in_the_file(here in labs(), there in labs()) {
        let mut source = Hub::default();
        source.lab = there;
        let export = source.export();
        let mut hub = Hub::default();
        hub.lab = here;
        hub.replace(&export, "labkeeper.json");
        prop_assert_eq!(hub.lab.items.len(), source.lab.items.len());
        prop_assert_eq!(hub.lab.links.len(), source.lab.links.len());
        let again = hub.replace(&export, "labkeeper.json");
        prop_assert!(again.nothing_to_do, "{:#?}", again);
    }

    #[test]
    fn merging_two_hubs_is_settled_after_once(here in labs(), there in labs()) {
        let mut source = Hub::default();
        source.lab = there;
        let export = source.export();
        let mut hub = Hub::default();
        hub.lab = here;
        hub.import(&export, "labkeeper.json");
        let second = hub.import(&export, "labkeeper.json");
        prop_assert!(second.nothing_to_do, "{:#?}", second);
    }
}
