//! Glob patterns held against names and against each other.

/// One step of a pattern within a component of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Char(char),
    /// One character of these ranges, or of all others.
    Set {
        ranges: Vec<(char, char)>,
        not: bool,
    },
    One,
    Any,
}

/// The pattern can match this name, which has no slash.
pub fn matches(pattern: &str, name: &str) -> bool {
    let name: Vec<Step> = name.chars().map(Step::Char).collect();
    meet(&steps(pattern), &name)
}

/// Some name is matched by both patterns, neither of which has a slash.
pub(super) fn meets(one: &str, other: &str) -> bool {
    meet(&steps(one), &steps(other))
}

/// The path is such a place, or lies below it. A name of the place is a pattern for one component.
pub(super) fn lies_in(place: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    place.split('/').all(|name| parts.next().is_some_and(|part| matches(name, part)))
}

/// It has none of the characters of a pattern.
pub(super) fn is_literal(text: &str) -> bool {
    !text.contains(['*', '?', '[', '\\'])
}

fn steps(pattern: &str) -> Vec<Step> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut steps = vec![];
    let mut at = 0;
    while let Some(&char) = chars.get(at) {
        at += 1;
        match char {
            // The extended forms `*( )`, `?( )`, `+( )`, `@( )`, `!( )` match at most what `*` does.
            '*' | '?' | '+' | '@' | '!' if chars.get(at) == Some(&'(') => {
                steps.push(Step::Any);
                at = chars[at..].iter().position(|&c| c == ')').map_or(chars.len(), |end| at + end + 1);
            }
            '*' => steps.push(Step::Any),
            '?' => steps.push(Step::One),
            '\\' if at < chars.len() => {
                steps.push(Step::Char(chars[at]));
                at += 1;
            }
            '[' => match set(&chars[at..]) {
                Some((step, used)) => {
                    steps.push(step);
                    at += used;
                }
                None => steps.push(Step::Char('[')),
            },
            other => steps.push(Step::Char(other)),
        }
    }
    steps
}

/// The set after a `[`, and how many characters it took.
fn set(chars: &[char]) -> Option<(Step, usize)> {
    let not = matches!(chars.first(), Some('!' | '^'));
    let start = usize::from(not);
    let end = start + 1 + chars.get(start + 1..)?.iter().position(|&char| char == ']')?;
    let inner = &chars[start..end];
    if inner.contains(&'[') {
        // A class such as [:alpha:], which ends with a bracket of its own: any character.
        let end = chars.windows(2).position(|pair| pair == [':', ']']).map_or(end, |at| at + 2);
        return Some((Step::One, end + 1));
    }
    let mut ranges = vec![];
    let mut at = 0;
    while let Some(&low) = inner.get(at) {
        if inner.get(at + 1) == Some(&'-') && at + 2 < inner.len() {
            ranges.push((low, inner[at + 2]));
            at += 3;
        } else {
            ranges.push((low, low));
            at += 1;
        }
    }
    Some((Step::Set { ranges, not }, end + 1))
}

fn meet(one: &[Step], other: &[Step]) -> bool {
    // reach[j]: the steps of `one` so far and the first j of `other` can stand for the same text.
    let mut reach = vec![false; other.len() + 1];
    reach[0] = true;
    for (place, step) in other.iter().enumerate() {
        reach[place + 1] = reach[place] && *step == Step::Any;
    }
    for step in one {
        let mut next = vec![false; other.len() + 1];
        next[0] = reach[0] && *step == Step::Any;
        for (place, theirs) in other.iter().enumerate() {
            let both = reach[place] && (share(step, theirs) || *theirs == Step::Any || *step == Step::Any);
            let mine_more = *theirs == Step::Any && (reach[place + 1] || next[place]);
            let theirs_more = *step == Step::Any && (next[place] || reach[place + 1]);
            next[place + 1] = both || mine_more || theirs_more;
        }
        reach = next;
    }
    reach[other.len()]
}

/// Two steps that each stand for one character can stand for the same one.
fn share(one: &Step, other: &Step) -> bool {
    match (one, other) {
        (Step::Any, _) | (_, Step::Any) => false,
        (Step::One, _) | (_, Step::One) => true,
        (Step::Char(a), Step::Char(b)) => a == b,
        (Step::Char(char), Step::Set { ranges, not }) | (Step::Set { ranges, not }, Step::Char(char)) => {
            ranges.iter().any(|(low, high)| (low..=high).contains(&char)) != *not
        }
        (Step::Set { ranges: a, not: false }, Step::Set { ranges: b, not: false }) => {
            a.iter().any(|(low, high)| b.iter().any(|(from, to)| low <= to && from <= high))
        }
        (Step::Set { .. }, Step::Set { .. }) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_names() {
        for (pattern, name) in [
            ("reb??t", "reboot"),
            ("r*", "rm"),
            ("[a-r]m", "rm"),
            ("[!x]m", "rm"),
            ("*", "a"),
            ("a\\*", "a*"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("reb?t", "reboot"), ("r", "rm"), ("[!r]m", "rm"), ("a\\*", "ab"), ("", "a")]
        {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn patterns_meet_when_one_name_fits_both() {
        for (one, other) in
            [("a*", "*b"), ("*", "*"), ("p?e", "pv*"), ("[ab]c", "[b-d]c"), ("a*c", "abbc"), ("*x*", "y*z")]
        {
            assert!(meets(one, other) && meets(other, one), "{one} {other}");
        }
        for (one, other) in [("a*", "b*"), ("??", "?"), ("[ab]c", "[cd]c"), ("x*", "yx")] {
            assert!(!meets(one, other) && !meets(other, one), "{one} {other}");
        }
    }
}
