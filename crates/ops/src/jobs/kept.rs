//! What long calls came to, while this process lives. A job's number is that of its intent in the audit log, which knows of it for good.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::principal::Principal;
use moka::sync::Cache;
use serde_json::json;
use tokio::task::JoinHandle;

use crate::call::Answer;

/// More than anybody begins in a day.
const MOST: u64 = 1_000;
/// So long an answer waits to be fetched.
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// Calls that went on without their callers.
pub(crate) struct Jobs(Cache<i64, Arc<Job>>);

/// One of them.
pub(crate) struct Job {
    owner: Principal,
    /// The operation.
    pub(crate) op: &'static str,
    done: OnceLock<Result<Answer, Fault>>,
}

impl Default for Jobs {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_live(KEPT).build())
    }
}

impl Jobs {
    /// Lets it go on, and answers what its caller is told meanwhile.
    pub(crate) fn go_on(
        &self,
        id: i64,
        actor: &Actor,
        op: &'static str,
        work: JoinHandle<Result<Answer, Fault>>,
    ) -> Fault {
        let job = Arc::new(Job { owner: actor.principal.clone(), op, done: OnceLock::new() });
        self.0.insert(id, Arc::clone(&job));
        tokio::spawn(async move {
            let done = work.await.unwrap_or_else(|panic| Err(Fault::internal(&panic)));
            let _ = job.done.set(done);
        });
        Fault::new(Code::StillRunning, format!("{op} is still at work (job {id})"))
            .with_hint(format!("it goes on by itself; ask job_status with id {id} from time to time, and do not call it again"))
            .with_details(json!({"job": id}))
    }

    /// The job of that number, if this process has it.
    pub(crate) fn of(&self, id: i64) -> Option<Arc<Job>> {
        self.0.get(&id)
    }
}

impl Job {
    /// Whether it is that actor's, or a person asks.
    pub(crate) fn is_for(&self, actor: &Actor) -> bool {
        actor.is_person() || actor.principal.is(&self.owner)
    }

    /// What came of it; `None` while it is at work.
    pub(crate) fn done(&self) -> Option<&Result<Answer, Fault>> {
        self.done.get()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use labkeeper_core::actor::{Scope, Via};

    use super::*;

    #[tokio::test]
    async fn a_job_is_for_whoever_began_it_and_for_people_and_not_for_who_is_called_alike() {
        let actor = |principal, person| Actor {
            name: "claude".into(),
            principal,
            via: if person { Via::Rest } else { Via::Mcp },
            grant: Scope::Operate.grant(),
            session: None,
            person,
        };
        let (one, jobs) = (actor(Principal::Token(1), false), Jobs::default());
        let work = tokio::spawn(std::future::pending());
        jobs.go_on(7, &one, "guest_backup", work);
        let job = jobs.of(7).unwrap();
        assert!(job.is_for(&one) && job.is_for(&actor(Principal::Person("anna".into()), true)));
        for other in [Principal::Token(2), Principal::Person("claude".into()), Principal::Unknown] {
            assert!(!job.is_for(&actor(other, false)));
        }
    }
}
