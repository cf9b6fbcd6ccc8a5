//! Network shares of a storage.

use super::scanned::{OPEN_PORTS, PAGE_TITLE};
use super::{Kind, KindSpec};
use crate::inventory::field::{Field, Shape};

pub(super) static SPEC: KindSpec = KindSpec {
    kind: Kind::Shares,
    key: "shares",
    label: "Share",
    label_many: "Shares",
    icon: "lucide:folder-sync",
    name_field: "name",
    rank: 3,
    fields: &[
        Field::new("storage_id", "Storage", Shape::Parent(Kind::Storage)).column(),
        Field::new("share_type", "Type", Shape::Text)
            .suggest(&["NFS", "SMB", "iSCSI", "FTP", "SFTP", "WebDAV", "Other"])
            .column(),
        Field::new("hostname", "Hostname", Shape::Text).column(),
        Field::new("ip", "IP address", Shape::Address).column(),
        OPEN_PORTS,
        PAGE_TITLE,
        Field::new("notes", "Notes", Shape::LongText),
    ],
};
