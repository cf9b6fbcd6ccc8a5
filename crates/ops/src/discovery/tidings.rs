//! What people have not been told yet, because it is quiet or nobody could be reached. It stands in the database, in the same transaction
//! as who answers and who does not. Before people are told, it is noted that they may have been: whatever ends the process, they are told how it
//! is at last, at least once.

use std::collections::{BTreeMap, HashMap};

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{ItemId, ItemRef};
use labkeeper_core::ports::Notice;
use labkeeper_store::{Store, View, WriteTx};
use serde::{Deserialize, Serialize};

/// Where they are kept.
const KEY: &str = "watch.tidings";
/// Names in one message.
const NAMED: usize = 10;

/// An item that came or went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Turn {
    pub(crate) item: ItemRef,
    pub(crate) alive: bool,
}

/// A turn, and what people may know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Untold {
    #[serde(flatten)]
    turn: Turn,
    /// People may have been told of this turn, or of the one before: whatever they think, they are told how it is.
    #[serde(default)]
    unsure: bool,
}

/// Who came and went since people were told last. Who went and came back meanwhile is not worth a word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tidings(BTreeMap<ItemId, Untold>);

/// What there is to tell.
///
/// # Errors
/// When the store fails. What cannot be read any more is not told.
pub(crate) async fn untold(view: &mut View) -> Result<Tidings, Fault> {
    let kept = view.meta(KEY).await?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Adds turns to what there is to tell.
///
/// # Errors
/// When the store fails.
pub(crate) async fn add(tx: &mut WriteTx, turns: &[Turn]) -> Result<(), Fault> {
    let mut tidings = untold(tx).await?;
    tidings.add(turns);
    keep(tx, &tidings).await
}

/// Whoever watches again begins anew.
///
/// # Errors
/// When the store fails.
pub(crate) async fn forget(tx: &mut WriteTx) -> Result<(), Fault> {
    keep(tx, &Tidings::default()).await
}

/// Notes that people may have been told that, before they are.
///
/// # Errors
/// When the store fails: then nobody may be told.
pub(crate) async fn begin_telling(store: &Store, what: &Tidings) -> Result<(), Fault> {
    if what.0.values().all(|known| known.unsure) {
        return Ok(());
    }
    let mut tx = store.write().await?;
    let mut tidings = untold(&mut tx).await?;
    for (item, known) in &mut tidings.0 {
        known.unsure |= what.0.contains_key(item);
    }
    keep(&mut tx, &tidings).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes away what was told, or is not worth a word any more.
///
/// # Errors
/// When the store fails: then people may be told once more.
pub(crate) async fn settle(store: &Store, told: &Tidings) -> Result<(), Fault> {
    let mut tx = store.write().await?;
    let mut tidings = untold(&mut tx).await?;
    tidings.0.retain(|item, known| told.0.get(item).is_none_or(|told| told.turn != known.turn));
    keep(&mut tx, &tidings).await?;
    tx.commit().await?;
    Ok(())
}

async fn keep(tx: &mut WriteTx, tidings: &Tidings) -> Result<(), Fault> {
    tx.set_meta(KEY, &serde_json::to_string(tidings).expect("plain data serialises")).await?;
    Ok(())
}

impl Tidings {
    fn add(&mut self, turns: &[Turn]) {
        for turn in turns {
            let id = turn.item.id;
            let known = self.0.get(&id);
            let unsure = known.is_some_and(|known| known.unsure);
            if known.is_some_and(|known| known.turn.alive != turn.alive) && !unsure {
                self.0.remove(&id);
            } else {
                self.0.insert(id, Untold { turn: turn.clone(), unsure });
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Without what is not so any more, as of an item that is watched no longer.
    pub(crate) fn that_hold(&self, standing: &HashMap<ItemId, bool>) -> Self {
        let hold = |(item, known): &(&ItemId, &Untold)| standing.get(*item) == Some(&known.turn.alive);
        Self(self.0.iter().filter(hold).map(|(item, known)| (*item, known.clone())).collect())
    }

    /// All of it in one message.
    pub(crate) fn notice(&self, public_url: Option<&str>) -> Option<Notice> {
        let names = |alive: bool| -> Vec<&str> {
            let turns = self.0.values().map(|known| &known.turn).filter(|turn| turn.alive == alive);
            turns.map(|turn| turn.item.name.as_str()).collect()
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
}

/// The first of them, and how many more there are.
pub(crate) fn listed<T: AsRef<str>>(names: &[T], between: &str, most: usize) -> String {
    let more = names.len().saturating_sub(most);
    let some: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    let some = some.join(between);
    if more == 0 { some } else { format!("{some} and {more} more") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use labkeeper_core::inventory::Kind;

    use super::*;

    fn turn(id: ItemId, alive: bool) -> Turn {
        Turn { item: ItemRef { id, kind: Kind::Hardware, name: format!("host{id}") }, alive }
    }

    #[test]
    fn many_turns_are_one_message() {
        let mut tidings = Tidings::default();
        assert_eq!(tidings.notice(None), None);
        tidings.add(&[turn(1, false)]);
        assert_eq!(tidings.notice(None).unwrap().title, "labkeeper: host1 does not answer");
        let more: Vec<Turn> = (2..=13).map(|id| turn(id, false)).chain([turn(20, true)]).collect();
        tidings.add(&more);
        let notice = tidings.notice(Some("https://hub")).unwrap();
        assert_eq!(notice.title, "labkeeper: 13 do not answer");
        assert!(notice.text.ends_with("host10 and 3 more. Answers again: host20."), "{}", notice.text);
        assert_eq!(notice.link.as_deref(), Some("https://hub/"));
    }

    #[test]
    fn what_is_not_so_any_more_is_not_told() {
        let mut tidings = Tidings::default();
        tidings.add(&[turn(1, false), turn(2, false), turn(3, true)]);
        let holds = tidings.that_hold(&HashMap::from([(1, true), (3, true)]));
        assert_eq!(holds.notice(None).unwrap().title, "labkeeper: host3 answers again");
    }

    #[test]
    fn who_went_and_came_back_before_anybody_was_told_is_not_told() {
        let mut tidings = Tidings::default();
        tidings.add(&[turn(1, false), turn(2, false)]);
        tidings.add(&[turn(1, true)]);
        assert_eq!(tidings.notice(None).unwrap().title, "labkeeper: host2 does not answer");
    }

    #[test]
    fn who_may_have_been_told_is_told_how_it_is_at_last() {
        let told = |turns: &[bool]| {
            let mut tidings = Tidings::default();
            tidings.add(&[turn(1, false)]);
            // The process ended while people were told, or before, or after.
            tidings.0.get_mut(&1).unwrap().unsure = true;
            for alive in turns {
                tidings.add(&[turn(1, *alive)]);
            }
            tidings.notice(None).unwrap().title
        };
        assert_eq!(told(&[]), "labkeeper: host1 does not answer");
        assert_eq!(told(&[true]), "labkeeper: host1 answers again");
        assert_eq!(told(&[true, false]), "labkeeper: host1 does not answer");
    }

    #[test]
    fn what_a_version_before_kept_is_told() {
        let mut tidings = Tidings::default();
        tidings.add(&[turn(1, false)]);
        let before = r#"{"1": {"item": {"id": 1, "kind": "hardware", "name": "host1"}, "alive": false}}"#;
        assert_eq!(serde_json::from_str::<Tidings>(before).unwrap(), tidings);
    }
}
