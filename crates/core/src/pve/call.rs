//! A request together with the type of its answer and the privileges it needs.

use std::fmt;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::PveError;
use super::need::Need;
use super::path::ApiPath;
use super::request::{Method, Request};

/// What answers `T`. Made by the functions in [`super::calls`]; carried out by `dyn Pve`'s `call`.
#[derive(Clone)]
pub struct Call<T> {
    request: Request,
    needs: Vec<Need>,
    answer: PhantomData<fn() -> T>,
}

impl<T> Call<T> {
    pub(super) fn get(path: ApiPath) -> Self {
        Self::new(Method::Get, path)
    }

    pub(super) fn new(method: Method, path: ApiPath) -> Self {
        Self { request: Request::new(method, path), needs: Vec::new(), answer: PhantomData }
    }

    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.request = self.request.with(name, value);
        self
    }

    #[must_use]
    pub(super) fn with_some(self, name: &'static str, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    #[must_use]
    pub(super) fn harmless(mut self) -> Self {
        self.request = self.request.harmless();
        self
    }

    #[must_use]
    pub(super) fn needs(mut self, need: Need) -> Self {
        self.needs.push(need);
        self
    }

    /// What is sent.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// What the token must have for a full answer, all of it; empty when every token gets one.
    pub fn wants(&self) -> &[Need] {
        &self.needs
    }
}

impl<T: DeserializeOwned> Call<T> {
    /// Reads the answer's `data`.
    ///
    /// # Errors
    /// [`PveError::Malformed`] when it is not of the kind that this call is answered with.
    pub fn read(&self, data: Value) -> Result<T, PveError> {
        serde_json::from_value(data).map_err(|error| PveError::Malformed {
            place: self.request.to_string(),
            reason: error.to_string(),
        })
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Call({})", self.request)
    }
}
