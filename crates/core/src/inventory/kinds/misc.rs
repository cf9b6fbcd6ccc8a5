//! Anything else: UPSes, printers, cameras, subscriptions.

use super::scanned::{OPEN_PORTS, PAGE_TITLE};
use super::{Kind, KindSpec};
use crate::inventory::field::{Field, Shape};

pub(super) static SPEC: KindSpec = KindSpec {
    kind: Kind::Misc,
    key: "misc",
    label: "Other",
    label_many: "Other",
    icon: "lucide:shapes",
    name_field: "name",
    rank: 3,
    fields: &[
        Field::new("category", "Category", Shape::Text).column(),
        Field::new("hostname", "Hostname", Shape::Text).column(),
        Field::new("ip_address", "IP address", Shape::Address).column(),
        Field::new("description", "Description", Shape::Text),
        Field::new("properties", "Properties", Shape::LongText)
            .help("Free text; structured facts belong in custom fields"),
        OPEN_PORTS,
        PAGE_TITLE,
        Field::new("icon", "Icon", Shape::Icon),
        Field::new("notes", "Notes", Shape::LongText),
    ],
};
