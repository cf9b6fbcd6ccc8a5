//! The page that a web port shows to a stranger: plain or TLS, whichever it speaks, redirects followed on the host.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use labkeeper_core::discovery::{Opening, Page, icon_hash, opening_of};
use labkeeper_core::pve::CertificateFacts;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::doors::Doors;
use crate::http::{self, Answer};
use crate::{icon, tls};

/// The host whose pages are read.
pub(crate) struct Site<'a> {
    pub(crate) doors: &'a Doors,
    pub(crate) host: IpAddr,
    /// What it is called: a redirect to it stays on the host.
    pub(crate) name: Option<&'a str>,
    /// Ports known to be open, ascending; a redirect is followed to no other.
    pub(crate) open: &'a [u16],
    /// Time for one answer; a page takes at most five.
    pub(crate) within: Duration,
}

/// An answer, and the certificate that came before it.
type Shown = (Answer, Option<CertificateFacts>);

/// Whether more of an answer need not be read.
type Enough = fn(&[u8]) -> bool;

/// How long one protocol is tried before the other is too.
const HEAD_START: Duration = Duration::from_millis(400);

impl Site<'_> {
    /// What `GET /` on the port leads to, `None` if it is no web server.
    pub(crate) async fn page(&self, port: u16, secure_first: bool) -> Option<Page> {
        let (mut secure, (mut answer, certificate)) = self.either(port, secure_first).await?;
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
            (secure, here, answer) = (to_secure, to_port, next.0);
        }
        let icon = self.icon(&answer, (secure, here)).await;
        Some(Page {
            port,
            icon,
            lands: here,
            secure,
            status: answer.status,
            title: answer.title(),
            body: answer.opening(),
            head: answer.head,
            certificate,
        })
    }

    /// The icon that goes with the answer.
    async fn icon(&self, answer: &Answer, at: (bool, u16)) -> Option<i32> {
        let (secure, port, path) = icon::place(answer, at, self.host, self.name)?;
        if !self.may_follow(port) {
            return None;
        }
        let (received, _) = self.receive(port, secure, &path, icon::is_enough).await?;
        icon::image(&received).map(|image| icon_hash(&image))
    }

    /// The answer in whichever of the two the port speaks. Who stays silent is asked the other way before patience ends: a
    /// port that waits for another protocol says nothing at all.
    async fn either(&self, port: u16, secure_first: bool) -> Option<(bool, Shown)> {
        let first = self.spoken(port, secure_first);
        tokio::pin!(first);
        let early = timeout(HEAD_START, &mut first).await;
        if let Ok(Some(shown)) = early {
            return Some((secure_first, shown));
        }
        let second = self.spoken(port, !secure_first);
        if early.is_ok() {
            return Some((!secure_first, second.await?));
        }
        tokio::select! {
            Some(shown) = first => Some((secure_first, shown)),
            Some(shown) = second => Some((!secure_first, shown)),
            else => None,
        }
    }

    /// An answer, unless it is one to somebody who should have spoken otherwise.
    async fn spoken(&self, port: u16, secure: bool) -> Option<Shown> {
        self.get(port, secure, "/").await.filter(|(answer, _)| secure || !answer.wants_tls())
    }

    /// A host may send its visitors to another port, but not make us talk to a printer or a database.
    fn may_follow(&self, port: u16) -> bool {
        self.open.binary_search(&port).is_ok()
            && matches!(opening_of(port, self.open), Opening::Web | Opening::SecureWeb | Opening::Unknown)
    }

    async fn get(&self, port: u16, secure: bool, path: &str) -> Option<Shown> {
        let (received, shown) = self.receive(port, secure, path, http::is_enough).await?;
        Some((Answer::parse(&received)?, shown))
    }

    /// What the port sends for that path until it is enough, or time is up, and the certificate that came before.
    async fn receive(
        &self,
        port: u16,
        secure: bool,
        path: &str,
        is_enough: Enough,
    ) -> Option<(Vec<u8>, Option<CertificateFacts>)> {
        let (stream, _place) = self.doors.enter(SocketAddr::new(self.host, port), self.within).await?;
        let request = http::request(self.host, port, secure, path);
        let (mut received, mut shown) = (Vec::new(), None);
        let talk = async {
            if secure {
                let stream = tls::over(stream, self.host).await.ok()?;
                shown = tls::certificate(&stream);
                exchange(stream, &request, &mut received, is_enough).await
            } else {
                exchange(stream, &request, &mut received, is_enough).await
            }
        };
        // A server that never closes has usually said enough by the time patience ends.
        let _ = timeout(self.within, talk).await;
        Some((received, shown))
    }
}

/// Collects the answer into `received`, which keeps what came when this is cut off by a timeout.
async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    request: &str,
    received: &mut Vec<u8>,
    is_enough: Enough,
) -> Option<()> {
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut buffer = [0; 4096];
    while !is_enough(received) {
        // Many devices drop TLS without a goodbye; an error at the end is an end.
        let length = stream.read(&mut buffer).await.ok().filter(|length| *length > 0)?;
        received.extend(&buffer[..length]);
    }
    Some(())
}
