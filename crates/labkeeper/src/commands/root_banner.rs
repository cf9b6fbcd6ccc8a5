//! What is said at every start of an installation on which root is open, so that nobody forgets it.

use labkeeper_core::tier::Tier;

use crate::config::Config;
use crate::diagnostics::announce;

/// Says it on stderr, or nothing where root is closed.
pub(super) fn show(config: &Config) {
    if config.ceiling() != Tier::Root && config.mcp_tier != Tier::Root {
        return;
    }
    announce(
        config,
        "ROOT: an assistant may act on the hosts themselves, as root, because MCP_HOST_ROOT_ENABLED says so; unset it when you are done",
    );
}
