//! Lines of private keys of which a reader sees neither beginning nor end. A line of base64 alone says nothing to the redactor, so what is
//! shown of a file by its lines is compared with where in the file keys begin and end.

use std::ops::RangeInclusive;

/// An expression for grep that finds the lines that tell.
pub(super) const MARKS: &str = "-----(BEGIN|END) [A-Za-z0-9 -]+-----";

/// What stands in the place of such a line.
pub(super) const HIDDEN: &str = "(a line of a private key)";

/// Where private keys are, by the numbers of the lines between their beginning and their end.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct KeyLines(Vec<RangeInclusive<u64>>);

impl KeyLines {
    /// From lines and their numbers, in order; those that tell nothing may be missing. A key without an end goes on to the end.
    pub(super) fn of<'a>(lines: impl Iterator<Item = (u64, &'a str)>) -> Self {
        let (mut found, mut open) = (Vec::new(), None);
        for (number, line) in lines {
            if let Some(label) = after(line, "-----BEGIN ") {
                // One that is written in a single line, as in JSON, the redactor sees whole.
                if is_private(label) && after(line, "-----END ").is_none() {
                    open = open.or(Some(number + 1));
                }
            } else if after(line, "-----END ").is_some()
                && let Some(start) = open.take()
            {
                found.push(start..=number.saturating_sub(1));
            }
        }
        found.extend(open.map(|start| start..=u64::MAX));
        Self(found)
    }

    pub(super) fn has(&self, number: u64) -> bool {
        self.0.iter().any(|key| key.contains(&number))
    }
}

fn after<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    let label = line.split_once(mark)?.1;
    label.split_once("-----").map(|(label, _)| label)
}

fn is_private(label: &str) -> bool {
    let label = label.to_ascii_uppercase();
    ["PRIVATE KEY", "SECRET KEY", "STATIC KEY", "TLS-CRYPT"].iter().any(|kind| label.contains(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_between_their_marks_and_certificates_are_none() {
        let lines = [
            (3, "  -----BEGIN OPENSSH PRIVATE KEY-----"),
            (9, "  -----END OPENSSH PRIVATE KEY-----"),
            (10, "-----BEGIN CERTIFICATE-----"),
            (20, "-----END CERTIFICATE-----"),
            (25, r#""-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----""#),
            (30, "-----BEGIN RSA PRIVATE KEY-----"),
        ];
        let keys = KeyLines::of(lines.into_iter());
        let hidden: Vec<u64> = (1..40).filter(|number| keys.has(*number)).collect();
        assert_eq!(hidden, [4, 5, 6, 7, 8, 31, 32, 33, 34, 35, 36, 37, 38, 39]);
        assert_eq!(KeyLines::of(std::iter::empty()), KeyLines::default());
    }
}
