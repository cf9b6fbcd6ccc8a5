//! One request to the server and its answer: `{"result": …, "status": "ok"}`, or an error in words.

use std::time::Duration;

use labkeeper_core::vectors::VectorError;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::settings::{NoClient, Settings};

/// Of what a server said, so much is passed on.
const SAID: usize = 300;

/// What a 404 means that is not about the collection.
const NOT_QDRANT: &str = "it answers 404 to a question that Qdrant 1.10 and newer knows";

/// A way to one collection.
pub(crate) struct Wire {
    client: Client,
    collection: Url,
    place: String,
    key: Option<String>,
}

impl Wire {
    pub(crate) fn new(settings: &Settings) -> Result<Self, NoClient> {
        // A second call finds the provider installed, which is all that is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(Policy::none()).connect_timeout(settings.patience).build()?;
        let mut collection = settings.url.clone();
        if let Ok(mut path) = collection.path_segments_mut() {
            path.pop_if_empty().push("collections").push(&settings.collection);
        }
        let at = settings.url.host_str().unwrap_or_default();
        let at = settings.url.port().map_or_else(|| at.to_owned(), |port| format!("{at}:{port}"));
        let place = format!("Qdrant at {at}, collection {}", settings.collection);
        Ok(Self { client, collection, place, key: settings.key.clone() })
    }

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Asks what `path` below the collection names; `""` is the collection itself.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        patience: Duration,
    ) -> Result<T, VectorError> {
        let mut url = self.collection.clone();
        let (path, question) = path.split_once('?').unwrap_or((path, ""));
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.extend(path.split('/').filter(|part| !part.is_empty()));
        }
        if !question.is_empty() {
            url.set_query(Some(question));
        }
        let mut request = self.client.request(method, url).timeout(patience);
        if let Some(key) = &self.key {
            request = request.header("api-key", key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let trouble = |error: &reqwest::Error| self.trouble(error, patience);
        let answer = request.send().await.map_err(|error| trouble(&error))?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(|error| trouble(&error))?;
        if status.is_success() { self.result(&bytes) } else { Err(self.refusal(status, &bytes)) }
    }

    fn result<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, VectorError> {
        let strange = |reason: String| VectorError::Strange { place: self.place.clone(), reason };
        let mut answer: Value = serde_json::from_slice(bytes).map_err(|_| strange("no JSON".into()))?;
        let result = answer.get_mut("result").map(Value::take).ok_or_else(|| strange("no result".into()))?;
        serde_json::from_value(result).map_err(|error| strange(error.to_string()))
    }

    fn refusal(&self, status: StatusCode, bytes: &[u8]) -> VectorError {
        let place = self.place.clone();
        let told = serde_json::from_slice::<Value>(bytes)
            .ok()
            .and_then(|answer| answer.pointer("/status/error")?.as_str().map(str::to_owned));
        match status {
            StatusCode::NOT_FOUND if told.as_ref().is_some_and(|told| told.contains("Collection")) => {
                VectorError::Gone { place }
            }
            StatusCode::NOT_FOUND => VectorError::Strange { place, reason: NOT_QDRANT.into() },
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                VectorError::Denied { place, status: status.as_u16() }
            }
            _ => {
                let words = told.unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned());
                let said = words.chars().filter(|c| !c.is_control()).take(SAID).collect();
                VectorError::Refused { place, status: status.as_u16(), said }
            }
        }
    }

    fn trouble(&self, error: &reqwest::Error, patience: Duration) -> VectorError {
        let place = self.place.clone();
        if error.is_timeout() {
            return VectorError::TooSlow { place, seconds: patience.as_secs().max(1) };
        }
        // What lies deepest says most, and no URL stands in it.
        let mut cause: &dyn std::error::Error = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        VectorError::Unreachable { place, reason: cause.to_string() }
    }
}
