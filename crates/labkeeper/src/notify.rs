//! Tells people over HTTP: that a call waits for them, that something does not answer. Each way is tried; when none takes it, the
//! others that are kept for that.

mod channel;
mod untold;

use std::time::Duration;

use futures::future::join_all;
use labkeeper_core::ports::{Attempt, Later, Notice, Notifier};
use reqwest::header::AUTHORIZATION;
use reqwest::redirect::Policy;

pub(crate) use channel::{Channel, PlainForm};

use crate::config::Notify;
use channel::Body;
use untold::Untold;

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Those addresses.
pub(crate) struct Herald {
    settings: Notify,
}

impl Herald {
    pub(crate) fn new(settings: &Notify) -> Self {
        Self { settings: settings.clone() }
    }

    /// Whoever was told by one of them was told.
    async fn tell(&self, notice: &Notice) -> Result<(), String> {
        match self.by_any(&self.settings.channels, notice).await {
            Err(reason) if !self.settings.fallback.is_empty() => {
                tracing::warn!(reason, "people are told by the fallback");
                self.by_any(&self.settings.fallback, notice).await
            }
            told => told,
        }
    }

    async fn by_any(&self, channels: &[Channel], notice: &Notice) -> Result<(), String> {
        let told = join_all(channels.iter().map(|channel| self.post(channel, notice))).await;
        let is_told = told.iter().any(Result::is_ok);
        let reasons: Vec<String> =
            told.into_iter().filter_map(Result::err).map(|why| why.to_string()).collect();
        if is_told { Ok(()) } else { Err(reasons.join("; ")) }
    }

    async fn post(&self, channel: &Channel, notice: &Notice) -> Result<(), Untold> {
        // A second call finds the provider installed, which is all that is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(PATIENCE).redirect(Policy::none()).build();
        let client = client?;
        let message = channel.message(notice);
        let mut request = client.post(channel.url().clone());
        for (name, value) in message.headers {
            request = request.header(name, value);
        }
        request = match message.body {
            Body::Text(text) => request.body(text),
            Body::Json(value) => request.json(&value),
        };
        if let Some(token) = self.settings.token.as_ref().filter(|_| channel.takes_bearer()) {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let status = request.send().await?.status();
        if status.is_success() { Ok(()) } else { Err(Untold::Answered(status)) }
    }

    async fn attempt(&self, channel: &Channel, fallback: bool, notice: &Notice) -> Attempt {
        let outcome = self.post(channel, notice).await.map_err(|why| why.to_string());
        Attempt { way: channel.to_string(), fallback, outcome }
    }
}

impl Notifier for Herald {
    fn notify<'a>(&'a self, notice: &'a Notice) -> Later<'a, Result<(), String>> {
        Box::pin(self.tell(notice))
    }

    fn try_every_way<'a>(&'a self, notice: &'a Notice) -> Later<'a, Vec<Attempt>> {
        let first = self.settings.channels.iter().map(|channel| (channel, false));
        let spare = self.settings.fallback.iter().map(|channel| (channel, true));
        let attempts = first.chain(spare).map(|(channel, spare)| self.attempt(channel, spare, notice));
        Box::pin(join_all(attempts))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::sync::mpsc;

    use super::*;

    /// Answers everything with that status, and hands on what it was sent.
    async fn service(status: &'static str) -> (String, mpsc::UnboundedReceiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap().to_string();
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut asked = vec![0; 8192];
                let mut length = 0;
                while !asked[..length].windows(4).any(|end| end == b"\r\n\r\n")
                    || asked[..length].ends_with(b"\r\n\r\n")
                {
                    length += stream.read(&mut asked[length..]).await.unwrap();
                }
                let _ = sender.send(String::from_utf8_lossy(&asked[..length]).into_owned());
                let _ = stream
                    .write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes())
                    .await;
            }
        });
        (at, receiver)
    }

    fn herald(channels: &[String], fallback: &[String]) -> Herald {
        let parse =
            |all: &[String]| all.iter().map(|text| Channel::parse(text, PlainForm::Ntfy).unwrap()).collect();
        Herald::new(&Notify {
            channels: parse(channels),
            fallback: parse(fallback),
            token: Some("t0k".into()),
        })
    }

    fn notice() -> Notice {
        Notice { title: "nas is down".into(), text: "It does not answer.".into(), link: None }
    }

    #[tokio::test]
    async fn the_fallback_is_for_when_nobody_took_it() {
        let (bad, mut heard_by_bad) = service("500 No").await;
        let (good, mut heard_by_good) = service("200 OK").await;
        let herald = herald(&[format!("json://{bad}/x")], &[format!("gotify://{good}/kEy")]);
        herald.notify(&notice()).await.unwrap();
        let first = heard_by_bad.recv().await.unwrap();
        assert!(first.contains("Bearer t0k") && first.contains("nas is down"), "{first}");
        let second = heard_by_good.recv().await.unwrap();
        assert!(second.starts_with("POST /message ") && second.contains("kEy"), "{second}");
        assert!(!second.contains("t0k"), "a token is for the services that it was given for");
    }

    #[tokio::test]
    async fn one_that_takes_it_is_enough_and_none_is_an_error() {
        let (bad, _heard) = service("500 No").await;
        let (good, _heard) = service("200 OK").await;
        let both = [format!("json://{bad}/x"), format!("json://{good}/x")];
        herald(&both, &[]).notify(&notice()).await.unwrap();
        let reason = herald(&both[..1], &[]).notify(&notice()).await.unwrap_err();
        assert!(reason.contains("500") && !reason.contains(&bad), "{reason}");
    }

    #[tokio::test]
    async fn every_way_is_tried_and_says_what_became_of_it() {
        let (good, mut heard) = service("200 OK").await;
        let (spare, mut heard_by_spare) = service("200 OK").await;
        let closed = {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            listener.local_addr().unwrap().to_string()
        };
        let mut channels = vec![format!("json://{good}/t0pic"), format!("ntfy://{closed}/t0pic")];
        for status in ["401 No", "404 Nothing", "302 Found", "429 Slowly", "500 Oh"] {
            channels.push(format!("gotify://{}/kEy", service(status).await.0));
        }
        let tried = herald(&channels, &[format!("ntfy://{spare}/t0pic")]).try_every_way(&notice()).await;
        let says: Vec<&str> = [
            "",
            "nobody listens",
            "key or token",
            "is not known",
            "leads to",
            "wait a while",
            "its own log",
            "",
        ]
        .into();
        assert_eq!(tried.len(), says.len());
        for (attempt, says) in tried.iter().zip(says) {
            let problem = attempt.outcome.as_ref().err().map_or("", String::as_str);
            assert_eq!(problem.is_empty(), says.is_empty(), "{attempt:?}");
            assert!(problem.contains(says) && !format!("{attempt:?}").contains("kEy"), "{attempt:?}");
            assert!(!format!("{attempt:?}").contains("t0pic"), "an address opens it: {attempt:?}");
        }
        assert_eq!(tried[0].way, format!("webhook at {good}"));
        assert!(tried[7].fallback && !tried[0].fallback);
        assert!(heard.recv().await.unwrap().contains("nas is down"));
        assert!(heard_by_spare.recv().await.is_some(), "what is kept for bad days is tried on good ones");
    }
}
