//! Filters: what they print for an input that is known.

use super::{ansi, codec};

/// The operands that a filter reads as files.
pub(super) fn operands<'a>(name: &str, words: &[&'a str]) -> Vec<&'a str> {
    // The first operand of these is a script or a set, not a file.
    let skipped = match name {
        "tr" => usize::MAX,
        "sed" | "awk" | "gawk" | "mawk" | "grep" => 1,
        _ => 0,
    };
    let valued: &[&str] = match name {
        "head" | "tail" => &["-n", "-c"],
        "cut" => &["-d", "-f", "-c", "-b"],
        "fold" | "base64" | "base32" => &["-w"],
        "paste" => &["-d"],
        "openssl" => &["-in", "-out"],
        "sed" => &["-e"],
        _ => &[],
    };
    if matches!(name, "openssl") {
        return Vec::new();
    }
    let mut files = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        if valued.contains(word) {
            at += 1;
        } else if !word.starts_with('-') || *word == "-" {
            files.push(*word);
        }
    }
    files.into_iter().skip(skipped).collect()
}

/// What a filter prints for this input; `None` when that is not known.
pub(super) fn filter(name: &str, words: &[&str], input: &str) -> Option<String> {
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    Some(match name {
        "cat" | "tee" | "pv" | "sponge" | "buffer" => input.to_owned(),
        "tac" => input.lines().rev().map(|line| format!("{line}\n")).collect(),
        "rev" => {
            let reversed: Vec<String> = input.lines().map(|line| line.chars().rev().collect()).collect();
            ended(&reversed, input)
        }
        "sort" => {
            let mut lines: Vec<String> = input.lines().map(str::to_owned).collect();
            lines.sort();
            if has(&["-r"]) {
                lines.reverse();
            }
            ended(&lines, "\n")
        }
        "uniq" => {
            let mut lines: Vec<String> = input.lines().map(str::to_owned).collect();
            lines.dedup();
            ended(&lines, input)
        }
        "tr" => tr(words, input)?,
        "head" | "tail" => ends(name == "head", words, input)?,
        "cut" => cut(words, input)?,
        "base64" => {
            if decodes(words, "--decode", 'd') {
                text(codec::base64(input)?)?
            } else {
                codec::to_base64(input.as_bytes()) + "\n"
            }
        }
        "base32" if decodes(words, "--decode", 'd') => text(codec::base32(input)?)?,
        "xxd" if words.iter().any(|word| word.starts_with('-') && word.contains('r')) => {
            let plain = words.iter().any(|word| word.starts_with('-') && word.contains('p'));
            if plain { text(codec::hex(input)?)? } else { undumped(input)? }
        }
        "openssl" if has(&["-d"]) && has(&["base64", "-base64", "-a"]) => text(codec::base64(input)?)?,
        "sed" => sed(words, input)?,
        "awk" | "gawk" | "mawk" => awk(words, input)?,
        "paste" if has(&["-s", "-sd", "-sd,", "-sd "]) => {
            let delimiter = words
                .iter()
                .position(|word| word.ends_with('d'))
                .and_then(|at| words.get(at + 1))
                .copied()
                .unwrap_or("\t");
            input.lines().collect::<Vec<_>>().join(delimiter) + "\n"
        }
        "fold" | "fmt" | "expand" | "unexpand" | "nl" | "column" => return None,
        "xargs" if words.is_empty() => input.split_whitespace().collect::<Vec<_>>().join(" ") + "\n",
        _ => return None,
    })
}

fn ended(lines: &[String], input: &str) -> String {
    let text = lines.join("\n");
    if input.ends_with('\n') { text + "\n" } else { text }
}

fn decodes(words: &[&str], long: &str, short: char) -> bool {
    words.iter().any(|word| {
        word.len() > 2 && long.starts_with(word)
            || word.starts_with('-')
                && !word.starts_with("--")
                && (word.contains(short) || word.contains('D'))
    })
}

fn text(bytes: Vec<u8>) -> Option<String> {
    String::from_utf8(bytes).ok()
}

fn undumped(input: &str) -> Option<String> {
    let mut bytes = Vec::new();
    for line in input.lines() {
        let line = line.split_once(':').map_or(line, |(_, rest)| rest);
        // Two blanks part the digits from what they look like.
        let digits = line.trim_start().split("  ").next()?;
        bytes.extend(codec::hex(digits)?);
    }
    text(bytes)
}

fn ends(first: bool, words: &[&str], input: &str) -> Option<String> {
    let mut by_bytes = false;
    let mut count = "10".to_owned();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        match word.strip_prefix('-') {
            Some("n" | "c") => {
                by_bytes = *word == "-c";
                count = words.get(at)?.to_string();
                at += 1;
            }
            Some(rest) if rest.starts_with(['n', 'c']) => {
                by_bytes = rest.starts_with('c');
                count = rest[1..].to_owned();
            }
            Some(rest) if rest.bytes().all(|byte| byte.is_ascii_digit()) => count = rest.to_owned(),
            _ => {}
        }
    }
    let units: Vec<&str> = if by_bytes {
        input.split_inclusive(|_| true).collect()
    } else {
        input.split_inclusive('\n').collect()
    };
    let number: usize = count.trim_start_matches(['+', '-']).parse().ok()?;
    let total = units.len();
    let range = match (first, count.starts_with('-'), count.starts_with('+')) {
        (true, true, _) => 0..total.saturating_sub(number),
        (true, ..) => 0..number.min(total),
        (false, _, true) => number.saturating_sub(1).min(total)..total,
        (false, ..) => total.saturating_sub(number)..total,
    };
    Some(units[range].concat())
}

fn cut(words: &[&str], input: &str) -> Option<String> {
    let value = |option: char| {
        words.iter().enumerate().find_map(|(at, word)| {
            let rest = word.strip_prefix('-')?.strip_prefix(option)?;
            if rest.is_empty() { words.get(at + 1).copied() } else { Some(rest) }
        })
    };
    let ranges = |text: &str, count: usize| -> Option<Vec<usize>> {
        let mut picked = Vec::new();
        for part in text.split(',') {
            let (from, to) = part.split_once('-').map_or((part, part), |(from, to)| (from, to));
            let from = if from.is_empty() { 1 } else { from.parse::<usize>().ok()? };
            let to = if to.is_empty() { count } else { to.parse::<usize>().ok()? };
            picked.extend((from..=to.min(count)).filter_map(|at| at.checked_sub(1)));
        }
        picked.sort_unstable();
        picked.dedup();
        Some(picked)
    };
    let mut lines = Vec::new();
    for line in input.lines() {
        if let Some(list) = value('c').or_else(|| value('b')) {
            let chars: Vec<char> = line.chars().collect();
            lines.push(ranges(list, chars.len())?.into_iter().filter_map(|at| chars.get(at)).collect());
        } else {
            let delimiter = value('d').unwrap_or("\t");
            if !line.contains(delimiter) {
                lines.push(line.to_owned());
                continue;
            }
            let fields: Vec<&str> = line.split(delimiter).collect();
            let picked = ranges(value('f')?, fields.len())?;
            lines.push(
                picked
                    .into_iter()
                    .filter_map(|at| fields.get(at).copied())
                    .collect::<Vec<_>>()
                    .join(delimiter),
            );
        }
    }
    Some(ended(&lines, "\n"))
}

fn tr(words: &[&str], input: &str) -> Option<String> {
    let (mut deletes, mut squeezes, mut complements) = (false, false, false);
    let mut sets = Vec::new();
    for word in words {
        match word
            .strip_prefix('-')
            .filter(|rest| !rest.is_empty() && rest.chars().all(|c| "dscCt".contains(c)))
        {
            Some(options) if sets.is_empty() => {
                deletes |= options.contains('d');
                squeezes |= options.contains('s');
                complements |= options.contains(['c', 'C']);
            }
            _ => sets.push(tr_set(word)?),
        }
    }
    let first = sets.first()?;
    let within = |c: char| first.contains(&c) != complements;
    if deletes {
        return Some(input.chars().filter(|c| !within(*c)).collect());
    }
    let Some(second) = sets.get(1).filter(|set| !set.is_empty()) else {
        let mut last = None;
        return squeezes
            .then(|| input.chars().filter(|c| !(within(*c) && last.replace(*c) == Some(*c))).collect());
    };
    let end = *second.last()?;
    let mapped = input.chars().map(|c| {
        if complements {
            return if within(c) { end } else { c };
        }
        match first.iter().rposition(|known| *known == c) {
            Some(at) => second.get(at).copied().unwrap_or(end),
            None => c,
        }
    });
    let mut last = None;
    Some(mapped.filter(|c| !(squeezes && second.contains(c) && last.replace(*c) == Some(*c))).collect())
}

fn tr_set(text: &str) -> Option<Vec<char>> {
    let text = match text {
        "[:upper:]" => "A-Z",
        "[:lower:]" => "a-z",
        "[:digit:]" => "0-9",
        "[:alpha:]" => "A-Za-z",
        "[:alnum:]" => "0-9A-Za-z",
        "[:space:]" => " \t\n\r",
        "[:blank:]" => " \t",
        "[:punct:]" => "!\"#$%&'()*+,./:;<=>?@[]^_`{|}~-",
        other if other.contains("[:") => return None,
        other => other,
    };
    let decoded = ansi::decoded(text);
    let chars: Vec<char> = decoded.chars().collect();
    let mut set = Vec::new();
    let mut at = 0;
    while let Some(&from) = chars.get(at) {
        if chars.get(at + 1) == Some(&'-')
            && let Some(&to) = chars.get(at + 2)
            && from <= to
        {
            set.extend((from..=to).take(512));
            at += 3;
        } else {
            set.push(from);
            at += 1;
        }
    }
    Some(set)
}

/// Substitutions of plain text; everything else of `sed` is not followed.
fn sed(words: &[&str], input: &str) -> Option<String> {
    let scripts: Vec<&str> = words.iter().filter(|word| !word.starts_with('-')).copied().take(1).collect();
    let script = scripts.first()?;
    if words.iter().any(|word| word.starts_with("-n") || word.starts_with("-i")) {
        return None;
    }
    let mut text = input.to_owned();
    for command in script.split(';').map(str::trim).filter(|command| !command.is_empty()) {
        let mut chars = command.strip_prefix('s')?.chars();
        let delimiter = chars.next()?;
        let mut parts = chars.as_str().split(delimiter);
        let (pattern, with, flags) = (parts.next()?, parts.next()?, parts.next()?);
        let special =
            |text: &str| text.contains(['\\', '*', '[', ']', '^', '$', '+', '?', '(', ')', '|', '&']);
        if parts.next().is_some()
            || pattern.is_empty()
            || special(pattern)
            || pattern.contains('.')
            || special(with)
            || !matches!(flags, "" | "g")
        {
            return None;
        }
        let lines: Vec<String> = text
            .lines()
            .map(
                |line| {
                    if flags == "g" { line.replace(pattern, with) } else { line.replacen(pattern, with, 1) }
                },
            )
            .collect();
        text = ended(&lines, &text);
    }
    Some(text)
}

/// `{print $n}`, `{print}` and `BEGIN{print "…"}`; everything else of `awk` is not followed.
fn awk(words: &[&str], input: &str) -> Option<String> {
    let program = words.iter().find(|word| !word.starts_with('-'))?.trim();
    if let Some(body) = program.strip_prefix("BEGIN") {
        let text = body
            .trim()
            .strip_prefix('{')?
            .strip_suffix('}')?
            .trim()
            .trim_end_matches(';')
            .trim()
            .strip_prefix("print")?
            .trim();
        let inside = text.strip_prefix('"')?.strip_suffix('"')?;
        return (!inside.contains('"')).then(|| ansi::decoded(inside) + "\n");
    }
    let body = program
        .strip_prefix('{')?
        .strip_suffix('}')?
        .trim()
        .trim_end_matches(';')
        .trim()
        .strip_prefix("print")?
        .trim();
    let columns: Option<Vec<usize>> = match body {
        "" => Some(vec![0]),
        body => body.split(',').map(|part| part.trim().strip_prefix('$')?.parse().ok()).collect(),
    };
    let columns = columns?;
    let separator = words.iter().find_map(|word| word.strip_prefix("-F"));
    let lines: Vec<String> = input
        .lines()
        .map(|line| {
            let fields: Vec<&str> = match separator {
                Some(separator) if !separator.is_empty() => line.split(separator).collect(),
                _ => line.split_whitespace().collect(),
            };
            let picked: Vec<&str> = columns
                .iter()
                .map(|column| if *column == 0 { line } else { fields.get(column - 1).copied().unwrap_or("") })
                .collect();
            picked.join(" ")
        })
        .collect();
    Some(ended(&lines, "\n"))
}
