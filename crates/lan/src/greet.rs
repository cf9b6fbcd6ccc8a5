//! What a port says: first by itself, or in answer to one harmless question.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::text::one_line;

/// Longer than any banner worth reading.
const LIMIT: usize = 256;

/// Asks, if there is a question, and reads what comes first. `None` is silence.
pub(crate) async fn greet(mut stream: TcpStream, question: &[u8], within: Duration) -> Option<String> {
    let talk = async {
        if !question.is_empty() {
            stream.write_all(question).await.ok()?;
        }
        let mut buffer = [0; LIMIT];
        let length = stream.read(&mut buffer).await.ok()?;
        let first_line = buffer[..length].split(|byte| *byte == b'\n').next().unwrap_or_default();
        // A binary greeting (MySQL's) has a line feed for a version number in it: then take all of it.
        let is_text = first_line.iter().all(|byte| !byte.is_ascii_control() || *byte == b'\r');
        let heard = one_line(if is_text { first_line } else { &buffer[..length] }, 200);
        (!heard.is_empty()).then_some(heard)
    };
    timeout(within, talk).await.ok().flatten()
}
