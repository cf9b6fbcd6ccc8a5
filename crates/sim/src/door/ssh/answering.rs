//! The socket that the node's programs ask at: a command comes in, what is to be done about it goes out.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};

use super::super::lab::Lab;
use super::answer::Answer;
use crate::shell::{self, Inside, MOST_INPUT, Output, Step, Work};
use crate::world::Guest;

/// The most that a command line may have; Linux allows not much more.
const COMMAND: u32 = 2 * 1024 * 1024;
const AFTER_A_FAILED_ACCEPT: Duration = Duration::from_millis(50);
/// How often a command looks whether what it waits for is over, and the files of the node follow the world.
const LOOKS: Duration = Duration::from_millis(20);

/// Answers commands at that node for ever.
pub(super) async fn answer_all(listener: UnixListener, lab: Arc<Lab>, node: String) {
    let mut open = tokio::task::JoinSet::new();
    let mut looks = tokio::time::interval(LOOKS);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            // What time alone does is to be seen too.
            _ = looks.tick() => {
                drop(lab.cluster());
                continue;
            }
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(AFTER_A_FAILED_ACCEPT).await;
            continue;
        };
        let (lab, node) = (Arc::clone(&lab), node.clone());
        // A program that is killed hangs up, which is nobody's mistake; its command is done all the same.
        open.spawn(async move { _ = answer(stream, &lab, &node).await });
        while open.try_join_next().is_some() {}
    }
}

async fn answer(mut stream: UnixStream, lab: &Arc<Lab>, node: &str) -> io::Result<()> {
    let asked = heard(&mut stream, COMMAND).await?;
    let command = asked.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned());
    let step = shell::run(&mut lab.cluster(), node, &command.collect::<Vec<_>>());
    let answer = follow(step, &mut stream, lab, node).await?;
    stream.write_all(&answer.framed()?).await?;
    stream.shutdown().await
}

/// What a program says: its length, and so many bytes.
async fn heard(stream: &mut UnixStream, most: u32) -> io::Result<Vec<u8>> {
    let length = stream.read_u32().await?;
    if length > most {
        return Err(io::Error::other("that is too long"));
    }
    let mut bytes = Vec::new();
    stream.take(u64::from(length)).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

async fn follow(mut step: Step, stream: &mut UnixStream, lab: &Arc<Lab>, node: &str) -> io::Result<Answer> {
    loop {
        step = match step {
            Step::Done(output) => return Ok(Answer::from(output)),
            Step::Printed(stdout) => return Ok(Answer::Done { code: 0, stdout, stderr: Vec::new() }),
            Step::Waits(waiting) => {
                tokio::time::sleep(LOOKS).await;
                waiting.look(&lab.cluster().world)
            }
            Step::Reads(reading) => {
                stream.write_all(&Answer::Read(MOST_INPUT).framed()?).await?;
                let input = heard(stream, MOST_INPUT).await?;
                shell::go_on(&reading, &mut lab.cluster(), node, &input)
            }
            Step::Listens(listening) => {
                tokio::time::sleep(LOOKS).await;
                shell::listen(listening, &mut lab.cluster(), node)
            }
            Step::Inside(inside) => {
                let (lab, node) = (Arc::clone(lab), node.to_owned());
                let entered = tokio::task::spawn_blocking(move || enter(&lab, &node, inside)).await;
                return entered.map_err(io::Error::other);
            }
        }
    }
}

/// The way into a container, which begins if it has not. It is held meanwhile, so that nobody stops it in between.
fn enter(lab: &Lab, node: &str, inside: Inside) -> Answer {
    let cluster = lab.cluster();
    let here = |guest: &&Guest| guest.node == node && guest.is_running();
    let Some(guest) = cluster.world.guests.get(&inside.vmid).filter(here) else {
        return Answer::failed(&format!("container '{}' not running!", inside.vmid));
    };
    let guests = &lab.followers.guests;
    if let Work::Run(attached) = &inside.work {
        guests.note(inside.vmid, &attached.argv);
    }
    match guests.enter(guest) {
        Ok(entered) => Answer::Enter { first: entered.pid_on_node, inside },
        Err(error) => Answer::failed(&format!("the simulated guest does not begin: {error}")),
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        let Output { stdout, stderr, code } = output;
        Self::Done { code, stdout: stdout.into_bytes(), stderr: stderr.into_bytes() }
    }
}
