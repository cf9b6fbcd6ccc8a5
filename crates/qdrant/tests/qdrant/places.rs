//! The places that the contract is tried on.

use labkeeper_core::ports::VectorServer;
use labkeeper_qdrant::double::Double;
use labkeeper_qdrant::{Qdrant, Settings};

use crate::embedded::Embedded;

/// A place, and what must live as long as it.
pub(crate) struct Place {
    pub(crate) server: Box<dyn VectorServer>,
    _double: Option<Double>,
}

pub(crate) fn embedded() -> Place {
    Place { server: Box::new(Embedded::default()), _double: None }
}

pub(crate) async fn double(name: &str) -> Place {
    let double = Double::new().await.unwrap();
    Place { server: Box::new(client(&double.url(), name, None)), _double: Some(double) }
}

/// `None` when no server is named.
pub(crate) async fn live(name: &str) -> Option<Place> {
    let url = setting("LABKEEPER_TEST_QDRANT_URL")?;
    let name = format!("labkeeper-test-{}-{name}", std::process::id());
    let client = client(&url, &name, setting("LABKEEPER_TEST_QDRANT_API_KEY"));
    Some(Place { server: Box::new(client), _double: None })
}

pub(crate) fn client(url: &str, name: &str, key: Option<String>) -> Qdrant {
    Qdrant::new(&Settings { key, ..Settings::new(url.parse().unwrap(), name) }).unwrap()
}

fn setting(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration to ask")]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
