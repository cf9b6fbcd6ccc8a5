//! Which safety switches are in force, and whether each is at its safe value. What the owner decided is no fault.

use labkeeper_core::approval::Approvals;
use labkeeper_core::checkup::{Finding, Level};
use labkeeper_core::tier::Tier;

use super::check::Check;
use crate::config::{Config, ROOT_ACKNOWLEDGEMENT};

/// One finding for each switch.
pub(super) fn check(config: &Config) -> [Finding; 10] {
    [
        mcp_tier(config),
        mcp_write(config),
        host_root(config.host_root.as_deref()),
        ceiling(config),
        approvals(config),
        ask_people(config),
        elicitation(config),
        denylist(config),
        require_login(config),
        toolsets(config),
    ]
}

/// A client starts `labkeeper mcp` with an environment of its own, which cannot be seen from here.
const ELSEWHERE: &str =
    " (here; what a client's registration sets may be more, such as `claude mcp get labkeeper` shows)";

fn mcp_tier(config: &Config) -> Finding {
    let may = match config.mcp_tier {
        Tier::Observe => "may only look",
        Tier::Operate => "may start and stop guests and make snapshots, where the node's token may",
        Tier::Companion => "may act inside guests",
        Tier::Root => "may act on the hosts themselves",
    };
    let set = set_to(config, "mcp.tier", config.mcp_tier.as_str());
    let finding = format!(
        "{set}: an assistant of `labkeeper mcp` {may}{}{ELSEWHERE}",
        safe(config.mcp_tier == Tier::Observe, "observe")
    );
    match config.mcp_tier {
        Tier::Root => Check::McpTier
            .finds(Level::Warn, finding)
            .with_remedy("set mcp.tier to observe unless you are repairing a host just now"),
        _ => Check::McpTier.ok(finding),
    }
}

fn mcp_write(config: &Config) -> Finding {
    let may = if config.mcp_write {
        "may change the inventory, and each change can be undone"
    } else {
        "may not change the inventory"
    };
    let set = set_to(config, "mcp.write", &config.mcp_write.to_string());
    Check::McpWrite.ok(format!("{set}: an assistant {may}{}", safe(!config.mcp_write, "false")))
}

fn host_root(acknowledgement: Option<&str>) -> Finding {
    match acknowledgement {
        None => Check::HostRoot.ok(format!("MCP_HOST_ROOT_ENABLED is not set: nobody acknowledged root{}{ELSEWHERE}", safe(true, ""))),
        Some(ROOT_ACKNOWLEDGEMENT) => Check::HostRoot
            .finds(Level::Warn, "MCP_HOST_ROOT_ENABLED acknowledges that an assistant may have root on the hosts; safe would be to unset it")
            .with_remedy("unset MCP_HOST_ROOT_ENABLED where labkeeper is started, unless you mean it"),
        Some(_) => Check::HostRoot
            .finds(Level::Warn, "MCP_HOST_ROOT_ENABLED is set to something else than the acknowledgement, and so to nothing")
            .with_remedy("unset it, or look up the exact words in docs/troubleshooting.md"),
    }
}

/// What nobody here can go beyond, whatever a token or a person may.
fn ceiling(config: &Config) -> Finding {
    let finding = |tier: &str, why: &str| format!("nobody goes beyond {tier} here: {why}");
    let nodes = config.shells.iter().map(|shell| shell.node.as_str()).collect::<Vec<_>>().join(", ");
    match config.ceiling() {
        Tier::Observe | Tier::Operate => Check::Ceiling
            .ok(finding("operate", "no cluster is set up for logging in over SSH"))
            .with_detail("`labkeeper setup --tier companion` sets one up"),
        Tier::Companion => Check::Ceiling.ok(finding(
            "companion",
            &format!("there is a key for {nodes}, and root is not acknowledged{}", safe(false, "operate")),
        )),
        Tier::Root => Check::Ceiling
            .finds(
                Level::Warn,
                format!("root on {nodes} is open: there is a key, and MCP_HOST_ROOT_ENABLED acknowledges it"),
            )
            .with_remedy(
                "unset MCP_HOST_ROOT_ENABLED where labkeeper is started when you have done what it is for",
            ),
    }
}

fn approvals(config: &Config) -> Finding {
    let (value, whom, is_safe) = match config.safety.approvals {
        Approvals::Agent => ("agent", "an assistant confirms by itself whatever may be confirmed", false),
        Approvals::Human => {
            ("human", "what cannot be known, and commands on a node, wait for a person", true)
        }
        Approvals::Strict => ("strict", "whatever has to be confirmed waits for a person", true),
    };
    let set = set_to(config, "safety.approvals", value);
    Check::Approvals.ok(format!("{set}: {whom}{}", safe(is_safe, "human")))
}

fn ask_people(config: &Config) -> Finding {
    let asks = config.safety.asks_people;
    let who = match (asks, &config.notify) {
        (false, _) => "nobody is asked; what needs a person is refused".to_owned(),
        (true, notify) => {
            let minutes = config.safety.patience.as_secs() / 60;
            let told = if notify.is_some() {
                "and who is told by notify.url"
            } else {
                "which nobody is told of who does not look there"
            };
            format!("people are asked in the web app and by `labkeeper approvals`, for {minutes} min, {told}")
        }
    };
    // Both are safe: not asking refuses.
    Check::AskPeople.ok(format!("{}: {who}", set_to(config, "safety.ask_people", &asks.to_string())))
}

fn elicitation(config: &Config) -> Finding {
    let is_on = config.safety.elicitation;
    let whose = if is_on {
        "what the client of an assistant says that its person answered decides about parked calls too"
    } else {
        "only the web app and the command line decide about parked calls"
    };
    let set = set_to(config, "safety.elicitation", &is_on.to_string());
    Check::Elicitation.ok(format!("{set}: {whose}{}", safe(!is_on, "false")))
}

fn denylist(config: &Config) -> Finding {
    match config.safety.denylist.as_slice() {
        [] => {
            Check::Denylist.ok("safety.denylist is empty: commands are judged by the guard's own rules alone")
        }
        rules => Check::Denylist.ok(format!(
            "{} beside the guard's own rules",
            set_to(config, "safety.denylist", &rules.join(", "))
        )),
    }
}

fn require_login(config: &Config) -> Finding {
    let whom = if config.require_login {
        "everybody has to log in, also on this machine"
    } else {
        "on this machine nobody has to log in before there is somebody who can"
    };
    let set = set_to(config, "auth.require_login", &config.require_login.to_string());
    Check::RequireLogin.ok(format!("{set}: {whom}{}", safe(config.require_login, "true")))
}

fn toolsets(config: &Config) -> Finding {
    let given = config.effective.get("mcp.toolsets").map_or("", |value| value.text.as_str());
    Check::Toolsets.ok(format!(
        "{}: only tools of these groups are offered; fewer is safer",
        set_to(config, "mcp.toolsets", given)
    ))
}

/// `mcp.tier is operate (environment MCP_TIER)`
fn set_to(config: &Config, key: &str, value: &str) -> String {
    let source = config.effective.get(key).map(|value| value.source.shown()).unwrap_or_default();
    format!("{key} is {value} ({source})")
}

fn safe(is_safe: bool, value: &str) -> String {
    if is_safe { "; this is the safe value".into() } else { format!("; safe would be {value}") }
}
