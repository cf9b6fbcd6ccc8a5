//! Who somebody is, whatever they are called.

use serde::{Deserialize, Serialize};

/// What is somebody's is found by this and not by a name, which a token may share with a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Principal {
    /// The owner of the data directory.
    Local,
    /// Whoever holds `API_TOKEN`.
    ApiToken,
    /// Somebody who logs in by that name, of which there is one.
    Person(String),
    /// The holder of the token of that number; several may have one name, one after the other.
    Token(i64),
    /// labkeeper itself, or the owner's own assistant.
    Program(String),
    /// A token that is not known here, or not remembered. Owns nothing.
    Unknown,
}

impl Principal {
    /// Whoever had that name before it was remembered what they are.
    pub fn of_name(name: &str) -> Self {
        Self::of_kind("", name)
    }

    /// What [`Principal::kind`] says in a file, and a name. Numbers of tokens mean nothing elsewhere.
    pub fn of_kind(kind: &str, name: &str) -> Self {
        match (kind, name) {
            ("local", _) | ("", "local") => Self::Local,
            ("api-token", _) | ("", "API_TOKEN") => Self::ApiToken,
            ("token", _) => Self::Unknown,
            ("program", _) => Self::Program(name.into()),
            _ => Self::Person(name.into()),
        }
    }

    /// `person`, `token`, and so on.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::ApiToken => "api-token",
            Self::Person(_) => "person",
            Self::Token(_) | Self::Unknown => "token",
            Self::Program(_) => "program",
        }
    }

    /// Whether what belongs to `owner` is theirs.
    pub fn is(&self, owner: &Self) -> bool {
        self == owner && *self != Self::Unknown
    }
}

impl From<Principal> for String {
    fn from(principal: Principal) -> Self {
        let kind = principal.kind();
        match principal {
            Principal::Local | Principal::ApiToken => kind.into(),
            Principal::Person(name) | Principal::Program(name) => format!("{kind}:{name}"),
            Principal::Token(id) => format!("{kind}:{id}"),
            Principal::Unknown => "unknown".into(),
        }
    }
}

impl From<String> for Principal {
    fn from(text: String) -> Self {
        match text.split_once(':') {
            Some(("person", name)) => Self::Person(name.into()),
            Some(("program", name)) => Self::Program(name.into()),
            Some(("token", id)) => id.parse().map_or(Self::Unknown, Self::Token),
            _ => match text.as_str() {
                "local" => Self::Local,
                "api-token" => Self::ApiToken,
                _ => Self::Unknown,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_read_back_as_it_was_written() {
        let named = |name: &str| [Principal::Person(name.into()), Principal::Program(name.into())];
        let others = [Principal::Local, Principal::ApiToken, Principal::Token(7), Principal::Unknown];
        for principal in others.into_iter().chain(["anna", "a:b", "local", ""].into_iter().flat_map(named)) {
            assert_eq!(Principal::from(String::from(principal.clone())), principal);
        }
        for rubbish in ["token:x", "token", "", "root"] {
            assert_eq!(Principal::from(rubbish.to_owned()), Principal::Unknown, "{rubbish}");
        }
    }

    #[test]
    fn who_shares_a_name_shares_nothing_else() {
        let anna = Principal::Person("anna".into());
        assert!(anna.is(&Principal::of_name("anna")));
        assert!(!Principal::Token(7).is(&anna) && !Principal::Token(7).is(&Principal::Token(8)));
        assert!(!Principal::Unknown.is(&Principal::Unknown));
    }
}
