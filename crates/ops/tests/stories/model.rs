//! Models for tests: the real one, and a toy that can be missing, come late and be counted.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use labkeeper_core::ports::{EmbedError, Embedder};
use labkeeper_ops::keeper::EmbedderSource;

/// The installed model from `LABKEEPER_MODELS` or `models/`; `None` when tests are told to do without.
pub(crate) fn real() -> Option<Arc<dyn EmbedderSource>> {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration to ask")]
    let setting = |name: &str| std::env::var_os(name);
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let folder = setting("LABKEEPER_MODELS").map_or_else(beside, Into::into);
    match labkeeper_embed::MiniLm::open(&folder) {
        Ok(model) => Some(Arc::new(Given(Arc::new(model)))),
        Err(error) => {
            let skip = setting("LABKEEPER_SKIP_MODEL_TESTS").is_some();
            assert!(
                skip,
                "{error}; run `cargo xtask model`, or set LABKEEPER_SKIP_MODEL_TESTS to do without"
            );
            None
        }
    }
}

struct Given(Arc<dyn Embedder>);

impl EmbedderSource for Given {
    fn get(&self) -> Result<Arc<dyn Embedder>, String> {
        Ok(Arc::clone(&self.0))
    }
}

/// Texts are near when they share words. Counts what it embeds.
#[derive(Default)]
pub(crate) struct Toy {
    pub(crate) missing: AtomicBool,
    pub(crate) embedded: Arc<AtomicUsize>,
}

impl EmbedderSource for Toy {
    fn get(&self) -> Result<Arc<dyn Embedder>, String> {
        if self.missing.load(Ordering::SeqCst) {
            return Err("search by meaning is off: the toy is in its box; take it out".into());
        }
        Ok(Arc::new(Words(Arc::clone(&self.embedded))))
    }
}

struct Words(Arc<AtomicUsize>);

impl Embedder for Words {
    fn model_id(&self) -> &str {
        "toy/1"
    }

    fn dimensions(&self) -> usize {
        64
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        self.0.fetch_add(texts.len(), Ordering::SeqCst);
        Ok(texts.iter().map(|text| vector(text)).collect())
    }
}

fn vector(text: &str) -> Vec<f32> {
    let mut vector = vec![0.001; 64];
    for word in text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let place = word.bytes().fold(7_usize, |sum, byte| (sum * 31 + usize::from(byte)) % 64);
        vector[place] += 1.0;
    }
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter().map(|value| value / length).collect()
}
