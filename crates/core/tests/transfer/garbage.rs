//! Whatever is thrown at the reader, it answers with words.

use labkeeper_core::transfer::{Mode, Source, read};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::hub::Hub;

fn swallow(bytes: &[u8], name: &str) -> Result<(), TestCaseError> {
    match read(bytes, Some(name)) {
        Ok(Source::Ready(incoming)) => drop(Hub::default().take(&incoming, Mode::Merge)),
        Ok(Source::Database) => {}
        Err(refusal) => prop_assert!(refusal.to_string().len() > 15, "{refusal}"),
    }
    Ok(())
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-3i64..5).prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        "\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "",
            "1",
            "2",
            "10.0.0.1",
            "hardware",
            "vms",
            "documents",
            "data:image/png;base64,AAAA"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec(("[a-z]{1,4}", inner), 0..3)
                .prop_map(|list| Value::Object(list.into_iter().collect())),
        ]
    })
}

const COLUMNS: [&str; 28] = [
    "id",
    "name",
    "title",
    "hardware_id",
    "vm_id",
    "storage_id",
    "parent_id",
    "ip_address",
    "mac_address",
    "port",
    "https",
    "icon",
    "shares",
    "properties",
    "raw_space_gb",
    "vlan_id",
    "subnet",
    "created_at",
    "tags",
    "custom",
    "addresses",
    "content",
    "sort_order",
    "node_type",
    "node_id",
    "source_id",
    "source_type",
    "zzz",
];

const TABLES: [&str; 13] = [
    "hardware",
    "vms",
    "apps",
    "storage",
    "shares",
    "networks",
    "misc",
    "documents",
    "network_members",
    "map_layout",
    "map_edges",
    "relationships",
    "strange",
];

fn row() -> impl Strategy<Value = Value> {
    proptest::collection::vec((prop::sample::select(COLUMNS.to_vec()), values()), 0..8).prop_map(|cells| {
        Value::Object(cells.into_iter().map(|(name, value)| (name.to_string(), value)).collect::<Map<_, _>>())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300), name in "\\PC{0,10}(\\.json|\\.csv|\\.db|)") {
        swallow(&bytes, &name)?;
    }

    #[test]
    fn any_json_where_an_export_is_expected(value in values()) {
        swallow(value.to_string().as_bytes(), "x.json")?;
    }

    #[test]
    fn any_rows_in_the_predecessors_tables(tables in proptest::collection::vec((prop::sample::select(TABLES.to_vec()), proptest::collection::vec(prop_oneof![8 => row(), 1 => values()], 0..5)), 1..6)) {
        let file: Map<String, Value> = tables.into_iter().map(|(name, rows)| (name.to_string(), rows.into())).collect();
        swallow(Value::Object(file).to_string().as_bytes(), "x.json")?;
    }

    #[test]
    fn any_rows_in_our_own_sections(rows in proptest::collection::vec((prop::sample::select(vec!["items", "links", "layout", "observations", "identities", "memories", "icons", "sightings"]), proptest::collection::vec(values(), 0..4)), 1..6)) {
        let mut file: Map<String, Value> = rows.into_iter().map(|(name, rows)| (name.to_string(), rows.into())).collect();
        file.insert("format".into(), "labkeeper.export".into());
        file.insert("version".into(), 1.into());
        swallow(Value::Object(file).to_string().as_bytes(), "x.json")?;
    }

    #[test]
    fn any_table(text in "(name|type|id|ip_address|\\PC{0,6})(,|;|\t)(name|type|notes)\n(\\PC{0,20}(,|;|\n|\"|\t)){0,20}", name in "(vms|stuff)\\.csv") {
        swallow(text.as_bytes(), &name)?;
    }
}
