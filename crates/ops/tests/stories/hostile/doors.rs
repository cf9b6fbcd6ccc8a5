//! Two doors between the hub and the lab that hear what passes. Closed, they let nothing through and say only that there is a file.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use labkeeper_core::audit::sha256_hex;
use labkeeper_core::ports::{Later, Pve, TaskWatch};
use labkeeper_core::pve::{ClusterName, PveError, Request, TaskEnd, TokenId, Upid, Visit};
use labkeeper_core::shell::{
    Command, Dialect, FileFacts, FileKind, FilePath, Finished, Listing, Piece, Program, Replaced, ShellError,
    Spot,
};
use labkeeper_core::tier::Tier;
use serde_json::Value;

use crate::between::{Between, Instead};

/// What came to a door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// A word of a program's, a path, a parameter of the API: one string that stays one.
    Word(String),
    /// Text for a shell.
    Text(String),
    /// What a file is to have.
    Bytes(Vec<u8>),
}

#[derive(Default)]
pub(super) struct Ears {
    pub(super) open: AtomicBool,
    heard: Mutex<Vec<Heard>>,
    /// What is in the one file that there is, as long as the doors are closed.
    pub(super) file: Mutex<Vec<u8>>,
    /// What the API answers to questions.
    known: Mutex<HashMap<String, Value>>,
}

impl Ears {
    fn hear(&self, what: Heard) {
        self.heard.lock().unwrap().push(what);
    }

    fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    pub(super) fn taken(&self) -> Vec<Heard> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }
}

/// The one file that there is, as long as the doors are closed.
fn facts(path: &FilePath, size: usize) -> FileFacts {
    let (kind, resolved) = (FileKind::File, path.clone());
    FileFacts { resolved, kind, size: size as u64, mode: 0o644, uid: 0, gid: 0, modified: 0, links: 1 }
}

impl Ears {
    fn hear_path(&self, path: &FilePath) {
        self.hear(Heard::Word(path.to_string()));
    }

    /// The answer of a closed door.
    fn unless_open<T>(&self, closed: impl FnOnce() -> Result<T, ShellError>) -> Instead<T> {
        (!self.is_open()).then(closed)
    }
}

fn closed<T>(spot: &Spot) -> Result<T, ShellError> {
    Err(ShellError::Unreachable { node: spot.node().clone(), why: "the door is closed".into() })
}

impl Between for Ears {
    fn dialect(&self) -> Instead<Dialect> {
        self.unless_open(|| Ok(Dialect::Bash))
    }

    fn run(&self, spot: &Spot, command: &Command) -> Instead<Finished> {
        match &command.program {
            Program::Argv(words) => words.iter().for_each(|word| self.hear(Heard::Word(word.clone()))),
            Program::Text { text, .. } => self.hear(Heard::Text(text.clone())),
        }
        self.unless_open(|| closed(spot))
    }

    fn look(&self, path: &FilePath) -> Instead<Option<FileFacts>> {
        self.hear_path(path);
        self.unless_open(|| Ok(Some(facts(path, self.file.lock().unwrap().len()))))
    }

    fn read(&self, path: &FilePath) -> Instead<Option<Piece>> {
        self.hear_path(path);
        self.unless_open(|| {
            let bytes = self.file.lock().unwrap().clone();
            let facts = facts(path, bytes.len());
            Ok(Some(Piece { sha256: Some(sha256_hex(&bytes)), bytes, facts }))
        })
    }

    fn list(&self, spot: &Spot, path: &FilePath) -> Instead<Option<Listing>> {
        self.hear_path(path);
        self.unless_open(|| closed(spot))
    }

    fn replace(&self, spot: &Spot, path: &FilePath, bytes: &[u8]) -> Instead<Replaced> {
        self.hear_path(path);
        self.hear(Heard::Bytes(bytes.to_vec()));
        self.unless_open(|| closed(spot))
    }

    fn remove(&self, spot: &Spot, path: &FilePath) -> Instead<()> {
        self.hear_path(path);
        self.unless_open(|| closed(spot))
    }
}

pub(super) struct ApiDoor(pub(super) Arc<dyn Pve>, pub(super) Arc<Ears>);

impl Pve for ApiDoor {
    fn cluster(&self) -> &ClusterName {
        self.0.cluster()
    }

    fn token(&self) -> &TokenId {
        self.0.token()
    }

    fn tier(&self) -> Option<Tier> {
        self.0.tier()
    }

    fn visits(&self) -> Vec<Later<'_, Visit>> {
        self.0.visits()
    }

    fn ask<'a>(&'a self, request: &'a Request) -> Later<'a, Result<Value, PveError>> {
        // A path that needs escapes is one that somebody's text is in.
        self.1.hear(Heard::Word(request.path().as_str().to_owned()));
        request.parameters().iter().for_each(|(_, value)| self.1.hear(Heard::Word(value.clone())));
        let is_question = request.method().as_str() == "GET";
        let target = request.target();
        Box::pin(async move {
            if self.1.is_open() {
                return self.0.ask(request).await;
            }
            if !is_question {
                let endpoint = "127.0.0.1:1".parse().unwrap();
                return Err(PveError::Unreachable { endpoint, reason: "the door is closed".into() });
            }
            let known = self.1.known.lock().unwrap().get(&target).cloned();
            if let Some(known) = known {
                return Ok(known);
            }
            let answer = self.0.ask(request).await?;
            self.1.known.lock().unwrap().insert(target, answer.clone());
            Ok(answer)
        })
    }

    fn await_task<'a>(
        &'a self,
        upid: &'a Upid,
        patience: Duration,
        watch: TaskWatch<'a>,
    ) -> Later<'a, Result<TaskEnd, PveError>> {
        self.0.await_task(upid, patience, watch)
    }
}
