//! Tells people over HTTP that a call waits for them: by ntfy, or by a webhook that takes JSON.

use std::time::Duration;

use labkeeper_core::ports::{Later, Notice, Notifier};
use reqwest::header::AUTHORIZATION;
use reqwest::redirect::Policy;
use serde_json::json;

use crate::config::{Notify, NotifyFormat};

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// That address.
pub(crate) struct Herald {
    settings: Notify,
}

impl Herald {
    pub(crate) fn new(settings: &Notify) -> Self {
        Self { settings: settings.clone() }
    }

    async fn post(&self, notice: &Notice) -> Result<(), String> {
        // A second call finds the provider installed, which is all that is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(PATIENCE).redirect(Policy::none()).build();
        let client = client.map_err(|error| error.to_string())?;
        let mut request = match self.settings.format {
            NotifyFormat::Ntfy => {
                let posted = client.post(self.settings.url.clone()).body(notice.text.clone());
                let posted = posted.header("Title", &notice.title).header("Priority", "high");
                match &notice.link {
                    Some(link) => posted.header("Click", link),
                    None => posted,
                }
            }
            NotifyFormat::Json => client
                .post(self.settings.url.clone())
                .json(&json!({"title": notice.title, "text": notice.text, "link": notice.link})),
        };
        if let Some(token) = &self.settings.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let answer = request.send().await.map_err(|error| error.without_url().to_string())?;
        if answer.status().is_success() { Ok(()) } else { Err(format!("it answered {}", answer.status())) }
    }
}

impl Notifier for Herald {
    fn notify<'a>(&'a self, notice: &'a Notice) -> Later<'a, Result<(), String>> {
        Box::pin(self.post(notice))
    }
}
