//! A hub in a temporary directory for the tests: real database, nobody on the network, and operations that take time, want a person, and
//! say much.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use labkeeper_core::discovery::Silence;
use labkeeper_core::fault::Fault;
use labkeeper_core::ports::Clock;
use labkeeper_core::stamp::Stamp;
use labkeeper_ops::cx::Cx;
use labkeeper_ops::keeper::{Keeper, Parts, Safety, Settings};
use labkeeper_ops::operation::{Entry, Meta, Operation, Plan, Toolset, Verdict};
use labkeeper_ops::outputs::{LongOutput, OutputId};
use labkeeper_store::testing;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A keeper on a fresh database in that directory.
pub(crate) async fn keeper(dir: &Path, safety: Safety) -> Keeper {
    let parts = Parts {
        store: testing::open(&dir.join("lab.db")).await.unwrap(),
        clock: Arc::new(Ticks(AtomicI64::new(1_790_000_000_000_000))),
        embedder: Arc::new(|| Err("no model in this test".to_string())),
        scout: Arc::new(Silence::default()),
        clusters: Default::default(),
        shells: Default::default(),
        vectors: None,
        relay: None,
        notifier: None,
        history: None,
        settings: Settings {
            version: "0.0.0-test".into(),
            demo: false,
            data_dir: dir.into(),
            toolsets: vec![
                Toolset::Inventory,
                Toolset::Discovery,
                Toolset::Memory,
                Toolset::Safety,
                Toolset::Hub,
            ],
            api_token: None,
            health: labkeeper_core::health::Thresholds::default(),
            snapshots_kept: 3,
            snapshot_memory: false,
            backups: Default::default(),
            history: Default::default(),
            files: Default::default(),
            ceiling: labkeeper_core::tier::Tier::Root,
            safety,
            audit: Default::default(),
            reconcile_every: None,
            watch: Default::default(),
        },
    };
    Keeper::new(parts, vec![Entry::of::<TestSlow>(), Entry::of::<TestDrastic>(), Entry::of::<TestLong>()])
}

/// Count slowly, so that progress and cancellation can be seen.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestSlow {
    /// How many steps of twenty milliseconds.
    steps: u32,
}

/// How far it came.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Counted {
    /// Steps done.
    steps: u32,
}

impl Operation for TestSlow {
    type Output = Counted;
    const META: Meta = Meta::read("test_slow", "Count slowly", Toolset::Hub);

    async fn run(self, cx: &mut Cx) -> Result<Counted, Fault> {
        for step in 0..self.steps {
            cx.check_cancelled()?;
            cx.progress.report(f64::from(step + 1), Some(f64::from(self.steps)), "counting");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(Counted { steps: self.steps })
    }
}

/// Do something about which a person decides.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestDrastic {
    /// What.
    what: String,
}

/// What was done.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Did {
    /// It.
    did: String,
}

impl Operation for TestDrastic {
    type Output = Did;
    const META: Meta = Meta::act("test_drastic", "Do something drastic", Toolset::Hub);

    async fn plan(&self, _: &mut Cx) -> Result<Plan, Fault> {
        let verdict = Verdict::Approve(vec!["nobody knows what it does".into()]);
        let details = serde_json::json!({
            "command": self.what, "decoded": ["systemctl reboot"], "undo": "it cannot be taken back"
        });
        let beginning: String = self.what.chars().take(40).collect();
        Ok(Plan { verdict, ..Plan::allow(format!("do {beginning}")) }.with(details))
    }

    async fn run(self, cx: &mut Cx) -> Result<Did, Fault> {
        cx.summarise(format!("did {}", self.what));
        Ok(Did { did: self.what })
    }
}

/// Say much, of which only the beginning is answered.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestLong {
    /// How many lines.
    lines: usize,
}

/// The beginning.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Said {
    /// The first line.
    stdout: String,
    /// Where the rest is.
    rest: Vec<String>,
}

impl Operation for TestLong {
    type Output = Said;
    const META: Meta = Meta::read("test_long", "Say much", Toolset::Hub).foreign();

    async fn run(self, cx: &mut Cx) -> Result<Said, Fault> {
        let text: String = (0..self.lines).map(|line| format!("line {line}\n")).collect();
        let shown = text.find('\n').map_or(0, |end| end + 1);
        let stdout = text[..shown].to_owned();
        let id = cx.keep_output(LongOutput { place: "CT 101", stream: "stdout", text, shown })?;
        Ok(Said { stdout, rest: id.map(OutputId::uri).into_iter().collect() })
    }
}

/// A second later whenever it is asked.
struct Ticks(AtomicI64);

impl Clock for Ticks {
    fn now(&self) -> Stamp {
        Stamp(self.0.fetch_add(1_000_000, Ordering::Relaxed))
    }
}
