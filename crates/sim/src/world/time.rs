//! Time passing: what is begun now is over later.

use super::apply;
use super::effect::Effect;
use super::state::World;
use super::task::{Outcome, Stage, Task};

/// Milliseconds until a task that cannot do its work has said so.
const FAILS_WITHIN: i64 = 200;

impl World {
    /// Lets time pass until then (milliseconds since 1970); tasks whose time has come go on or end, in that order.
    pub fn advance(&mut self, to_ms: i64) {
        while let Some((moment, at)) = self.next_moment().filter(|(moment, _)| *moment <= to_ms) {
            self.now = self.now.max(moment);
            self.go_on(at);
        }
        self.now = self.now.max(to_ms);
    }

    fn next_moment(&self) -> Option<(i64, usize)> {
        let running = self
            .tasks
            .iter()
            .enumerate()
            .filter(|(_, task)| task.outcome.is_none() && task.stage != Stage::Waiting);
        running.map(|(at, task)| (task.ends_ms, at)).min()
    }

    /// Starts a task; what forbids it shows in the task alone. Answers its UPID.
    pub fn begin(&mut self, node: &str, user: &str, effect: Effect) -> String {
        self.pids += 7;
        let uptime = self.nodes.get(node).map_or(0, |node| self.now() - node.booted_at);
        let task = Task::new(node, user, self.pids, uptime, self.now, effect);
        let upid = task.upid.clone();
        self.tasks.push(task);
        self.start(self.tasks.len() - 1);
        upid
    }

    fn start(&mut self, at: usize) {
        let (node, effect) = (self.tasks[at].node.clone(), self.tasks[at].effect.clone());
        if let Effect::Backup(job) = &effect {
            let others = self.tasks.iter().take(at);
            if others.into_iter().any(|task| task.is_backup_on(&node) && task.outcome.is_none()) {
                self.tasks[at].log.push("INFO: trying to get global lock - waiting...".into());
                self.tasks[at].stage = Stage::Waiting;
                return;
            }
            if let Some(why) = job.refused(self, &node) {
                return self.doom(at, why);
            }
            self.tasks[at].log.extend(job.first_lines());
            if let Some(why) = job.forbidden.clone() {
                return self.doom(at, why);
            }
            return self.next_guest(at, 0, true);
        }
        match apply::begin(&effect, self, &node) {
            Ok(()) => {
                self.tasks[at].stage = Stage::AtWork;
                self.tasks[at].ends_ms = self.now + self.hurried(effect.lasts_ms());
            }
            Err(why) => self.doom(at, why),
        }
    }

    fn hurried(&self, ms: i64) -> i64 {
        ms / i64::from(self.haste.max(1))
    }

    fn doom(&mut self, at: usize, why: String) {
        self.tasks[at].ends_ms = self.now + self.hurried(FAILS_WITHIN);
        self.tasks[at].stage = Stage::Doomed(why);
    }

    /// A backup job turns to the next of its guests that it can take in hand, or comes to its end.
    fn next_guest(&mut self, at: usize, mut turn: usize, mut fine: bool) {
        let Effect::Backup(job) = self.tasks[at].effect.clone() else { return };
        let node = self.tasks[at].node.clone();
        let mut log = Vec::new();
        let stage = loop {
            let Some(vmid) = job.vmids.get(turn) else {
                let end = if fine { "successfully" } else { "with errors" };
                log.push(format!("INFO: Backup job finished {end}"));
                break if fine { Stage::AtWork } else { Stage::Doomed("job errors".into()) };
            };
            match job.open(self, &node, *vmid, &mut log) {
                Some(archive) => break Stage::Writing { archive, turn, fine },
                None => fine = false,
            }
            turn += 1;
        };
        let lasts = match &stage {
            Stage::Writing { .. } => self.tasks[at].effect.lasts_ms(),
            _ if self.tasks[at].stage == Stage::New => FAILS_WITHIN,
            _ => 0,
        };
        self.tasks[at].log.extend(log);
        self.tasks[at].ends_ms = self.now + self.hurried(lasts);
        self.tasks[at].stage = stage;
    }

    fn go_on(&mut self, at: usize) {
        let task = &self.tasks[at];
        let (effect, node) = (task.effect.clone(), task.node.clone());
        let (started, ended) = (task.started, task.ends_ms / 1000);
        let outcome = match (task.stage.clone(), &effect) {
            (Stage::Writing { archive, turn, fine }, Effect::Backup(job)) => {
                let mut log = Vec::new();
                let stored = job.close(self, &node, &archive, &mut log);
                self.tasks[at].log.extend(log);
                return self.next_guest(at, turn + 1, fine && stored);
            }
            (Stage::Doomed(why), _) => Err(why),
            (_, Effect::Backup(_)) => Ok(()),
            _ => apply::finish(&effect, self, &node, (started, ended)),
        };
        let task = &mut self.tasks[at];
        task.log.push(match &outcome {
            Ok(()) => "TASK OK".into(),
            Err(why) => format!("TASK ERROR: {why}"),
        });
        task.outcome = Some(match outcome {
            Ok(()) => Outcome::Ok,
            Err(why) => Outcome::Failed(why),
        });
        if matches!(effect, Effect::Backup(_)) {
            self.let_the_next_backup_start(&node);
        }
    }

    fn let_the_next_backup_start(&mut self, node: &str) {
        let waiting = |task: &Task| task.stage == Stage::Waiting && task.is_backup_on(node);
        if let Some(at) = self.tasks.iter().position(waiting) {
            self.tasks[at].log.push("INFO: got global lock".into());
            self.tasks[at].stage = Stage::New;
            self.start(at);
        }
    }
}
