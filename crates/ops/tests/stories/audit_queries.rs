//! Asking the audit log: each filter, several at once, and the summary of everything that matches.

use std::collections::BTreeMap;

use labkeeper_core::audit::{Phase, Record, Subject};
use labkeeper_core::fault::Code;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{Intent, Outcome, Store};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::homelab::{OPERATE, connected};
use crate::lab::{Lab, reader};

fn seqs(answer: &Value) -> Vec<i64> {
    answer["data"].as_array().unwrap().iter().map(|record| record["seq"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn what_was_done_to_a_guest_is_found_by_its_number_and_what_had_to_be_confirmed_by_its_size() {
    let home = connected(OPERATE).await;
    home.lab.create("vms", json!({"name": "docker-01"})).await;
    home.lab.ask("guest_start", json!({"vmid": 115})).await;
    home.lab.refused("guest_stop", json!({"vmid": 100})).await;
    home.lab.ask("guest_stop", json!({"vmid": "115", "confirm": true})).await;

    let of_guest = home.lab.ask("query_audit", json!({"vmid": 115})).await;
    assert_eq!(seqs(&of_guest), [7, 6, 4, 3], "{of_guest}");
    let record = &of_guest["data"][0];
    assert_eq!((&record["vmid"], &record["summary"]["cluster"]), (&json!(115), &json!("home")));
    assert_eq!(
        of_guest["summary"],
        json!({
            "total": 4, "byTool": {"guest_start": 2, "guest_stop": 2}, "byVmid": {"115": 4},
            "firstTs": of_guest["data"][3]["at"], "lastTs": of_guest["data"][0]["at"],
        })
    );
    let large = home.lab.ask("query_audit", json!({"largeOnly": true})).await;
    assert_eq!(seqs(&large), [7, 6, 5]);
    assert_eq!(large["summary"]["byVmid"], json!({"100": 1, "115": 2}));
    assert_eq!(home.lab.ask("audit_verify", json!({})).await["ok"], true);
}

#[tokio::test]
async fn filters_narrow_alone_and_together_and_pages_leave_the_summary_as_it_is() {
    let lab = Lab::new().await;
    for n in 0..3 {
        lab.create("misc", json!({"name": format!("Shelf-{n}")})).await;
    }
    lab.refused("inventory_delete", json!({"type": "misc", "id": 1})).await;
    lab.refused("inventory_create", json!({"type": "vms", "data": {"name": "b", "hardware_id": 99}})).await;
    let all = lab.ask("query_audit", json!({})).await;
    let at = |seq: usize| all["data"][9 - seq]["at"].clone();
    for (filter, found) in [
        (json!({"tool": "inventory_delete"}), vec![7]),
        (json!({"tool": "inventory_show"}), vec![]),
        (json!({"phase": "done"}), vec![6, 4, 2]),
        (json!({"actor": "nobody"}), vec![]),
        (json!({"textSearch": "shelf"}), vec![7, 6, 5, 4, 3, 2, 1]),
        (json!({"textSearch": "SHELF-1 create"}), vec![4, 3]),
        (json!({"textSearch": "\"she"}), vec![]),
        (json!({"since": at(3), "until": at(5)}), vec![6, 5, 4, 3]),
        (json!({"since": at(3), "until": at(5), "phase": "asked"}), vec![5, 3]),
        (json!({"until": at(2)}), vec![2, 1]),
        (json!({"since": "2090-01-01"}), vec![]),
        (json!({"pathContains": "/etc"}), vec![]),
        (json!({"tool": "inventory_create", "phase": "failed", "textSearch": "99"}), vec![9]),
    ] {
        let answer = lab.ask("query_audit", filter.clone()).await;
        assert_eq!(seqs(&answer), found, "{filter} {answer}");
        assert_eq!(answer["summary"]["total"], found.len(), "{filter}");
    }
    let nothing = lab.ask("query_audit", json!({"tool": "inventory_show"})).await;
    let empty = json!({"total": 0, "byTool": {}, "byVmid": {}, "firstTs": null, "lastTs": null});
    assert_eq!(nothing["summary"], empty);

    let page = lab.ask("query_audit", json!({"limit": 2, "before": 6})).await;
    assert_eq!((seqs(&page), &page["summary"]), (vec![5, 4], &all["summary"]));
    assert_eq!(all["summary"]["byTool"], json!({"inventory_create": 8, "inventory_delete": 1}));
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_by_name_and_a_page_ends_at_two_hundred() {
    let lab = Lab::new().await;
    for (input, field) in [
        (json!({"since": "yesterday"}), "since"),
        (json!({"until": "2026-13-01T00:00:00Z"}), "until"),
        (json!({"phase": "dnoe"}), "phase"),
        (json!({"textSearch": " -- "}), "textSearch"),
        (json!({"vmid": 7}), "vmid"),
        (json!({"limit": 0}), "limit"),
    ] {
        let fault = lab.refused("query_audit", input.clone()).await;
        assert_eq!((fault.code, fault.field.as_deref()), (Code::Invalid, Some(field)), "{input} {fault}");
    }
    let fault = lab.refused("query_audit", json!({"op": "inventory_create"})).await;
    assert_eq!(fault.code, Code::UnknownField);

    for _ in 0..201 {
        lab.keeper.store().intend(&intent("inventory_create", "me", Stamp(1), json!({}))).await.unwrap();
    }
    for (limit, rows) in [(json!(null), 50), (json!(1), 1), (json!(500), 200)] {
        let answer = lab.ask("query_audit", json!({"limit": limit})).await;
        assert_eq!((answer["count"].as_u64(), answer["summary"]["total"].as_u64()), (Some(rows), Some(201)));
    }
}

#[tokio::test]
async fn whoever_may_read_may_read_the_log() {
    let lab = Lab::new().await;
    lab.create("misc", json!({"name": "shelf"})).await;
    let answer = lab.call_as(reader(), "query_audit", json!({"limit": 1})).await.unwrap().output;
    assert_eq!(seqs(&answer), [2]);
}

fn intent(op: &str, actor: &str, at: Stamp, summary: Value) -> Intent {
    let (op, actor) = (op.to_string(), actor.to_string());
    Intent { at, actor, via: "cli".into(), session: None, op, summary, grounds: Default::default() }
}

/// A record to be written, by choices among few, so that filters meet.
type Drawn = (usize, usize, usize, i64, usize, usize, bool);

const OPS: [&str; 3] = ["guest_stop", "pct_write_file", "inventory_create"];
const ACTORS: [&str; 2] = ["claude", "keeper"];
const WORDS: [&str; 4] = ["web-17", "Nginx", "ERROR", "web 17 and 18"];
const PATHS: [&str; 3] = ["/etc/hosts", "/etc/Hosts.d/17", "/srv/a\"b"];

fn drawn() -> impl Strategy<Value = Vec<Drawn>> {
    let one = (0..3usize, 0..2usize, 0..4usize, 0..40i64, 0..4usize, 0..6usize, any::<bool>());
    proptest::collection::vec(one, 1..60)
}

async fn write(store: &Store, (op, actor, phase, minute, word, about, large): Drawn) {
    let mut summary = json!({"plan": format!("do {} to it", WORDS[word])});
    if about < 3 {
        summary["vmid"] = json!(100 + about);
        summary["path"] = PATHS[about].into();
    }
    if large {
        summary["large"] = true.into();
    }
    // Clocks are set back.
    let intent = intent(OPS[op], ACTORS[actor], Stamp(minute * 60_000_000), summary);
    if phase == 0 {
        store.intend(&intent).await.unwrap();
    } else {
        let said = json!({"error": format!("no {}", WORDS[word])});
        let outcome = Outcome { phase: Phase::ALL[phase], summary: said, change_id: None };
        store.conclude(intent.at, &intent, None, &outcome).await.unwrap();
    }
}

/// Each filter given or not, as the bits of a number say.
fn filter(bits: u32, by: &Drawn) -> Map<String, Value> {
    let (op, actor, phase, minute, word, about, _) = *by;
    let all = [
        ("tool", json!(OPS[op])),
        ("actor", json!(ACTORS[actor])),
        ("phase", json!(Phase::ALL[phase].as_str())),
        ("since", json!(Stamp((minute - 8) * 60_000_000).text())),
        ("until", json!(Stamp((minute + 8) * 60_000_000).text())),
        ("vmid", json!(100 + about % 3)),
        ("pathContains", json!(["etc", "/Hosts", "a\"b"][about % 3])),
        ("textSearch", json!(["WEB-17", "nginx", "no error", "17"][word])),
        ("largeOnly", json!(true)),
    ];
    let given = all.into_iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
    given.map(|(_, (name, value))| (name.to_string(), value)).collect()
}

/// The same filter over records one by one, without any index.
fn matches(record: &Record, filter: &Map<String, Value>) -> bool {
    let subject = Subject::of(&record.summary);
    let said =
        [&record.summary["plan"], &record.summary["error"]].map(|text| text.as_str().unwrap_or("")).join(" ");
    let said = format!("{said} {}", subject.path.as_deref().unwrap_or("")).to_lowercase();
    let said = format!(" {} ", said.split(|c: char| !c.is_alphanumeric()).collect::<Vec<_>>().join(" "));
    let time = |value: &Value| Stamp::parse(value.as_str().unwrap()).unwrap().0;
    filter.iter().all(|(name, value)| match name.as_str() {
        "tool" => record.op == *value,
        "actor" => record.actor == *value,
        "phase" => record.phase.as_str() == value,
        "since" => record.at >= time(value),
        "until" => record.at <= time(value),
        "vmid" => subject.vmid.is_some_and(|vmid| json!(vmid) == *value),
        "pathContains" => subject.path.as_ref().is_some_and(|path| path.contains(value.as_str().unwrap())),
        "largeOnly" => subject.large,
        "textSearch" => value
            .as_str()
            .unwrap()
            .split(' ')
            .all(|word| said.contains(&format!(" {} ", word.to_lowercase().replace('-', " ")))),
        other => panic!("{other}"),
    })
}

async fn check(records: Vec<Drawn>, asked: Vec<(u32, usize)>) {
    let lab = Lab::new().await;
    for record in &records {
        write(lab.keeper.store(), *record).await;
    }
    let log = lab.keeper.store().read().await.unwrap().audit_after(0, 1000).await.unwrap();
    for (bits, by) in asked {
        let filter = filter(bits, &records[by % records.len()]);
        let answer = lab.ask("query_audit", Value::Object(filter.clone())).await;
        let expected: Vec<&Record> =
            log.iter().map(|(record, _)| record).filter(|record| matches(record, &filter)).collect();
        let newest: Vec<i64> = expected.iter().rev().take(50).map(|record| record.seq).collect();
        assert_eq!(seqs(&answer), newest, "{filter:?}");
        let mut by_tool: BTreeMap<&str, i64> = BTreeMap::new();
        let mut by_vmid: BTreeMap<String, i64> = BTreeMap::new();
        for record in &expected {
            *by_tool.entry(&record.op).or_default() += 1;
            if let Some(vmid) = Subject::of(&record.summary).vmid {
                *by_vmid.entry(vmid.to_string()).or_default() += 1;
            }
        }
        let time = |at: Option<i64>| at.map(|at| Stamp(at).text());
        let summary = json!({
            "total": expected.len(), "byTool": by_tool, "byVmid": by_vmid,
            "firstTs": time(expected.iter().map(|record| record.at).min()),
            "lastTs": time(expected.iter().map(|record| record.at).max()),
        });
        assert_eq!(answer["summary"], summary, "{filter:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn page_and_summary_are_what_a_look_at_every_record_gives(
        records in drawn(),
        asked in proptest::collection::vec((0..512u32, any::<usize>()), 40),
        single in any::<usize>(),
    ) {
        // Each filter alone too: chance seldom asks for one only.
        let alone = (0..9).map(|bit| (1 << bit, single));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(check(records, asked.into_iter().chain(alone).collect()));
    }
}
