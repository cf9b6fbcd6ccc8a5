//! Two doors between the hub and the lab that hear what passes. Closed, they let nothing through and say only that there is a file.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use labkeeper_core::audit::sha256_hex;
use labkeeper_core::ports::{Later, Pve, Shell, TaskWatch};
use labkeeper_core::pve::{ClusterName, NodeName, PveError, Request, TaskEnd, TokenId, Upid, Visit};
use labkeeper_core::shell::{
    Command, Dialect, Expected, FileFacts, FileKind, FilePath, Finished, Listing, Piece, Program, Replaced,
    ShellError, Spot, Window,
};
use labkeeper_core::tier::Tier;
use serde_json::Value;

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

pub(super) struct ShellDoor(pub(super) Arc<dyn Shell>, pub(super) Arc<Ears>);

impl ShellDoor {
    fn closed(&self) -> ShellError {
        ShellError::Unreachable { node: self.0.nodes()[0].clone(), why: "the door is closed".into() }
    }

    fn facts(&self, path: &FilePath) -> FileFacts {
        let size = self.1.file.lock().unwrap().len() as u64;
        let (kind, resolved) = (FileKind::File, path.clone());
        FileFacts { resolved, kind, size, mode: 0o644, uid: 0, gid: 0, modified: 0, links: 1 }
    }
}

impl Shell for ShellDoor {
    fn cluster(&self) -> &ClusterName {
        self.0.cluster()
    }

    fn nodes(&self) -> Vec<NodeName> {
        self.0.nodes()
    }

    fn knock<'a>(&'a self, node: &'a NodeName) -> Later<'a, Result<(), ShellError>> {
        self.0.knock(node)
    }

    fn dialect<'a>(&'a self, spot: &'a Spot) -> Later<'a, Result<Dialect, ShellError>> {
        if self.1.is_open() {
            return self.0.dialect(spot);
        }
        Box::pin(async { Ok(Dialect::Bash) })
    }

    fn run<'a>(&'a self, spot: &'a Spot, command: &'a Command) -> Later<'a, Result<Finished, ShellError>> {
        match &command.program {
            Program::Argv(words) => words.iter().for_each(|word| self.1.hear(Heard::Word(word.clone()))),
            Program::Text { text, .. } => self.1.hear(Heard::Text(text.clone())),
        }
        if self.1.is_open() {
            return self.0.run(spot, command);
        }
        Box::pin(async { Err(self.closed()) })
    }

    fn look<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
    ) -> Later<'a, Result<Option<FileFacts>, ShellError>> {
        self.1.hear(Heard::Word(path.to_string()));
        if self.1.is_open() {
            return self.0.look(spot, path);
        }
        Box::pin(async { Ok(Some(self.facts(path))) })
    }

    fn read<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        window: Window,
    ) -> Later<'a, Result<Option<Piece>, ShellError>> {
        self.1.hear(Heard::Word(path.to_string()));
        if self.1.is_open() {
            return self.0.read(spot, path, window);
        }
        let bytes = self.1.file.lock().unwrap().clone();
        Box::pin(async move {
            Ok(Some(Piece { sha256: Some(sha256_hex(&bytes)), bytes, facts: self.facts(path) }))
        })
    }

    fn list<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        limit: usize,
    ) -> Later<'a, Result<Option<Listing>, ShellError>> {
        self.1.hear(Heard::Word(path.to_string()));
        if self.1.is_open() {
            return self.0.list(spot, path, limit);
        }
        Box::pin(async { Err(self.closed()) })
    }

    fn replace<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        bytes: &'a [u8],
        expected: &'a Expected,
    ) -> Later<'a, Result<Replaced, ShellError>> {
        self.1.hear(Heard::Word(path.to_string()));
        self.1.hear(Heard::Bytes(bytes.to_vec()));
        if self.1.is_open() {
            return self.0.replace(spot, path, bytes, expected);
        }
        Box::pin(async { Err(self.closed()) })
    }

    fn remove<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        sha256: &'a str,
    ) -> Later<'a, Result<(), ShellError>> {
        self.1.hear(Heard::Word(path.to_string()));
        if self.1.is_open() {
            return self.0.remove(spot, path, sha256);
        }
        Box::pin(async { Err(self.closed()) })
    }

    fn abandon<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        sha256: Option<&'a str>,
    ) -> Later<'a, Result<(), ShellError>> {
        self.0.abandon(spot, path, sha256)
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
