//! What people have not been told yet, because it is quiet or nobody could be reached.

use std::collections::{BTreeMap, HashMap};

use labkeeper_core::inventory::ItemId;
use labkeeper_core::ports::Notice;
use serde::{Deserialize, Serialize};

use crate::discovery::watching::Turn;

/// Names in one message.
const NAMED: usize = 10;

/// Who came and went since people were told last. Who went and came back meanwhile is not worth a word.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Tidings(BTreeMap<ItemId, Turn>);

impl Tidings {
    pub(super) fn add(&mut self, turns: Vec<Turn>) {
        for turn in turns {
            let id = turn.item.id;
            if self.0.get(&id).is_some_and(|known| known.alive != turn.alive) {
                self.0.remove(&id);
            } else {
                self.0.insert(id, turn);
            }
        }
    }

    /// Forgets what is not so any more, as of an item that is watched no longer.
    pub(super) fn keep_what_holds(&mut self, standing: &HashMap<ItemId, bool>) {
        self.0.retain(|item, turn| standing.get(item) == Some(&turn.alive));
    }

    /// All of it in one message.
    pub(super) fn notice(&self, public_url: Option<&str>) -> Option<Notice> {
        let names = |alive: bool| -> Vec<&str> {
            self.0.values().filter(|turn| turn.alive == alive).map(|turn| turn.item.name.as_str()).collect()
        };
        let (down, up) = (names(false), names(true));
        let title = match (down.as_slice(), up.as_slice()) {
            ([], []) => return None,
            ([one], []) => format!("labkeeper: {one} does not answer"),
            ([], [one]) => format!("labkeeper: {one} answers again"),
            ([], up) => format!("labkeeper: {} answer again", up.len()),
            (down, _) => format!("labkeeper: {} do not answer", down.len()),
        };
        let line = |what: &str, names: &[&str]| {
            (!names.is_empty()).then(|| format!("{what}: {}.", listed(names, ", ", NAMED)))
        };
        let text: Vec<String> =
            [line("Does not answer", &down), line("Answers again", &up)].into_iter().flatten().collect();
        Some(Notice { title, text: text.join(" "), link: public_url.map(|url| format!("{url}/")) })
    }

    pub(super) fn told(&mut self) {
        self.0.clear();
    }
}

/// The first of them, and how many more there are.
pub(super) fn listed<T: AsRef<str>>(names: &[T], between: &str, most: usize) -> String {
    let more = names.len().saturating_sub(most);
    let some: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    let some = some.join(between);
    if more == 0 { some } else { format!("{some} and {more} more") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use labkeeper_core::inventory::{ItemRef, Kind};

    use super::*;

    fn turn(id: ItemId, alive: bool) -> Turn {
        Turn { item: ItemRef { id, kind: Kind::Hardware, name: format!("host{id}") }, alive }
    }

    #[test]
    fn many_turns_are_one_message() {
        let mut tidings = Tidings::default();
        assert_eq!(tidings.notice(None), None);
        tidings.add(vec![turn(1, false)]);
        assert_eq!(tidings.notice(None).unwrap().title, "labkeeper: host1 does not answer");
        tidings.add((2..=13).map(|id| turn(id, false)).chain([turn(20, true)]).collect());
        let notice = tidings.notice(Some("https://hub")).unwrap();
        assert_eq!(notice.title, "labkeeper: 13 do not answer");
        assert!(notice.text.ends_with("host10 and 3 more. Answers again: host20."), "{}", notice.text);
        assert_eq!(notice.link.as_deref(), Some("https://hub/"));
    }

    #[test]
    fn what_is_not_so_any_more_is_not_told() {
        let mut tidings = Tidings::default();
        tidings.add(vec![turn(1, false), turn(2, false), turn(3, true)]);
        tidings.keep_what_holds(&HashMap::from([(1, true), (3, true)]));
        assert_eq!(tidings.notice(None).unwrap().title, "labkeeper: host3 answers again");
    }

    #[test]
    fn who_went_and_came_back_before_anybody_was_told_is_not_told() {
        let mut tidings = Tidings::default();
        tidings.add(vec![turn(1, false), turn(2, false)]);
        tidings.add(vec![turn(1, true)]);
        assert_eq!(tidings.notice(None).unwrap().title, "labkeeper: host2 does not answer");
        tidings.told();
        tidings.add(vec![turn(2, true)]);
        assert_eq!(tidings.notice(None).unwrap().title, "labkeeper: host2 answers again");
    }
}
