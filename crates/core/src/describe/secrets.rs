//! What a guest's configuration may say to whoever asks: everything but what opens something.

use std::collections::BTreeMap;

use crate::pve::GuestConfig;

/// Stands where something was left out.
const LEFT_OUT: &str = "[redacted]";

/// Keys whose value opens something, or may hold anything: notes are written by people, hook scripts' arguments and QEMU's
/// command line carry what somebody put there.
const SECRET: &[&str] = &["cipassword", "sshkeys", "description", "args", "vmgenid"];

/// The configuration without secrets, and how many values were left out.
pub fn without_secrets(config: &GuestConfig) -> (BTreeMap<String, String>, usize) {
    let mut left_out = 0;
    let shown = config.iter().map(|(key, value)| {
        let is_secret = SECRET.contains(&key) || (key == "lxc" && value.contains("lxc.environment"));
        left_out += usize::from(is_secret);
        (key.to_owned(), if is_secret { LEFT_OUT.to_owned() } else { value.to_owned() })
    });
    let shown = shown.collect();
    (shown, left_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_something_is_left_out_and_counted() {
        let config: GuestConfig = serde_json::from_str(
            r#"{"cipassword": "hunter2", "description": "root: hunter2", "cores": 2, "lxc": [["lxc.environment", "TOKEN=hunter2"]]}"#,
        )
        .unwrap();
        let (shown, left_out) = without_secrets(&config);
        assert_eq!(left_out, 3);
        assert!(!format!("{shown:?}").contains("hunter2"));
        assert_eq!(shown["cores"], "2");
        assert_eq!(shown["description"], LEFT_OUT);
    }
}
