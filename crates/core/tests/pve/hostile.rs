//! No text from outside becomes an identifier unless Proxmox could have made it.

use std::fmt::Display;
use std::str::FromStr;

use labkeeper_core::pve::{
    Address, ClusterName, GuestRef, NodeName, SnapshotName, StorageId, TokenId, Upid, VmId, VolumeId,
    ZfsPoolName,
};
use proptest::prelude::*;

/// What is in every name, as text, when it is taken.
fn taken<T: FromStr + Display>(text: &str) -> Option<String> {
    text.parse::<T>().ok().map(|name| name.to_string())
}

fn every_kind(text: &str) -> Vec<(&'static str, Option<String>)> {
    vec![
        ("vmid", taken::<VmId>(text)),
        ("node", taken::<NodeName>(text)),
        ("cluster", taken::<ClusterName>(text)),
        ("storage", taken::<StorageId>(text)),
        ("snapshot", taken::<SnapshotName>(text)),
        ("pool", taken::<ZfsPoolName>(text)),
        ("token", taken::<TokenId>(text)),
        ("upid", taken::<Upid>(text)),
        ("volume", taken::<VolumeId>(text)),
        ("guest", taken::<GuestRef>(text)),
    ]
}

/// Attacks, and names with one attack put in somewhere.
fn hostile() -> impl Strategy<Value = String> {
    let poison = prop::sample::select(vec![
        "\0",
        "\n",
        "\r\n",
        "\t",
        "\u{1b}[2J",
        "\u{7f}",
        "\u{202e}",
        "$(id)",
        "`id`",
        ";id",
        "|id",
        "&id",
        "\"",
        "'",
        "\\",
        "?x=1",
        "#x",
        "%2f",
        "%00",
        "<script>",
        "{{x}}",
        "*",
        "\u{fe0f}",
        "ｐ",
        "٣",
    ]);
    (
        prop::sample::select(vec!["100", "pve1", "local", "mcp-s1", "mcp@pve!ro", "home/101"]),
        poison,
        0usize..8,
    )
        .prop_map(|(name, poison, at)| {
            let at = at.min(name.len());
            format!("{}{poison}{}", &name[..at], &name[at..])
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// `%` and friends are allowed where a volume's or a user's name may have them; they are encoded on the way. What
    /// separates or hides is allowed nowhere.
    #[test]
    fn nothing_that_separates_or_hides_gets_in(text in hostile()) {
        for (kind, name) in every_kind(&text) {
            let Some(name) = name else { continue };
            prop_assert!(!name.chars().any(char::is_control), "{} {:?}", kind, name);
            prop_assert!(!name.starts_with('-'), "{} {:?}", kind, name);
            let free = matches!(kind, "volume" | "token" | "upid");
            prop_assert!(free || name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte)), "{} {:?}", kind, name);
        }
    }

    #[test]
    fn a_leading_dash_is_an_option_and_no_name(rest in "[A-Za-z0-9@!:/._-]{0,40}") {
        let option = format!("-{rest}");
        for (kind, name) in every_kind(&option) {
            prop_assert_eq!(name, None, "{}", kind);
        }
        prop_assert!(option.parse::<Address>().is_err());
    }

    #[test]
    fn oversize_is_refused(length in 520usize..5_000) {
        for filling in ["a", "1", "a/", "a."] {
            for (kind, name) in every_kind(&filling.repeat(length)) {
                prop_assert_eq!(name, None, "{}", kind);
            }
        }
    }

    #[test]
    fn what_is_taken_is_taken_unchanged_and_again(text in "\\PC{1,60}|[A-Za-z0-9@!:/._-]{1,60}") {
        for (kind, name) in every_kind(&text) {
            if let Some(name) = name {
                prop_assert_eq!(&name, &text, "{}", kind);
            }
        }
    }
}
