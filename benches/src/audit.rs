//! `audit`: what a question to a long audit log costs, through the door, in time and in memory; and what it costs to verify it, to
//! prove a record, and to write one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::Args;
use labkeeper_core::audit::{Grounds, Phase, Ruling};
use labkeeper_core::ports::Embedder;
use labkeeper_core::stamp::Stamp;
use labkeeper_core::tier::Tier;
use labkeeper_ops::journal::audit_verify::Question;
use labkeeper_ops::keeper::Keeper;
use labkeeper_store::{Intent, Outcome, Store};
use serde_json::{Value, json};

use crate::engine::Engine;
use crate::in_process::{call, keeper};
use crate::memory::resident;
use crate::random::Random;

#[derive(Args)]
pub(crate) struct Choice {
    /// How many records the log has
    #[arg(long, default_value_t = 200_000)]
    records: u64,
    /// How often each question is asked
    #[arg(long, default_value_t = 100)]
    times: usize,
    #[command(flatten)]
    engine: Engine,
}

/// What a question may take at the ninety-fifth of a hundred, in milliseconds.
const BAR: f64 = 20.0;
const BEGIN: i64 = 1_760_000_000_000_000;
/// A record every three minutes.
const STEP: i64 = 180_000_000;

pub(crate) async fn run(choice: &Choice) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let start = Instant::now();
    let store = choice.engine.open(dir.path()).await?;
    write(&store, choice.records).await?;
    choice.engine.settle().await?;
    println!(
        "{} records written on {} in {:.1} s",
        choice.records,
        choice.engine.name(),
        start.elapsed().as_secs_f64()
    );
    let none = || -> Result<Arc<dyn Embedder>, String> { Err("none".into()) };
    let keeper = keeper(store, Arc::new(none), dir.path());
    let before = resident();
    let start = Instant::now();
    call(&keeper, "query_audit", json!({"limit": 1})).await?;
    println!(
        "{:<28}{:>8.1} ms, which reads what the others are answered from",
        "the first question",
        ms(start.elapsed())
    );
    let last = BEGIN + STEP * i64::try_from(choice.records)?;
    let ago = |records: i64| Stamp(last - STEP * records).text();
    let everything = i64::try_from(choice.records)?;
    for (what, input) in [
        ("everything, 50 newest", json!({})),
        ("everything, 200 newest", json!({"limit": 200})),
        ("an old page", json!({"before": choice.records / 2})),
        ("by tool", json!({"tool": "guest_start"})),
        ("by guest", json!({"vmid": 117})),
        ("by actor and phase", json!({"actor": "claude", "phase": "failed"})),
        ("confirmed only", json!({"largeOnly": true})),
        ("by tool, guest and phase", json!({"tool": "snapshot_create", "vmid": 117, "phase": "done"})),
        ("nothing matches", json!({"tool": "snapshot_create", "actor": "nobody"})),
        ("the last 1 000", json!({"since": ago(1_000)})),
        ("the last 10 000", json!({"since": ago(10_000)})),
        ("the newer half", json!({"since": ago(everything / 2)})),
        ("the older half", json!({"until": ago(everything / 2)})),
        ("by tool in the newer half", json!({"tool": "guest_start", "since": ago(everything / 2)})),
        ("a rare word", json!({"textSearch": "host-0117"})),
        ("two words in 1 of 20", json!({"textSearch": "rack 17"})),
        ("a word in every third", json!({"textSearch": "snapshot"})),
    ] {
        measure(&keeper, what, &input, choice.times).await?;
    }
    println!("{:<28}{:>8} MB resident before, {} MB after", "memory", before, resident());
    verify(&keeper).await?;
    prove(&keeper, choice.records / 2).await?;
    intend(&keeper, choice.times).await?;
    choice.engine.forget(dir.path()).await
}

/// The whole log, every signature, and from near its end on.
async fn verify(keeper: &Keeper) -> Result<()> {
    let length = keeper.store().read().await?.audit_length().await?;
    for (what, from) in [("verify all", 0), ("verify the last 1 000", length - 1_000)] {
        let start = Instant::now();
        let found = keeper.verify_audit(Question { from, ..Question::default() }, |_| Ok(())).await?;
        let took = start.elapsed().as_secs_f64();
        let checked = (found.records - from.max(0)) as f64;
        println!(
            "{what:<28}{:>8} records and {} checkpoints in {took:.2} s: {:.0} records a second, a million in {:.1} s",
            checked,
            found.checkpoints,
            checked / took,
            took / checked * 1e6
        );
        ensure!(found.ok, "the log does not hold: {:?}", found.broken);
    }
    Ok(())
}

async fn prove(keeper: &Keeper, seq: u64) -> Result<()> {
    let start = Instant::now();
    let proof = keeper.prove_audit(i64::try_from(seq)?).await?;
    let made = start.elapsed();
    let start = Instant::now();
    proof.check(None)?;
    println!("{:<28}{:>8.0} ms to make, {:.2} ms to check", "a proof", ms(made), ms(start.elapsed()));
    Ok(())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// An intent, which is on the disk before it is answered, and a refusal, which is signed for at once.
async fn intend(keeper: &Keeper, times: usize) -> Result<()> {
    let at = keeper.clock().now();
    let intent = intent(at, "claude", "guest_stop", 0);
    let refused = Outcome { phase: Phase::Refused, summary: json!({"error": "no"}), change_id: None };
    let (mut asked, mut concluded) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let start = Instant::now();
        keeper.store().intend(&intent).await?;
        asked.push(ms(start.elapsed()));
        let start = Instant::now();
        keeper.store().conclude(at, &intent, None, &refused).await?;
        concluded.push(ms(start.elapsed()));
    }
    for (what, mut took) in [("an intent", asked), ("a refusal, signed", concluded)] {
        took.sort_by(f64::total_cmp);
        let of = |percent: usize| took[(times * percent / 100).min(times - 1)];
        println!("{what:<28}{:>14} p50 {:>7.2} ms   p95 {:>7.2} ms", "", of(50), of(95));
    }
    Ok(())
}

fn intent(at: Stamp, actor: &str, op: &str, session: u64) -> Intent {
    Intent {
        at,
        actor: actor.into(),
        via: "mcp".into(),
        session: Some(format!("s-{session}")),
        op: op.into(),
        summary: Value::Null,
        grounds: Grounds { tier: Some(Tier::Operate), verdict: Some(Ruling::Allow), ..Grounds::default() },
    }
}

async fn measure(keeper: &Keeper, what: &str, input: &Value, times: usize) -> Result<()> {
    let mut took = Vec::with_capacity(times);
    let mut matching = Value::Null;
    for _ in 0..times {
        let start = Instant::now();
        matching = call(keeper, "query_audit", input.clone()).await?["summary"]["total"].take();
        took.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    took.sort_by(f64::total_cmp);
    let at = |percent: usize| took[(times * percent / 100).min(times - 1)];
    let verdict = if at(95) <= BAR { "met" } else { "MISSED" };
    println!(
        "{what:<28}{matching:>8} match   p50 {:>7.2} ms   p95 {:>7.2} ms   bar {BAR} {verdict}",
        at(50),
        at(95)
    );
    Ok(())
}

/// A log as a busy lab with a hundred guests and a few actors has it.
async fn write(store: &Store, records: u64) -> Result<()> {
    const OPS: [&str; 12] = [
        "guest_start",
        "guest_stop",
        "guest_restart",
        "snapshot_create",
        "snapshot_delete",
        "snapshot_rollback",
        "inventory_create",
        "inventory_update",
        "inventory_delete",
        "link_create",
        "memory_add",
        "reconcile",
    ];
    const ACTORS: [&str; 4] = ["claude", "keeper", "ci", "reconcile"];
    let mut random = Random(7);
    let mut tx = store.write().await?;
    for n in 0..records {
        let op = random.below(OPS.len());
        let mut summary = json!({"plan": format!("{} host-{:04} in rack {}", OPS[op], random.below(3_000), random.below(20))});
        if op < 6 {
            summary["vmid"] = (100 + random.below(100)).into();
            summary["cluster"] = "home".into();
        }
        if matches!(op, 1 | 4 | 5 | 8) {
            summary["large"] = true.into();
        }
        let phase = match (n % 2, random.below(50)) {
            (0, _) => Phase::Asked,
            (_, 0..3) => Phase::Failed,
            (_, 3..6) => Phase::Refused,
            _ => Phase::Done,
        };
        let at = Stamp(BEGIN + STEP * i64::try_from(n)?);
        let intent = intent(at, ACTORS[random.below(ACTORS.len())], OPS[op], n / 50);
        // Each outcome is that of the intent before it.
        tx.outcome(at, &intent, i64::try_from(n)?, &Outcome { phase, summary, change_id: None }).await?;
    }
    tx.commit().await?;
    Ok(())
}
