//! Stage 9: that a program has read what strangers wrote is remembered of its session. Redacting and making visible is done where the
//! answer leaves (`telling.rs`): for models by their face, for programs at the door.

use labkeeper_core::fault::Fault;
use serde_json::Value;

use crate::cx::Cx;
use crate::operation::Meta;

pub(crate) fn present(cx: &Cx, meta: &Meta, output: Value) -> Result<Value, Fault> {
    if meta.foreign && !cx.actor.is_person() {
        cx.house.sessions().has_read(&cx.actor, meta.name)?;
    }
    Ok(output)
}
