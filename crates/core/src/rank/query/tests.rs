//! Questions as people type them.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use proptest::prelude::*;

fn spellings(text: &str) -> Vec<String> {
    parse(text).wanted.into_iter().map(|wanted| wanted.spellings[0].0.clone()).collect()
}

#[test]
fn operators_are_taken_out_and_the_rest_are_words() {
    let query =
        parse("kind:vm tag:prod host:pve1 net:iot ip:10.0.20.0/24 is:unbacked @proxmox postgres -test");
    assert_eq!(query.filters.kinds, [Kind::Vms]);
    assert_eq!(query.filters.tags, ["prod"]);
    assert_eq!(query.filters.hosts, ["pve1"]);
    assert_eq!(query.filters.nets, ["iot"]);
    assert_eq!(query.filters.ips, ["10.0.20.0/24".parse::<IpNet>().unwrap()]);
    assert_eq!(query.filters.states, [State::Unbacked]);
    assert_eq!(query.filters.sources, ["proxmox"]);
    assert_eq!(query.without, ["test"]);
    assert_eq!(query.text, "postgres");
    assert!(query.filters.only_items());
}

#[test]
fn unknown_operators_and_broken_ones_are_plain_words() {
    for text in ["colour:red", "is:purple", "ip:here", "kind:spaceship", "tag:"] {
        let query = parse(text);
        assert!(query.filters.is_empty(), "{text}");
        assert!(!query.wanted.is_empty(), "{text}");
    }
}

#[test]
fn phrases_and_quoted_values_keep_their_blanks() {
    let query = parse("\"power loss\" tag:\"home lab\" runbook");
    assert_eq!(query.phrases, ["power loss"]);
    assert_eq!(query.filters.tags, ["home lab"]);
    assert_eq!(query.text, "runbook power loss");
    assert_eq!(parse("19\" rack").phrases, Vec::<String>::new());
}

#[test]
fn fragments_are_looked_up_as_they_stand() {
    let table = [
        ("10.10.", "10.10."),
        (":8006", ":8006"),
        ("aa:bb", "aa:bb"),
        ("BC-24-11", "bc:24:11"),
        ("74:ac:b", "74:ac:b"),
        ("CT 101", "ct#101"),
        ("port 8006", ":8006"),
        ("10.0.20.7", "10.0.20.7"),
        ("pve-01", "pve-01"),
    ];
    for (text, wanted) in table {
        assert_eq!(spellings(text), [wanted], "{text}");
        assert!(!parse(text).has_meaning, "{text}");
    }
}

#[test]
fn fillers_count_only_when_nothing_else_is_asked() {
    assert_eq!(spellings("where is the old nas box in the basement?"), ["old", "nas", "box", "basement"]);
    assert_eq!(spellings("what is it"), ["what", "is", "it"]);
}

#[test]
fn neighbours_may_be_written_together() {
    let query = parse("pi hole");
    assert!(
        query.wanted.iter().all(|wanted| wanted.spellings.iter().any(|(spelling, _)| spelling == "pihole"))
    );
}

#[test]
fn the_beginning_of_an_address_is_a_network() {
    assert_eq!(parse("ip:10.0.20.").filters.ips, ["10.0.20.0/24".parse::<IpNet>().unwrap()]);
    assert_eq!(parse("ip:10.0.20.7").filters.ips, ["10.0.20.7/32".parse::<IpNet>().unwrap()]);
}

proptest! {
    #[test]
    fn any_text_is_a_question(text in "\\PC{0,80}") {
        let query = parse(&text);
        prop_assert!(query.wanted.iter().all(|wanted| !wanted.spellings.is_empty()));
    }
}
