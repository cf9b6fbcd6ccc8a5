//! One method at one path, and who may call it.

use std::collections::BTreeMap;

use super::expression::{Check, Rule};
use super::judge::Judge;
use crate::access::{Access, Caller, Pools};
use crate::answer::{Method, Refusal};

/// One method of the API.
#[derive(Debug, Clone)]
pub struct Route {
    /// How it is asked.
    pub method: Method,
    /// Its path with placeholders, such as `/nodes/{node}/lxc/{vmid}/config`.
    pub template: &'static str,
    /// A token may call it at all.
    pub for_tokens: bool,
    pub(super) rule: Rule,
    pub(super) inside: Option<Inside>,
}

/// What a method refuses by itself, when it runs.
#[derive(Debug, Clone)]
pub(super) struct Inside {
    /// Parameters that are looked at before.
    pub(super) after: Vec<&'static str>,
    pub(super) check: Check,
}

impl Route {
    /// Whether the caller may call it with these placeholders and parameters. Comes before parameters are checked.
    ///
    /// # Errors
    /// 403 mostly; 500 where the real one fails at what it is about to ask, such as a user id that is none.
    pub fn check(
        &self,
        access: &Access,
        caller: &Caller,
        path: &BTreeMap<String, String>,
        parameters: &BTreeMap<String, String>,
        pools: &dyn Pools,
    ) -> Result<(), Refusal> {
        if caller.is_token() && !self.for_tokens {
            return Err(self.not_for_tokens(path));
        }
        Judge { access, caller, path, parameters, pools }.admit(&self.rule)
    }

    /// Whether the method itself lets the caller. Comes after parameters were checked; until those are there that are
    /// looked at first, it refuses nothing.
    ///
    /// # Errors
    /// 403.
    pub fn check_inside(
        &self,
        access: &Access,
        caller: &Caller,
        path: &BTreeMap<String, String>,
        parameters: &BTreeMap<String, String>,
        pools: &dyn Pools,
    ) -> Result<(), Refusal> {
        let Some(inside) = &self.inside else { return Ok(()) };
        if inside.after.iter().any(|name| !parameters.contains_key(*name)) {
            return Ok(());
        }
        Judge { access, caller, path, parameters, pools }.require(&inside.check)
    }

    /// Everybody may call it, without a credential too.
    pub(super) fn is_for_the_world(&self) -> bool {
        self.rule == Rule::World
    }

    /// The real text has a line break before the bracket, so that a status line shows neither.
    fn not_for_tokens(&self, path: &BTreeMap<String, String>) -> Refusal {
        let mut uri = self.template.to_owned();
        for (name, value) in path {
            uri = uri.replace(&format!("{{{name}}}"), value);
        }
        Refusal::forbidden(&format!("URI '{uri}' not available with API token, need proper ticket.\n"))
    }
}
