//! Calls that wait for a person's word. They are no part of the journal: what comes of one has its own entry there.

use labkeeper_core::actor::Actor;
use labkeeper_core::approval::{ApprovalState, Asked};
use labkeeper_core::principal::Principal;
use labkeeper_core::stamp::Stamp;
use serde_json::Value;
use sqlx::Row as _;

use crate::Result;
use crate::event::Event;
use crate::sql::{Engine, from_row, sql};
use crate::view::{View, WriteTx};

/// A call to be parked.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// When it was made.
    pub at: Stamp,
    /// From then on nobody can say yes any more.
    pub expires_at: Stamp,
    /// Who made it.
    pub actor: String,
    /// And who that is, whatever they are called.
    pub principal: Principal,
    /// Through which face.
    pub via: String,
    /// In which session.
    pub session: Option<String>,
    /// The tier that the caller had.
    pub tier: String,
    /// Whether the caller could change the inventory.
    pub may_write: bool,
    /// Operation.
    pub op: String,
    /// Its whole input.
    pub input: Value,
    /// Binds caller, operation, input and the state that the plan was made on.
    pub digest: String,
    /// What would happen, as it was shown.
    pub plan: Value,
}

/// A call that was parked, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parked {
    /// Id, never reused.
    pub id: i64,
    /// What was asked; its input is null once nothing more can come of it.
    pub request: Request,
    /// Where it is.
    pub state: ApprovalState,
    /// When somebody decided.
    pub decided_at: Option<Stamp>,
    /// Who.
    pub decided_by: Option<String>,
    /// Why not.
    pub reason: Option<String>,
    /// What the call answered, as its caller may read it.
    pub outcome: Option<Value>,
    /// The journal entry that came of it.
    pub change_id: Option<i64>,
}

impl Parked {
    /// Where it is at that time: what nobody decided in time is expired, whether that was noted or not.
    pub fn state_at(&self, now: Stamp) -> ApprovalState {
        match self.state {
            ApprovalState::Pending if self.request.expires_at <= now => ApprovalState::Expired,
            state => state,
        }
    }
}

/// Whoever asks. Their calls are known by their principal; those of which it was not remembered by the name.
#[derive(Debug, Clone)]
pub struct Asker {
    name: String,
    principal: Principal,
}

impl Asker {
    /// That one, by that name.
    pub fn new(name: impl Into<String>, principal: Principal) -> Self {
        Self { name: name.into(), principal }
    }

    /// Whoever makes a call.
    pub fn of(actor: &Actor) -> Self {
        Self::new(&actor.name, actor.principal.clone())
    }

    /// Whether that call may be theirs to look at.
    pub fn asked(&self, request: &Request) -> bool {
        match &request.principal {
            Principal::Unknown => self.name == request.actor,
            principal => self.principal.is(principal),
        }
    }
}

/// Which ones.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// Only those that [`Asker::asked`].
    pub asker: Option<Asker>,
    /// Only those that still wait at that time.
    pub waiting_at: Option<Stamp>,
    /// At most this many, newest first.
    pub limit: i64,
}

/// How somebody decided.
#[derive(Debug, Clone)]
pub struct Decision {
    /// When.
    pub at: Stamp,
    /// Who.
    pub by: String,
    /// Why, when somebody said.
    pub reason: Option<String>,
}

const COLUMNS: &str = "id, at, expires_at, actor, principal, via, session, tier, may_write, op, input, digest, plan, state, decided_at, \
     decided_by, reason, outcome, change_id";

/// What [`Asker::asked`] says, of a principal and a name.
const OF_ASKER: &str = "CASE principal WHEN 'unknown' THEN actor = $2 ELSE principal = $1 END";

from_row!(Parked, |row| {
    let state: String = row.try_get("state")?;
    let state = ApprovalState::parse(&state).ok_or_else(|| damaged("state"))?;
    let outcome: Option<String> = row.try_get("outcome")?;
    Ok(Self {
        id: row.try_get("id")?,
        state,
        decided_at: row.try_get::<Option<i64>, _>("decided_at")?.map(Stamp),
        decided_by: row.try_get("decided_by")?,
        reason: row.try_get("reason")?,
        outcome: outcome.as_deref().map(|text| json(text, "outcome")).transpose()?,
        change_id: row.try_get("change_id")?,
        request: Request {
            at: Stamp(row.try_get("at")?),
            expires_at: Stamp(row.try_get("expires_at")?),
            actor: row.try_get("actor")?,
            principal: row.try_get::<String, _>("principal")?.into(),
            via: row.try_get("via")?,
            session: row.try_get("session")?,
            tier: row.try_get("tier")?,
            may_write: row.try_get("may_write")?,
            op: row.try_get("op")?,
            input: json(row.try_get("input")?, "input")?,
            digest: row.try_get("digest")?,
            plan: json(row.try_get("plan")?, "plan")?,
        },
    })
});

fn json(text: &str, column: &str) -> sqlx::Result<Value> {
    serde_json::from_str(text).map_err(|_| damaged(column))
}

fn damaged(column: &str) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.into(), source: "an approval that was not written so".into() }
}

impl View {
    /// One of them.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn approval(&mut self, id: i64) -> Result<Option<Parked>> {
        let query = sql("SELECT ").and(COLUMNS).and(" FROM approvals WHERE id = $1");
        Ok(query.bind(id).fetch_optional(self.conn()).await?)
    }

    /// Those, newest first.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn approvals(&mut self, which: &Which) -> Result<Vec<Parked>> {
        let asker = which.asker.as_ref();
        let rows = sql("SELECT ")
            .and(COLUMNS)
            .and(" FROM approvals WHERE (CAST($1 AS TEXT) IS NULL OR ")
            .and(OF_ASKER)
            .and(
                ") AND (CAST($3 AS BIGINT) IS NULL OR (state = 'pending' AND expires_at > $3)) ORDER BY id DESC LIMIT $4",
            )
            .bind(asker.map(|asker| String::from(asker.principal.clone())))
            .bind(asker.map(|asker| &asker.name))
            .bind(which.waiting_at.map(|stamp| stamp.0))
            .bind(which.limit)
            .fetch_all(self.conn())
            .await?;
        Ok(rows)
    }

    /// How many wait for a person.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn approvals_waiting(&mut self, now: Stamp) -> Result<i64> {
        let query = sql("SELECT COUNT(*) FROM approvals WHERE state = 'pending' AND expires_at > $1");
        Ok(query.bind(now.0).fetch_scalar(self.conn()).await?)
    }

    /// What they asked since then.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn asked_by(&mut self, asker: &Asker, since: Stamp, now: Stamp) -> Result<Vec<Asked>> {
        let rows: Vec<(i64, i64, String)> = sql("SELECT at, expires_at, state FROM approvals WHERE ")
            .and(OF_ASKER)
            .and(" AND at > $3")
            .bind(String::from(asker.principal.clone()))
            .bind(&asker.name)
            .bind(since.0)
            .fetch_all(self.conn())
            .await?;
        let asked = rows.into_iter().filter_map(|(at, expires_at, state)| {
            let state = ApprovalState::parse(&state)?;
            let over = state == ApprovalState::Pending && expires_at <= now.0;
            Some(Asked { at: Stamp(at), state: if over { ApprovalState::Expired } else { state } })
        });
        Ok(asked.collect())
    }

    /// The one that waits for just the same.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn waiting_for(&mut self, digest: &str, now: Stamp) -> Result<Option<Parked>> {
        let query = sql("SELECT ")
            .and(COLUMNS)
            .and(" FROM approvals WHERE digest = $1 AND state = 'pending' AND expires_at > $2 LIMIT 1");
        Ok(query.bind(digest).bind(now.0).fetch_optional(self.conn()).await?)
    }
}

impl WriteTx {
    /// Parks a call; answers its id.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn park(&mut self, request: &Request) -> Result<i64> {
        let (id,): (i64,) = sql(
            "INSERT INTO approvals (at, expires_at, actor, principal, via, session, tier, may_write, op, input, digest, plan) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id",
        )
        .bind(request.at.0)
        .bind(request.expires_at.0)
        .bind(&request.actor)
        .bind(String::from(request.principal.clone()))
        .bind(&request.via)
        .bind(&request.session)
        .bind(&request.tier)
        .bind(request.may_write)
        .bind(&request.op)
        .bind(request.input.to_string())
        .bind(&request.digest)
        .bind(request.plan.to_string())
        .fetch_one(self.aside())
        .await?;
        self.announce(Event::about("approval", "asked", id));
        Ok(id)
    }

    /// Somebody said yes: the call is theirs to carry out, once. `false` when it no longer waits.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn claim_approval(&mut self, id: i64, decision: &Decision) -> Result<bool> {
        let scribe = self.scribe.clone();
        self.announce_run().await?;
        let claimed = self.decide(id, ApprovalState::Running, decision).await?;
        if claimed {
            sql("UPDATE approvals SET boot = $2 WHERE id = $1")
                .bind(id)
                .bind(scribe.boot())
                .execute(self.aside())
                .await?;
        }
        Ok(claimed)
    }

    /// Somebody said no. `false` when it no longer waits.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn deny_approval(&mut self, id: i64, decision: &Decision) -> Result<bool> {
        self.decide(id, ApprovalState::Denied, decision).await
    }

    /// Says no to everything that waits and was asked by just that one: by that name, when the principal is not known.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn deny_approvals_of(&mut self, asker: &Asker, decision: &Decision) -> Result<()> {
        let waiting: Vec<(i64,)> =
            sql("SELECT id FROM approvals WHERE principal = $1 AND (principal <> 'unknown' OR actor = $2) \
             AND state = 'pending' ORDER BY id")
            .bind(String::from(asker.principal.clone()))
            .bind(&asker.name)
            .fetch_all(self.aside())
            .await?;
        for (id,) in waiting {
            self.deny_approval(id, decision).await?;
        }
        Ok(())
    }

    async fn decide(&mut self, id: i64, state: ApprovalState, decision: &Decision) -> Result<bool> {
        let kept = if state.is_final() { "'null'" } else { "input" };
        let done =
            sql("UPDATE approvals SET state = $2, decided_at = $3, decided_by = $4, reason = $5, input = ")
                .and(kept)
                .and(" WHERE id = $1 AND state = 'pending' AND expires_at > $3")
                .bind(id)
                .bind(state.as_str())
                .bind(decision.at.0)
                .bind(&decision.by)
                .bind(&decision.reason)
                .execute(self.aside())
                .await?;
        if done == 1 {
            self.announce(Event::about("approval", state.as_str(), id));
        }
        Ok(done == 1)
    }

    /// What came of a call that somebody said yes to, if it is not noted yet.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn settle_approval(
        &mut self,
        id: i64,
        state: ApprovalState,
        outcome: &Value,
        change_id: Option<i64>,
    ) -> Result<()> {
        let settled = sql("UPDATE approvals SET state = $2, outcome = $3, change_id = $4, input = 'null' \
             WHERE id = $1 AND state = 'running'")
        .bind(id)
        .bind(state.as_str())
        .bind(outcome.to_string())
        .bind(change_id)
        .execute(self.aside())
        .await?;
        if settled == 1 {
            self.announce(Event::about("approval", state.as_str(), id));
        }
        Ok(())
    }

    /// What was being carried out by a run that ended, or by any: whether it was done is not known.
    pub(crate) async fn interrupt_approvals(&mut self, boot: Option<&str>) -> Result<()> {
        let ids: Vec<(i64,)> = sql("UPDATE approvals SET state = 'interrupted', input = 'null' \
             WHERE state = 'running' AND (CAST($1 AS TEXT) IS NULL OR boot = $1) RETURNING id")
        .bind(boot)
        .fetch_all(self.aside())
        .await?;
        for (id,) in ids {
            self.announce(Event::about("approval", "interrupted", id));
        }
        Ok(())
    }

    /// Lets go of what calls would have done, and answered, of which nothing more comes since then. Their summaries and digests stay.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn let_go_of_plans(&mut self, before: Stamp) -> Result<()> {
        let (plan, details) = match self.engine() {
            Engine::Lite => (
                "json_object('summary', json_extract(plan, '$.summary'), 'verdict', json_extract(plan, '$.verdict'))",
                "json_type(plan, '$.details')",
            ),
            Engine::Postgres => (
                "CAST(json_build_object('summary', CAST(plan AS JSON) -> 'summary', \
                 'verdict', CAST(plan AS JSON) -> 'verdict') AS TEXT)",
                "CAST(plan AS JSON) -> 'details'",
            ),
        };
        let ids: Vec<(i64,)> = sql("UPDATE approvals SET outcome = NULL, plan = ")
            .and(plan)
            .and(
                " WHERE state NOT IN ('pending', 'running') AND COALESCE(decided_at, expires_at) < $1 \
                 AND (outcome IS NOT NULL OR ",
            )
            .and(details)
            .and(" IS NOT NULL) RETURNING id")
            .bind(before.0)
            .fetch_all(self.aside())
            .await?;
        for (id,) in ids {
            self.announce(Event::about("approval", "let_go", id));
        }
        Ok(())
    }

    /// Notes what nobody decided in time, and wipes what it was.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn expire_approvals(&mut self, now: Stamp) -> Result<()> {
        let over: Vec<(i64,)> = sql(
            "UPDATE approvals SET state = 'expired', input = 'null' WHERE state = 'pending' AND expires_at <= $1 \
             RETURNING id",
        )
        .bind(now.0)
        .fetch_all(self.aside())
        .await?;
        for (id,) in over {
            self.announce(Event::about("approval", "expired", id));
        }
        Ok(())
    }
}
