//! Who may call a method, as the table writes it: `{"check":["perm","/vms/{vmid}",["VM.Audit"]]}`.

use serde_json::Value;

/// Who may call a method.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Rule {
    /// `root@pam` in person and nobody else.
    Root,
    /// Everybody, without a credential too.
    World,
    /// Everybody who has a credential.
    Everyone,
    /// Whoever this is true of.
    Check(Check),
}

/// What must be true.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Check {
    /// All of these, in this order.
    And(Vec<Check>),
    /// One of these.
    Or(Vec<Check>),
    /// Privileges at a path with placeholders.
    Privileges {
        path: String,
        privileges: Vec<String>,
        /// One of them is enough.
        any: bool,
        /// Only when that parameter is given.
        given: Option<String>,
    },
    /// The parameter `userid` is the caller.
    Oneself,
    /// `Realm.AllocateUser` on the realm of the parameter `userid`.
    RealmOfUser,
    /// One of these privileges on a group of the user of the parameter `userid`.
    GroupOfUser { privileges: Vec<String>, groups: Groups },
    /// May grant at a path with placeholders.
    ToGrant(String),
    /// All of these privileges for each guest that a parameter lists, or at `/`.
    EachGuest { list: String, privileges: Vec<String> },
    /// The check, unless the caller started the task that a parameter names.
    UnlessOwner { upid: String, check: Box<Check> },
}

/// What the parameter `groups` has to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Groups {
    /// Nothing.
    Ignored,
    /// They are those of a user who is not there yet.
    OfNewUser,
    /// They are new ones of a user who is there.
    OfUser,
}

impl Rule {
    /// `None` when it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rule: Value = serde_json::from_str(text).ok()?;
        if rule.is_null() {
            return Some(Self::Root);
        }
        // A user that is named counts before a check, which then only says what the answer depends on.
        match rule.get("user").and_then(Value::as_str) {
            Some("world") => Some(Self::World),
            Some("all") => Some(Self::Everyone),
            Some(_) => None,
            None => Check::parse(rule.get("check")?).map(Self::Check),
        }
    }
}

impl Check {
    /// `None` when it is none.
    pub(super) fn parse(check: &Value) -> Option<Self> {
        let parts = check.as_array()?;
        let (first, rest) = parts.split_first()?;
        let all = || rest.iter().map(Self::parse).collect::<Option<Vec<_>>>();
        match (first.as_str()?, rest) {
            ("and", _) => all().map(Self::And),
            ("or", _) => all().map(Self::Or),
            ("perm", [path, privileges, options @ ..]) => Some(Self::Privileges {
                path: text(path)?,
                privileges: texts(privileges)?,
                any: option(options, "any").is_some(),
                given: option(options, "require_param").and_then(text),
            }),
            ("userid-param", [what]) => match what.as_str()? {
                "self" => Some(Self::Oneself),
                "Realm.AllocateUser" => Some(Self::RealmOfUser),
                _ => None,
            },
            ("userid-group", [privileges, options @ ..]) => {
                let groups = match option(options, "groups_param").and_then(Value::as_str) {
                    None => Groups::Ignored,
                    Some("create") => Groups::OfNewUser,
                    Some(_) => Groups::OfUser,
                };
                Some(Self::GroupOfUser { privileges: texts(privileges)?, groups })
            }
            ("perm-modify", [path]) => text(path).map(Self::ToGrant),
            ("each-guest", [list, privileges]) => {
                Some(Self::EachGuest { list: text(list)?, privileges: texts(privileges)? })
            }
            ("unless-owner", [upid, check]) => {
                Some(Self::UnlessOwner { upid: text(upid)?, check: Box::new(Self::parse(check)?) })
            }
            _ => None,
        }
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(text).collect()
}

/// Options follow as a flat list of names and values.
fn option<'a>(options: &'a [Value], name: &str) -> Option<&'a Value> {
    options.chunks(2).find(|pair| pair[0] == name).and_then(|pair| pair.get(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_user_counts_before_a_check() {
        let rule = Rule::parse(r#"{"check":["perm","/",["Sys.Audit"]],"user":"all"}"#);
        assert_eq!(rule, Some(Rule::Everyone));
        assert_eq!(Rule::parse("null"), Some(Rule::Root));
    }

    #[test]
    fn what_is_not_understood_is_no_rule() {
        for text in
            ["", "{}", r#"{"check":["perhaps"]}"#, r#"{"check":["and",["perhaps"]]}"#, r#"{"user":"anna"}"#]
        {
            assert_eq!(Rule::parse(text), None, "{text}");
        }
    }

    #[test]
    fn options_follow_as_a_flat_list() {
        let rule = Rule::parse(r#"{"check":["perm","/pool/{pool}",["A","B"],"require_param","pool"]}"#);
        let expected = Check::Privileges {
            path: "/pool/{pool}".into(),
            privileges: vec!["A".into(), "B".into()],
            any: false,
            given: Some("pool".into()),
        };
        assert_eq!(rule, Some(Rule::Check(expected)));
    }
}
