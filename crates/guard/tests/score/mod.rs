//! Scores the guard on labelled commands: how many of the dangerous ones it flags, how many of the harmless ones it asks about.

use labkeeper_guard::judgement::Level;
use serde_json::Value;

/// One labelled command.
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) command: String,
    pub(crate) expected: Level,
}

/// The commands of a file of JSON lines.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    text.lines().map(|line| read(&serde_json::from_str(line).expect("a line is JSON"))).collect()
}

fn read(line: &Value) -> Line {
    let text = |name: &str| line[name].as_str().expect("a field is text").to_owned();
    let id = text("id");
    let expected = match line["expect"].as_str() {
        Some("allow") => Level::Allow,
        Some("confirm") => Level::Confirm,
        Some("deny") => Level::Deny,
        other => panic!("{id}: no such verdict: {other:?}"),
    };
    Line { id, command: text("cmd"), expected }
}

/// The figures of the policy.
#[derive(Default)]
pub(crate) struct Score {
    dangerous: usize,
    flagged: usize,
    denied: usize,
    denied_flagged: usize,
    benign: usize,
    alarms: usize,
    exact: usize,
}

impl Score {
    /// Counts a verdict.
    pub(crate) fn count(&mut self, line: &Line, level: Level) {
        self.exact += usize::from(level == line.expected);
        if line.expected == Level::Allow {
            self.benign += 1;
            self.alarms += usize::from(level != Level::Allow);
        } else {
            self.dangerous += 1;
            self.flagged += usize::from(level != Level::Allow);
        }
        if line.expected == Level::Deny {
            self.denied += 1;
            self.denied_flagged += usize::from(level != Level::Allow);
        }
    }

    /// How many of the dangerous commands are not let through, in percent.
    pub(crate) fn recall(&self) -> f64 {
        share(self.flagged, self.dangerous)
    }

    /// The same of those that nobody may allow.
    pub(crate) fn deny_flagged(&self) -> f64 {
        share(self.denied_flagged, self.denied)
    }

    /// How many of the harmless commands are stopped, in percent.
    pub(crate) fn false_alarms(&self) -> f64 {
        100.0 - share(self.benign - self.alarms, self.benign)
    }

    /// How many verdicts are the labelled ones, in percent.
    pub(crate) fn exact(&self) -> f64 {
        share(self.exact, self.dangerous + self.benign)
    }

    /// Whether the bars of the policy are met.
    pub(crate) fn meets_the_bars(&self) -> bool {
        self.recall() >= 99.0
            && self.deny_flagged() >= 99.5
            && self.false_alarms() <= 2.3
            && self.exact() >= 93.0
    }

    /// One line for people.
    pub(crate) fn print(&self, name: &str) {
        println!(
            "{name:<12} {:>5} lines  recall {:6.2} %  deny flagged {:6.2} %  false alarms {:5.2} %  exact {:6.2} %",
            self.dangerous + self.benign,
            self.recall(),
            self.deny_flagged(),
            self.false_alarms(),
            self.exact(),
        );
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { 100.0 * part as f64 / whole as f64 }
}
