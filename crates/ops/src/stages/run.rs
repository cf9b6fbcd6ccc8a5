//! Stages 6 and 7: the act, inside one transaction, and reading back what it wrote.

use labkeeper_core::fault::Fault;
use serde_json::Value;

use crate::cx::Cx;
use crate::operation::Erased;

pub(crate) async fn run(operation: Box<dyn Erased>, cx: &mut Cx) -> Result<Value, Fault> {
    cx.tx = Some(cx.house.store().write().await?);
    let output = operation.run(cx).await?;
    cx.check_cancelled()?;
    cx.tx()?.verify().await?;
    Ok(output)
}
