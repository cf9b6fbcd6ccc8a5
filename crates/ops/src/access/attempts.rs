//! Attempts to come in, counted per address and per account in a window that slides: those with a password before anybody knows what
//! comes of them, so that none of many that come at once passes the others, and one that was let in is taken back. A token is looked up
//! first, for most are known.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use labkeeper_core::audit::{hex, sha256_hex};
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::stamp::Stamp;
use serde_json::json;

use super::secret;

/// Window, in microseconds: five minutes.
pub(super) const WINDOW: i64 = 5 * 60 * 1_000_000;
const PER_ADDRESS: usize = 10;
/// Higher than per address, so that one stranger cannot lock a person out from one place.
const PER_ACCOUNT: usize = 30;
/// How many are counted at most.
const REMEMBERED: usize = 4096;

/// Whose attempts are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Who {
    /// An IPv4 address, or an IPv6 /64: what one subscriber holds.
    Address(Option<IpAddr>),
    /// A digest of a login name, known or not, and however long.
    Account(String),
}

impl Who {
    pub(super) fn address(address: Option<IpAddr>) -> Self {
        Self::Address(address.map(|address| match address.to_canonical() {
            IpAddr::V6(v6) => {
                let mut segments = v6.segments();
                segments[4..].fill(0);
                IpAddr::from(segments)
            }
            v4 => v4,
        }))
    }

    pub(super) fn account(name: &str) -> Self {
        Self::Account(sha256_hex(name.to_lowercase().as_bytes()))
    }

    /// By which name it is counted elsewhere.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Address(Some(address)) => format!("address {address}"),
            Self::Address(None) => "address unknown".into(),
            Self::Account(digest) => format!("account {digest}"),
        }
    }

    pub(super) fn allowed(&self) -> usize {
        match self {
            Self::Address(_) => PER_ADDRESS,
            Self::Account(_) => PER_ACCOUNT,
        }
    }
}

/// One that counts until it is taken back.
pub(super) struct Attempt {
    pub(super) who: Who,
    pub(super) mark: String,
}

impl Attempt {
    pub(super) fn of(who: Who) -> Result<Self, Fault> {
        Ok(Self { who, mark: hex(&secret::handle()?) })
    }
}

/// When, and which.
type Counted = VecDeque<(i64, String)>;

#[derive(Default)]
struct Known {
    counted: HashMap<Who, Counted>,
    /// When it was last said that they are too many.
    said: Option<i64>,
}

#[derive(Default)]
pub(super) struct Attempts(Mutex<Known>);

impl Attempts {
    /// Seconds until the next attempt is heard, when there were too many.
    pub(super) fn wait(&self, who: &Who, now: Stamp) -> Option<i64> {
        self.known().wait(who, now)
    }

    /// Counts it, or says how many seconds it takes until it is heard.
    pub(super) fn begin(&self, attempt: &Attempt, now: Stamp) -> Result<(), i64> {
        let mut known = self.known();
        if let Some(seconds) = known.wait(&attempt.who, now) {
            return Err(seconds);
        }
        if known.counted.len() >= REMEMBERED && !known.counted.contains_key(&attempt.who) {
            known.make_room(now);
        }
        known.counted.entry(attempt.who.clone()).or_default().push_back((now.0, attempt.mark.clone()));
        Ok(())
    }

    /// Somebody came in, or was not heard: that one does not count.
    pub(super) fn take_back(&self, attempt: &Attempt) {
        let mut known = self.known();
        let Some(counted) = known.counted.get_mut(&attempt.who) else { return };
        counted.retain(|(_, mark)| *mark != attempt.mark);
        if counted.is_empty() {
            known.counted.remove(&attempt.who);
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn wait(&mut self, who: &Who, now: Stamp) -> Option<i64> {
        let counted = self.counted.get_mut(who)?;
        forget(counted, now);
        if counted.len() < who.allowed() {
            return None;
        }
        counted.front().map(|(oldest, _)| ((oldest + WINDOW - now.0) / 1_000_000).max(1))
    }

    /// Forgets what no longer counts; if that is nothing, whoever has been quiet the longest, for the next one has to be counted too.
    fn make_room(&mut self, now: Stamp) {
        self.counted.retain(|_, counted| {
            forget(counted, now);
            !counted.is_empty()
        });
        if self.counted.len() < REMEMBERED {
            return;
        }
        let last = |counted: &Counted| counted.back().map(|(at, _)| *at);
        let quiet = self.counted.iter().min_by_key(|(_, counted)| last(counted)).map(|(who, _)| who.clone());
        if let Some(quiet) = quiet {
            self.counted.remove(&quiet);
        }
        if self.said.is_none_or(|at| at + WINDOW <= now.0) {
            self.said = Some(now.0);
            tracing::warn!(
                most = REMEMBERED,
                "more addresses and accounts try to come in than are counted; whoever has been quiet the longest is forgotten"
            );
        }
    }
}

/// What somebody is told who tried too often; `details.retry_after` in seconds.
pub(super) fn too_many(seconds: i64) -> Fault {
    Fault::new(Code::RateLimited, "too many failed attempts")
        .with_hint(format!("wait {seconds} seconds"))
        .with_details(json!({"retry_after": seconds}))
}

fn forget(counted: &mut Counted, now: Stamp) {
    while counted.front().is_some_and(|(at, _)| at + WINDOW <= now.0) {
        counted.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Who {
        Who::address(Some(text.parse().unwrap()))
    }

    fn begin(attempts: &Attempts, who: Who, now: i64) -> Result<Attempt, i64> {
        let attempt = Attempt::of(who).unwrap();
        attempts.begin(&attempt, Stamp(now)).map(|()| attempt)
    }

    #[test]
    fn the_eleventh_attempt_waits_until_the_first_is_five_minutes_old() {
        let attempts = Attempts::default();
        for second in 0..10 {
            begin(&attempts, address("192.0.2.7"), second * 1_000_000).unwrap_or_else(|_| panic!("{second}"));
        }
        assert_eq!(attempts.wait(&address("192.0.2.7"), Stamp(10_000_000)), Some(290));
        assert_eq!(begin(&attempts, address("192.0.2.7"), 10_000_000).err(), Some(290));
        assert_eq!(attempts.wait(&address("192.0.2.8"), Stamp(10_000_000)), None);
        assert_eq!(attempts.wait(&address("192.0.2.7"), Stamp(WINDOW)), None);
    }

    #[test]
    fn one_subscriber_with_many_ipv6_addresses_counts_once() {
        let attempts = Attempts::default();
        for host in 0..10 {
            begin(&attempts, address(&format!("2001:db8::{host}")), 0).unwrap_or_else(|_| panic!("{host}"));
        }
        assert!(attempts.wait(&address("2001:db8::ffff"), Stamp(1)).is_some());
        assert!(attempts.wait(&address("2001:db8:0:1::1"), Stamp(1)).is_none());
    }

    #[test]
    fn what_is_taken_back_was_one_of_them_and_no_more() {
        let attempts = Attempts::default();
        let all: Vec<Attempt> =
            (0..10).filter_map(|_| begin(&attempts, address("192.0.2.7"), 0).ok()).collect();
        assert!(attempts.wait(&address("192.0.2.7"), Stamp(1)).is_some());
        attempts.take_back(&all[3]);
        attempts.take_back(&all[3]);
        assert!(begin(&attempts, address("192.0.2.7"), 1).is_ok());
        assert!(begin(&attempts, address("192.0.2.7"), 1).is_err());
    }

    #[test]
    fn the_next_one_is_counted_however_many_there_are_and_so_are_those_that_do_not_rest() {
        let attempts = Attempts::default();
        let crowd = |number: usize| address(&format!("10.{}.{}.1", number / 256, number % 256));
        let many = i64::try_from(REMEMBERED).unwrap();
        for number in 0..REMEMBERED {
            assert!(begin(&attempts, crowd(number), i64::try_from(number).unwrap()).is_ok());
        }
        for _ in 0..9 {
            assert!(begin(&attempts, crowd(0), many).is_ok());
        }
        for _ in 0..10 {
            assert!(begin(&attempts, Who::account(&"n".repeat(1 << 20)), many).is_ok());
            assert!(begin(&attempts, address("192.0.2.7"), many).is_ok());
        }
        assert!(begin(&attempts, address("192.0.2.7"), many).is_err(), "the newest is not counted");
        assert!(begin(&attempts, crowd(0), many).is_err(), "one that goes on is forgotten");
        let known = attempts.known();
        assert_eq!(known.counted.len(), REMEMBERED);
        assert!(known.counted.keys().all(|who| who.name().len() < 100));
        assert!(known.said.is_some());
    }
}
