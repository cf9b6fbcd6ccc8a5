//! Failed attempts to come in, counted per address and per account in a window that slides.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::stamp::Stamp;
use serde_json::json;

/// Window, in microseconds: five minutes.
pub(super) const WINDOW: i64 = 5 * 60 * 1_000_000;
const PER_ADDRESS: usize = 10;
/// Higher than per address, so that one stranger cannot lock a person out from one place.
const PER_ACCOUNT: usize = 30;
/// Beyond so many, those whose window has passed are forgotten.
const REMEMBERED: usize = 4096;

/// Whose attempts are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Who {
    /// An IPv4 address, or an IPv6 /64: what one subscriber holds.
    Address(Option<IpAddr>),
    /// A login name, known or not.
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
        Self::Account(name.to_lowercase())
    }

    /// By which name it is counted elsewhere.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Address(Some(address)) => format!("address {address}"),
            Self::Address(None) => "address unknown".into(),
            Self::Account(name) => format!("account {name}"),
        }
    }

    pub(super) fn allowed(&self) -> usize {
        match self {
            Self::Address(_) => PER_ADDRESS,
            Self::Account(_) => PER_ACCOUNT,
        }
    }
}

#[derive(Default)]
pub(super) struct Attempts(Mutex<HashMap<Who, VecDeque<i64>>>);

impl Attempts {
    /// Seconds until the next attempt is heard, when there were too many.
    pub(super) fn wait(&self, who: &Who, now: Stamp) -> Option<i64> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = known.get_mut(who)?;
        forget(failed, now);
        if failed.len() < who.allowed() {
            return None;
        }
        failed.front().map(|oldest| ((oldest + WINDOW - now.0) / 1_000_000).max(1))
    }

    /// Remembers a failure.
    pub(super) fn failed(&self, who: Who, now: Stamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, failed| {
                forget(failed, now);
                !failed.is_empty()
            });
        }
        if known.len() < REMEMBERED || known.contains_key(&who) {
            known.entry(who).or_default().push_back(now.0);
        }
    }

    /// Someone came in after all.
    pub(super) fn succeeded(&self, who: &Who) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(who);
    }
}

/// What somebody is told who tried too often; `details.retry_after` in seconds.
pub(super) fn too_many(seconds: i64) -> Fault {
    Fault::new(Code::RateLimited, "too many failed attempts")
        .with_hint(format!("wait {seconds} seconds"))
        .with_details(json!({"retry_after": seconds}))
}

fn forget(failed: &mut VecDeque<i64>, now: Stamp) {
    while failed.front().is_some_and(|at| at + WINDOW <= now.0) {
        failed.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Who {
        Who::address(Some(text.parse().unwrap()))
    }

    #[test]
    fn the_eleventh_attempt_waits_until_the_first_is_five_minutes_old() {
        let attempts = Attempts::default();
        for second in 0..10 {
            assert_eq!(attempts.wait(&address("192.0.2.7"), Stamp(second * 1_000_000)), None);
            attempts.failed(address("192.0.2.7"), Stamp(second * 1_000_000));
        }
        assert_eq!(attempts.wait(&address("192.0.2.7"), Stamp(10_000_000)), Some(290));
        assert_eq!(attempts.wait(&address("192.0.2.8"), Stamp(10_000_000)), None);
        assert_eq!(attempts.wait(&address("192.0.2.7"), Stamp(WINDOW)), None);
    }

    #[test]
    fn one_subscriber_with_many_ipv6_addresses_counts_once() {
        let attempts = Attempts::default();
        for host in 0..10 {
            attempts.failed(address(&format!("2001:db8::{host}")), Stamp(0));
        }
        assert!(attempts.wait(&address("2001:db8::ffff"), Stamp(1)).is_some());
        assert!(attempts.wait(&address("2001:db8:0:1::1"), Stamp(1)).is_none());
    }
}
