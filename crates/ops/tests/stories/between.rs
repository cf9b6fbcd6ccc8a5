//! A door to the lab that somebody stands at: they hear what passes, and may answer in its place.

use std::sync::Arc;

use labkeeper_core::ports::{Later, Shell};
use labkeeper_core::pve::{ClusterName, NodeName};
use labkeeper_core::shell::{
    Command, Dialect, Expected, FileFacts, FilePath, Finished, Listing, Piece, Replaced, ShellError, Spot,
    Window,
};

/// What became of it, when the lab is not asked.
pub(crate) type Instead<T> = Option<Result<T, ShellError>>;

/// Who stands there. Says nothing of its own accord.
pub(crate) trait Between: Send + Sync + 'static {
    fn dialect(&self) -> Instead<Dialect> {
        None
    }

    fn run(&self, _: &Spot, _: &Command) -> Instead<Finished> {
        None
    }

    fn look(&self, _: &FilePath) -> Instead<Option<FileFacts>> {
        None
    }

    fn read(&self, _: &FilePath) -> Instead<Option<Piece>> {
        None
    }

    /// The lab was read, and nobody has heard of it yet.
    fn was_read(&self) {}

    fn list(&self, _: &Spot, _: &FilePath) -> Instead<Option<Listing>> {
        None
    }

    fn replace(&self, _: &Spot, _: &FilePath, _bytes: &[u8]) -> Instead<Replaced> {
        None
    }

    fn remove(&self, _: &Spot, _: &FilePath) -> Instead<()> {
        None
    }
}

/// The door to the lab behind them.
pub(crate) struct Watched<B> {
    pub(crate) door: Arc<dyn Shell>,
    pub(crate) by: Arc<B>,
}

fn unless<'a, T: Send + 'a>(
    instead: Instead<T>,
    asked: impl FnOnce() -> Later<'a, Result<T, ShellError>>,
) -> Later<'a, Result<T, ShellError>> {
    match instead {
        Some(answer) => Box::pin(async { answer }),
        None => asked(),
    }
}

impl<B: Between> Shell for Watched<B> {
    fn cluster(&self) -> &ClusterName {
        self.door.cluster()
    }

    fn nodes(&self) -> Vec<NodeName> {
        self.door.nodes()
    }

    fn knock<'a>(&'a self, node: &'a NodeName) -> Later<'a, Result<(), ShellError>> {
        self.door.knock(node)
    }

    fn dialect<'a>(&'a self, spot: &'a Spot) -> Later<'a, Result<Dialect, ShellError>> {
        unless(self.by.dialect(), || self.door.dialect(spot))
    }

    fn run<'a>(&'a self, spot: &'a Spot, command: &'a Command) -> Later<'a, Result<Finished, ShellError>> {
        unless(self.by.run(spot, command), || self.door.run(spot, command))
    }

    fn look<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
    ) -> Later<'a, Result<Option<FileFacts>, ShellError>> {
        unless(self.by.look(path), || self.door.look(spot, path))
    }

    fn read<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        window: Window,
    ) -> Later<'a, Result<Option<Piece>, ShellError>> {
        unless(self.by.read(path), || {
            Box::pin(async move {
                let piece = self.door.read(spot, path, window).await;
                self.by.was_read();
                piece
            })
        })
    }

    fn list<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        limit: usize,
    ) -> Later<'a, Result<Option<Listing>, ShellError>> {
        unless(self.by.list(spot, path), || self.door.list(spot, path, limit))
    }

    fn replace<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        bytes: &'a [u8],
        expected: &'a Expected,
    ) -> Later<'a, Result<Replaced, ShellError>> {
        unless(self.by.replace(spot, path, bytes), || self.door.replace(spot, path, bytes, expected))
    }

    fn remove<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        sha256: &'a str,
    ) -> Later<'a, Result<(), ShellError>> {
        unless(self.by.remove(spot, path), || self.door.remove(spot, path, sha256))
    }

    fn abandon<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        sha256: Option<&'a str>,
    ) -> Later<'a, Result<(), ShellError>> {
        self.door.abandon(spot, path, sha256)
    }
}
