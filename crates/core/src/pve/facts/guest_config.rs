//! The configuration of a guest: every key as it was sent, and readers for those that mean something to us.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::guest_disk::GuestDisk;
use super::nic::GuestNic;
use super::property::Properties;
use crate::pve::guest::GuestKind;
use crate::pve::lenient;

/// The answer of `config`. Keys and values are Proxmox's; unknown ones are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
#[serde(transparent)]
pub struct GuestConfig {
    values: BTreeMap<String, String>,
}

impl<'de> Deserialize<'de> for GuestConfig {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let sent = Map::<String, Value>::deserialize(input)?;
        let as_kept = |value: Value| match value {
            Value::Null => None,
            // Raw `lxc.*` lines come as a list of pairs under the key `lxc`.
            Value::Array(_) | Value::Object(_) => Some(value.to_string()),
            plain => lenient::as_text(&plain),
        };
        let kept = sent.into_iter().filter_map(|(key, value)| as_kept(value).map(|value| (key, value)));
        Ok(Self { values: kept.collect() })
    }
}

impl GuestConfig {
    /// The value of a key, as sent.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    /// All keys and values, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// What it is called: a container's host name, a virtual machine's name.
    pub fn name(&self) -> Option<&str> {
        self.get("hostname").or_else(|| self.get("name"))
    }

    /// Cores: of a container in all (`None`: all of the node), of a virtual machine per socket.
    pub fn cores(&self) -> Option<u64> {
        self.whole("cores")
    }

    /// Sockets of a virtual machine; `None` means one.
    pub fn sockets(&self) -> Option<u64> {
        self.whole("sockets")
    }

    /// Memory in MiB; `None` means Proxmox's 512.
    pub fn memory(&self) -> Option<u64> {
        let memory = Properties::of(self.get("memory")?);
        memory.get("current").or_else(|| memory.unnamed())?.parse().ok()
    }

    /// Swap of a container in MiB.
    pub fn swap(&self) -> Option<u64> {
        self.whole("swap")
    }

    /// Whether it starts with its node.
    pub fn onboot(&self) -> bool {
        self.flag("onboot")
    }

    /// Whether it is a template.
    pub fn is_template(&self) -> bool {
        self.flag("template")
    }

    /// Whether Proxmox refuses to remove it.
    pub fn is_protected(&self) -> bool {
        self.flag("protection")
    }

    /// Whether a container's root is not the node's.
    pub fn is_unprivileged(&self) -> bool {
        self.flag("unprivileged")
    }

    /// Whether a virtual machine is expected to have an agent.
    pub fn expects_agent(&self) -> bool {
        let agent = Properties::of(self.get("agent").unwrap_or_default());
        agent.get("enabled").or_else(|| agent.unnamed()).and_then(lenient::word_flag).unwrap_or(false)
    }

    /// Its tags.
    pub fn tags(&self) -> Vec<String> {
        lenient::split_words(self.get("tags").unwrap_or_default())
    }

    /// Notes in Markdown.
    pub fn description(&self) -> Option<&str> {
        self.get("description")
    }

    /// What has its hands on it: `backup`, `snapshot`, `migrate`, …
    pub fn lock(&self) -> Option<&str> {
        self.get("lock")
    }

    /// The operating system, in Proxmox's words: `debian`, `alpine`, `l26`, `win11`, …
    pub fn ostype(&self) -> Option<&str> {
        self.get("ostype")
    }

    /// SHA-1 of the configuration: changes with every change of it.
    pub fn digest(&self) -> Option<&str> {
        self.get("digest")
    }

    /// Its network cards, by number.
    pub fn nics(&self) -> Vec<GuestNic> {
        let read = |(key, value): (&str, &str)| {
            let digits =
                key.strip_prefix("net").filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))?;
            let index = digits.parse().ok()?;
            Some(GuestNic::read(index, value, self.get(&format!("ipconfig{index}"))))
        };
        let mut nics: Vec<GuestNic> = self.iter().filter_map(read).collect();
        nics.sort_by_key(|nic| nic.index);
        nics
    }

    /// Its disks and mount points, by key. The kind decides which keys are disks.
    pub fn disks(&self, kind: GuestKind) -> Vec<GuestDisk> {
        self.iter().filter_map(|(key, value)| GuestDisk::read(kind, key, value)).collect()
    }

    fn whole(&self, key: &str) -> Option<u64> {
        self.get(key)?.trim().parse().ok()
    }

    fn flag(&self, key: &str) -> bool {
        self.get(key).and_then(lenient::word_flag).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_nobody_knows_are_kept() {
        let config: GuestConfig = serde_json::from_str(
            r#"{"new-thing": {"a": 1}, "lxc": [["lxc.mount.auto", "proc"]], "gone": null, "memory": "current=2048,max=4096",
                "agent": "1,fstrim_cloned_disks=1", "cores": 2, "onboot": 1, "net10": "name=b", "net2": "name=a", "netx": "y"}"#,
        )
        .unwrap();
        assert_eq!(config.get("new-thing"), Some(r#"{"a":1}"#));
        assert_eq!(config.get("lxc"), Some(r#"[["lxc.mount.auto","proc"]]"#));
        assert_eq!(config.get("gone"), None);
        assert_eq!((config.memory(), config.cores()), (Some(2048), Some(2)));
        assert!(config.expects_agent() && config.onboot() && !config.is_template());
        let names: Vec<_> =
            config.nics().into_iter().map(|nic| (nic.index, nic.name.unwrap_or_default())).collect();
        assert_eq!(names, [(2, "a".to_owned()), (10, "b".to_owned())]);
    }
}
