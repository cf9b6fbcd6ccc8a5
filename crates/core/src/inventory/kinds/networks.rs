//! Networks and VLANs.

use super::{Kind, KindSpec};
use crate::inventory::field::{Field, Shape};

pub(super) static SPEC: KindSpec = KindSpec {
    kind: Kind::Networks,
    key: "networks",
    label: "Network",
    label_many: "Networks",
    icon: "lucide:network",
    name_field: "name",
    rank: 0,
    fields: &[
        Field::new("vlan_id", "VLAN", Shape::Vlan).column(),
        Field::new("subnet", "Subnet", Shape::Cidr).column(),
        Field::new("gateway", "Gateway", Shape::Text).column(),
        Field::new("dns_servers", "DNS servers", Shape::Text).help("Separated by commas"),
        Field::new("color", "Colour", Shape::Color),
        Field::new("notes", "Notes", Shape::LongText),
    ],
};
