//! What is asked of a scan, whoever runs it.

use labkeeper_core::discovery::{Sweep, SweepRefused, SweepRequest, Territory};
use labkeeper_core::fault::Fault;
use serde_json::{Value, json};

/// The plan of a scan, and in which way it looks.
pub(crate) struct Asked {
    /// The plan.
    pub(crate) sweep: Sweep,
    /// Scans of a block with the same can be compared.
    pub(crate) wish: Value,
}

/// Checks every bound.
///
/// # Errors
/// Which field is wrong, and the way out.
pub(crate) fn ask(request: &SweepRequest, territory: &Territory) -> Result<Asked, Fault> {
    let sweep = Sweep::plan(request, territory).map_err(|refused| refusal(&refused))?;
    Ok(Asked { sweep, wish: json!({"ports": request.ports, "exclude": request.exclude}) })
}

/// The refusal with its way out set apart.
fn refusal(refused: &SweepRefused) -> Fault {
    let text = refused.to_string();
    let fault = |message: &str| Fault::invalid(refused.field(), message);
    match text.split_once("; ") {
        Some((message, hint)) => fault(message).with_hint(hint),
        None => fault(&text),
    }
}
