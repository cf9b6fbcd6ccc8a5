//! Storage: pools and disks.

use super::scanned::{OPEN_PORTS, PAGE_TITLE};
use super::{Kind, KindSpec};
use crate::inventory::field::{Field, Shape};

pub(super) static SPEC: KindSpec = KindSpec {
    kind: Kind::Storage,
    key: "storage",
    label: "Storage",
    label_many: "Storage",
    icon: "lucide:hard-drive",
    name_field: "name",
    rank: 2,
    fields: &[
        Field::new("hardware_id", "On hardware", Shape::Parent(Kind::Hardware)).column(),
        Field::new("vm_id", "On VM", Shape::Parent(Kind::Vms)),
        Field::new("container_id", "On container", Shape::Parent(Kind::Containers)),
        Field::new("storage_type", "Type", Shape::Text).suggest(&["HDD", "SSD", "NVMe"]).column(),
        Field::new("raid_type", "RAID", Shape::Text)
            .suggest(&["RAID-Z2", "RAID-Z1", "RAID 10", "RAID 1", "Mirror"])
            .column(),
        Field::new("drive_count", "Drives", Shape::Integer),
        Field::new("raw_space_tb", "Raw", Shape::Number).unit("TB").column(),
        Field::new("usable_space_tb", "Usable", Shape::Number).unit("TB").column(),
        Field::new("filesystem", "Filesystem", Shape::Text)
            .suggest(&["ZFS", "EXT4", "BTRFS", "XFS", "LVM-thin"]),
        OPEN_PORTS,
        PAGE_TITLE,
        Field::new("icon", "Icon", Shape::Icon),
        Field::new("notes", "Notes", Shape::LongText),
    ],
};
