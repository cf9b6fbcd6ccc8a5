//! Answers below `/access`, as recorded for root, an auditor that may also operate, and a token without grants.

use serde_json::Value;

use crate::lab::{Lab, ask};

const ANSWERS: &str = include_str!("../../../../fixtures/pve/access-answers.json");
const READING: &str = include_str!("../../../../fixtures/pve/wire-get.tsv");

#[test]
fn every_recorded_answer_is_the_same() {
    let recorded: Vec<Value> = serde_json::from_str(ANSWERS).unwrap();
    assert_eq!(recorded.len(), 43);
    let mut lab = Lab::recorded();
    for row in recorded {
        let text = |name: &str| row[name].as_str().unwrap();
        let request = format!("GET {}", text("path"));
        let data = lab.ask(text("token"), &request, &[]).unwrap();
        assert_eq!(in_order(data), in_order(row["data"].clone()), "{request} {}", text("token"));
    }
}

#[test]
fn every_recorded_failure_reads_the_same() {
    let mut lab = Lab::recorded();
    for line in READING.lines().filter(|line| line.contains("\t/access")) {
        let columns: Vec<&str> = line.split('\t').collect();
        let status: u16 = columns[3].parse().unwrap();
        for token in columns[5].split(',').filter(|_| status > 299) {
            let refusal = lab.answer(&ask(token, &format!("GET {}", columns[2]), &[])).unwrap_err();
            assert_eq!((refusal.status, refusal.reason.as_str()), (status, columns[4]), "{line}");
        }
    }
}

/// The real one's lists come in any order.
fn in_order(value: Value) -> Value {
    match value {
        Value::Array(rows) => {
            let mut rows: Vec<Value> = rows.into_iter().map(in_order).collect();
            rows.sort_by_key(Value::to_string);
            rows.into()
        }
        Value::Object(fields) => {
            let mut fields: Vec<(String, Value)> =
                fields.into_iter().map(|(name, value)| (name, in_order(value))).collect();
            fields.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(fields.into_iter().collect())
        }
        plain => plain,
    }
}
