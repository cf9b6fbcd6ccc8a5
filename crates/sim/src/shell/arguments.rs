//! Words of a command line into what they mean, as Perl's `Getopt::Long` reads them for Proxmox.

use std::collections::BTreeMap;

use super::output::Output;

/// An option of a command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opt {
    pub(super) name: &'static str,
    pub(super) takes: Takes,
    pub(super) must: bool,
}

/// What follows an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// A value; of several the last counts.
    Text,
    /// A list; of several all count.
    List,
    /// Nothing, or yes or no.
    Flag,
}

/// An option with a value.
pub(super) const fn text(name: &'static str) -> Opt {
    Opt { name, takes: Takes::Text, must: false }
}

/// An option with a list.
pub(super) const fn list(name: &'static str) -> Opt {
    Opt { name, takes: Takes::List, must: false }
}

/// An option that says yes or no.
pub(super) const fn flag(name: &'static str) -> Opt {
    Opt { name, takes: Takes::Flag, must: false }
}

/// A list that must be given.
pub(super) const fn must(name: &'static str) -> Opt {
    Opt { name, takes: Takes::List, must: true }
}

/// What was given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Given {
    /// What is no option, in order.
    pub(super) arguments: Vec<String>,
    pub(super) options: BTreeMap<String, String>,
}

impl Given {
    /// Reads the words after a command that is used so. `known` says what an option of that name is.
    ///
    /// # Errors
    /// What is wrong with the options, a line each, and how the command is used.
    pub(super) fn read(
        words: &[String],
        usage: &str,
        known: impl Fn(&str) -> Option<Takes>,
    ) -> Result<Self, Output> {
        let (mut given, mut wrong) = (Self::default(), String::new());
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            if word == "--" {
                given.arguments.extend(words.by_ref().cloned());
                break;
            }
            let Some(option) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
                given.arguments.push(word.clone());
                continue;
            };
            let option = option.strip_prefix('-').unwrap_or(option);
            let (name, value) =
                option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
            let Some(takes) = known(name) else {
                wrong += &format!("Unknown option: {name}\n");
                continue;
            };
            // As there, a flag takes the word after it for its yes or no.
            let takes_next = |next: &&String| takes != Takes::Flag || !next.starts_with('-');
            let value = value.map(str::to_owned).or_else(|| words.next_if(takes_next).cloned());
            match (takes, value) {
                (Takes::Flag, value) => given.put(name, yes_or_no(value.unwrap_or_default()), takes),
                (_, Some(value)) => given.put(name, value, takes),
                (_, None) => wrong += &format!("Option {name} requires an argument\n"),
            }
        }
        if wrong.is_empty() {
            return Ok(given);
        }
        let misused = Output::misused("unable to parse option", usage);
        Err(Output { stderr: wrong + &misused.stderr, ..misused })
    }

    fn put(&mut self, name: &str, value: String, takes: Takes) {
        match self.options.get_mut(name) {
            Some(before) if takes == Takes::List => *before += &format!(",{value}"),
            _ => _ = self.options.insert(name.to_owned(), value),
        }
    }

    /// Whether an option says yes.
    pub(super) fn says(&self, name: &str) -> bool {
        self.options.get(name).is_some_and(|value| value == "1")
    }
}

/// The API knows 1 and 0 only; what is neither is its to refuse.
fn yes_or_no(word: String) -> String {
    match word.to_ascii_lowercase().as_str() {
        "" | "on" | "yes" | "true" => "1".into(),
        "off" | "no" | "false" => "0".into(),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Given, Output> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let known = [text("comment"), list("roles"), flag("append")];
        Given::read(&words, "do <it>", |name| {
            known.iter().find(|known| known.name == name).map(|known| known.takes)
        })
    }

    #[test]
    fn options_stand_anywhere_and_in_every_form() {
        for words in [
            &["anna@pve", "--comment", "a b", "--append", "1"][..],
            &["--append", "1", "-comment=a b", "anna@pve"],
            &["-comment", "x", "--comment", "a b", "--append=yes", "--", "anna@pve"],
            &["anna@pve", "--append", "--comment", "a b"],
        ] {
            let given = read(words).unwrap();
            assert_eq!(given.arguments, ["anna@pve"], "{words:?}");
            assert_eq!((given.options["comment"].as_str(), given.says("append")), ("a b", true), "{words:?}");
        }
    }

    #[test]
    fn lists_grow_and_a_value_may_begin_with_a_dash() {
        let given = read(&["--roles", "A", "--roles", "B,C", "--comment", "--no", "--append", "0"]).unwrap();
        assert_eq!((given.options["roles"].as_str(), given.options["comment"].as_str()), ("A,B,C", "--no"));
        assert!(!given.says("append"));
    }

    #[test]
    fn wrong_options_are_named() {
        let wrong = read(&["--nosuch", "--comment"]).unwrap_err();
        let said = "Unknown option: nosuch\nOption comment requires an argument\n400 unable to parse option\ndo <it>\n";
        assert_eq!((wrong.stderr.as_str(), wrong.code), (said, 255));
    }
}
