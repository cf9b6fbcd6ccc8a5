//! What is kept of a stream, whatever comes.

use std::collections::VecDeque;

use labkeeper_core::shell::Captured;

/// Keeps the first half and the last half of what comes, never more.
#[derive(Debug)]
pub(super) struct Capture {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    first: usize,
    last: usize,
    seen: u64,
}

impl Capture {
    /// Of at most `keep` bytes.
    pub(super) fn new(keep: usize) -> Self {
        let first = keep / 2;
        Self { head: Vec::new(), tail: VecDeque::new(), first, last: keep - first, seen: 0 }
    }

    /// More came.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.seen += bytes.len() as u64;
        let (begin, rest) = bytes.split_at(bytes.len().min(self.first - self.head.len()));
        self.head.extend_from_slice(begin);
        let rest = &rest[rest.len().saturating_sub(self.last)..];
        let over = (self.tail.len() + rest.len()).saturating_sub(self.last);
        self.tail.drain(..over);
        self.tail.extend(rest);
    }

    /// No more comes.
    pub(super) fn finish(self) -> Captured {
        let omitted = self.seen - (self.head.len() + self.tail.len()) as u64;
        let (mut head, mut tail) = (self.head, Vec::from(self.tail));
        if omitted == 0 {
            head.append(&mut tail);
        }
        Captured { head, omitted, tail }
    }

    /// Of bytes that are here already.
    pub(super) fn of(bytes: &[u8], keep: usize) -> Captured {
        let mut capture = Self::new(keep);
        capture.push(bytes);
        capture.finish()
    }
}

/// Nothing of the program's comes before the supervisor's line; what comes is a greeting of the node's shell, and not much.
const GREETING: usize = 64 << 10;

/// A stream that begins with a line of the supervisor's, whatever the node's shell said before it.
#[derive(Debug)]
pub(super) struct Stream {
    opening: Vec<u8>,
    before: Vec<u8>,
    said: Option<String>,
    capture: Capture,
}

impl Stream {
    /// The line begins with `opening`; of what comes after it at most `keep` bytes are kept.
    pub(super) fn new(opening: &str, keep: usize) -> Self {
        Self {
            opening: opening.as_bytes().to_vec(),
            before: Vec::new(),
            said: None,
            capture: Capture::new(keep),
        }
    }

    /// More came.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if self.said.is_some() {
            return self.capture.push(bytes);
        }
        self.before.extend_from_slice(bytes);
        let Some(at) = find(&self.before, &self.opening) else {
            let over = self.before.len().saturating_sub(GREETING);
            self.before.drain(..over);
            return;
        };
        let line = &self.before[at + self.opening.len()..];
        let Some(end) = line.iter().position(|byte| *byte == b'\n') else { return };
        self.said = Some(String::from_utf8_lossy(&line[..end]).into_owned());
        self.capture.push(&line[end + 1..]);
        self.before = Vec::new();
    }

    /// What the supervisor said, once it did.
    pub(super) fn said(&self) -> Option<&str> {
        self.said.as_deref()
    }

    /// What came instead of the supervisor's line.
    pub(super) fn before(&self) -> &[u8] {
        &self.before
    }

    /// No more comes.
    pub(super) fn finish(self) -> Captured {
        self.capture.finish()
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_whole_and_what_does_not_keeps_both_ends() {
        assert_eq!(Capture::of(b"0123456789", 10).whole(), Some(b"0123456789".as_slice()));
        for step in [1, 3, 4, 7, 100] {
            let mut capture = Capture::new(7);
            b"0123456789abcdef".chunks(step).for_each(|chunk| capture.push(chunk));
            let kept = capture.finish();
            assert_eq!(
                (kept.head.as_slice(), kept.omitted, kept.tail.as_slice()),
                (&b"012"[..], 9, &b"cdef"[..])
            );
        }
        let nothing = Capture::of(b"something", 0);
        assert_eq!((nothing.head.len(), nothing.omitted, nothing.tail.len()), (0, 9, 0));
    }

    #[test]
    fn the_supervisors_line_is_found_behind_a_greeting_and_in_pieces() {
        for step in [1, 5, 1000] {
            let mut stream = Stream::new("labkeeper:7-1 ", 100);
            let bytes = b"Welcome!\nlabkeeper:7-2 no\nlabkeeper:7-1 begun\nlabkeeper:7-1 mine\n";
            bytes.chunks(step).for_each(|chunk| stream.push(chunk));
            assert_eq!(stream.said(), Some("begun"));
            assert_eq!(stream.finish().head, b"labkeeper:7-1 mine\n");
        }
    }
}
