//! What assistants may do, who is asked, what is noted of it, and who is told.

use super::key::{Key, key, secret};

pub(super) const KEYS: &[Key] = &[
    key(
        "mcp.tier",
        &["MCP_TIER"],
        "observe",
        "Highest tier offered over `labkeeper mcp`: observe, operate or companion. Root is companion with the acknowledgement in `MCP_HOST_ROOT_ENABLED`.",
    ),
    key(
        "mcp.write",
        &["LABKEEPER_MCP_WRITE"],
        "true",
        "Whether `labkeeper mcp` may change the inventory. Every change can be undone.",
    ),
    key(
        "mcp.toolsets",
        &["LABKEEPER_TOOLSETS"],
        "inventory,discovery,proxmox,memory,safety,hub",
        "Groups of tools offered to models, separated by commas.",
    ),
    key(
        "safety.approvals",
        &["LABKEEPER_APPROVALS"],
        "human",
        "Who decides about what is not plainly harmless: `agent` (the assistant confirms by itself whatever may be confirmed), `human` (what cannot be known, and commands on a node, wait for a person), `strict` (whatever has to be confirmed waits for a person). What is denied stays denied.",
    ),
    key(
        "safety.approval_minutes",
        &["LABKEEPER_APPROVAL_MINUTES"],
        "5",
        "How long a call waits for a person; then the answer is no.",
    ),
    key(
        "safety.ask_people",
        &["LABKEEPER_ASK_PEOPLE"],
        "true",
        "Whether there is a person to ask, in the web app or with `labkeeper approve`. If not, what needs one is refused.",
    ),
    key(
        "safety.elicitation",
        &["LABKEEPER_ELICITATION"],
        "false",
        "Whether the client of an assistant may put a parked call before its person, whose answer there counts like one in the web app. A client that answers by itself would speak for them.",
    ),
    key(
        "safety.denylist",
        &["COMMAND_DENYLIST"],
        "",
        "Commands to refuse beside what the guard knows, separated by commas, as they begin: `apt full-upgrade`; with `confirm:` before it, to ask about.",
    ),
    key(
        "safety.secret_keys",
        &["REDACTION_EXTRA_KEYS"],
        "",
        "Names beside the usual ones (password, token, …) whose values no model reads, separated by commas.",
    ),
    secret(
        "audit.anchor",
        &["LABKEEPER_AUDIT_ANCHOR"],
        "Where signed checkpoints of the audit log are kept out of this machine's reach, separated by commas: directories (a mount of another machine, best one that can only grow) and `https://` addresses (a webhook, a topic of ntfy).",
    ),
    key(
        "audit.segment_mb",
        &["LABKEEPER_AUDIT_SEGMENT_MB"],
        "16",
        "Megabytes from which on `audit.jsonl` is complete and a new one is begun; a new day begins a new one too.",
    ),
    key(
        "audit.keep_days",
        &["LABKEEPER_AUDIT_KEEP_DAYS"],
        "0",
        "Days after which complete files of that mirror are deleted; 0 for never. The database and the checkpoints keep everything.",
    ),
    secret(
        "notify.url",
        &["LABKEEPER_NOTIFY_URL"],
        "Where to tell people that a call waits for them, and what does not answer: a topic of ntfy such as `https://ntfy.sh/my-topic`, a webhook, or addresses as Apprise writes them (`ntfys://`, `jsons://`, `gotifys://`, `discord://`, `slack://`, `tgram://`, `pover://`), separated by commas. Whoever knows a topic reads it: what is told has no command, file or secret in it.",
    ),
    secret(
        "notify.fallback",
        &["LABKEEPER_NOTIFY_FALLBACK"],
        "Where to tell people when none of `notify.url` takes it, written in the same way.",
    ),
    key(
        "notify.quiet",
        &["LABKEEPER_NOTIFY_QUIET"],
        "",
        "Hours in which people are told nothing that can wait, such as `22:00-07:00` in UTC or `22:00-07:00+02:00`. Calls that wait for a person cannot.",
    ),
    key(
        "notify.format",
        &["LABKEEPER_NOTIFY_FORMAT"],
        "ntfy",
        "`ntfy`, or `json` for a webhook that takes `{title, text, link}`.",
    ),
    secret("notify.token", &["LABKEEPER_NOTIFY_TOKEN"], "Sent there as `Authorization: Bearer …`."),
];
