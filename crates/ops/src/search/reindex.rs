//! `search_index`: makes the index again.

use std::collections::BTreeMap;

use labkeeper_core::fault::Fault;
use labkeeper_store::Event;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{delivery, embedding, follow};
use crate::cx::Cx;
use crate::house::House;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Make the search index again. Not needed in daily life: it follows every write.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchIndex {
    /// Also make the vectors of unchanged texts again.
    #[serde(default)]
    pub from_scratch: bool,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Reindexed {
    /// Things that can be found.
    pub indexed: usize,
    /// The same by kind.
    pub by_type: BTreeMap<String, usize>,
    /// Texts that can be found by meaning; one an item, one a section of a page.
    pub vectors: usize,
    /// What went wrong; words are searched all the same.
    pub errors: Vec<String>,
    /// `ok`, or `degraded` when there are errors.
    pub status: String,
}

impl Operation for SearchIndex {
    type Output = Reindexed;
    const META: Meta = Meta::write("search_index", "Rebuild the search index", Toolset::Inventory)
        .irreversible()
        .idempotent()
        .routes(&[Route::post("/api/search/index")]);

    async fn plan(&self, _: &mut Cx) -> Result<Plan, Fault> {
        Ok(Plan::allow("Rebuild the search index"))
    }

    async fn run(self, cx: &mut Cx) -> Result<Reindexed, Fault> {
        let house = cx.house().clone();
        let (progress, cancelled) = (cx.progress.clone(), cx.cancelled.clone());
        let work = async {
            if self.from_scratch {
                let mut tx = house.store().write().await?;
                tx.drop_vectors().await?;
                tx.commit().await?;
            }
            let mut errors = Vec::new();
            if self.from_scratch {
                errors.extend(delivery::start_over(&house).await.err());
            }
            progress.report(0.0, None, "reading everything");
            follow::reload(&house).await?;
            let total = house.search().read().index.chunks() as f64;
            while !cancelled.is_cancelled() {
                match embedding::fill(&house, STEP).await {
                    Ok(0) => break,
                    Ok(left) => progress.report(total - left as f64, Some(total), "reading for meaning"),
                    Err(reason) => {
                        errors.push(reason);
                        break;
                    }
                }
            }
            delivery::lose(&house);
            while !cancelled.is_cancelled() && errors.is_empty() {
                match delivery::deliver(&house, STEP * 32).await {
                    Ok(0) => break,
                    Ok(left) => progress.report(total - left as f64, Some(total), "sending vectors"),
                    Err(reason) => errors.push(reason),
                }
            }
            errors.extend(house.search().read().no_model.clone());
            errors.dedup();
            if errors.is_empty() && !cancelled.is_cancelled() {
                forget_old(&house).await?;
            }
            progress.report(total, Some(total), "done");
            Ok::<_, Fault>(errors)
        };
        let errors = cx.without_tx(work).await??;
        cx.unless_stopped("the vectors that were made by then stay")?;
        cx.tx()?.announce(Event::plain("search", "rebuilt"));
        let state = cx.house().search().read();
        let by_type: BTreeMap<String, usize> =
            state.index.by_type().into_iter().map(|(name, count)| (name.to_string(), count)).collect();
        Ok(Reindexed {
            indexed: by_type.values().sum(),
            by_type,
            vectors: state.with_vector(),
            status: if errors.is_empty() { "ok" } else { "degraded" }.into(),
            errors,
        })
    }
}

/// Texts between two words about the progress.
const STEP: usize = 64;

/// Vectors of texts that no longer exist are let go.
async fn forget_old(house: &House) -> Result<(), Fault> {
    let (model, hashes) = {
        let state = house.search().read();
        let Some(model) = state.model_id().map(str::to_string) else { return Ok(()) };
        (model, state.hashes().into_iter().map(str::to_string).collect::<Vec<_>>())
    };
    let hashes: Vec<&str> = hashes.iter().map(String::as_str).collect();
    let mut tx = house.store().write().await?;
    tx.keep_vectors(&model, &hashes).await?;
    tx.commit().await?;
    Ok(())
}
