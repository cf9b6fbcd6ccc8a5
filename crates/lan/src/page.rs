//! The page that a web port shows to a stranger: plain or TLS, whichever it speaks, redirects followed on the host.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use labkeeper_core::discovery::{Opening, Page, opening_of};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::doors::Doors;
use crate::http::{self, Answer};
use crate::tls;

/// The host whose pages are read.
pub(crate) struct Site<'a> {
    pub(crate) doors: &'a Doors,
    pub(crate) host: IpAddr,
    /// Its reverse name: a redirect to it stays on the host.
    pub(crate) name: Option<&'a str>,
    /// Ports known to be open, ascending; a redirect is followed to no other.
    pub(crate) open: &'a [u16],
    /// Time for one answer; a page takes at most four.
    pub(crate) within: Duration,
}

impl Site<'_> {
    /// What `GET /` on the port leads to, `None` if it is no web server.
    pub(crate) async fn page(&self, port: u16, secure_first: bool) -> Option<Page> {
        let (mut secure, mut answer) = match self.get(port, secure_first, "/").await {
            Some(answer) if secure_first || !answer.wants_tls() => (secure_first, answer),
            _ => (!secure_first, self.get(port, !secure_first, "/").await?),
        };
        let mut here = port;
        for _ in 0..2 {
            let Some((to_secure, to_port, path)) = answer.redirect((secure, here), self.host, self.name)
            else {
                break;
            };
            if !self.may_follow(to_port) {
                break;
            }
            let Some(next) = self.get(to_port, to_secure, &path).await else { break };
            (secure, here, answer) = (to_secure, to_port, next);
        }
        Some(Page {
            port,
            secure,
            status: answer.status,
            title: answer.title(),
            body: answer.opening(),
            head: answer.head,
        })
    }

    /// A host may send its visitors to another port, but not make us talk to a printer or a database.
    fn may_follow(&self, port: u16) -> bool {
        self.open.binary_search(&port).is_ok()
            && matches!(opening_of(port, self.open), Opening::Web | Opening::SecureWeb | Opening::Unknown)
    }

    async fn get(&self, port: u16, secure: bool, path: &str) -> Option<Answer> {
        let (stream, _place) = self.doors.enter(SocketAddr::new(self.host, port), self.within).await?;
        let request = http::request(self.host, port, secure, path);
        let mut received = Vec::new();
        let talk = async {
            if secure {
                let stream = tls::over(stream, self.host).await.ok()?;
                exchange(stream, &request, &mut received).await
            } else {
                exchange(stream, &request, &mut received).await
            }
        };
        // A server that never closes has usually said enough by the time patience ends.
        let _ = timeout(self.within, talk).await;
        Answer::parse(&received)
    }
}

/// Collects the answer into `received`, which keeps what came when this is cut off by a timeout.
async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    request: &str,
    received: &mut Vec<u8>,
) -> Option<()> {
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut buffer = [0; 4096];
    while !http::is_enough(received) {
        // Many devices drop TLS without a goodbye; an error at the end is an end.
        let length = stream.read(&mut buffer).await.ok().filter(|length| *length > 0)?;
        received.extend(&buffer[..length]);
    }
    Some(())
}
