//! The disks in a node.

use serde::{Deserialize, Serialize};

use crate::pve::lenient;

/// A row of `/nodes/{node}/disks/list`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Disk {
    /// Its device: `/dev/sda`.
    pub devpath: String,
    /// `ssd`, `hdd`, `nvme`, `usb`, `unknown`.
    #[serde(default, rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// As it calls itself.
    #[serde(default, deserialize_with = "lenient::text")]
    pub model: Option<String>,
    /// Serial number; `unknown` is said by disks that have none.
    #[serde(default, deserialize_with = "lenient::text")]
    pub serial: Option<String>,
    /// Maker.
    #[serde(default, deserialize_with = "lenient::text")]
    pub vendor: Option<String>,
    /// Bytes.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub size: Option<u64>,
    /// What it says of itself (SMART): `PASSED`, `OK`, `FAILED`, `UNKNOWN`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub health: Option<String>,
    /// Per cent of its life that is *left*, for solid-state disks that tell.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub wearout: Option<u64>,
    /// What is on it: `LVM`, `ZFS`, `ext4`, `mounted`, `partitions`, …
    #[serde(default, deserialize_with = "lenient::text")]
    pub used: Option<String>,
    /// World-wide name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub wwn: Option<String>,
    /// Turns per minute; `None` for disks that do not turn.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub rpm: Option<u64>,
}
