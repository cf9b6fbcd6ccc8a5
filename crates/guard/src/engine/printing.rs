//! Programs that print what they are told: `echo`, `printf`, `seq`, names of files.

use super::ansi;
use crate::word::{Value, Word};

pub(super) fn echo_partly(words: &[Word]) -> Value {
    let mut text = Value::known("");
    for (at, word) in words.iter().enumerate() {
        if at == 0 && word.only().is_some_and(|text| text.starts_with('-')) {
            return Value::tainted();
        }
        if at > 0 {
            text = text.then(&Value::known(" "));
        }
        text = text.then(&word.value);
    }
    text.then(&Value::known("\n"))
}

pub(super) fn echo(words: &[&str]) -> String {
    let is_option = |word: &&&str| {
        word.len() > 1 && word.starts_with('-') && word[1..].chars().all(|c| "neE".contains(c))
    };
    let options = words.iter().take_while(is_option).count();
    let mut escapes = false;
    let mut newline = true;
    for option in words[..options].iter().flat_map(|word| word[1..].chars()) {
        match option {
            'e' => escapes = true,
            'E' => escapes = false,
            _ => newline = false,
        }
    }
    let text = words[options..].join(" ");
    let (text, goes_on) = if escapes { ansi::echoed(&text) } else { (text, true) };
    if newline && goes_on { text + "\n" } else { text }
}

pub(super) fn mktemp(words: &[Word]) -> Value {
    let Some(words) = words.iter().map(Word::only).collect::<Option<Vec<&str>>>() else {
        return Value::tainted();
    };
    let mut directory = "/tmp";
    let mut template = None;
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        match *word {
            "-p" | "--tmpdir" => {
                directory = words.get(at).copied().unwrap_or("/tmp");
                at += 1;
            }
            option if option.starts_with("--tmpdir=") => directory = option.trim_start_matches("--tmpdir="),
            option if option.starts_with('-') => {}
            name => template = Some(name),
        }
    }
    let template = template.unwrap_or("tmp.XXXXXXXXXX");
    let start = crate::word::quoted(template.trim_end_matches('X'));
    let in_directory = template.contains('/')
        || words.iter().all(|word| *word != "-p" && *word != "-t" && !word.starts_with("--tmpdir"))
            && template != "tmp.XXXXXXXXXX";
    Value::Pattern(if in_directory {
        format!("{start}*")
    } else {
        format!("{}/{start}*", crate::word::quoted(directory))
    })
}

pub(super) fn basename(path: &str, suffix: Option<&str>) -> String {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    suffix.and_then(|suffix| name.strip_suffix(suffix)).unwrap_or(name).to_owned()
}

pub(super) fn dirname(path: &str) -> &str {
    match path.trim_end_matches('/').rsplit_once('/') {
        Some(("", _)) => "/",
        Some((directory, _)) => directory,
        None => ".",
    }
}

pub(super) fn seq(words: &[&str]) -> Option<String> {
    let numbers: Option<Vec<i64>> =
        words.iter().filter(|word| **word != "-w").map(|word| word.parse().ok()).collect();
    let (first, step, last) = match numbers?.as_slice() {
        [last] => (1, 1, *last),
        [first, last] => (*first, 1, *last),
        [first, step, last] => (*first, *step, *last),
        _ => return None,
    };
    if step == 0 || (last - first) / step > 1000 {
        return None;
    }
    let mut text = String::new();
    let mut at = first;
    while if step > 0 { at <= last } else { at >= last } {
        text.push_str(&format!("{at}\n"));
        at += step;
    }
    Some(text)
}

/// What `printf` prints.
pub(super) fn printf(words: &[&str]) -> Option<String> {
    let words = if words.first() == Some(&"--") { &words[1..] } else { words };
    let (format, mut arguments) = words.split_first()?;
    let mut printed = String::new();
    loop {
        let before = arguments.len();
        let mut chars = format.chars().peekable();
        while let Some(c) = chars.next() {
            if c != '%' {
                // A percent sign that an escape stands for is no directive.
                let mut text = String::from(c);
                while let Some(more) = chars.next_if(|c| *c != '%') {
                    text.push(more);
                }
                let (text, goes_on) = ansi::printed(&text);
                printed.push_str(&text);
                if !goes_on {
                    return Some(printed);
                }
                continue;
            }
            let mut flags = String::new();
            while let Some(flag) = chars.next_if(|c| "-+ #0123456789.".contains(*c)) {
                flags.push(flag);
            }
            let kind = chars.next()?;
            if kind == '%' {
                printed.push('%');
                continue;
            }
            let argument = arguments.split_first().map_or("", |(first, rest)| {
                arguments = rest;
                first
            });
            let text = match kind {
                's' => argument.to_owned(),
                'b' => ansi::printed(argument).0,
                'q' => format!("'{}'", argument.replace('\'', r"'\''")),
                'c' => argument.chars().next().map(String::from).unwrap_or_default(),
                'd' | 'i' | 'u' => number(argument)?.to_string(),
                'x' => format!("{:x}", number(argument)?),
                'X' => format!("{:X}", number(argument)?),
                'o' => format!("{:o}", number(argument)?),
                _ => return None,
            };
            printed.push_str(&padded(&text, &flags, kind)?);
        }
        if arguments.is_empty() || arguments.len() == before || printed.len() > 16 * 1024 {
            return Some(printed);
        }
    }
}

fn number(text: &str) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    if let Some(quoted) = text.strip_prefix(['\'', '"']) {
        return quoted.chars().next().map(|c| i64::from(c as u32));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return i64::from_str_radix(digits, 16).ok();
    }
    if text.len() > 1 && text.starts_with('0') {
        return i64::from_str_radix(text, 8).ok();
    }
    text.parse().ok()
}

fn padded(text: &str, flags: &str, kind: char) -> Option<String> {
    let (width, precision) =
        flags.split_once('.').map_or((flags, None), |(width, precision)| (width, Some(precision)));
    let left = width.contains('-');
    let zero = width.starts_with('0') && kind != 's';
    let width: usize = width.trim_start_matches(['-', '+', ' ', '#', '0']).parse().unwrap_or(0);
    let text = match precision {
        Some(precision) if matches!(kind, 's' | 'b') => {
            text.chars().take(precision.parse().unwrap_or(0)).collect()
        }
        _ => text.to_owned(),
    };
    if width > 1024 {
        return None;
    }
    let missing = width.saturating_sub(text.chars().count());
    let fill = if zero { "0" } else { " " }.repeat(missing);
    Some(if left { text + &fill } else { fill + &text })
}
