//! That a program reads what strangers wrote is remembered of its session, before it is read: whatever comes of the call may carry it,
//! an answer, a plan or an error.

use labkeeper_core::fault::Fault;

use crate::cx::Cx;
use crate::operation::Meta;

/// Before a plan is made. The plan of a command is about the command; any other of these shows what is there.
pub(crate) fn before_plan(cx: &Cx, meta: &Meta) -> Result<(), Fault> {
    if meta.raw_shell { Ok(()) } else { before_run(cx, meta) }
}

/// Before it is done.
pub(crate) fn before_run(cx: &Cx, meta: &Meta) -> Result<(), Fault> {
    if meta.foreign && !cx.actor.is_person() {
        cx.house.sessions().has_read(&cx.actor, meta.name)?;
    }
    Ok(())
}
