//! What of a call can be told while it runs: to the log, and to whoever collects spans. Names and kinds of ours only: neither what was asked nor
//! what was answered, nor who it is.

use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::fault::Fault;
use tracing::Span;
use tracing::field::Empty;

use crate::call::Answer;
use crate::operation::Meta;

/// The span that a call of this operation runs in.
pub(crate) fn of(meta: &Meta, actor: &Actor) -> Span {
    tracing::error_span!(
        "operation",
        op.name = meta.name,
        op.tier = meta.tier.as_str(),
        op.outcome = Empty,
        actor.kind = kind(actor)
    )
}

/// Notes how it came out.
pub(crate) fn ended(span: &Span, answer: &Result<Answer, Fault>) {
    let outcome = match answer {
        Ok(answer) if answer.dry_run => "planned",
        Ok(_) => "done",
        Err(fault) => fault.code.as_str(),
    };
    span.record("op.outcome", outcome);
}

fn kind(actor: &Actor) -> &'static str {
    match actor.via {
        _ if actor.is_person() => "person",
        Via::Mcp => "assistant",
        Via::System => "system",
        Via::Rest | Via::Cli | Via::Elicitation => "program",
    }
}
