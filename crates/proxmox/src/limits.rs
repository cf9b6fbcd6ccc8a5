//! How long and how much.

use std::time::Duration;

/// Bounds of the traffic with one cluster. The default is right for a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub(crate) connect: Duration,
    pub(crate) answer: Duration,
    pub(crate) retry: Duration,
    pub(crate) at_once: usize,
    pub(crate) bytes: usize,
}

impl Limits {
    /// A refused credential is answered after three seconds; who waits for less takes it for a dead host.
    pub const SHORTEST_ANSWER: Duration = Duration::from_secs(4);

    /// For how long a connection may take: name, TCP and TLS.
    #[must_use]
    pub fn with_connect(self, connect: Duration) -> Self {
        Self { connect, ..self }
    }

    /// For how long an answer may take, from the first byte sent to the last received. Never less than
    /// [`Self::SHORTEST_ANSWER`].
    #[must_use]
    pub fn with_answer(self, answer: Duration) -> Self {
        Self { answer: answer.max(Self::SHORTEST_ANSWER), ..self }
    }

    /// After which time nothing is tried again, on this node or another.
    #[must_use]
    pub fn with_retry(self, retry: Duration) -> Self {
        Self { retry, ..self }
    }

    /// How many requests are on their way at a time, to all nodes together; at least one. More wait.
    #[must_use]
    pub fn with_at_once(self, at_once: usize) -> Self {
        Self { at_once: at_once.max(1), ..self }
    }

    /// How many bytes an answer may have.
    #[must_use]
    pub fn with_bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            answer: Duration::from_secs(10),
            retry: Duration::from_secs(5),
            at_once: 8,
            bytes: 16 << 20,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_for_less_than_a_refused_credential_takes() {
        let hasty = Limits::default().with_answer(Duration::from_millis(1)).with_at_once(0);
        assert_eq!((hasty.answer, hasty.at_once), (Duration::from_secs(4), 1));
    }
}
