//! Listening: HTTP/1.1 and HTTP/2 without TLS on one port, with limits on how long and how many.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tower_http::timeout::TimeoutBody;

/// For the whole head of a request, and for a connection that is kept and says nothing.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);
/// Between two parts of a body.
const BODY_PATIENCE: Duration = Duration::from_secs(30);
const CONNECTIONS: usize = 1024;
const STREAMS: u32 = 128;
const HEAD_BYTES: u32 = 64 * 1024;
/// For requests that are under way when the hub stops.
const LAST_ORDERS: Duration = Duration::from_secs(20);
/// When the system has no more descriptors, waiting helps and spinning does not.
const BREATH: Duration = Duration::from_millis(100);

/// Answers connections until `shutdown`, then lets those under way finish for up to twenty seconds.
///
/// # Errors
/// Never for one connection; only when the listener itself breaks.
pub async fn serve(listener: TcpListener, app: Router, shutdown: CancellationToken) -> io::Result<()> {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let builder = Arc::new(builder());
    loop {
        let (stream, peer, place) = tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = accept(&listener, &places) => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "could not accept a connection");
                    tokio::time::sleep(BREATH).await;
                    continue;
                }
            },
        };
        let (app, builder, watcher) = (app.clone(), Arc::clone(&builder), graceful.watcher());
        tokio::spawn(async move {
            let service = hyper::service::service_fn(move |request: Request<Incoming>| {
                let mut request = request.map(|body| Body::new(TimeoutBody::new(BODY_PATIENCE, body)));
                request.extensions_mut().insert(ConnectInfo(peer));
                app.clone().oneshot(request)
            });
            let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(%peer, %error, "a connection broke off");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(LAST_ORDERS, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still under way after {LAST_ORDERS:?}");
    }
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, peer, place))
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE).max_headers(100);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD_BYTES)
        .keep_alive_interval(Some(Duration::from_secs(30)));
    builder
}
