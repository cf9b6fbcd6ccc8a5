//! Hits as they are shown: which field matched, why, and a snippet with the matched words marked.

use std::collections::HashMap;

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::ItemId;
use labkeeper_core::rank::chunk::{self, Chunk, Key};
use labkeeper_core::rank::fold::fold;
use labkeeper_core::rank::index::{Found, Hit, Owner};
use labkeeper_core::rank::lexicon::How;
use labkeeper_core::rank::query::Query;
use labkeeper_core::rank::snippet::snippet;
use labkeeper_core::rank::tokens::tokens;
use labkeeper_store::View;
use schemars::JsonSchema;
use serde::Serialize;

use crate::inventory::rows::rows_of;

/// Something found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SearchHit {
    /// Kind of the item, `memories` or `changes`.
    pub entity_type: String,
    /// Id among its like.
    pub entity_id: i64,
    /// Name, title, or first words.
    pub name: String,
    /// 0 to 1.
    pub score: f64,
    /// The text that answers; U+E000 and U+E001 stand around what matched.
    pub snippet: String,
    /// Which field matched, and why.
    pub matched: Matched,
    /// What the score is made of.
    pub parts: Parts,
    /// Icon of the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
}

/// Where and why.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Matched {
    /// Field name, `on` for what it stands on, `content › Heading` for a section.
    pub field: String,
    /// exact name, exact address, words, beginning, typo, meaning or filter.
    pub why: String,
}

/// Each 0 to 1.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Parts {
    /// 1 when a name or address was typed in full.
    pub exact: f64,
    /// Share of the question that its words cover.
    pub lexical: f64,
    /// Cosine of its meaning with the question's.
    pub semantic: f64,
}

/// Characters of a snippet.
const WIDTH: usize = 160;

/// The hits in wire form, at most `limit`; those whose text lacks a quoted phrase are left out.
pub(super) async fn shown(
    view: &mut View,
    query: &Query,
    found: Found,
    limit: usize,
) -> Result<Vec<SearchHit>, Fault> {
    let Found { hits, used } = found;
    let mut shown = Vec::with_capacity(limit.min(hits.len()));
    // Without a phrase one round is enough; with one, hits may fall out and more are looked at.
    for round in hits.chunks(limit.max(1)) {
        let texts = texts_of(view, round).await?;
        for hit in round {
            let chunks = texts.get(&hit.owner).map_or(&[][..], Vec::as_slice);
            if shown.len() < limit && holds_phrases(hit, chunks, &query.phrases) {
                shown.push(one(hit, chunks, &used, query));
            }
        }
        if shown.len() >= limit {
            break;
        }
    }
    Ok(shown)
}

async fn texts_of(view: &mut View, hits: &[Hit]) -> Result<HashMap<Owner, Vec<Chunk>>, Fault> {
    let ids: Vec<ItemId> = hits.iter().filter(|hit| hit.kind.is_some()).map(|hit| hit.owner.id()).collect();
    let items = view.items_by_id(&ids).await?;
    let rows = rows_of(view, &items).await?;
    let parents = view.parents_of(&ids).await?;
    let above: Vec<ItemId> = parents.iter().map(|(_, _, parent)| *parent).collect();
    let names: HashMap<ItemId, String> =
        view.references(&above).await?.into_iter().map(|item| (item.id, item.name)).collect();
    let parents: HashMap<ItemId, ItemId> =
        parents.into_iter().map(|(child, _, parent)| (child, parent)).collect();
    let mut texts = HashMap::with_capacity(hits.len());
    for (item, row) in items.iter().zip(&rows) {
        let name = parents.get(&item.id).and_then(|parent| names.get(parent)).map(String::as_str);
        texts.insert(Owner::Item(item.id), chunk::of_item(item, row, name));
    }
    for hit in hits {
        if let Owner::Memory(id) = hit.owner
            && let Some(memory) = view.memory(id).await?
        {
            texts.insert(hit.owner, chunk::of_memory(&memory.kind, &memory.text));
        }
    }
    Ok(texts)
}

fn holds_phrases(hit: &Hit, chunks: &[Chunk], phrases: &[String]) -> bool {
    if phrases.is_empty() {
        return true;
    }
    let lines = chunks.iter().flat_map(|chunk| &chunk.lines).map(|line| line.text.as_str());
    let texts: Vec<String> = std::iter::once(hit.name.as_str()).chain(lines).map(plain).collect();
    phrases.iter().all(|phrase| texts.iter().any(|text| text.contains(&plain(phrase))))
}

/// Folded, with every run of blanks as one.
fn plain(text: &str) -> String {
    fold(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn one(hit: &Hit, chunks: &[Chunk], used: &HashMap<String, How>, query: &Query) -> SearchHit {
    let chunk = chunks.get(hit.part).or_else(|| chunks.first());
    let (field, text, how) = best_line(hit, chunk, used, query);
    let marked = |term: &str| used.contains_key(term);
    let mut shown = snippet(text, marked, WIDTH);
    if field == "name"
        && let Some(context) = chunk.and_then(most_telling)
    {
        shown = format!("{shown} · {}", snippet(context, marked, WIDTH));
    }
    let why = match (hit.exact, how) {
        (Some(Key::Name), _) => "exact name",
        (Some(Key::Address), _) => "exact address",
        (None, Some(How::Exact)) => "words",
        (None, Some(How::Begins)) => "beginning",
        (None, Some(How::Typo)) => "typo",
        (None, None) if query.wanted.is_empty() => "filter",
        (None, None) => "meaning",
    };
    SearchHit {
        entity_type: hit
            .kind
            .map_or_else(|| hit.owner.type_name(None), labkeeper_core::inventory::Kind::key)
            .into(),
        entity_id: hit.owner.id(),
        name: hit.name.clone(),
        score: four_digits(hit.score),
        snippet: shown,
        matched: Matched { field: field.into(), why: why.into() },
        parts: Parts {
            exact: f64::from(u8::from(hit.exact.is_some())),
            lexical: four_digits(hit.evidence.words),
            semantic: four_digits(hit.evidence.cosine.unwrap_or(0.0).max(0.0)),
        },
        icon: hit.icon.clone(),
    }
}

/// The line in which most of the question stands: its field, its text, and how it matched at best.
fn best_line<'a>(
    hit: &'a Hit,
    chunk: Option<&'a Chunk>,
    used: &HashMap<String, How>,
    query: &Query,
) -> (&'a str, &'a str, Option<How>) {
    let name_field = if matches!(hit.owner, Owner::Change(_)) { "summary" } else { "name" };
    let lines = chunk.into_iter().flat_map(|chunk| &chunk.lines);
    let lines = std::iter::once((name_field, hit.name.as_str()))
        .chain(lines.map(|line| (line.field.as_str(), line.text.as_str())));
    let mut best: Option<(usize, &str, &str, Option<How>)> = None;
    for (field, text) in lines {
        let mut worth = 0;
        let mut how: Option<How> = None;
        for token in tokens(text) {
            if let Some(found) = used.get(&token.term) {
                // The whole of what was asked says more than a part of it, and a slip less than either.
                worth += match found {
                    How::Exact if token.piece => 3,
                    How::Exact => 4,
                    How::Begins => 2,
                    How::Typo => 1,
                };
                how = Some(how.map_or(*found, |known| known.min(*found)));
            }
        }
        if hit.exact.is_some() && fold(text) == query.whole {
            worth += 100;
        }
        if worth > best.map_or(0, |(known, ..)| known) {
            best = Some((worth, field, text, how));
        }
    }
    if let Some((_, field, text, how)) = best {
        return (field, text, how);
    }
    match chunk.and_then(|chunk| most_telling_line(chunk)) {
        Some((field, text)) => (field, text, None),
        None => (name_field, hit.name.as_str(), None),
    }
}

fn most_telling(chunk: &Chunk) -> Option<&str> {
    most_telling_line(chunk).map(|(_, text)| text)
}

/// What says most about a thing when no word of the question stands in it.
fn most_telling_line(chunk: &Chunk) -> Option<(&str, &str)> {
    let prose = |field: &str| {
        ["description", "notes", "content", "text"].contains(&field) || field.starts_with("content › ")
    };
    let lines =
        || chunk.lines.iter().filter(|line| !line.text.trim().is_empty() && chunk::is_telling(&line.field));
    let line =
        lines().find(|line| prose(&line.field)).or_else(|| lines().max_by_key(|line| line.text.len()))?;
    Some((&line.field, &line.text))
}

fn four_digits(value: f32) -> f64 {
    (f64::from(value) * 10_000.0).round() / 10_000.0
}
