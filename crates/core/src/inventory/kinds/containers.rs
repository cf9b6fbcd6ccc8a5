//! LXC guests.

use super::scanned::{OPEN_PORTS, PAGE_TITLE};
use super::{Kind, KindSpec};
use crate::inventory::field::{Field, Shape};

pub(super) static SPEC: KindSpec = KindSpec {
    kind: Kind::Containers,
    key: "containers",
    label: "Container",
    label_many: "Containers",
    icon: "lucide:box",
    name_field: "name",
    rank: 1,
    fields: &[
        Field::new("hardware_id", "Host", Shape::Parent(Kind::Hardware)).column(),
        Field::new("vmid", "CTID", Shape::Integer).column(),
        Field::new("hostname", "Hostname", Shape::Text).column(),
        Field::new("ip_address", "IP address", Shape::Address).column(),
        Field::new("mac_address", "MAC address", Shape::Mac),
        Field::new("os", "OS", Shape::Text).column(),
        Field::new("cpu_cores", "Cores", Shape::Integer).column(),
        Field::new("ram_gb", "RAM", Shape::Number).unit("GB").column(),
        Field::new("disk_gb", "Disk", Shape::Number).unit("GB"),
        Field::new("unprivileged", "Unprivileged", Shape::Boolean),
        Field::new("onboot", "Starts at boot", Shape::Boolean),
        Field::new("template", "Template", Shape::Boolean),
        OPEN_PORTS,
        PAGE_TITLE,
        Field::new("icon", "Icon", Shape::Icon),
        Field::new("notes", "Notes", Shape::LongText),
    ],
};
