//! Functions of the script: defined, and followed where they are called.

use std::rc::Rc;

use super::machine::Machine;
use super::state::{Function, State};
use crate::effect::Effect;
use crate::word::{Span, Value};

/// Functions call each other so deep.
const DEEPEST_CALL: usize = 8;

impl Machine<'_> {
    /// Calls a function of the script.
    pub(super) fn call(&mut self, state: &mut State, name: &str, arguments: Vec<Value>, span: &Span) {
        let functions = state.functions.get(name).cloned().unwrap_or_default();
        let runs =
            |function: &Rc<Function>| self.frame.calls.iter().any(|running| Rc::ptr_eq(running, function));
        if functions.iter().any(runs) {
            if self.frame.forks {
                let effect = Effect::Crash(format!("{name} starts itself again and again"));
                self.weigh(&effect, &Value::known("/"), name, span);
            } else {
                self.undecidable("undecidable.recursion", name, span.clone(), "a function calls itself");
            }
            return;
        }
        if self.frame.calls.len() >= DEEPEST_CALL {
            self.undecidable("undecidable.depth", name, span.clone(), "functions call each other too deeply");
            return;
        }
        let positional = state.positional.replace(arguments);
        let start = state.clone();
        let mut ends: Option<State> = None;
        for function in functions {
            let mut end = start.clone();
            let outer = self.frame.outer.clone();
            let forks = std::mem::replace(&mut self.frame.forks, false);
            self.frame.calls.push(Rc::clone(&function));
            self.frame.outer = outer.clone().or_else(|| function.span.clone());
            let body = &function.body;
            self.redirected(&mut end, body.1.as_ref(), |machine, state| machine.compound(state, &body.0));
            self.frame.calls.pop();
            self.frame.outer = outer;
            self.frame.forks = forks;
            end.gone = false;
            ends = Some(match ends {
                Some(known) => known.or(end),
                None => end,
            });
        }
        if let Some(end) = ends {
            *state = end;
        }
        state.positional = positional;
    }
}
