//! A request as bytes. It can be made anew for another try.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use labkeeper_core::pve::{Address, Effect, Method, Request, Secret, TokenId};

/// The header that says who asks. `Debug` of it shows nothing.
#[derive(Clone)]
pub(crate) struct Credential(HeaderValue);

impl Credential {
    pub(crate) fn new(token: &TokenId, secret: &Secret) -> Self {
        let line = format!("PVEAPIToken={token}={}", secret.reveal());
        let mut value = HeaderValue::from_str(&line).expect("tokens and secrets are visible ASCII");
        value.set_sensitive(true);
        Self(value)
    }
}

/// What is sent, wherever to.
pub(crate) struct Transmission {
    method: hyper::Method,
    target: String,
    form: Option<Bytes>,
    credential: Credential,
    pub(crate) effect: Effect,
}

impl Transmission {
    pub(crate) fn new(request: &Request, credential: &Credential) -> Self {
        let method = match request.method() {
            Method::Get => hyper::Method::GET,
            Method::Post => hyper::Method::POST,
            Method::Put => hyper::Method::PUT,
            Method::Delete => hyper::Method::DELETE,
        };
        Self {
            method,
            target: request.target(),
            form: request.form().map(Bytes::from),
            credential: credential.clone(),
            effect: request.effect(),
        }
    }

    pub(crate) fn to(&self, address: &Address) -> hyper::Request<Full<Bytes>> {
        let mut request = hyper::Request::builder()
            .method(self.method.clone())
            .uri(&self.target)
            .header(HOST, address.to_string())
            .header(USER_AGENT, concat!("labkeeper/", env!("CARGO_PKG_VERSION")))
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, self.credential.0.clone());
        if self.form.is_some() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let body = Full::new(self.form.clone().unwrap_or_default());
        request.body(body).expect("paths are percent-encoded and addresses are host names")
    }
}
