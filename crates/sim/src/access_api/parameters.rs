//! Parameters of `/access` are checked all at once, in the real one's words.

use serde_json::{Map, Value};

use super::request::{Request, parts};
use crate::access::{
    check_group_name, check_role_name, check_user_name, is_realm_name, is_token_name, split_token,
};
use crate::answer::Refusal;
use crate::boolean;

/// What a parameter must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Boolean,
    /// Not below 0.
    Integer,
    User,
    Users,
    /// A token's short name.
    Token,
    /// Full names of tokens.
    Tokens,
    /// A user or a token by its full name.
    Somebody,
    Group,
    Groups,
    Role,
    Roles,
    Privileges,
    Realm,
}

/// A parameter that a method knows.
#[derive(Clone, Copy)]
pub(super) struct Known {
    name: &'static str,
    kind: Kind,
    must: bool,
}

/// One that must be given.
pub(super) const fn must(name: &'static str, kind: Kind) -> Known {
    Known { name, kind, must: true }
}

/// One that may be given.
pub(super) const fn may(name: &'static str, kind: Kind) -> Known {
    Known { name, kind, must: false }
}

/// Checks what was given against what the method knows.
pub(super) fn verify(request: &Request<'_>, known: &[Known]) -> Result<(), Refusal> {
    let mut errors = Map::new();
    for (name, value) in request.everything() {
        let wrong = match known.iter().find(|known| known.name == name) {
            None => {
                Err("property is not defined in schema and the schema does not allow additional properties"
                    .into())
            }
            Some(known) => known.kind.check(value, request),
        };
        if let Err(wrong) = wrong {
            errors.insert(name.to_owned(), Value::String(wrong));
        }
    }
    for missing in known.iter().filter(|known| known.must && request.text(known.name).is_none()) {
        errors.insert(missing.name.to_owned(), "property is missing and it is not optional".into());
    }
    refused(errors)
}

/// For a method that takes whatever it is given: these there must be.
pub(super) fn present(request: &Request<'_>, names: &[&str]) -> Result<(), Refusal> {
    let missing = names.iter().filter(|name| request.text(name).is_none());
    let why = || Value::from("property is missing and it is not optional");
    refused(missing.map(|name| ((*name).to_owned(), why())).collect())
}

/// One parameter makes sense only together with another.
pub(super) fn requires(request: &Request<'_>, name: &str, other: &str) -> Result<(), Refusal> {
    if request.text(name).is_none() || request.text(other).is_some() {
        return Ok(());
    }
    Err(Refusal::parameter(other, format!("missing property - '{name}' requires this property")))
}

fn refused(errors: Map<String, Value>) -> Result<(), Refusal> {
    if errors.is_empty() {
        return Ok(());
    }
    Err(Refusal { status: 400, reason: "Parameter verification failed.".into(), errors })
}

impl Kind {
    fn check(self, value: &str, request: &Request<'_>) -> Result<(), String> {
        let each = |check: &dyn Fn(&str) -> Result<(), String>| {
            parts(value).try_for_each(check).map_err(|why| format!("invalid format - {why}\n"))
        };
        let one = |checked: Result<(), String>| checked.map_err(|why| format!("invalid format - {why}\n"));
        let pattern =
            |fits: bool| if fits { Ok(()) } else { Err("value does not match the regex pattern".to_owned()) };
        match self {
            Self::Text => Ok(()),
            Self::Boolean if boolean::read(value).is_some() => Ok(()),
            Self::Boolean => Err(format!("type check ('boolean') failed - got '{value}'")),
            Self::Integer => match value.parse::<i64>() {
                Err(_) => Err(format!("type check ('integer') failed - got '{value}'")),
                Ok(number) if number < 0 => Err("value must have a minimum value of 0".into()),
                Ok(_) => Ok(()),
            },
            Self::User => one(user(value)),
            Self::Users => each(&user),
            Self::Token => pattern(is_token_name(value)),
            Self::Tokens => each(&token),
            Self::Somebody => {
                pattern(user(value).is_ok() && !value.contains('!') || split_token(value).is_some())
            }
            Self::Group => one(check_group_name(value)),
            Self::Groups => each(&check_group_name),
            Self::Role => one(check_role_name(value)),
            Self::Roles => each(&check_role_name),
            Self::Privileges => each(&|name| {
                let known = request.access.every_privilege().contains(name);
                if known { Ok(()) } else { Err(format!("invalid privilege '{name}'")) }
            }),
            Self::Realm if is_realm_name(value) => Ok(()),
            Self::Realm => one(Err("value does not look like a valid realm".into())),
        }
    }
}

fn user(name: &str) -> Result<(), String> {
    check_user_name(name).map(|_| ())
}

fn token(name: &str) -> Result<(), String> {
    match split_token(name) {
        Some(_) => Ok(()),
        None => Err(format!("value '{name}' does not look like a valid token ID")),
    }
}
