//! What the program says of itself while it runs: lines on stderr, and spans where somebody collects them. stdout belongs to answers
//! and to MCP.

use std::io::IsTerminal;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use crate::cli::Global;
use crate::config::Config;
use crate::render;
use crate::traces::Traces;

/// Begins; `usual` is how much is said when nobody asked for more or less.
pub(crate) fn begin(global: &Global, config: &Config, usual: &str, traces: Option<&Traces>) {
    let level = match global.verbose {
        0 if told(config, "log.level").is_empty() => usual,
        0 => told(config, "log.level"),
        1 => "debug",
        _ => "trace",
    };
    let quiet = "sqlx=warn,h2=warn,hyper=warn,rustls=warn,rmcp=warn";
    let filter = EnvFilter::try_new(format!("{quiet},{level},{ANNOUNCED}=info"));
    let filter = filter.unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    let lines: Box<dyn Layer<Registry> + Send + Sync> =
        if is_json(config) { lines.json().boxed() } else { lines.with_target(false).boxed() };
    let lines = tracing_subscriber::registry().with(lines.with_filter(filter));
    let _ = match traces {
        Some(traces) => lines.with(traces.layer()).try_init(),
        None => lines.try_init(),
    };
}

/// Under which name lines are written that are not to be missed at any level.
const ANNOUNCED: &str = "labkeeper::announced";

/// Says that, however little is logged: as it is to whoever sits there, as a line of the log where programs read the lines.
pub(crate) fn announce(config: &Config, text: &str) {
    if is_json(config) {
        tracing::info!(target: ANNOUNCED, "{text}");
    } else {
        render::note(text);
    }
}

fn is_json(config: &Config) -> bool {
    told(config, "log.format") == "json"
}

fn told<'a>(config: &'a Config, key: &str) -> &'a str {
    config.effective.get(key).map_or("", |value| value.text.as_str())
}
