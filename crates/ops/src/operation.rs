//! What an operation is: a struct whose value is the input, a description of what it does, a plan and an act.
//!
//! REST routes, MCP tools and CLI commands are faces over [`crate::all`]; none of them knows an operation.

use std::future::Future;
use std::pin::Pin;

use labkeeper_core::change::Effect;
use labkeeper_core::fault::Fault;
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cx::Cx;

/// Groups of operations that can be switched off together for a model (`toolsets`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Toolset {
    /// Items, links, documents, map, search.
    Inventory,
    /// Reachability and subnet scans.
    Discovery,
    /// Notes an assistant keeps.
    Memory,
    /// Changes, undo, drift, audit.
    Safety,
    /// The hub itself: people, tokens, status, import, export.
    Hub,
}

/// What an actor must be allowed beside the tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Reading.
    Read,
    /// Changing the inventory.
    Write,
    /// Managing the hub.
    Admin,
}

/// HTTP method of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Read.
    Get,
    /// Create or act.
    Post,
    /// Set.
    Put,
    /// Merge.
    Patch,
    /// Remove.
    Delete,
}

/// How the body of a request becomes input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// There is none.
    None,
    /// Its members are input fields.
    Fields,
    /// The whole body is that input field.
    Field(&'static str),
    /// The raw bytes, base64, are that input field; `X-File-Name` becomes `file_name`.
    Bytes(&'static str),
}

/// Where an operation is reached over REST.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// Method.
    pub method: Method,
    /// Path under the server's root; `{name}` is an input field. `{type}` stands for each kind's URL key.
    pub path: &'static str,
    /// Body.
    pub body: Body,
    /// Status of success.
    pub status: u16,
    /// Query parameters that are no input field go, as an object, into this one.
    pub rest_query: Option<&'static str>,
    /// Input that the route implies: a DELETE is its own confirmation, REST keeps unknown fields.
    pub implies: &'static [(&'static str, Implied)],
    /// The answer is a file: `content` is the body, `mime` its type, `file_name` its name.
    pub download: bool,
}

/// A value that a route implies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Implied {
    /// A boolean.
    Bool(bool),
    /// A text.
    Text(&'static str),
}

impl Route {
    /// `GET path`.
    pub const fn get(path: &'static str) -> Self {
        Self::new(Method::Get, path, Body::None, 200)
    }

    /// `POST path` with the input as body.
    pub const fn post(path: &'static str) -> Self {
        Self::new(Method::Post, path, Body::Fields, 200)
    }

    /// `PUT path` with the input as body.
    pub const fn put(path: &'static str) -> Self {
        Self::new(Method::Put, path, Body::Fields, 200)
    }

    /// `PATCH path` with the input as body.
    pub const fn patch(path: &'static str) -> Self {
        Self::new(Method::Patch, path, Body::Fields, 200)
    }

    /// `DELETE path`; the method itself is the confirmation.
    pub const fn delete(path: &'static str) -> Self {
        Self::new(Method::Delete, path, Body::None, 200)
    }

    const fn new(method: Method, path: &'static str, body: Body, status: u16) -> Self {
        Self { method, path, body, status, rest_query: None, implies: &[], download: false }
    }

    /// Answers 201.
    #[must_use]
    pub const fn created(mut self) -> Self {
        self.status = 201;
        self
    }

    /// The body goes elsewhere.
    #[must_use]
    pub const fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Unknown query parameters go into that field.
    #[must_use]
    pub const fn rest_query(mut self, field: &'static str) -> Self {
        self.rest_query = Some(field);
        self
    }

    /// Input the route implies.
    #[must_use]
    pub const fn implies(mut self, implies: &'static [(&'static str, Implied)]) -> Self {
        self.implies = implies;
        self
    }

    /// The answer is a file.
    #[must_use]
    pub const fn download(mut self) -> Self {
        self.download = true;
        self
    }
}

/// What the faces need to know of an operation, declared beside it.
#[derive(Debug, Clone, Copy)]
pub struct Meta {
    /// Stable name: MCP tool, `labkeeper call NAME`, audit.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Group.
    pub toolset: Toolset,
    /// Lowest tier at which it exists.
    pub tier: Tier,
    /// Permission beside the tier.
    pub need: Need,
    /// What it does to the world.
    pub effect: Effect,
    /// Repeating it changes nothing more.
    pub idempotent: bool,
    /// It removes or overwrites; MCP's `destructiveHint`.
    pub destructive: bool,
    /// It reaches beyond the hub; MCP's `openWorldHint`.
    pub open_world: bool,
    /// Offered to models. Hub management is not, unless it says so.
    pub tool: bool,
    /// A read whose answer depends only on the store; may be kept until the next write.
    pub cacheable: bool,
    /// REST routes, the first is the canonical one.
    pub routes: &'static [Route],
}

impl Meta {
    /// A read of the hub, offered to models.
    pub const fn read(name: &'static str, title: &'static str, toolset: Toolset) -> Self {
        Self {
            name,
            title,
            toolset,
            tier: Tier::Observe,
            need: Need::Read,
            effect: Effect::Read,
            idempotent: true,
            destructive: false,
            open_world: false,
            tool: true,
            cacheable: false,
            routes: &[],
        }
    }

    /// A write that the change journal can take back, offered to models.
    pub const fn write(name: &'static str, title: &'static str, toolset: Toolset) -> Self {
        Self {
            need: Need::Write,
            effect: Effect::Write(labkeeper_core::change::Reversal::Journal),
            idempotent: false,
            ..Self::read(name, title, toolset)
        }
    }

    /// Its routes.
    #[must_use]
    pub const fn routes(mut self, routes: &'static [Route]) -> Self {
        self.routes = routes;
        self
    }

    /// Its answer may be kept until the next write.
    #[must_use]
    pub const fn cacheable(mut self) -> Self {
        self.cacheable = true;
        self
    }

    /// Repeating it changes nothing more.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// It removes or overwrites.
    #[must_use]
    pub const fn destructive(mut self) -> Self {
        self.destructive = true;
        self
    }

    /// It reaches beyond the hub.
    #[must_use]
    pub const fn open_world(mut self) -> Self {
        self.open_world = true;
        self
    }

    /// Not for models.
    #[must_use]
    pub const fn not_a_tool(mut self) -> Self {
        self.tool = false;
        self
    }

    /// Only for those who manage the hub, and not for models.
    #[must_use]
    pub const fn admin(mut self) -> Self {
        self.need = Need::Admin;
        self.tool = false;
        self
    }

    /// It cannot be undone.
    #[must_use]
    pub const fn irreversible(mut self) -> Self {
        self.effect = Effect::Write(labkeeper_core::change::Reversal::None);
        self
    }
}

/// What the guard says before anything happens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Verdict {
    /// Go on.
    #[default]
    Allow,
    /// The caller repeats the call with `confirm: true`.
    Confirm(Vec<String>),
    /// Never.
    Deny(Vec<String>),
}

/// What would happen: the answer to `dry_run`, and what a confirmation is shown.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// One sentence.
    pub summary: String,
    /// Fields before and after, dependants, counts: whatever helps to decide.
    pub details: Value,
    /// May it happen?
    pub verdict: Verdict,
}

impl Plan {
    /// A plan that needs nobody's word.
    pub fn allow(summary: impl Into<String>) -> Self {
        Self { summary: summary.into(), ..Self::default() }
    }

    /// A plan that the caller must confirm, and why.
    pub fn confirm(summary: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { summary: summary.into(), verdict: Verdict::Confirm(vec![reason.into()]), ..Self::default() }
    }

    /// Adds facts.
    #[must_use]
    pub fn with(mut self, details: Value) -> Self {
        self.details = details;
        self
    }
}

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
            parse: |value| {
                serde_json::from_value::<O>(value).map(|operation| Box::new(operation) as Box<dyn Erased>)
            },
        }
    }

    pub(crate) fn parse(&self, input: Value) -> Result<Box<dyn Erased>, serde_json::Error> {
        (self.parse)(input)
    }
}
