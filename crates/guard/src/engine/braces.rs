//! `{a,b}` and `{1..9}`: one word becomes several, before anything else happens to it.

/// More words than this are not made of one; a `*` stands for them.
const MOST: usize = 64;

/// The words that a word stands for, as raw text.
pub(super) fn expanded(word: &str) -> Vec<String> {
    if !word.contains('{') {
        return vec![word.to_owned()];
    }
    let chars: Vec<char> = word.chars().collect();
    expand(&chars, 0)
}

fn expand(chars: &[char], depth: usize) -> Vec<String> {
    let whole = || vec![chars.iter().collect::<String>()];
    if depth > 8 {
        return whole();
    }
    let Some((start, end, alternatives)) = first_group(chars) else { return whole() };
    let before: String = chars[..start].iter().collect();
    let after = expand(&chars[end + 1..], depth + 1);
    let mut middles: Vec<String> = Vec::new();
    for alternative in alternatives {
        match alternative {
            Alternative::Text(text) => middles.extend(expand(&text, depth + 1)),
            Alternative::Made(text) => middles.push(text),
        }
    }
    if middles.len() * after.len() > MOST {
        return after.iter().take(1).map(|after| format!("{before}*{after}")).collect();
    }
    middles
        .iter()
        .flat_map(|middle| after.iter().map(|after| format!("{before}{middle}{after}")).collect::<Vec<_>>())
        .collect()
}

enum Alternative {
    /// May have groups of its own.
    Text(Vec<char>),
    Made(String),
}

fn first_group(chars: &[char]) -> Option<(usize, usize, Vec<Alternative>)> {
    let mut at = 0;
    while at < chars.len() {
        match behind_opaque(chars, at) {
            Some(behind) => at = behind,
            None if chars[at] == '{' => {
                if let Some((end, commas)) = matching(chars, at)
                    && let Some(alternatives) = alternatives(chars, at, end, &commas)
                {
                    return Some((at, end, alternatives));
                }
                at += 1;
            }
            None => at += 1,
        }
    }
    None
}

/// Behind a quoted part or an expansion that begins here.
fn behind_opaque(chars: &[char], at: usize) -> Option<usize> {
    let after = |closing: char, from: usize| {
        let mut at = from;
        while at < chars.len() && chars[at] != closing {
            at += if chars[at] == '\\' && closing != '\'' { 2 } else { 1 };
        }
        Some(at + 1)
    };
    match chars[at] {
        '\\' => Some(at + 2),
        quote @ ('\'' | '"' | '`') => after(quote, at + 1),
        '$' if matches!(chars.get(at + 1), Some('{' | '(')) => {
            let (open, close) = if chars[at + 1] == '{' { ('{', '}') } else { ('(', ')') };
            let mut depth = 0_usize;
            let mut at = at + 1;
            while at < chars.len() {
                if chars[at] == open {
                    depth += 1;
                } else if chars[at] == close {
                    depth -= 1;
                    if depth == 0 {
                        return Some(at + 1);
                    }
                }
                at += 1;
            }
            Some(at)
        }
        _ => None,
    }
}

fn matching(chars: &[char], open: usize) -> Option<(usize, Vec<usize>)> {
    let mut commas = Vec::new();
    let mut depth = 0_usize;
    let mut at = open;
    while at < chars.len() {
        if let Some(behind) = behind_opaque(chars, at) {
            at = behind;
            continue;
        }
        match chars[at] {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some((at, commas));
                }
            }
            ',' if depth == 1 => commas.push(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn alternatives(chars: &[char], open: usize, end: usize, commas: &[usize]) -> Option<Vec<Alternative>> {
    if commas.is_empty() {
        let inside: String = chars[open + 1..end].iter().collect();
        return sequence(&inside).map(|texts| texts.into_iter().map(Alternative::Made).collect());
    }
    let mut alternatives = Vec::new();
    let mut from = open + 1;
    for &cut in commas.iter().chain([&end]) {
        alternatives.push(Alternative::Text(chars[from..cut].to_vec()));
        from = cut + 1;
    }
    Some(alternatives)
}

fn sequence(inside: &str) -> Option<Vec<String>> {
    let mut parts = inside.split("..");
    let (first, last) = (parts.next()?, parts.next()?);
    let step = parts.next().map_or(Some(1), |step| step.parse::<i64>().ok())?.unsigned_abs().max(1);
    if parts.next().is_some() {
        return None;
    }
    if let (Ok(from), Ok(to)) = (first.parse::<i64>(), last.parse::<i64>()) {
        let count = from.abs_diff(to) / step + 1;
        if count > MOST as u64 {
            return Some(vec!["*".into()]);
        }
        let padded = |text: &str| text.trim_start_matches('-').starts_with('0') && text.len() > 1;
        let width = if padded(first) || padded(last) { first.len().max(last.len()) } else { 0 };
        let step = step as i64;
        let number = |at: u64| if from <= to { from + at as i64 * step } else { from - at as i64 * step };
        return Some((0..count).map(|at| format!("{:0width$}", number(at))).collect());
    }
    let letter =
        |text: &str| (text.len() == 1).then(|| text.bytes().next()).flatten().filter(u8::is_ascii_alphabetic);
    let (from, to) = (letter(first)?, letter(last)?);
    let all: Vec<u8> = if from <= to { (from..=to).collect() } else { (to..=from).rev().collect() };
    Some(all.into_iter().step_by(step as usize).map(|letter| char::from(letter).to_string()).collect())
}
