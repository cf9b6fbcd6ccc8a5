//! What a parameter must be, and how the real node says that it is not.

use crate::boolean;

/// What a parameter must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Boolean,
    /// A whole number, not below and not above.
    Integer(Option<i64>, Option<i64>),
    /// One of these.
    Enum(Vec<&'static str>),
    /// `pve-configid` of at most that many characters: a name of a snapshot.
    ConfigId(usize),
    /// Id of a storage.
    Storage,
    /// Id of a guest.
    Vmid,
    /// Ids of guests.
    Vmids,
    /// How tasks ended.
    Statuses,
}

impl Type {
    /// `integer[0,8]`, `enum[a|b]`, `vmid`.
    pub(super) fn parse(text: &'static str) -> Option<Self> {
        let (word, rest) = text.split_once('[').unwrap_or((text, ""));
        let within = rest.strip_suffix(']').unwrap_or_default();
        let bound = |text: &str| text.parse().ok();
        Some(match word {
            "text" => Self::Text,
            "boolean" => Self::Boolean,
            "integer" => {
                let (least, most) = within.split_once(',').unwrap_or_default();
                Self::Integer(bound(least), bound(most))
            }
            "enum" => Self::Enum(within.split('|').collect()),
            "configid" => Self::ConfigId(within.parse().unwrap_or(usize::MAX)),
            "storage" => Self::Storage,
            "vmid" => Self::Vmid,
            "vmids" => Self::Vmids,
            "statuses" => Self::Statuses,
            _ => return None,
        })
    }

    /// What is wrong with a value.
    pub(super) fn breach(&self, value: &str) -> Option<String> {
        let format = |why: String| Some(format!("invalid format - {why}\n"));
        let no_vmid = || format("value does not look like a valid VM ID".into());
        match self {
            Self::Text => None,
            Self::Boolean => boolean::read(value)
                .is_none()
                .then(|| format!("type check ('boolean') failed - got '{value}'")),
            Self::Integer(least, most) => match (value.parse::<i64>(), least, most) {
                (Err(_), ..) => Some(format!("type check ('integer') failed - got '{value}'")),
                (Ok(number), Some(least), _) if number < *least => {
                    Some(format!("value must have a minimum value of {least}"))
                }
                (Ok(number), _, Some(most)) if number > *most => {
                    Some(format!("value must have a maximum value of {most}"))
                }
                _ => None,
            },
            Self::Enum(of) => (!of.contains(&value)).then(|| {
                format!("value '{value}' does not have a value in the enumeration '{}'", of.join(", "))
            }),
            Self::ConfigId(_) if !is_name(value, "-_") => {
                format(format!("invalid configuration ID '{value}'"))
            }
            Self::ConfigId(most) if value.len() > *most => {
                Some(format!("value may only be {most} characters long"))
            }
            Self::ConfigId(_) => None,
            Self::Storage if value.len() < 2 => {
                format(format!("storage ID '{value}' cannot be shorter than 2 characters"))
            }
            Self::Storage if !is_name(value, "-_.") => {
                format(format!("storage ID '{value}' contains illegal characters"))
            }
            Self::Storage => None,
            Self::Vmid if value.parse::<i64>().is_err() => {
                Some(format!("type check ('integer') failed - got '{value}'"))
            }
            Self::Vmid if !is_vmid(value) => no_vmid(),
            Self::Vmid => None,
            Self::Vmids if !list(value).all(is_vmid) => no_vmid(),
            Self::Vmids => None,
            Self::Statuses => {
                let mut parts = list(value);
                let wrong = parts.find(|part| !matches!(*part, "ok" | "error" | "warning" | "unknown"));
                wrong.and_then(|part| format(format!("invalid status '{part}'")))
            }
        }
    }
}

/// The parts of a list: with commas, semicolons or spaces between.
pub(super) fn list(value: &str) -> impl Iterator<Item = &str> {
    value.split([',', ';', ' ']).filter(|part| !part.is_empty())
}

fn is_vmid(value: &str) -> bool {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit()) && !value.starts_with('0');
    digits && (3..=9).contains(&value.len())
}

/// At least two characters, a letter first, then letters, digits and those.
fn is_name(value: &str, and: &str) -> bool {
    let mut letters = value.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && value.len() > 1
        && letters.all(|c| c.is_ascii_alphanumeric() || and.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_in_the_real_words() {
        for (of, value, wrong) in [
            ("configid[40]", "bad name", Some("invalid format - invalid configuration ID 'bad name'\n")),
            ("configid[40]", "x", Some("invalid format - invalid configuration ID 'x'\n")),
            ("configid[40]", "before-change", None),
            ("configid[3]", "long", Some("value may only be 3 characters long")),
            ("storage", "x", Some("invalid format - storage ID 'x' cannot be shorter than 2 characters\n")),
            ("integer[0,]", "-1", Some("value must have a minimum value of 0")),
            ("integer[0,8]", "9", Some("value must have a maximum value of 8")),
            ("integer", "-1", None),
            ("vmid", "abc", Some("type check ('integer') failed - got 'abc'")),
            ("vmid", "99", Some("invalid format - value does not look like a valid VM ID\n")),
            ("vmids", "100, 101", None),
            ("boolean", "yes", Some("type check ('boolean') failed - got 'yes'")),
            ("statuses", "ok,odd", Some("invalid format - invalid status 'odd'\n")),
        ] {
            assert_eq!(Type::parse(of).unwrap().breach(value).as_deref(), wrong, "{of} {value}");
        }
    }
}
