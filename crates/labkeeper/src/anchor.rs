//! An address that takes checkpoints of the audit log: a webhook, or a topic of ntfy.

use std::sync::OnceLock;
use std::time::Duration;

use labkeeper_core::audit::sha256_hex;
use labkeeper_core::ports::{Anchor, Later};
use reqwest::Url;
use reqwest::redirect::Policy;

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// That address.
#[derive(Debug)]
pub(crate) struct AnchorAddress {
    url: Url,
    name: String,
    client: OnceLock<reqwest::Client>,
}

impl AnchorAddress {
    /// It is called after its host; what follows in the address is often all that keeps strangers out.
    pub(crate) fn new(url: Url) -> Self {
        let which = &sha256_hex(url.as_str().as_bytes())[..6];
        let name = format!("{}#{which}", url.host_str().unwrap_or_default());
        Self { url, name, client: OnceLock::new() }
    }

    fn client(&self) -> Result<&reqwest::Client, String> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        // A second call finds the provider installed, which is all that is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(PATIENCE).redirect(Policy::none()).build();
        let client = client.map_err(|error| error.to_string())?;
        Ok(self.client.get_or_init(|| client))
    }

    async fn post(&self, body: String) -> Result<(), String> {
        let request =
            self.client()?.post(self.url.clone()).header("content-type", "text/plain; charset=utf-8");
        let answer = request.body(body).send().await.map_err(|error| {
            let error = error.without_url();
            let reasons =
                std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
            reasons.map(ToString::to_string).collect::<Vec<_>>().join(": ")
        })?;
        if answer.status().is_success() { Ok(()) } else { Err(format!("it answered {}", answer.status())) }
    }
}

impl Anchor for AnchorAddress {
    fn name(&self) -> &str {
        &self.name
    }

    fn keep<'a>(&'a self, checkpoints: &'a [String]) -> Later<'a, Result<(), String>> {
        Box::pin(async move {
            match checkpoints.last() {
                Some(last) => self.post(last.clone()).await,
                None => Ok(()),
            }
        })
    }

    fn held(&self) -> Later<'_, Result<Option<Vec<String>>, String>> {
        Box::pin(async { Ok(None) })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    /// A server for one request: answers what it was sent.
    fn once(status: &'static str) -> (AnchorAddress, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/very-secret-topic", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut heard, mut piece) = (String::new(), [0; 1024]);
            while !heard.ends_with("second") {
                let length = stream.read(&mut piece).unwrap();
                heard.push_str(std::str::from_utf8(&piece[..length]).unwrap());
            }
            write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
            heard
        });
        (AnchorAddress::new(Url::parse(&url).unwrap()), server)
    }

    #[tokio::test]
    async fn the_newest_checkpoint_is_the_body() {
        let (anchor, server) = once("200 OK");
        anchor.keep(&["first".into(), "second".into()]).await.unwrap();
        let heard = server.join().unwrap();
        assert!(heard.starts_with("POST /very-secret-topic") && !heard.contains("first"), "{heard}");
    }

    #[tokio::test]
    async fn what_is_not_kept_is_said_without_the_address() {
        for status in ["500 Oh", "302 Elsewhere"] {
            let (anchor, server) = once(status);
            let refused = anchor.keep(&["second".into()]).await.unwrap_err();
            server.join().unwrap();
            assert!(refused.contains(&status[..3]) && !anchor.name().contains("secret"), "{refused}");
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let nobody = AnchorAddress::new(Url::parse(&format!("http://{port}/very-secret-topic")).unwrap());
        let refused = nobody.keep(&["second".into()]).await.unwrap_err();
        assert!(!refused.contains("secret"), "{refused}");
    }
}
