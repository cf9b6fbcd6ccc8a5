//! What an operation is: a struct whose value is the input, a description of what it does, a plan and an act.
//!
//! REST routes, MCP tools and CLI commands are faces over [`crate::all`]; none of them knows an operation.

use std::future::Future;
use std::pin::Pin;

use labkeeper_core::fault::Fault;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::cx::Cx;
use crate::schema::{Describe, Shared};

pub use crate::meta::{Meta, Need, Toolset};
pub use crate::plan::{Plan, Verdict};
pub use crate::route::{Body, Implied, Method, Route};

/// Something labkeeper can do. The value is the input, its doc comment the description for people and models.
/// Inputs carry `#[serde(deny_unknown_fields)]`; every field is documented.
pub trait Operation: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// What it answers.
    type Output: Serialize + JsonSchema + Send;
    /// What the faces need to know.
    const META: Meta;

    /// What would happen; reads only. The default allows it with the title as summary.
    fn plan(&self, cx: &mut Cx) -> impl Future<Output = Result<Plan, Fault>> + Send {
        let _ = cx;
        async { Ok(Plan::allow(Self::META.title)) }
    }

    /// Does it. A write uses [`Cx::tx`]; its transaction is committed by the pipeline together with journal,
    /// audit and events, or not at all.
    fn run(self, cx: &mut Cx) -> impl Future<Output = Result<Self::Output, Fault>> + Send;
}

/// A future in a box.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An operation whose type is forgotten.
pub trait Erased: Send + Sync {
    /// See [`Operation::plan`].
    fn plan<'a>(&'a self, cx: &'a mut Cx) -> Boxed<'a, Result<Plan, Fault>>;
    /// See [`Operation::run`].
    fn run<'a>(self: Box<Self>, cx: &'a mut Cx) -> Boxed<'a, Result<Value, Fault>>;
}

impl<O: Operation> Erased for O {
    fn plan<'a>(&'a self, cx: &'a mut Cx) -> Boxed<'a, Result<Plan, Fault>> {
        Box::pin(Operation::plan(self, cx))
    }

    fn run<'a>(self: Box<Self>, cx: &'a mut Cx) -> Boxed<'a, Result<Value, Fault>> {
        Box::pin(async move {
            let output = Operation::run(*self, cx).await?;
            serde_json::to_value(output).map_err(|error| Fault::internal(&error))
        })
    }
}

/// A registered operation as the faces see it.
pub struct Entry {
    /// What it declares.
    pub meta: Meta,
    /// Its doc comment.
    pub description: String,
    /// JSON Schema (2020-12) of the input, with `confirm` and `dry_run` for writes.
    pub input_schema: Value,
    /// JSON Schema of the answer.
    pub output_schema: Value,
    describe: Describe,
    parse: fn(Value) -> Result<Box<dyn Erased>, serde_json::Error>,
}

impl Entry {
    /// Registers an operation.
    pub fn of<O: Operation>() -> Self {
        let input = crate::schema::input::<O>(&O::META);
        Self {
            meta: O::META,
            description: crate::schema::description(&input),
            output_schema: crate::schema::output::<O::Output>(),
            input_schema: input,
            describe: |types| types.describe::<O, O::Output>(&O::META),
            parse: |value| {
                serde_json::from_value::<O>(value).map(|operation| Box::new(operation) as Box<dyn Erased>)
            },
        }
    }

    /// The schemas of those operations over the named types that they share.
    pub fn shared_schemas(registry: &[Self]) -> Shared {
        Shared::of(registry.iter().map(|entry| entry.describe))
    }

    pub(crate) fn parse(&self, input: Value) -> Result<Box<dyn Erased>, serde_json::Error> {
        (self.parse)(input)
    }
}
