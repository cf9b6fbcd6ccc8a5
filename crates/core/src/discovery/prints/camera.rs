//! A network camera or its recorder: RTSP beside the page of its maker.

use super::print::{Clue, Print, Role};
use super::sign::Sign;
use crate::inventory::Kind;

pub(super) const PRINT: Print = Print {
    name: "Camera",
    kind: Kind::Hardware,
    icon: "lucide:cctv",
    role: Role::Device,
    clues: &[
        Clue(75, Sign::GreetsOn(554, "rtsp/1.0")),
        Clue(50, Sign::Open(554)),
        Clue(90, Sign::Title("hikvision")),
        Clue(85, Sign::Head("server: hikvision-webs")),
        Clue(90, Sign::Title("dahua")),
        Clue(90, Sign::Title("reolink")),
        Clue(90, Sign::Title("amcrest")),
        Clue(70, Sign::Title("ip camera")),
        Clue(70, Sign::Title("network camera")),
        Clue(40, Sign::Named("camera")),
        Clue(55, Sign::Made("hikvision")),
        Clue(55, Sign::Made("dahua")),
        Clue(55, Sign::Made("reolink")),
        Clue(45, Sign::Made("axis communications")),
    ],
};
