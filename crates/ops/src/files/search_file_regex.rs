//! `search_file_regex`.

use std::time::Duration;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::pve::{ClusterName, NodeName, VmId};
use labkeeper_core::shell::{Captured, Command, End, FilePath};
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::key_lines::{HIDDEN, KeyLines, MARKS};
use super::reading::allowed;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};
use crate::site::Site;

const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of output that are kept.
const KEEP: usize = 512 << 10;
/// Characters that are shown of a line.
const WIDEST: usize = 500;
const LONGEST_PATTERN: usize = 1_000;

/// Find lines of a file that match a regular expression, with the lines around them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SearchFileRegex {
    /// The file, absolute.
    pub path: FilePath,
    /// Extended regular expression, as `grep -E` takes it.
    pub pattern: String,
    /// Lines around each match, 0 to 20.
    #[serde(default)]
    pub context: Option<u32>,
    /// Stop after so many matches, up to 200.
    #[serde(default)]
    pub max_matches: Option<u32>,
    /// The guest that the file is in.
    #[serde(default)]
    pub vmid: Option<VmId>,
    /// The node that the file is on; only where there are several.
    #[serde(default)]
    pub node: Option<NodeName>,
    /// In which cluster; only where it is not clear.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// The lines that match.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Matches {
    /// The file.
    pub path: FilePath,
    /// Where: `host:CLUSTER/NODE`, `pct:CLUSTER/VMID`, `qm:CLUSTER/VMID`.
    pub place: String,
    /// The guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vmid: Option<VmId>,
    /// The expression.
    pub pattern: String,
    /// How many are here.
    pub match_count: usize,
    /// There are more.
    pub truncated: bool,
    /// The matches in order.
    pub matches: Vec<Match>,
}

/// A line that matches.
#[derive(Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Match {
    /// Its number, from 1.
    pub line_no: u64,
    /// The line.
    pub match_line: String,
    /// Lines before it.
    pub before: Vec<String>,
    /// Lines after it.
    pub after: Vec<String>,
}

impl SearchFileRegex {
    fn check(&self) -> Result<(u32, u32), Fault> {
        if self.pattern.is_empty() || self.pattern.len() > LONGEST_PATTERN {
            return Err(Fault::invalid("pattern", format!("pattern wants 1 to {LONGEST_PATTERN} bytes")));
        }
        if self.pattern.chars().any(|one| one.is_control() && one != '\t') {
            return Err(Fault::invalid("pattern", "pattern may not have control characters in it"));
        }
        let (context, most) = (self.context.unwrap_or(2), self.max_matches.unwrap_or(20));
        if context > 20 {
            return Err(Fault::invalid(
                "context",
                format!("context wants a number from 0 to 20, not {context}"),
            ));
        }
        if !(1..=200).contains(&most) {
            return Err(Fault::invalid(
                "maxMatches",
                format!("maxMatches wants a number from 1 to 200, not {most}"),
            ));
        }
        Ok((context, most))
    }
}

impl Operation for SearchFileRegex {
    type Output = Matches;
    const META: Meta = Meta::read("search_file_regex", "Search in a file", Toolset::Proxmox)
        .tier(Tier::Companion)
        .open_world()
        .foreign()
        .routes(&[Route::get("/api/files/search")]);

    async fn run(self, cx: &mut Cx) -> Result<Matches, Fault> {
        let (context, most) = self.check()?;
        allowed(cx, &self.path)?;
        let site = Site::guest_or_host(cx, self.vmid, self.node.as_ref(), self.cluster.as_ref()).await?;
        let facts = site.look(&self.path).await?.ok_or_else(|| site.lacks(&self.path))?;
        allowed(cx, &facts.resolved)?;
        let (context_arg, most_arg) = (context.to_string(), (most + 1).to_string());
        let words = [
            "grep",
            "-a",
            "-n",
            "-E",
            "-C",
            &context_arg,
            "-m",
            &most_arg,
            "-e",
            &self.pattern,
            "--",
            facts.resolved.as_str(),
        ];
        let finished = site.ask(&Command { keep: KEEP, ..Command::argv(words, PATIENCE) }).await?;
        let mut matches = match finished.end {
            End::Code(0 | 1) => {
                let keys = key_lines(cx, &site, &facts.resolved).await?;
                read(&finished.stdout, context, &keys)
            }
            ref end => return Err(failed(end, &finished.stderr)),
        };
        let truncated = matches.len() > most as usize || finished.stdout.omitted > 0;
        matches.truncate(most as usize);
        Ok(Matches {
            place: site.place_name().to_string(),
            vmid: site.vmid(),
            path: self.path,
            pattern: self.pattern,
            match_count: matches.len(),
            truncated,
            matches,
        })
    }
}

/// Where private keys are in it; nobody has to know for a person.
async fn key_lines(cx: &Cx, site: &Site, path: &FilePath) -> Result<KeyLines, Fault> {
    if cx.actor.is_person() {
        return Ok(KeyLines::default());
    }
    let words = ["grep", "-a", "-n", "-E", "-e", MARKS, "--", path.as_str()];
    let finished = site.ask(&Command { keep: KEEP, ..Command::argv(words, PATIENCE) }).await?;
    match finished.end {
        End::Code(0 | 1) if finished.stdout.omitted == 0 => {
            let text = String::from_utf8_lossy(&finished.stdout.head);
            Ok(KeyLines::of(text.lines().filter_map(Line::of).map(|line| (line.number, line.text))))
        }
        End::Code(0 | 1) => Err(Fault::new(
            Code::TooLarge,
            format!("{path} has too many keys in it to tell its lines from theirs"),
        )
        .with_hint("read a part of it with offset and maxBytes")),
        ref end => Err(failed(end, &finished.stderr)),
    }
}

fn failed(end: &End, said: &Captured) -> Fault {
    let said = String::from_utf8_lossy(&said.head);
    let why = said.lines().next().unwrap_or("it gave no reason");
    match end {
        End::Code(126 | 127) => Fault::new(Code::Conflict, "grep is not there"),
        End::Code(_) => Fault::invalid("pattern", format!("grep refused: {why}"))
            .with_hint("check the expression, and that the path is a file"),
        _ => Fault::new(Code::Unavailable, format!("searching took longer than {} s", PATIENCE.as_secs()))
            .with_hint("a simpler expression, or a smaller file"),
    }
}

/// A line that grep printed: `12:` stands before one that matches, `12-` before one around it.
struct Line<'a> {
    number: u64,
    matches: bool,
    text: &'a str,
}

impl<'a> Line<'a> {
    fn of(printed: &'a str) -> Option<Self> {
        let digits = printed.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = printed.split_at(digits);
        let (mark, text) = rest.split_at_checked(1)?;
        let matches = mark == ":";
        (matches || mark == "-").then_some(Self { number: number.parse().ok()?, matches, text })
    }
}

fn read(printed: &Captured, context: u32, keys: &KeyLines) -> Vec<Match> {
    let text = String::from_utf8_lossy(&printed.head);
    let lines: Vec<Line<'_>> = text.lines().filter_map(Line::of).collect();
    let around = |number: u64, from: i64, to: i64| {
        let wanted = move |line: &&Line<'_>| {
            (from..=to).contains(&line.number.cast_signed().wrapping_sub_unsigned(number))
        };
        lines.iter().filter(wanted).map(|line| shown(line, keys)).collect()
    };
    let context = i64::from(context);
    lines
        .iter()
        .filter(|line| line.matches)
        .map(|line| Match {
            line_no: line.number,
            match_line: shown(line, keys),
            before: around(line.number, -context, -1),
            after: around(line.number, 1, context),
        })
        .collect()
}

fn shown(line: &Line<'_>, keys: &KeyLines) -> String {
    if keys.has(line.number) { HIDDEN.into() } else { cut(line.text) }
}

fn cut(line: &str) -> String {
    let shown: String = line.chars().take(WIDEST).collect();
    let rest = line.chars().count().saturating_sub(WIDEST);
    if rest == 0 { shown } else { format!("{shown}… ({rest} more characters)") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grep_prints_becomes_matches_with_the_lines_around_them() {
        let printed = "8-a\n9:listen 80;\n10-b: c\n11:listen 443;\n12-d\n--\n40:last\n";
        let captured = Captured { head: printed.into(), ..Captured::default() };
        let matches = read(&captured, 1, &KeyLines::default());
        let lines: Vec<u64> = matches.iter().map(|one| one.line_no).collect();
        assert_eq!(lines, [9, 11, 40]);
        assert_eq!(
            (&matches[0].before[..], &matches[0].after[..]),
            (&["a".to_string()][..], &["b: c".to_string()][..])
        );
        assert_eq!(matches[1].before, ["b: c"]);
        assert_eq!((matches[2].match_line.as_str(), matches[2].before.len()), ("last", 0));
    }
}
