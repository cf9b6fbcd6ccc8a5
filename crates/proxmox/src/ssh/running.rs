//! One command on a channel, from its first byte to its end.

use std::time::Duration;

use labkeeper_core::shell::{Captured, End, ShellError, Spot};
use russh::client::Msg;
use russh::{ChannelMsg, ChannelReadHalf, ChannelWriteHalf, Sig};
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, timeout, timeout_at};

use super::capture::Stream;
use super::line::Turn;
use super::login::Session;
use super::supervised::{Mark, Said, unexpected};

/// A stream stays open as long as anybody has it, also a daemon that was left behind: after the end and this much silence
/// nothing more is waited for.
const SILENCE: Duration = Duration::from_secs(1);
/// The supervisor ends what is late; when it does not say so by then, it is not heard any more.
const SLACK: Duration = Duration::from_secs(20);
/// Extended data of this sort is standard error.
const STDERR: u32 = 1;

/// How it came out.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) end: End,
    pub(super) stdout: Captured,
    pub(super) stderr: Captured,
}

/// What is wanted, and how much of the answer is kept.
pub(super) struct Order {
    pub(super) mark: Mark,
    pub(super) spot: Spot,
    pub(super) stdin: Vec<u8>,
    pub(super) keep: usize,
    /// Time that the supervisor was given, with that for ending.
    pub(super) patience: Duration,
}

/// Runs it. It lives in a task of its own, so that it never stands still and holds up the others on its connection; when the
/// future is dropped, the task ends what runs there, and only then gives back its place in the queue.
pub(super) async fn run(turn: Turn, order: Order) -> Result<Ran, ShellError> {
    let node = order.spot.node().clone();
    // Never sent to: it is dropped with the future, which is how the task hears of it.
    let (_wanted, unwanted) = oneshot::channel::<()>();
    let task = tokio::spawn(attend(turn, order, unwanted));
    task.await.unwrap_or_else(|error| Err(unexpected(&node, &error)))
}

async fn attend(turn: Turn, order: Order, unwanted: oneshot::Receiver<()>) -> Result<Ran, ShellError> {
    let Turn { channel, session, place } = turn;
    let (mut reading, writing) = channel.split();
    let (begun, supervisor) = watch::channel(None);
    let answer = {
        let conversation = converse(&mut reading, &writing, &order, &begun);
        tokio::pin!(conversation);
        tokio::select! {
            answer = &mut conversation => Some(answer),
            _ = unwanted => {
                let ended = async { tokio::join!(stop(&session, supervisor), conversation).1 };
                timeout(order.patience, ended).await.ok()
            }
        }
    };
    // Where that was not its end, the supervisor sees that nobody reads any more.
    _ = writing.close().await;
    drop(place);
    answer.unwrap_or_else(|| Err(lost(&order)))
}

/// Tells the supervisor to end what runs. Closing its channel would do, but then nobody would hear when it is over.
async fn stop(session: &Session, mut supervisor: watch::Receiver<Option<u32>>) {
    let Ok(pid) = supervisor.wait_for(Option::is_some).await.map(|pid| pid.unwrap_or_default()) else {
        return;
    };
    let Ok(mut channel) = session.channel_open_session().await else { return };
    if channel.exec(true, format!("kill -TERM {pid}")).await.is_ok() {
        while !matches!(channel.wait().await, None | Some(ChannelMsg::Close)) {}
    }
}

async fn converse(
    reading: &mut ChannelReadHalf,
    writing: &ChannelWriteHalf<Msg>,
    order: &Order,
    begun: &watch::Sender<Option<u32>>,
) -> Result<Ran, ShellError> {
    let hearing = hear(reading, order, begun);
    tokio::pin!(hearing);
    tokio::select! {
        heard = &mut hearing => heard,
        // All of it was told, or it cannot be: what counts is what is heard.
        () = tell(writing, &order.stdin) => hearing.await,
    }
}

async fn tell(writing: &ChannelWriteHalf<Msg>, stdin: &[u8]) {
    if writing.data(stdin).await.is_ok() {
        _ = writing.eof().await;
    }
}

async fn hear(
    reading: &mut ChannelReadHalf,
    order: &Order,
    begun: &watch::Sender<Option<u32>>,
) -> Result<Ran, ShellError> {
    let opening = order.mark.opening();
    let (mut stdout, mut stderr) = (Stream::new(&opening, order.keep), Stream::new(&opening, order.keep));
    let deadline = Instant::now() + order.patience + SLACK;
    let mut end = None;
    loop {
        let until = end.as_ref().map_or(deadline, |_| deadline.min(Instant::now() + SILENCE));
        match timeout_at(until, reading.wait()).await {
            Ok(Some(ChannelMsg::Data { data })) => stdout.push(&data),
            Ok(Some(ChannelMsg::ExtendedData { data, ext: STDERR })) => {
                stderr.push(&data);
                if let Some(Said::Begun(pid)) = stderr.said().map(Said::read) {
                    begun.send_if_modified(|known| known.replace(pid).is_none());
                }
            }
            Ok(Some(ChannelMsg::ExitStatus { exit_status })) => {
                end = Some(End::Code(i32::try_from(exit_status).unwrap_or(-1)));
            }
            Ok(Some(ChannelMsg::ExitSignal { signal_name, .. })) => end = Some(signalled(signal_name)),
            Ok(Some(ChannelMsg::Failure)) => {
                return Err(unexpected(order.spot.node(), &"its SSH server runs no commands"));
            }
            Ok(Some(ChannelMsg::Close) | None) => break,
            Ok(Some(_)) => {}
            Err(_) if end.is_some() => break,
            Err(_) => return Err(ShellError::TimedOut { seconds: order.patience.as_secs() }),
        }
    }
    let end = end.ok_or_else(|| lost(order))?;
    let Some(said) = stderr.said().or_else(|| stdout.said()) else {
        return Err(not_begun(order, &end, &stderr));
    };
    Said::read(said).into_result(&order.spot)?;
    Ok(Ran { end, stdout: stdout.finish(), stderr: stderr.finish() })
}

fn lost(order: &Order) -> ShellError {
    ShellError::Lost { node: order.spot.node().clone() }
}

/// The supervisor ends itself with `ALRM` when time is over, and with nothing else.
fn signalled(signal: Sig) -> End {
    match signal {
        Sig::ALRM => End::TimedOut,
        Sig::Custom(name) => End::Signal(name),
        known => End::Signal(format!("{known:?}")),
    }
}

/// The node's shell ended without a word of the supervisor.
fn not_begun(order: &Order, end: &End, stderr: &Stream) -> ShellError {
    if *end == End::Code(127) {
        return ShellError::Lacking { what: format!("perl on {}", order.spot.node()) };
    }
    let said = String::from_utf8_lossy(stderr.before());
    let said: String = said.trim().chars().take(200).collect();
    unexpected(order.spot.node(), &format_args!("{end:?}: {said}"))
}
