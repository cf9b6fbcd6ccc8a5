//! Physical machines and devices.

use super::scanned::{OPEN_PORTS, PAGE_TITLE};
use super::{Kind, KindSpec};
use crate::inventory::field::{Field, Shape};

pub(super) static SPEC: KindSpec = KindSpec {
    kind: Kind::Hardware,
    key: "hardware",
    label: "Hardware",
    label_many: "Hardware",
    icon: "lucide:server",
    name_field: "name",
    rank: 0,
    fields: &[
        Field::new("hostname", "Hostname", Shape::Text).column(),
        Field::new("ip_address", "IP address", Shape::Address).column(),
        Field::new("mac_address", "MAC address", Shape::Mac),
        Field::new("os", "OS", Shape::Text).column(),
        Field::new("cpu", "CPU", Shape::Text).column(),
        Field::new("cpu_cores", "Cores", Shape::Integer),
        Field::new("ram_gb", "RAM", Shape::Number).unit("GB").column(),
        Field::new("make", "Make", Shape::Text),
        Field::new("model", "Model", Shape::Text),
        Field::new("serial_number", "Serial number", Shape::Text),
        Field::new("location", "Location", Shape::Text).help("Rack and unit, room or shelf"),
        OPEN_PORTS,
        PAGE_TITLE,
        Field::new("icon", "Icon", Shape::Icon),
        Field::new("notes", "Notes", Shape::LongText),
    ],
};
