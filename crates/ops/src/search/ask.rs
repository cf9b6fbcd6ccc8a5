//! `inventory_search`: the one box.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::Kind;
use labkeeper_core::nearest::nearest;
use labkeeper_core::ports::VectorServer;
use labkeeper_core::rank::fusion::{Mode, WEIGHTS};
use labkeeper_core::rank::index::{Asked, Found};
use labkeeper_core::rank::query::{self, Query, Record, State};
use labkeeper_core::vectors::{Neighbours, VectorError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::hits::{SearchHit, shown};
use super::neighbours::{self, Question};
use super::{delivery, embedding, follow, states};
use crate::cx::Cx;
use crate::house::House;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Find anything in the lab by name, meaning or part of an address: items, pages, notes, history. Words, fragments (`10.10.`, `:8006`), typos
/// and questions work; operators narrow: `kind:vm tag:prod host:pve1 net:iot ip:10.0.20.0/24 is:drift|missing|unbacked @scan "phrase" -word`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventorySearch {
    /// The question.
    #[serde(default)]
    pub q: String,
    /// At most so many hits, up to 100; 20 when left out.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Only this kind: `vms`, `documents`, …, also `memories` and `changes`.
    #[serde(default)]
    pub kind: Option<String>,
    /// What counts; both when left out.
    #[serde(default)]
    pub mode: SearchMode,
}

/// Words, meaning, or both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SearchMode {
    /// Both.
    #[default]
    Hybrid,
    /// Words, fragments and typos only.
    Lexical,
    /// Meaning only.
    Semantic,
}

/// What was found, best first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SearchAnswer {
    /// Hits.
    pub data: Vec<SearchHit>,
    /// How many.
    pub count: usize,
    /// Why less was searched than asked for; absent when nothing was left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degraded: Option<String>,
}

impl Operation for InventorySearch {
    type Output = SearchAnswer;
    const META: Meta =
        Meta::read("inventory_search", "Search", Toolset::Inventory).routes(&[Route::get("/api/search")]);

    async fn run(self, cx: &mut Cx) -> Result<SearchAnswer, Fault> {
        let limit = self.limit.unwrap_or(20).min(100) as usize;
        let mut query = query::parse(&self.q);
        if let Some(kind) = self.kind.as_deref().filter(|kind| !kind.trim().is_empty()) {
            only(&mut query, kind)?;
        }
        if self.q.trim().is_empty() || query.is_blank() || limit == 0 {
            return Ok(SearchAnswer { data: Vec::new(), count: 0, degraded: None });
        }
        let (data, degraded) = search(cx.house(), query, self.mode.into(), limit).await?;
        Ok(SearchAnswer { count: data.len(), data, degraded })
    }
}

impl From<SearchMode> for Mode {
    fn from(mode: SearchMode) -> Self {
        match mode {
            SearchMode::Hybrid => Self::Hybrid,
            SearchMode::Lexical => Self::Lexical,
            SearchMode::Semantic => Self::Semantic,
        }
    }
}

fn only(query: &mut Query, kind: &str) -> Result<(), Fault> {
    let filters = &mut query.filters;
    match kind.trim() {
        "memories" => filters.records.push(Record::Memories),
        "changes" => filters.records.push(Record::Changes),
        word => match Kind::guess(word) {
            Some(kind) => filters.kinds.push(kind),
            None => {
                let known: Vec<&str> =
                    Kind::ALL.into_iter().map(Kind::key).chain(["memories", "changes"]).collect();
                let fault = Fault::invalid("kind", format!("kind: there is no \"{word}\""));
                return Err(match nearest(word, known.iter().copied()) {
                    Some(near) => fault.with_hint(format!("did you mean \"{near}\"?")),
                    None => fault.with_hint(format!("one of {}", known.join(", "))),
                });
            }
        },
    }
    Ok(())
}

/// Hits for a question, and why they may be less than they could be.
pub(crate) async fn search(
    house: &House,
    query: Query,
    mode: Mode,
    limit: usize,
) -> Result<(Vec<SearchHit>, Option<String>), Fault> {
    follow::catch_up(house).await?;
    let mut degraded = None;
    if query.filters.states.contains(&State::Down) && house.settings().watch.every.is_none() {
        add(&mut degraded, states::NOBODY_CHECKS.into());
    }
    let asks_meaning = match mode {
        Mode::Lexical => false,
        Mode::Hybrid => query.has_meaning,
        Mode::Semantic => !query.text.trim().is_empty(),
    };
    if asks_meaning && let Some(reason) = fill(house).await {
        add(&mut degraded, reason);
    }
    let mut view = house.store().snapshot().await?;
    let allowed = states::allowed(&mut view, &query.filters).await?;
    let phrases = !query.phrases.is_empty();
    let wanted = if phrases { limit.max(1) * 20 } else { limit };
    let question = Arc::new(Question { query, mode, allowed, limit: wanted });
    let (mut view, meaning) = match (asks_meaning, house.vectors()) {
        (false, _) => (view, Meaning::Unasked),
        (true, None) => (view, Meaning::Here),
        (true, Some(server)) => {
            // Who waits for a server keeps no connection from others.
            drop(view);
            let told = on_server(house, &**server, &question, &mut degraded).await;
            (house.store().snapshot().await?, Meaning::Told(told))
        }
    };
    let (found, reason) = find(house, Arc::clone(&question), meaning).await?;
    if let Some(reason) = reason {
        add(&mut degraded, reason);
    }
    Ok((shown(&mut view, &question.query, found, limit).await?, degraded))
}

/// Texts that are embedded before an answer rather than left out of it: about a second of work where nobody else does
/// it, and beside a worker what it is doing at this moment anyway.
const AT_ONCE: usize = 96;
const BESIDE_A_WORKER: usize = 8;

/// Makes the vectors that are missing if they are few. Answers why some still are.
async fn fill(house: &House) -> Option<String> {
    let pending = house.search().read().pending();
    let left = if house.search().has_worker.load(Ordering::Relaxed) && pending > BESIDE_A_WORKER {
        Ok(pending)
    } else {
        embedding::fill(house, AT_ONCE).await
    };
    match left {
        Ok(0) => None,
        Ok(left) => {
            Some(format!("{left} texts are searched by words only: their meaning is still being read"))
        }
        Err(reason) => Some(reason),
    }
}

/// So long a question waits for a server, whatever has to be asked there.
const PATIENCE: Duration = Duration::from_secs(4);

/// From where the cosines come.
enum Meaning {
    Unasked,
    Here,
    Told(Result<Neighbours, String>),
}

/// What the question means, as a vector. Blocks.
fn vector_of(house: &House, query: &Query) -> Result<Vec<f32>, String> {
    let embedder = house.embedder().get()?;
    let vectors = embedder.embed(&[&query.text]).map_err(|error| error.to_string())?;
    vectors.into_iter().next().ok_or_else(|| "the model gave no vector".to_string())
}

/// The cosines that a server has, and why they may be less than all.
async fn on_server(
    house: &House,
    server: &dyn VectorServer,
    question: &Arc<Question>,
    degraded: &mut Option<String>,
) -> Result<Neighbours, String> {
    let (at_home, asked) = (house.clone(), Arc::clone(question));
    let vector = spawn_blocking(move || vector_of(&at_home, &asked.query)).await;
    let vector = vector.map_err(|panic| panic.to_string())??;
    let told = timeout(PATIENCE, neighbours::ask(house, server, question, vector)).await;
    let told = told.map_err(|_| {
        let (place, seconds) = (server.place().into(), PATIENCE.as_secs());
        delivery::note_trouble(house, &VectorError::TooSlow { place, seconds })
    })??;
    if let Some(lacking) = told.lacking {
        add(degraded, lacking);
    }
    Ok(told.neighbours)
}

async fn find(
    house: &House,
    question: Arc<Question>,
    meaning: Meaning,
) -> Result<(Found, Option<String>), Fault> {
    let house = house.clone();
    let work = spawn_blocking(move || {
        let Question { query, mode, allowed, limit } = &*question;
        let (mode, limit) = (*mode, *limit);
        let vector = matches!(meaning, Meaning::Here).then(|| vector_of(&house, query));
        let state = house.search().read();
        let cosines = match meaning {
            Meaning::Told(told) => Some(told.map(|neighbours| state.cosines_from(&neighbours))),
            Meaning::Unasked | Meaning::Here => vector.map(|vector| {
                let cosines = state.cosines(&vector?).map_err(|error| error.to_string())?;
                cosines.ok_or_else(|| {
                    state.no_model.clone().unwrap_or_else(|| "the model has just come; ask again".into())
                })
            }),
        };
        let (cosines, reason) = match cosines {
            None => (None, None),
            Some(Ok(cosines)) => (Some(cosines), None),
            Some(Err(reason)) => (None, Some(reason)),
        };
        // Meaning alone was asked for and is not to be had: words are better than nothing.
        let mode = if mode == Mode::Semantic && cosines.is_none() { Mode::Lexical } else { mode };
        let found = state.index.search(Asked {
            query,
            cosines: cosines.as_deref(),
            allowed: allowed.as_ref(),
            mode,
            weights: WEIGHTS,
            limit,
        });
        drop(state);
        (found, reason)
    });
    work.await.map_err(|panic| Fault::internal(&panic))
}

fn add(degraded: &mut Option<String>, reason: String) {
    match degraded {
        Some(known) if *known == reason => {}
        Some(known) => {
            let _ = write!(known, "; {reason}");
        }
        None => *degraded = Some(reason),
    }
}
