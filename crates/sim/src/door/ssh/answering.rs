//! The socket that the node's programs ask at: a command comes in, what it printed goes out.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};

use super::super::lab::Lab;
use crate::shell::{self, Output, Step};

/// The most that a command line may have; Linux allows not much more.
const COMMAND: u64 = 2 * 1024 * 1024;
const AFTER_A_FAILED_ACCEPT: Duration = Duration::from_millis(50);
/// How often a command looks whether its task is over.
const LOOKS: Duration = Duration::from_millis(20);

/// Answers commands at that node for ever.
pub(super) async fn answer_all(listener: UnixListener, lab: Arc<Lab>, node: String) {
    let mut open = tokio::task::JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(AFTER_A_FAILED_ACCEPT).await;
            continue;
        };
        let (lab, node) = (Arc::clone(&lab), node.clone());
        // A program that is killed hangs up, which is nobody's mistake; its command is done all the same.
        open.spawn(async move { _ = answer(stream, &lab, &node).await });
        while open.try_join_next().is_some() {}
    }
}

async fn answer(mut stream: UnixStream, lab: &Lab, node: &str) -> io::Result<()> {
    let mut asked = Vec::new();
    (&mut stream).take(COMMAND).read_to_end(&mut asked).await?;
    let command = asked.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned());
    let output = run(lab, node, &command.collect::<Vec<_>>()).await;
    stream.write_all(&framed(&output)?).await?;
    stream.shutdown().await
}

async fn run(lab: &Lab, node: &str, command: &[String]) -> Output {
    let mut step = shell::run(&mut lab.cluster(), node, command);
    loop {
        match step {
            Step::Done(output) => return output,
            Step::Waits(waiting) => {
                tokio::time::sleep(LOOKS).await;
                step = waiting.look(&lab.cluster().world);
            }
        }
    }
}

/// Exit code, length of standard output, standard output, standard error.
fn framed(output: &Output) -> io::Result<Vec<u8>> {
    let length = u32::try_from(output.stdout.len()).map_err(io::Error::other)?;
    let mut bytes = vec![output.code];
    bytes.extend(length.to_be_bytes());
    bytes.extend(output.stdout.as_bytes());
    bytes.extend(output.stderr.as_bytes());
    Ok(bytes)
}
