//! Reading the end of a log where it is.

use std::time::Duration;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::service::{Since, UnitName};
use labkeeper_core::shell::{Captured, Command, End, FilePath, Finished};

use super::key_lines::{HIDDEN, KeyLines};
use crate::cx::Cx;
use crate::site::Site;

const PATIENCE: Duration = Duration::from_secs(10);
const USUAL: u32 = 100;
const MOST: u32 = 500;
/// So many lines before those that are wanted are looked at for the beginning of a key; keys have fewer.
const LEAD: u32 = 1000;
/// Bytes of output that are kept.
const KEEP: usize = 256 << 10;

/// What is read.
pub(crate) enum Source {
    /// The journal of a unit.
    Unit {
        /// Which.
        unit: UnitName,
        /// From when on.
        since: Option<Since>,
    },
    /// A file.
    Path(FilePath),
}

/// The end of a log.
pub(crate) struct Tail {
    /// Its lines.
    pub(crate) content: String,
    /// They were too long together; the first of them are not here.
    pub(crate) truncated: bool,
}

/// The last lines: 100 when nothing is said, 500 at most.
pub(crate) async fn tail(cx: &Cx, site: &Site, source: &Source, lines: Option<u32>) -> Result<Tail, Fault> {
    let wanted = lines.unwrap_or(USUAL).clamp(1, MOST);
    let is_file = matches!(source, Source::Path(_));
    let lead = if is_file && !cx.actor.is_person() { LEAD } else { 0 };
    let lines = (wanted + lead).to_string();
    let finished =
        site.ask(&Command { keep: KEEP, ..Command::argv(words(source, &lines), PATIENCE) }).await?;
    let (content, omitted) = (good(&finished, source)?, finished.stdout.omitted > 0);
    if lead == 0 {
        return Ok(Tail { content, truncated: omitted });
    }
    let content = if omitted { without_cut_key(content) } else { content };
    let all = content.lines().count();
    let first = all.saturating_sub(wanted as usize);
    Ok(Tail { content: without_lead(&content, first), truncated: omitted && all < wanted as usize })
}

/// Text whose beginning is not here: when a key ends in it before any begins, its lines are that key's.
pub(crate) fn without_cut_key(content: String) -> String {
    let is_mark = |line: &&str| line.contains("-----BEGIN ") || line.contains("-----END ");
    let before = content.split_inclusive('\n').take_while(|line| !is_mark(line)).count();
    let ends = content.lines().nth(before).is_some_and(|line| line.contains("-----END "));
    if !ends {
        return content;
    }
    let rest: String = content.split_inclusive('\n').skip(before + 1).collect();
    format!("{HIDDEN}\n").repeat(before + 1) + &rest
}

/// The lines from `first` on, without those of a private key that began before them: the redactor does not see that they are of one.
fn without_lead(content: &str, first: usize) -> String {
    let keys = KeyLines::of((0..).zip(content.lines().take(first)));
    // Of a key that is open there, up to its end; a key that begins later has its beginning here.
    let mut is_inside = first > 0 && keys.has(first as u64);
    let mut text = String::new();
    for line in content.split_inclusive('\n').skip(first) {
        is_inside = is_inside && !line.contains("-----END ") && !line.contains("-----BEGIN ");
        if is_inside {
            text.push_str(HIDDEN);
            text.push('\n');
        } else {
            text.push_str(line);
        }
    }
    text
}

fn words<'a>(source: &'a Source, lines: &'a str) -> Vec<&'a str> {
    match source {
        Source::Path(path) => vec!["tail", "-n", lines, "--", path.as_str()],
        Source::Unit { unit, since } => {
            let mut words = vec!["journalctl", "-u", unit.as_str(), "-n", lines, "--no-pager"];
            words.extend(since.iter().flat_map(|since| ["--since", since.as_str()]));
            words
        }
    }
}

/// What a program said that ended well.
fn good(finished: &Finished, source: &Source) -> Result<String, Fault> {
    let name = match source {
        Source::Unit { unit, .. } => unit.as_str(),
        Source::Path(path) => path.as_str(),
    };
    match &finished.end {
        End::Code(0) => Ok(said(&finished.stdout)),
        End::Code(126 | 127) => Err(Fault::new(Code::Conflict, "there is no journalctl, or no tail")
            .with_hint("without systemd there is no journal: read a file below /var/log with path")),
        End::Code(code) => {
            let why = said(&finished.stderr);
            let why = why.lines().next().unwrap_or("it gave no reason");
            Err(Fault::new(Code::Conflict, format!("the log of {name} cannot be read: {why} (exit {code})"))
                .with_hint("check the name of the unit or the path of the file"))
        }
        End::TimedOut | End::LeftRunning { .. } => {
            let message = format!("reading the log of {name} took longer than {} s", PATIENCE.as_secs());
            Err(Fault::new(Code::Unavailable, message).with_hint("ask for fewer lines, or a later since"))
        }
        End::Signal(signal) => {
            Err(Fault::new(Code::Unavailable, format!("reading the log of {name} was ended by {signal}")))
        }
    }
}

fn said(stream: &Captured) -> String {
    let bytes = if stream.omitted > 0 { &stream.tail } else { &stream.head };
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_key_that_began_before_are_hidden_up_to_its_end() {
        let log = "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nAQAB\n-----END RSA PRIVATE KEY-----\nb\n";
        assert_eq!(without_lead(log, 3), format!("{HIDDEN}\n-----END RSA PRIVATE KEY-----\nb\n"));
        assert_eq!(without_lead(log, 0), log, "the redactor sees all of it");
        assert_eq!(without_lead(log, 1), log[2..]);
        assert_eq!(without_lead(log, 5), "b\n");
        let cut = "-----BEGIN OPENSSH PRIVATE KEY-----\nMIIE\nAQAB\n";
        assert_eq!(without_lead(cut, 2), format!("{HIDDEN}\n"));
    }
    #[test]
    fn lines_of_a_key_whose_beginning_was_cut_off_are_hidden() {
        let cut = "MIIE\nAQAB\n-----END RSA PRIVATE KEY-----\nb\n";
        assert_eq!(without_cut_key(cut.into()), format!("{HIDDEN}\n{HIDDEN}\n{HIDDEN}\nb\n"));
        for whole in ["a\nb\n", "a\n-----BEGIN X-----\nb\n-----END X-----\n", ""] {
            assert_eq!(without_cut_key(whole.into()), whole);
        }
    }
}
