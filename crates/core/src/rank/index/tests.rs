//! What the index answers, told by small labs.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::inventory::Item;
use crate::inventory::row::row;
use crate::rank::chunk;
use crate::rank::fusion::WEIGHTS;
use crate::rank::query::parse;
use crate::stamp::Stamp;
use proptest::prelude::*;
use serde_json::{Value, json};

fn put(index: &mut Index, id: ItemId, kind: Kind, name: &str, fields: &Value) -> Vec<ChunkNo> {
    let fields = fields.as_object().unwrap().clone();
    let item =
        Item { id, kind, name: name.into(), fields, rev: 1, created_at: Stamp(0), updated_at: Stamp(0) };
    let row = row(&item, None, None);
    let entry = Entry {
        name: name.into(),
        facets: Some(Facets::of(&item, &row, None, Vec::new())),
        keys: chunk::keys(&item, &row),
        chunks: chunk::of_item(&item, &row, None),
    };
    index.put(Owner::Item(id), entry)
}

fn ids(index: &Index, question: &str, cosines: Option<&[f32]>, mode: Mode) -> Vec<i64> {
    let query = parse(question);
    let asked = Asked { query: &query, cosines, allowed: None, mode, weights: WEIGHTS, limit: 10 };
    index.search(asked).hits.iter().map(|hit| hit.owner.id()).collect()
}

fn address(ip: &str) -> Value {
    json!({"addresses": [{"ip": ip, "primary": true}]})
}

#[test]
fn a_name_typed_in_full_comes_before_an_address_and_both_before_everything_else() {
    let mut index = Index::default();
    put(&mut index, 1, Kind::Documents, "Notes", &json!({"content": "atlas atlas atlas"}));
    put(&mut index, 2, Kind::Hardware, "rack-7", &json!({"hostname": "atlas.lan"}));
    put(&mut index, 3, Kind::Apps, "Atlas", &json!({}));
    assert_eq!(ids(&index, "atlas", Some(&[0.99, 0.0, 0.0]), Mode::Hybrid), [3, 2, 1]);
}

#[test]
fn machines_come_before_what_runs_on_their_address() {
    let mut index = Index::default();
    put(&mut index, 1, Kind::Apps, "web", &address("10.0.0.9"));
    put(&mut index, 2, Kind::Vms, "guest", &address("10.0.0.9"));
    put(&mut index, 3, Kind::Hardware, "host", &address("10.0.0.9"));
    assert_eq!(ids(&index, "10.0.0.9", None, Mode::Hybrid), [3, 2, 1]);
}

#[test]
fn meaning_finds_what_shares_no_word_but_not_what_is_far() {
    let mut index = Index::default();
    put(&mut index, 1, Kind::Hardware, "vault", &json!({"notes": "eight-bay NAS"}));
    put(&mut index, 2, Kind::Hardware, "switch", &json!({}));
    let cosines = [0.6, 0.05];
    assert_eq!(ids(&index, "disk cabinet", Some(&cosines), Mode::Hybrid), [1]);
    assert_eq!(ids(&index, "disk cabinet", Some(&cosines), Mode::Lexical), Vec::<i64>::new());
    assert_eq!(ids(&index, "switch", Some(&cosines), Mode::Semantic), [2, 1], "typed in full counts always");
}

#[test]
fn networks_are_asked_by_name_by_vlan_and_by_the_longest_prefix() {
    let mut index = Index::default();
    put(&mut index, 1, Kind::Networks, "all", &json!({"subnet": "10.0.0.0/8"}));
    put(&mut index, 2, Kind::Networks, "IoT", &json!({"subnet": "10.0.30.0/24", "vlan_id": 30}));
    put(&mut index, 3, Kind::Misc, "bulb", &address("10.0.30.4"));
    put(&mut index, 4, Kind::Misc, "oven", &address("10.0.31.4"));
    assert_eq!(ids(&index, "net:iot", None, Mode::Hybrid), [3]);
    assert_eq!(ids(&index, "net:30", None, Mode::Hybrid), [3]);
    assert_eq!(ids(&index, "net:all", None, Mode::Hybrid), [4]);
    assert_eq!(ids(&index, "net:nowhere", None, Mode::Hybrid), Vec::<i64>::new());
}

#[test]
fn history_stands_behind_what_is_there() {
    let mut index = Index::default();
    let chunk = chunk::of_change("created kettle", "nora", &["kettle".into()]);
    let entry = Entry { name: "created kettle".into(), facets: None, keys: Vec::new(), chunks: vec![chunk] };
    index.put(Owner::Change(9), entry);
    put(&mut index, 1, Kind::Misc, "thing", &json!({"notes": "a kettle"}));
    assert_eq!(ids(&index, "kettle", None, Mode::Hybrid), [1, 9]);
    assert_eq!(ids(&index, "kettle kind:changes", None, Mode::Hybrid), [9]);
    assert_eq!(ids(&index, "kettle kind:misc", None, Mode::Hybrid), [1]);
}

/// A page with a section for each word: several chunks.
fn page(index: &mut Index, id: ItemId, words: &str) {
    let content =
        words.split(' ').map(|word| format!("## {word}\n\n{word} here")).collect::<Vec<_>>().join("\n\n");
    put(index, id, Kind::Documents, words, &json!({"content": content}));
}

/// Id, part and score of each hit.
fn hits(index: &Index, question: &str, cosines: Option<&[f32]>, mode: Mode) -> Vec<(i64, usize, f32)> {
    let query = parse(question);
    let asked = Asked { query: &query, cosines, allowed: None, mode, weights: WEIGHTS, limit: 10 };
    index.search(asked).hits.iter().map(|hit| (hit.owner.id(), hit.part, hit.score)).collect()
}

proptest! {
    #[test]
    fn after_any_changes_it_answers_like_one_made_anew(acts in proptest::collection::vec((1i64..8, proptest::option::of("[a-d]{2,3}( [a-d]{2,3}){0,2}")), 1..40)) {
        let mut index = Index::default();
        let mut world: std::collections::BTreeMap<i64, String> = Default::default();
        for (id, words) in acts {
            match words {
                Some(words) => {
                    page(&mut index, id, &words);
                    world.insert(id, words);
                }
                None => {
                    index.remove(Owner::Item(id));
                    world.remove(&id);
                }
            }
        }
        let mut fresh = Index::default();
        for (id, words) in &world {
            page(&mut fresh, *id, words);
        }
        prop_assert_eq!(index.chunks(), fresh.chunks());
        for question in world.values().map(String::as_str).chain(["ab", "abc cd"]) {
            let found = hits(&index, question, None, Mode::Hybrid);
            prop_assert_eq!(&found, &hits(&fresh, question, None, Mode::Hybrid));
            // By words alone, a look at every chunk finds no more than one at those that share a word.
            let nothing_near = vec![0.0; index.width()];
            prop_assert_eq!(found, hits(&index, question, Some(&nothing_near), Mode::Lexical));
        }
    }
}
