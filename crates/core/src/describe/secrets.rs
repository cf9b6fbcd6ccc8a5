//! What a guest's configuration may say to whoever asks: everything but what opens something.

use std::collections::BTreeMap;

use crate::pve::GuestConfig;

/// Stands where something was left out.
const LEFT_OUT: &str = "[redacted]";

/// Keys whose value opens something, or may hold anything: notes are written by people, environments, entry points, arguments
/// of hook scripts and QEMU's command line carry what somebody put there.
const SECRET: &[&str] = &[
    "args",
    "cicustom",
    "cipassword",
    "description",
    "entrypoint",
    "env",
    "hookscript",
    "sshkeys",
    "vmgenid",
];

/// Beginnings of raw container lines that say how it is built, and nothing else.
const HARMLESS_LINES: &[&str] = &[
    "lxc.apparmor.",
    "lxc.cap.",
    "lxc.cgroup.",
    "lxc.cgroup2.",
    "lxc.idmap",
    "lxc.mount.",
    "lxc.net.",
    "lxc.tty.",
];

/// The configuration without secrets, and how many values were left out.
pub fn without_secrets(config: &GuestConfig) -> (BTreeMap<String, String>, usize) {
    let mut left_out = 0;
    let shown = config.iter().map(|(key, value)| {
        let is_secret = SECRET.contains(&key) || (key == "lxc" && !is_harmless(value));
        left_out += usize::from(is_secret);
        (key.to_owned(), if is_secret { LEFT_OUT.to_owned() } else { value.to_owned() })
    });
    let shown = shown.collect();
    (shown, left_out)
}

/// Raw lines, as JSON pairs; what cannot be read may be anything.
fn is_harmless(lines: &str) -> bool {
    let pairs: Option<Vec<(String, String)>> = serde_json::from_str(lines).ok();
    let known = |key: &String| HARMLESS_LINES.iter().any(|beginning| key.starts_with(beginning));
    pairs.is_some_and(|pairs| pairs.iter().all(|(key, _)| known(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_something_is_left_out_and_counted() {
        let config: GuestConfig = serde_json::from_str(
            r#"{"cipassword": "hunter2", "description": "root: hunter2", "cores": 2, "env": "PASSWORD=hunter2",
                "lxc": [["lxc.mount.entry", "/dev dev"], ["lxc.init.cmd", "run --key hunter2"]]}"#,
        )
        .unwrap();
        let (shown, left_out) = without_secrets(&config);
        assert_eq!(left_out, 4);
        assert!(!format!("{shown:?}").contains("hunter2"));
        assert_eq!(shown["cores"], "2");
        assert_eq!(shown["description"], LEFT_OUT);
        let config: GuestConfig =
            serde_json::from_str(r#"{"lxc": [["lxc.mount.entry", "/dev/dri dev/dri none bind"]]}"#).unwrap();
        assert!(without_secrets(&config).0["lxc"].contains("/dev/dri"), "how it is built may be seen");
    }
}
