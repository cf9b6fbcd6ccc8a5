//! Where operations ask for other calls. The keeper sits there; operations know no keeper.

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::Fault;
use labkeeper_core::ports::Later;
use serde_json::Value;

use crate::call::{Answer, Call};

/// Where an operation can ask what another call of the same caller would do. The keeper sits there; operations know no keeper.
pub(crate) trait Desk: Send + Sync {
    /// The plan of that call, which is not done.
    fn plan<'a>(&'a self, actor: &'a Actor, name: &'a str, input: Value) -> Later<'a, Result<Value, Fault>>;

    /// Does a call that waited for a person, through every stage. What comes of it is as a model may read it: it is kept, and
    /// whoever asked fetches it later.
    fn carry_out<'a>(&'a self, call: Call) -> Later<'a, Result<Answer, Fault>>;

    /// Whether that operation exists for that actor.
    fn offers(&self, actor: &Actor, name: &str) -> bool;
}
