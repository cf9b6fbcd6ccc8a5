//! Asks the server of vectors, so that the order of the answer is the one that all cosines would have given: what shares a word with
//! the question is asked for by name, and of the rest as many of the nearest as can matter.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::future::try_join;
use labkeeper_core::inventory::{ItemId, Kind};
use labkeeper_core::ports::VectorServer;
use labkeeper_core::rank::fusion::{Mode, NEAR_ENOUGH, WEIGHTS};
use labkeeper_core::rank::index::{Asked, Owner};
use labkeeper_core::rank::query::{Query, Record};
use labkeeper_core::vectors::{Among, Near, Neighbours, PointId};
use tokio::task::spawn_blocking;

use super::delivery;
use crate::house::House;

/// What is asked, apart from its vector.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) query: Query,
    pub(crate) mode: Mode,
    /// Items that pass what only the store knows.
    pub(crate) allowed: Option<HashSet<ItemId>>,
    /// Most hits.
    pub(crate) limit: usize,
}

/// What the server said, and why less may be in it than there is.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) neighbours: Neighbours,
    pub(crate) lacking: Option<String>,
}

/// What this process knows before it asks.
struct Plan {
    among: Among,
    /// Who may be in the answer; `None` when everybody may.
    admitted: Option<HashSet<Owner>>,
    worded: Vec<PointId>,
    /// How many points must be there.
    expected: Option<usize>,
    absent: usize,
    exact: bool,
}

/// Points that are sent before an answer where nobody else does it: about a second of work.
const AT_ONCE: usize = 2_048;
/// Chunks with a word of the question whose cosine counts; those behind share the least with it.
const WORDED: usize = 2_000;
/// Owners that are named one by one rather than by their kind and tags.
const BY_NAME: usize = 500;
/// Of how many points the nearest are asked for, at first and at most.
const FIRST: usize = 128;
const MOST: usize = 16_384;
/// Up to so many points the server goes through all of them, which takes it some ten milliseconds; beyond, its index is asked.
const EXACT_UP_TO: usize = 100_000;

/// Asks.
///
/// # Errors
/// Why meaning is not searched, and what to do about it.
pub(crate) async fn ask(
    house: &House,
    server: &dyn VectorServer,
    question: &Arc<Question>,
    vector: Vec<f32>,
) -> Result<Told, String> {
    up_to_date(house).await?;
    let plan = planned(house, question).await?;
    if plan.admitted.as_ref().is_some_and(HashSet::is_empty) {
        return Ok(Told::default());
    }
    let trouble = |error| delivery::note_trouble(house, &error);
    let mut count = FIRST.max(question.limit.saturating_mul(2)).min(MOST);
    let near = |among: Among, limit: usize| Near { vector: vector.clone(), among, limit, exact: plan.exact };
    let mut asked = vec![near(plan.among.clone(), count)];
    if !plan.worded.is_empty() {
        let points = Among { points: Some(plan.worded.clone()), ..Among::default() };
        asked.push(near(points, plan.worded.len()));
    }
    let (mut answers, standing) =
        try_join(server.nearest(&asked), server.standing()).await.map_err(trouble)?;
    let worded = if answers.len() > 1 { answers.swap_remove(1) } else { Neighbours::new() };
    let mut nearest = answers.pop().unwrap_or_default();
    while nearest.len() >= count && count < MOST && !reaches(house, question, &plan, &nearest) {
        count = (count * 4).min(MOST);
        let more = server.nearest(&[near(plan.among.clone(), count)]).await.map_err(trouble)?;
        nearest = more.into_iter().next().unwrap_or_default();
    }
    nearest.extend(worded);
    Ok(Told { neighbours: nearest, lacking: lacking(house, &plan, standing.points, server.place()) })
}

/// Where a worker keeps the server up to date, its word is taken; else this question does it.
async fn up_to_date(house: &House) -> Result<(), String> {
    if house.search().has_worker.load(Ordering::Relaxed) {
        return house.search().link.trouble().map_or(Ok(()), Err);
    }
    let has_work = house.search().read().ledger().is_some_and(super::ledger::Ledger::has_work);
    if has_work {
        delivery::deliver(house, AT_ONCE).await?;
    }
    Ok(())
}

async fn planned(house: &House, question: &Arc<Question>) -> Result<Plan, String> {
    let (house, question) = (house.clone(), Arc::clone(question));
    spawn_blocking(move || plan(&house, &question)).await.map_err(|panic| panic.to_string())?
}

fn plan(house: &House, question: &Question) -> Result<Plan, String> {
    let state = house.search().read();
    let Some(ledger) = state.ledger() else {
        return Err(state.no_model.clone().unwrap_or_else(|| "the model has just come; ask again".into()));
    };
    let query = &question.query;
    let admitted = state.index.admitted(Asked {
        query,
        cosines: None,
        allowed: question.allowed.as_ref(),
        mode: question.mode,
        weights: WEIGHTS,
        limit: question.limit,
    });
    let worded = match question.mode {
        Mode::Semantic => Vec::new(),
        _ => state.index.worded(query, WORDED),
    };
    let is_admitted = |owner: Owner| admitted.as_ref().is_none_or(|admitted| admitted.contains(&owner));
    let worded: HashSet<PointId> = worded
        .into_iter()
        .filter(|chunk| state.index.owner(*chunk).is_some_and(is_admitted))
        .filter_map(|chunk| ledger.point(chunk))
        .collect();
    Ok(Plan {
        among: among(query, admitted.as_ref()),
        worded: worded.into_iter().collect(),
        expected: ledger.expected(),
        absent: state.absent(),
        exact: state.index.chunks() <= EXACT_UP_TO,
        admitted,
    })
}

/// What the server can tell by itself. Few are named; of many it looks at kind and tags, and the rest is looked at here.
fn among(query: &Query, admitted: Option<&HashSet<Owner>>) -> Among {
    let Some(admitted) = admitted else { return Among::default() };
    if admitted.len() <= BY_NAME {
        return Among { owners: Some(admitted.iter().copied().collect()), ..Among::default() };
    }
    let filters = &query.filters;
    let records = filters.records.iter().map(|record| match record {
        Record::Memories => "memories",
        Record::Changes => "changes",
    });
    let kinds = filters.kinds.iter().copied().map(Kind::key).chain(records).map(Into::into).collect();
    Among { kinds, tags: filters.tags.clone(), ..Among::default() }
}

/// Whether those that were not named can no longer be among the best: so many others are nearer. Equals may have been left out, and
/// history counts for less than its cosine, so neither is counted.
fn reaches(house: &House, question: &Question, plan: &Plan, nearest: &Neighbours) -> bool {
    let Some((_, last)) = nearest.last() else { return true };
    if *last < NEAR_ENOUGH {
        return true;
    }
    let state = house.search().read();
    let Some(ledger) = state.ledger() else { return true };
    let counts = |owner: &Owner| {
        !matches!(owner, Owner::Change(_))
            && plan.admitted.as_ref().is_none_or(|admitted| admitted.contains(owner))
    };
    let nearer = nearest.iter().filter(|(_, cosine)| cosine > last);
    let owners: HashSet<Owner> = nearer
        .flat_map(|(id, _)| ledger.chunks(*id))
        .filter_map(|chunk| state.index.owner(*chunk))
        .filter(counts)
        .collect();
    owners.len() >= question.limit
}

fn lacking(house: &House, plan: &Plan, points: usize, place: &str) -> Option<String> {
    if let Some(expected) = plan.expected.filter(|expected| points < *expected) {
        delivery::lose(house);
        return Some(format!(
            "{place} holds {points} of {expected} texts: the others are searched by words until they are there again"
        ));
    }
    (plan.absent > 0).then(|| {
        format!("{} texts are searched by words only: their vectors are on the way to {place}", plan.absent)
    })
}
