//! What may be seen of a host, and whether it was.

use crate::discovery::Evidence;
use crate::discovery::evidence::Page;
use crate::discovery::vendor::vendor;

/// What may be seen; texts are lower case and found anywhere in the lower-cased field.
pub(super) enum Sign {
    Open(u16),
    AllOpen(&'static [u16]),
    Title(&'static str),
    Head(&'static str),
    Body(&'static str),
    Greets(&'static str),
    GreetsOn(u16, &'static str),
    /// This and nothing else, letter for letter.
    Answers(u16, &'static str),
    Named(&'static str),
    /// Who made its network card.
    Made(&'static str),
    /// The icon of its page, as [`crate::discovery::icon_hash`] tells icons apart.
    Icon(i32),
}

impl Sign {
    /// The port it was seen on, if it belongs to one, and the words for it.
    pub(super) fn seen_in(&self, evidence: &Evidence) -> Option<(Option<u16>, String)> {
        let page = |part: &str, wanted: &str, field: fn(&Page) -> &str| {
            let found = evidence.pages.iter().find(|page| field(page).to_lowercase().contains(wanted))?;
            Some((Some(found.port), format!("{part} on {} says {wanted:?}", found.port)))
        };
        match *self {
            Self::Open(port) => evidence.is_open(port).then(|| (Some(port), format!("port {port} is open"))),
            Self::AllOpen(ports) => ports.iter().all(|port| evidence.is_open(*port)).then(|| {
                let list: Vec<String> = ports.iter().map(u16::to_string).collect();
                (None, format!("ports {} are open", list.join(" and ")))
            }),
            Self::Title(wanted) => {
                page("page title", wanted, |page| page.title.as_deref().unwrap_or_default())
            }
            Self::Head(wanted) => page("HTTP header", wanted, |page| &page.head),
            Self::Body(wanted) => page("page", wanted, |page| &page.body),
            Self::Greets(wanted) => {
                evidence.greetings.iter().find_map(|(port, greeting)| heard(*port, greeting, wanted))
            }
            Self::GreetsOn(port, wanted) => heard(port, evidence.greetings.get(&port)?, wanted),
            Self::Answers(port, wanted) => {
                let answer = evidence.greetings.get(&port)?;
                (answer == wanted).then(|| (Some(port), format!("port {port} answers {wanted:?}")))
            }
            Self::Named(wanted) => {
                let name = evidence.hostname.as_deref()?;
                name.to_lowercase().contains(wanted).then(|| (None, format!("it is named {name}")))
            }
            Self::Icon(wanted) => {
                let found = evidence.pages.iter().find(|page| page.icon == Some(wanted))?;
                Some((Some(found.port), format!("the icon on {} is its own", found.port)))
            }
            Self::Made(wanted) => {
                let maker = vendor(evidence.mac.as_deref()?)?;
                maker
                    .to_lowercase()
                    .contains(wanted)
                    .then(|| (None, format!("its network card is by {maker}")))
            }
        }
    }
}

fn heard(port: u16, greeting: &str, wanted: &str) -> Option<(Option<u16>, String)> {
    greeting.to_lowercase().contains(wanted).then(|| (Some(port), format!("port {port} says {wanted:?}")))
}
