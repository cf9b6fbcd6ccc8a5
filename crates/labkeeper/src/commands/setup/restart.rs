//! What is to be done after every change: who runs already read the connections when it started.

/// Said at the end of setting up as of removing.
pub(super) const RESTART: &str = "If labkeeper runs as a hub, restart it, and have MCP clients start `labkeeper mcp` again: both read the connections when they start.";
