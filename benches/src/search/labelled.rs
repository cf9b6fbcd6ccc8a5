//! The lab and the questions of `benches/data/search`, indexed as the hub does it.

use std::collections::HashMap;

use anyhow::{Context, ensure};
use labkeeper_core::inventory::row::row;
use labkeeper_core::inventory::{Item, ItemId, Kind};
use labkeeper_core::ports::Embedder;
use labkeeper_core::rank::chunk;
use labkeeper_core::rank::facets::Facets;
use labkeeper_core::rank::fusion::{Mode, Weights};
use labkeeper_core::rank::index::{Asked, Entry, Index, Owner};
use labkeeper_core::rank::matrix::Matrix;
use labkeeper_core::rank::query::{self, Query};
use labkeeper_core::rank::vector::RoundedVector;
use labkeeper_core::stamp::Stamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

const LAB: &str = include_str!("../../data/search/lab.json");
const QUESTIONS: &str = include_str!("../../data/search/questions.json");

#[derive(Deserialize)]
struct LabFile {
    items: Vec<Written>,
}

/// An item as it stands in the file.
#[derive(Deserialize, Clone)]
pub(super) struct Written {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) on: Option<String>,
    #[serde(default)]
    pub(super) fields: Map<String, Value>,
}

#[derive(Deserialize)]
struct QuestionFile {
    questions: Vec<WrittenQuestion>,
}

#[derive(Deserialize)]
struct WrittenQuestion {
    r#type: String,
    q: String,
    want: HashMap<String, f64>,
}

/// A question, taken apart and embedded.
pub(super) struct Question {
    pub(super) sort: String,
    pub(super) text: String,
    pub(super) want: HashMap<String, f64>,
    query: Query,
    cosines: Option<Vec<f32>>,
}

/// The indexed lab and its questions.
pub(super) struct Lab {
    index: Index,
    pub(super) questions: Vec<Question>,
}

/// The items of the file, with ids in order.
pub(super) fn written() -> anyhow::Result<Vec<Written>> {
    Ok(serde_json::from_str::<LabFile>(LAB).context("lab.json")?.items)
}

/// What each question says.
pub(super) fn texts() -> anyhow::Result<Vec<String>> {
    Ok(written_questions()?.into_iter().map(|question| question.q).collect())
}

fn written_questions() -> anyhow::Result<Vec<WrittenQuestion>> {
    Ok(serde_json::from_str::<QuestionFile>(QUESTIONS).context("questions.json")?.questions)
}

/// A stored item and what it stands on.
pub(super) fn stored(id: ItemId, written: &Written) -> Item {
    let mut fields = written.fields.clone();
    let spec = written.kind.spec();
    let mut take = |name: Option<&str>| name.and_then(|name| fields.shift_remove(name));
    let (ip, mac) = (take(spec.address_field()), take(spec.mac_field()));
    if ip.is_some() || mac.is_some() {
        fields.insert("addresses".into(), json!([{"ip": ip, "mac": mac, "primary": true}]));
    }
    let name = written.name.clone();
    Item { id, kind: written.kind, name, fields, rev: 1, created_at: Stamp(0), updated_at: Stamp(0) }
}

impl Lab {
    pub(super) fn open(model: &dyn Embedder) -> anyhow::Result<Self> {
        let written = written()?;
        let ids: HashMap<&str, (ItemId, Kind)> =
            (1..).zip(&written).map(|(id, item)| (item.name.as_str(), (id, item.kind))).collect();
        let mut index = Index::default();
        let mut matrix = Matrix::new(model.dimensions());
        for (id, item) in (1..).zip(&written) {
            let parent = item
                .on
                .as_deref()
                .map(|name| ids.get(name).copied().context(name.to_string()))
                .transpose()?;
            let stored = stored(id, item);
            let row = row(&stored, parent.map(|(id, kind)| (kind, id)), None);
            let chunks = chunk::of_item(&stored, &row, item.on.as_deref());
            let texts: Vec<String> = chunks.iter().map(chunk::Chunk::meaning).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let vectors = model.embed(&texts)?;
            let facets = Facets::of(&stored, &row, parent.map(|(id, _)| id), Vec::new());
            let keys = chunk::keys(&stored, &row);
            let entry = Entry { name: item.name.clone(), facets: Some(facets), keys, chunks };
            for (number, vector) in index.put(Owner::Item(id), entry).into_iter().zip(&vectors) {
                matrix.insert(number, &RoundedVector::round(vector))?;
            }
        }
        let mut questions = Vec::new();
        for written in written_questions()? {
            ensure!(
                written.want.keys().all(|name| ids.contains_key(name.as_str())),
                "{}: unknown answer",
                written.q
            );
            let query = query::parse(&written.q);
            let vector = model.embed(&[&query.text])?.remove(0);
            let mut cosines = vec![0.0; index.width()];
            matrix.each(&matrix.question(&vector)?, |chunk, cosine| cosines[chunk as usize] = cosine);
            questions.push(Question {
                sort: written.r#type,
                text: written.q,
                want: written.want,
                query,
                cosines: Some(cosines),
            });
        }
        Ok(Self { index, questions })
    }

    /// Names of the first ten answers.
    pub(super) fn answers(&self, question: &Question, mode: Mode, weights: Weights) -> Vec<String> {
        let asks_meaning = mode == Mode::Semantic || (mode == Mode::Hybrid && question.query.has_meaning);
        let found = self.index.search(Asked {
            query: &question.query,
            cosines: question.cosines.as_deref().filter(|_| asks_meaning),
            allowed: None,
            mode,
            weights,
            limit: 10,
        });
        found.hits.into_iter().map(|hit| hit.name).collect()
    }
}
