//! Stages 6 and 7: the act, inside one transaction when it changes the hub itself, and reading back what it wrote.

use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;
use labkeeper_core::fault::Fault;
use serde_json::Value;

use crate::cx::Cx;
use crate::operation::{Erased, Meta};

/// Runs it. A mistake of ours in it that ends in a panic has an outcome too.
pub(crate) async fn run(meta: &Meta, operation: Box<dyn Erased>, cx: &mut Cx) -> Result<Value, Fault> {
    let done = AssertUnwindSafe(carry_out(meta, operation, cx)).catch_unwind().await;
    done.unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("nothing");
        Err(Fault::internal(&format!("it panicked and said: {said}")))
    })
}

async fn carry_out(meta: &Meta, operation: Box<dyn Erased>, cx: &mut Cx) -> Result<Value, Fault> {
    if meta.acts {
        cx.check_cancelled()?;
        // The lab verifies in its own way. Who has something to note with the outcome, as a write of a file has, begins its transaction.
        return operation.run(cx).await;
    }
    cx.tx = Some(cx.house.store().write().await?);
    let output = operation.run(cx).await?;
    // A hub that is shutting down keeps what is done: what is left of it takes moments.
    if !cx.house.at_work().is_ending() {
        cx.check_cancelled()?;
    }
    cx.tx()?.verify().await?;
    Ok(output)
}
