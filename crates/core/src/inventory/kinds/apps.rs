//! Services: what people open in a browser or depend on.

use serde_json::json;

use super::scanned::{OPEN_PORTS, PAGE_TITLE};
use super::{Kind, KindSpec};
use crate::inventory::field::{Field, Shape};

pub(super) static SPEC: KindSpec = KindSpec {
    kind: Kind::Apps,
    key: "apps",
    label: "App",
    label_many: "Apps",
    icon: "lucide:app-window",
    name_field: "name",
    rank: 2,
    fields: &[
        Field::new("hardware_id", "Runs on hardware", Shape::Parent(Kind::Hardware)).column(),
        Field::new("vm_id", "Runs on VM", Shape::Parent(Kind::Vms)).column(),
        Field::new("container_id", "Runs on container", Shape::Parent(Kind::Containers)).column(),
        Field::new("description", "Description", Shape::Text),
        Field::new("hostname", "Hostname", Shape::Text).column(),
        Field::new("ip_address", "IP address", Shape::Address).column(),
        Field::new("external_hostname", "External hostname", Shape::Text).column(),
        Field::new("port", "Port", Shape::Port).column(),
        Field::new("https", "HTTPS", Shape::Boolean).default(|| json!(false)),
        OPEN_PORTS,
        PAGE_TITLE,
        Field::new("icon", "Icon", Shape::Icon),
        Field::new("notes", "Notes", Shape::LongText),
    ],
};
