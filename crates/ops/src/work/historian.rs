//! Keeps the history of configurations up to date: follows what is written from here, and sweeps the lab from time to time.

use std::time::Duration;

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::Fault;
use labkeeper_core::history::HistoryError;
use labkeeper_core::ports::History;
use serde_json::json;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::call::Call;
use crate::history::following;
use crate::house::House;
use crate::keeper::Keeper;

/// How often it looks for writes of other processes; those of this one wake it.
const LOOK: Duration = Duration::from_secs(2);
/// How long it rests after a failure.
const REST: Duration = Duration::from_secs(60);

/// Both, until `shutdown`; neither where no history is kept, or there is no git to keep it.
pub(super) async fn run(keeper: &Keeper, shutdown: &CancellationToken) {
    let house = keeper.house();
    let kept = match house.history() {
        None => None,
        Some(history) => match history.state().await {
            Err(HistoryError::NoGit) => {
                tracing::info!("git is not there: no history of configurations is kept");
                None
            }
            _ => Some(history),
        },
    };
    match kept {
        Some(history) => _ = tokio::join!(follow(house, &**history, shutdown), sweep(keeper, shutdown)),
        None => {
            if let Err(fault) = following::give_up(house).await {
                tracing::warn!(%fault, "the journal cannot be told that no history is kept");
            }
        }
    }
}

async fn follow(house: &House, history: &dyn History, shutdown: &CancellationToken) {
    let mut committed = house.store().watch();
    let mut said: Option<String> = None;
    while !shutdown.is_cancelled() {
        let trouble = step(house, history).await.err().map(|fault| fault.to_string());
        // What stays wrong is said once.
        if let Some(problem) = trouble.as_ref().filter(|_| trouble != said) {
            tracing::warn!(problem, "the history of configurations is behind");
        }
        let rest = if trouble.is_some() { REST } else { LOOK };
        said = trouble;
        tokio::select! {
            () = shutdown.cancelled() => {}
            _ = committed.changed(), if rest == LOOK => {}
            () = sleep(rest) => {}
        }
    }
}

async fn step(house: &House, history: &dyn History) -> Result<(), Fault> {
    let mut committed = 0;
    loop {
        let (some, is_more) = following::step(house, history).await?;
        committed += some;
        if !is_more {
            break;
        }
    }
    if committed > 0 {
        history.push().await?;
    }
    Ok(())
}

/// Through the door like everybody, so that it is audited.
async fn sweep(keeper: &Keeper, shutdown: &CancellationToken) {
    let Some(every) = keeper.settings().history.sweep_every.filter(|_| !keeper.house().clusters().is_none())
    else {
        return;
    };
    while !shutdown.is_cancelled() {
        let mut call = Call::new(Actor::system("schedule"), "config_sweep", json!({}));
        call.cancelled = shutdown.child_token();
        let answer = tokio::select! {
            answer = keeper.call(call) => answer,
            () = shutdown.cancelled() => return,
        };
        match answer {
            Ok(answer) => {
                if let Some(problem) = answer.output["pushProblem"].as_str() {
                    tracing::warn!(problem, "the history of configurations was not pushed");
                }
            }
            Err(fault) => tracing::warn!(%fault, "the lab's configuration could not be swept"),
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = sleep(every) => {}
        }
    }
}
