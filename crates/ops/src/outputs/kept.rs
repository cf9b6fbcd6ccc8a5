//! The outputs themselves, while this process lives. Bounded by time, number and size; each is for whoever got it, and for nobody else.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::Fault;
use labkeeper_core::principal::Principal;
use labkeeper_core::stamp::Stamp;

use super::id::OutputId;
use crate::access::secret;

/// So long one can be read.
const TIME: Duration = Duration::from_secs(3600);
/// So many of one caller are kept, and so many bytes of them.
const MOST: Limits = Limits { count: 20, bytes: 16 << 20 };
/// So many in all.
const MOST_OF_ALL: Limits = Limits { count: 200, bytes: 64 << 20 };

#[derive(Clone, Copy)]
struct Limits {
    count: usize,
    bytes: usize,
}

/// The newest last.
#[derive(Default)]
pub(crate) struct Outputs(Mutex<VecDeque<(Reader, Arc<Output>)>>);

/// One of them.
#[derive(Debug)]
pub(crate) struct Output {
    /// Its name.
    pub(crate) id: OutputId,
    /// When it was kept.
    pub(crate) at: Stamp,
    /// Where it comes from.
    pub(crate) place: String,
    /// Which stream it is: `stdout` or `stderr`.
    pub(crate) stream: &'static str,
    /// The whole, as whoever got it may read it.
    pub(crate) text: String,
    /// The answer had so many bytes from its beginning.
    pub(crate) shown: usize,
}

/// An output that is to be kept.
#[derive(Debug)]
pub struct LongOutput<'a> {
    /// Where it comes from.
    pub place: &'a str,
    /// Which stream it is: `stdout` or `stderr`.
    pub stream: &'static str,
    /// The whole. For a program without its secrets: they are found in the whole, not in parts of it.
    pub text: String,
    /// How many bytes from its beginning were answered.
    pub shown: usize,
}

/// Who may read one. A person reads what is there, what speaks for them through MCP does not.
#[derive(Debug)]
struct Reader {
    principal: Principal,
    in_person: bool,
}

impl Reader {
    fn of(actor: &Actor) -> Self {
        Self { principal: actor.principal.clone(), in_person: actor.is_person() }
    }

    fn is(&self, other: &Self) -> bool {
        self.principal.is(&other.principal) && self.in_person == other.in_person
    }
}

impl Outputs {
    /// Keeps one; the oldest make room for it.
    ///
    /// # Errors
    /// When this machine gives no random bytes.
    pub(crate) fn keep(&self, actor: &Actor, now: Stamp, new: LongOutput<'_>) -> Result<OutputId, Fault> {
        let id = OutputId(u64::from_be_bytes(secret::handle()?));
        let LongOutput { place, stream, text, shown } = new;
        let (reader, output) =
            (Reader::of(actor), Arc::new(Output { id, at: now, place: place.into(), stream, text, shown }));
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(_, output)| is_young(output, now));
        make_room(&mut all, output.text.len(), MOST, |one| one.is(&reader));
        make_room(&mut all, output.text.len(), MOST_OF_ALL, |_| true);
        all.push_back((reader, output));
        Ok(id)
    }

    /// The output of that name, if it is that actor's.
    pub(crate) fn of(&self, actor: &Actor, now: Stamp, id: OutputId) -> Option<Arc<Output>> {
        let (all, asks) = (self.0.lock().unwrap_or_else(PoisonError::into_inner), Reader::of(actor));
        let mut own = all.iter().filter(|(reader, _)| reader.is(&asks)).map(|(_, output)| output);
        own.find(|output| output.id == id && is_young(output, now)).cloned()
    }
}

fn is_young(output: &Output, now: Stamp) -> bool {
    let age = now.0.saturating_sub(output.at.0);
    u128::try_from(age).unwrap_or(0) <= TIME.as_micros()
}

/// Takes the oldest of some away until there is room among them for one more of that size.
fn make_room(
    all: &mut VecDeque<(Reader, Arc<Output>)>,
    size: usize,
    most: Limits,
    among: impl Fn(&Reader) -> bool,
) {
    let sizes = all.iter().filter(|(reader, _)| among(reader)).map(|(_, output)| output.text.len());
    let (mut count, mut bytes) = sizes.fold((0, 0), |(count, bytes), size| (count + 1, bytes + size));
    all.retain(|(reader, output)| {
        let stays = !among(reader) || (count < most.count && bytes + size <= most.bytes);
        if !stays {
            (count, bytes) = (count - 1, bytes - output.text.len());
        }
        stays
    });
}

#[cfg(test)]
mod tests {
    use labkeeper_core::actor::{Scope, Via};

    use super::*;

    fn program(token: i64) -> Actor {
        let (grant, principal) = (Scope::Companion.grant(), Principal::Token(token));
        Actor { name: "claude".into(), principal, via: Via::Mcp, grant, session: None, person: false }
    }

    fn keep(outputs: &Outputs, actor: &Actor, at: i64, size: usize) -> OutputId {
        let new = LongOutput { place: "CT 101", stream: "stdout", text: "x".repeat(size), shown: 0 };
        outputs.keep(actor, Stamp(at), new).unwrap()
    }

    #[test]
    fn an_output_is_for_whoever_got_it() {
        let outputs = Outputs::default();
        let claude = program(1);
        let id = keep(&outputs, &claude, 0, 10);
        let anna = Actor { principal: Principal::Person("claude".into()), person: true, ..claude.clone() };
        let in_person = Actor { via: Via::Rest, ..anna.clone() };
        let nobody = Actor { principal: Principal::Unknown, ..claude.clone() };
        for other in [program(2), anna.clone(), in_person.clone(), nobody.clone(), Actor::local(Via::Cli)] {
            assert!(outputs.of(&other, Stamp(0), id).is_none(), "{other:?}");
        }
        let elsewhere = Actor { session: Some("s".into()), via: Via::Rest, ..claude };
        assert_eq!(outputs.of(&elsewhere, Stamp(0), id).unwrap().text.len(), 10, "in whichever session");
        // With its secrets for a person, and not for what speaks for them.
        let raw = keep(&outputs, &in_person, 0, 10);
        assert!(
            outputs.of(&anna, Stamp(0), raw).is_none() && outputs.of(&in_person, Stamp(0), raw).is_some()
        );
        let lost = keep(&outputs, &nobody, 0, 10);
        assert!(outputs.of(&nobody, Stamp(0), lost).is_none(), "nobody owns nothing");
    }

    #[test]
    fn the_oldest_go_when_there_are_many_when_they_are_large_and_when_their_time_is_over() {
        let outputs = Outputs::default();
        let (anna, ben) = (program(101), program(102));
        let bens = keep(&outputs, &ben, 0, 10);
        let first = keep(&outputs, &anna, 0, 10);
        let many: Vec<OutputId> = (0..20).map(|_| keep(&outputs, &anna, 1, 10)).collect();
        let is_there = |actor: &Actor, at: i64, id| outputs.of(actor, Stamp(at), id).is_some();
        assert!(!is_there(&anna, 1, first) && is_there(&anna, 1, many[0]) && is_there(&ben, 1, bens));
        let large = keep(&outputs, &anna, 2, (16 << 20) - 25);
        assert!(is_there(&anna, 2, large) && is_there(&anna, 2, many[18]) && !is_there(&anna, 2, many[17]));
        let hour = 3600 * 1_000_000;
        assert!(is_there(&anna, 2 + hour, large) && !is_there(&anna, 3 + hour, large));
        // So many callers that they do not all have room.
        let crowd: Vec<Actor> = (0..8).map(program).collect();
        let ids: Vec<OutputId> = crowd.iter().map(|one| keep(&outputs, one, 3, 15 << 20)).collect();
        let left = crowd.iter().zip(&ids).filter(|(one, id)| is_there(one, 3, **id)).count();
        assert_eq!((left, is_there(&crowd[7], 3, ids[7])), (4, true));
    }
}
