//! The repository: made when it is first wanted, mended when a process died over it, written by one at a time.

use std::path::PathBuf;
use std::time::Duration;

use labkeeper_core::history::{Commit, HistoryError, Question, Revision, State, TreePath};
use labkeeper_core::ports::{History, Later};
use labkeeper_core::stamp::Stamp;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, sleep};

use crate::directory::{Alone, Directory};
use crate::fast_import::{NEXT, stream};
use crate::program::{Manner, Said, git};
use crate::revisions;

const MAIN: &str = "refs/heads/main";
/// How long another process may be at it.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(50);

/// Where each commit is copied to.
#[derive(Clone)]
pub struct Remote(String);

impl Remote {
    /// An address as `git push` takes it; `None` for one that git would take for an option or a program.
    pub fn new(address: &str) -> Option<Self> {
        let is_plain =
            !address.is_empty() && !address.starts_with('-') && !address.chars().any(char::is_control);
        // `ext::sh -c …` and its like run programs.
        let helper = address.split_once("::").map(|(helper, _)| helper);
        let is_helper = helper.is_some_and(|helper| {
            helper.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        });
        (is_plain && !is_helper).then(|| Self(address.to_owned()))
    }

    /// What git said, without the address, which may have a secret in it.
    fn without_address(&self, text: &str) -> String {
        let text = text.replace(&self.0, "the remote");
        let user = self.0.split_once("//").and_then(|(_, rest)| rest.split_once('@')).map(|(user, _)| user);
        // Over ssh it is a login name; elsewhere a token, or a name and a password.
        let secret =
            user.filter(|user| !user.is_empty() && (self.0.starts_with("http") || user.contains(':')));
        match secret {
            Some(secret) => text.replace(secret, "…"),
            None => text,
        }
    }
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Remote(…)")
    }
}

/// A bare git repository of our own.
#[derive(Debug)]
pub struct Repository {
    directory: Directory,
    remote: Option<Remote>,
    /// Whether it was looked after in this process; held by whoever writes.
    gate: Mutex<bool>,
}

impl Repository {
    /// The one in that directory; nothing is opened or made yet.
    pub fn new(directory: PathBuf, remote: Option<Remote>) -> Self {
        Self { directory: Directory::new(directory), remote, gate: Mutex::new(false) }
    }

    /// Nobody of labkeeper writes to it until the answer is dropped, so that its directory can be copied.
    ///
    /// # Errors
    /// When somebody is at work on it for long.
    pub async fn hold(&self) -> Result<impl Sized + use<>, HistoryError> {
        self.alone().await
    }

    async fn ask(
        &self,
        what: &'static str,
        words: &[&str],
        stdin: Option<Vec<u8>>,
    ) -> Result<Vec<u8>, HistoryError> {
        let said = git(self.directory.path(), words, stdin, Manner::Alone).await?;
        if said.is_well { Ok(said.stdout) } else { Err(complaint(what, &said)) }
    }

    /// What a name stands for; `None` when there is none of it.
    async fn find(&self, name: &str) -> Result<Option<String>, HistoryError> {
        let words = ["rev-parse", "--verify", "--quiet", "--end-of-options", name];
        let said = git(self.directory.path(), &words, None, Manner::Alone).await?;
        let id = String::from_utf8_lossy(&said.stdout).trim().to_owned();
        Ok((said.is_well && !id.is_empty()).then_some(id))
    }

    /// Makes the repository and mends it, once a process.
    async fn ready(&self) -> Result<MutexGuard<'_, bool>, HistoryError> {
        let mut ready = self.gate.lock().await;
        if !*ready {
            // Before anything is made, so that without git nothing is.
            git(self.directory.path(), &["--version"], None, Manner::Alone).await?;
            self.directory.prepare()?;
            let alone = self.alone().await?;
            let mended = self.directory.mend(&alone);
            if !mended.is_empty() {
                tracing::warn!(
                    ?mended,
                    "a git that ended in the middle of a commit had left its locks; they were removed"
                );
            }
            // Does nothing to one that is whole, and completes one that is not.
            self.ask("make the repository", &["init", "--quiet", "--bare", "--template="], None).await?;
            self.ask("name its branch", &["symbolic-ref", "HEAD", MAIN], None).await?;
            *ready = true;
        }
        Ok(ready)
    }

    async fn alone(&self) -> Result<Alone, HistoryError> {
        let begun = Instant::now();
        loop {
            if let Some(alone) = self.directory.try_alone()? {
                return Ok(alone);
            }
            if begun.elapsed() >= PATIENCE {
                return Err(HistoryError::Busy);
            }
            sleep(PAUSE).await;
        }
    }

    async fn add(&self, commit: &Commit) -> Result<Option<String>, HistoryError> {
        let _gate = self.ready().await?;
        let alone = self.alone().await?;
        self.directory.begin(&alone)?;
        let added = self.add_alone(commit).await;
        self.directory.done(&alone);
        if matches!(added, Ok(Some(_))) {
            // It may fail or not: the history is the same.
            let _ = git(self.directory.path(), &["gc", "--auto", "--quiet"], None, Manner::Alone).await;
        }
        added
    }

    async fn add_alone(&self, commit: &Commit) -> Result<Option<String>, HistoryError> {
        let parent = self.find(MAIN).await?;
        let import = ["fast-import", "--quiet", "--done", "--force", "--date-format=raw"];
        self.ask("write the commit", &import, Some(stream(commit, parent.as_deref()))).await?;
        let next = self.find(NEXT).await?;
        let next =
            next.ok_or(HistoryError::Git { what: "write the commit", why: "it is not there".into() })?;
        let tree = self.find(&format!("{next}^{{tree}}")).await?;
        let before = self.find(&format!("{MAIN}^{{tree}}")).await?;
        let is_new = tree != before;
        if is_new {
            // Only from where it was: nobody's commit is lost.
            let was = parent.unwrap_or_else(|| "0".repeat(next.len()));
            self.ask("move its branch", &["update-ref", MAIN, &next, &was], None).await?;
        }
        self.ask("tidy up", &["update-ref", "-d", NEXT], None).await?;
        Ok(is_new.then_some(next))
    }

    async fn kept(&self, path: &TreePath) -> Result<Option<Vec<u8>>, HistoryError> {
        drop(self.ready().await?);
        match self.find(&format!("{MAIN}:{path}")).await? {
            Some(id) => self.ask("read a file", &["cat-file", "blob", &id], None).await.map(Some),
            None => Ok(None),
        }
    }

    async fn asked(&self, question: &Question) -> Result<Vec<Revision>, HistoryError> {
        drop(self.ready().await?);
        if self.find(MAIN).await?.is_none() {
            return Ok(Vec::new());
        }
        let words = revisions::words(question);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let printed = self.ask("read its log", &words, None).await?;
        Ok(revisions::read(&printed, question.diff_bytes))
    }

    async fn newest_event(&self) -> Result<Option<i64>, HistoryError> {
        drop(self.ready().await?);
        if self.find(MAIN).await?.is_none() {
            return Ok(None);
        }
        let words = [
            "log",
            "--max-count=1",
            "--grep=^Labkeeper-Event: ",
            "--format=%(trailers:key=Labkeeper-Event,valueonly)",
            MAIN,
        ];
        let printed = self.ask("read its log", &words, None).await?;
        Ok(String::from_utf8_lossy(&printed).trim().parse().ok())
    }

    async fn copied(&self) -> Result<(), HistoryError> {
        let Some(remote) = &self.remote else { return Ok(()) };
        drop(self.ready().await?);
        if self.find(MAIN).await?.is_none() {
            return Ok(());
        }
        let refs = format!("{MAIN}:{MAIN}");
        let words = ["push", "--quiet", "--", &remote.0, &refs];
        let problem = match git(self.directory.path(), &words, None, Manner::AsTheUser).await {
            Ok(said) if said.is_well => None,
            Ok(said) => Some(said.stderr),
            Err(error) => Some(error.to_string()),
        };
        let problem = problem.map(|text| remote.without_address(last_line(&text)));
        self.directory.note_push(problem.as_deref());
        problem.map_or(Ok(()), |why| Err(HistoryError::NotPushed { why }))
    }

    async fn stands(&self) -> Result<State, HistoryError> {
        drop(self.ready().await?);
        let pushes = self.remote.is_some();
        let push_problem = self.directory.push_problem().filter(|_| pushes);
        if self.find(MAIN).await?.is_none() {
            return Ok(State { pushes, push_problem, ..State::default() });
        }
        let number = |printed: Vec<u8>| String::from_utf8_lossy(&printed).trim().parse::<i64>().ok();
        let commits = number(self.ask("count", &["rev-list", "--count", MAIN], None).await?).unwrap_or(0);
        let newest =
            number(self.ask("read its log", &["log", "--max-count=1", "--format=%ct", MAIN], None).await?);
        Ok(State {
            commits: commits.unsigned_abs(),
            newest: newest.map(|seconds| Stamp(seconds.saturating_mul(1_000_000)).text()),
            pushes,
            push_problem,
        })
    }
}

impl History for Repository {
    fn salt(&self) -> Later<'_, Result<[u8; 32], HistoryError>> {
        Box::pin(async {
            let _gate = self.ready().await?;
            let alone = self.alone().await?;
            self.directory.salt(&alone)
        })
    }

    fn read<'a>(&'a self, path: &'a TreePath) -> Later<'a, Result<Option<Vec<u8>>, HistoryError>> {
        Box::pin(self.kept(path))
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> Later<'a, Result<Option<String>, HistoryError>> {
        Box::pin(self.add(commit))
    }

    fn last_event(&self) -> Later<'_, Result<Option<i64>, HistoryError>> {
        Box::pin(self.newest_event())
    }

    fn revisions<'a>(&'a self, question: &'a Question) -> Later<'a, Result<Vec<Revision>, HistoryError>> {
        Box::pin(self.asked(question))
    }

    fn push_problem(&self) -> Option<String> {
        self.remote.as_ref().and_then(|_| self.directory.push_problem())
    }

    fn push(&self) -> Later<'_, Result<(), HistoryError>> {
        Box::pin(self.copied())
    }

    fn state(&self) -> Later<'_, Result<State, HistoryError>> {
        Box::pin(self.stands())
    }
}

fn complaint(what: &'static str, said: &Said) -> HistoryError {
    HistoryError::Git { what, why: last_line(&said.stderr).to_owned() }
}

/// The last of what it complained about; fast-import has a long report behind its complaint.
fn last_line(text: &str) -> &str {
    let complaint = text.lines().find(|line| line.starts_with("fatal:") || line.starts_with("error:"));
    complaint.or(text.lines().last()).unwrap_or("it did not say why")
}
