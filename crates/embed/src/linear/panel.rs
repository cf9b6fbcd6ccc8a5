//! How wide the kernels step through a layer.

/// Outputs that lie side by side in a panel.
pub(crate) const PANEL: usize = 16;
/// Bytes of one step through a panel: two inputs for each of its outputs.
pub(super) const STEP: usize = 2 * PANEL;
