//! The collector that spans are sent to.

use labkeeper_core::checkup::{Finding, Level};

use super::check::Check;
use crate::config::Config;
use crate::traces::Collector;

/// Sends it no span at all; nothing to say where there is none.
pub(super) async fn check(config: &Config) -> Option<Finding> {
    if let Some(wrong) = &config.traces_wrong {
        let finding = Check::Traces.finds(Level::Warn, format!("no spans are sent: {wrong}"));
        return Some(finding.with_remedy("mend it, or set OTEL_TRACES_EXPORTER=none for this hub"));
    }
    let settings = config.traces.as_ref()?;
    let collector = match Collector::new(settings) {
        Ok(collector) => collector,
        Err(error) => return Some(Check::Traces.finds(Level::Warn, format!("{error:#}"))),
    };
    let place = collector.place();
    Some(match collector.knock().await {
        Ok(()) => Check::Traces.ok(format!("{place} answers")),
        Err(reason) => Check::Traces
            .finds(Level::Warn, format!("{place} takes no spans: {reason}"))
            .with_remedy("nothing waits for it; spans are sent again by themselves when it works"),
    })
}
