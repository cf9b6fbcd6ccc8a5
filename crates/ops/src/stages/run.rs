//! Stages 6 and 7: the act, inside one transaction when it changes the hub itself, and reading back what it wrote.

use labkeeper_core::fault::Fault;
use serde_json::Value;

use crate::cx::Cx;
use crate::operation::{Erased, Meta};

pub(crate) async fn run(meta: &Meta, operation: Box<dyn Erased>, cx: &mut Cx) -> Result<Value, Fault> {
    if meta.acts {
        cx.check_cancelled()?;
        // The lab takes its time, and verifies in its own way. The transaction is for the outcome only; who has something to
        // note with the outcome, as a write of a file has, begins it.
        let output = operation.run(cx).await?;
        if cx.tx.is_none() {
            cx.tx = Some(cx.house.store().write().await?);
        }
        return Ok(output);
    }
    cx.tx = Some(cx.house.store().write().await?);
    let output = operation.run(cx).await?;
    cx.check_cancelled()?;
    cx.tx()?.verify().await?;
    Ok(output)
}
