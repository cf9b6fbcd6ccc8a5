//! New bytes for a file, and its removal, if it still is as it was read.

use std::sync::Arc;

use labkeeper_core::shell::{Expected, FilePath, Replaced, ShellError, Spot};

use super::super::node::Node;
use super::super::supervised::unexpected;
use super::script::{self, Call, PIECE, Report, Script, is_machine};
use super::sum::sha256;

/// Gives the file these bytes, if it still is as expected.
pub(in super::super) async fn replace(
    node: &Arc<Node>,
    spot: &Spot,
    path: &FilePath,
    bytes: &[u8],
    expected: &Expected,
) -> Result<Replaced, ShellError> {
    if is_machine(spot) && bytes.len() > PIECE {
        return in_pieces(node, spot, path, bytes, expected).await;
    }
    put(&Call { node, spot, path }, "", bytes, &sha256(bytes), expected).await
}

/// Removes a file that still has these bytes.
pub(in super::super) async fn remove(
    node: &Node,
    spot: &Spot,
    path: &FilePath,
    sha256: &str,
) -> Result<(), ShellError> {
    let call = Call { node, spot, path };
    let report = call.run(Script::Remove, &[sha256], &[], 0).await?;
    match report.word.as_str() {
        "ok" => Ok(()),
        _ => Err(call.refusal(&report)),
    }
}

/// How long is waited for a write that nobody else waits for any more.
const AT_WORK: u64 = 20;

/// Waits until no write of the file is at work any more, and takes away what one of those bytes left beside it.
pub(in super::super) async fn abandon(
    node: &Node,
    spot: &Spot,
    path: &FilePath,
    sha256: Option<&str>,
) -> Result<(), ShellError> {
    let seconds = AT_WORK.to_string();
    let place = script::place(spot);
    let rest = async |spot: &Spot, script: Script, arguments: &[&str]| {
        let call = Call { node, spot, path };
        let report = call.run(script, arguments, &[], 0).await?;
        if report.word == "ok" { Ok(()) } else { Err(call.refusal(&report)) }
    };
    // What is on its way into a guest is seen on its node only.
    if let Spot::Guest(at) = spot {
        rest(&Spot::Host(at.node.clone()), Script::Rest, &[&seconds, &place]).await?;
    }
    rest(spot, Script::Abandon, &[&seconds, &place, sha256.unwrap_or("absent")]).await
}

async fn put(
    call: &Call<'_>,
    staged: &str,
    bytes: &[u8],
    will: &str,
    expected: &Expected,
) -> Result<Replaced, ShellError> {
    let (want, ownership) = match expected {
        Expected::Absent(ownership) => ("absent", *ownership),
        Expected::Sha256(sum) => (sum.as_str(), None),
    };
    let given = ownership.map(|known| format!("{}:{} {:o}", known.uid, known.gid, known.mode));
    let given = given.as_deref().unwrap_or_default();
    let report = call.run(Script::Replace, &[want, will, staged, given], bytes, 0).await?;
    match (report.word.as_str(), report.rest.as_str()) {
        ("ok", "renamed") => Ok(Replaced::Renamed),
        ("ok", "in_place") => Ok(Replaced::InPlace),
        _ => Err(call.refusal(&report)),
    }
}

/// Through an agent, which takes little at once: the pieces are put together beside the file. In a task of its own, for what
/// was staged must go also when nobody waits for it any more.
async fn in_pieces(
    node: &Arc<Node>,
    spot: &Spot,
    path: &FilePath,
    bytes: &[u8],
    expected: &Expected,
) -> Result<Replaced, ShellError> {
    let (node, spot, path) = (Arc::clone(node), spot.clone(), path.clone());
    let (bytes, expected) = (bytes.to_vec(), expected.clone());
    let at = spot.node().clone();
    let task = tokio::spawn(async move {
        let call = Call { node: &node, spot: &spot, path: &path };
        let (mut staged, will) = (String::new(), sha256(&bytes));
        for piece in bytes.chunks(PIECE) {
            match stage(&call, &staged, &will, piece).await {
                Ok(name) => staged = name,
                Err(error) => {
                    if !staged.is_empty() {
                        _ = call.run(Script::Discard, &[&staged], &[], 0).await;
                    }
                    return Err(error);
                }
            }
        }
        put(&call, &staged, &[], &will, &expected).await
    });
    task.await.unwrap_or_else(|error| Err(unexpected(&at, &error)))
}

async fn stage(call: &Call<'_>, staged: &str, will: &str, piece: &[u8]) -> Result<String, ShellError> {
    let report: Report = call.run(Script::Stage, &[staged, will], piece, 0).await?;
    match report.word.as_str() {
        "ok" => Ok(report.rest),
        _ => Err(call.refusal(&report)),
    }
}
