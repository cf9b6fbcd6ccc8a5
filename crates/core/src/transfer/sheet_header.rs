//! The first line of a table: what separates its cells, and which field each of its columns is.

use std::collections::BTreeSet;

use csv::StringRecord;

use crate::inventory::Kind;

/// The separator, and the table without the `sep=;` line that spreadsheets put in front.
///
/// Semicolons and tabs are usual where the comma is the decimal mark.
pub(super) fn delimiter(text: &str) -> (u8, &str) {
    let (head, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let Some(&[said]) = head.trim_end_matches('\r').strip_prefix("sep=").map(str::as_bytes) {
        return (said, rest);
    }
    let count = |mark: char| head.matches(mark).count();
    let marks = [(b'\t', count('\t')), (b';', count(';')), (b',', count(','))];
    (marks.into_iter().max_by_key(|(_, count)| *count).map_or(b',', |(mark, _)| mark), text)
}

/// `labkeeper-vms (1).csv` lists VMs.
pub(super) fn kind_in_name(file_name: &str) -> Option<Kind> {
    let name = file_name.rsplit(['/', '\\']).next()?.to_lowercase();
    let stem = [".csv", ".tsv", ".txt"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
    stem.split(|c: char| !c.is_alphanumeric())
        .filter(|word| *word != "labkeeper" && *word != "homelab")
        .find_map(|word| Kind::guess(word).or_else(|| Kind::guess(word.strip_suffix('s')?)))
}

/// Field of each column, `""` for none. `kind` is the one that every row is of, when there is one.
pub(super) fn columns(header: &StringRecord, kind: Option<Kind>) -> Vec<String> {
    header.iter().map(|given| field_name(given.trim(), kind)).collect()
}

/// A column may be headed by a field's name, by its label, with its unit, or by what the item stands on.
fn field_name(given: &str, kind: Option<Kind>) -> String {
    if given.starts_with("custom.") {
        return given.into();
    }
    let said = squeezed(given);
    match said.as_str() {
        "kind" | "type" => return "type".into(),
        "ip" | "ip_addresses" if kind != Some(Kind::Shares) => return "ip_address".into(),
        "custom" => return "custom.custom".into(),
        "mac" | "mac_addresses" => return "mac_address".into(),
        _ => {}
    }
    let kinds = kind.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind]);
    let meant = |is_it: &dyn Fn(&str, &str) -> bool| {
        let fields = kinds.iter().flat_map(|kind| kind.spec().fields);
        let names: BTreeSet<&str> = fields
            .filter(|field| is_it(field.name, &squeezed(field.label)))
            .map(|field| field.name)
            .collect();
        // Where kinds use a label for different fields, the column is none of them.
        names.first().filter(|_| names.len() == 1).map(ToString::to_string)
    };
    meant(&|name, _| name == said)
        .or_else(|| meant(&|_, label| label == said))
        .or_else(|| meant(&|name, _| name.strip_suffix("_id") == Some(&said)))
        .unwrap_or(said)
}

/// `RAM (GB)` → `ram_gb`
fn squeezed(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("_")
}
