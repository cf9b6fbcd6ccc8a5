//! An OpenWrt router: LuCI behind uhttpd, dropbear for SSH.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "OpenWrt",
    kind: Kind::Hardware,
    icon: "si:openwrt",
    role: Role::Device,
    clues: &[
        Clue(92, Sign::Title("luci")),
        Clue(85, Sign::Body("/cgi-bin/luci")),
        Clue(90, Sign::Title("openwrt")),
        Clue(35, Sign::GreetsOn(22, "dropbear")),
        Clue(40, Sign::Named("openwrt")),
    ],
};
