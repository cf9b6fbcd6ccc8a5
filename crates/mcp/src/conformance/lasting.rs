//! State that outlives a request: on the revision without sessions every request has a handler of its own.

use std::sync::LazyLock;

use rmcp::model::RequestStateCodec;
use rmcp::task_manager::TaskManager;
use tokio::sync::broadcast;

/// A list that a fixture pretends to have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Tools,
    Prompts,
}

pub(super) static TASKS: LazyLock<TaskManager> = LazyLock::new(TaskManager::new);

pub(super) static CHANGED: LazyLock<broadcast::Sender<List>> = LazyLock::new(|| broadcast::channel(16).0);

/// Seals what a client carries from one round to the next.
pub(super) static SEAL: LazyLock<RequestStateCodec> = LazyLock::new(|| {
    RequestStateCodec::try_new(b"a key that nobody but the fixtures uses".to_vec())
        .expect("the key is long enough")
});
