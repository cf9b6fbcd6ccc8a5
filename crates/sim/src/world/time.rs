//! Time passing: what is begun now is over later.

use super::apply;
use super::effect::Effect;
use super::state::World;
use super::task::{Outcome, Task};

impl World {
    /// Lets time pass until then (milliseconds since 1970); tasks whose time has come end, in the order of their ends.
    pub fn advance(&mut self, to_ms: i64) {
        while let Some(next) = self.next_end().filter(|(end, _)| *end <= to_ms) {
            let (end, at) = next;
            self.now = self.now.max(end);
            self.finish(at);
        }
        self.now = self.now.max(to_ms);
    }

    fn next_end(&self) -> Option<(i64, usize)> {
        let running = self.tasks.iter().enumerate().filter(|(_, task)| task.outcome.is_none());
        running.map(|(at, task)| (task.ends_ms, at)).min()
    }

    fn finish(&mut self, at: usize) {
        let effect = self.tasks[at].effect.clone();
        let (node, ended) = (self.tasks[at].node.clone(), self.tasks[at].ends_ms / 1000);
        let outcome = apply::finish(&effect, self, &node, ended);
        let task = &mut self.tasks[at];
        task.log.push(match &outcome {
            Ok(()) => "TASK OK".into(),
            Err(why) => format!("TASK ERROR: {why}"),
        });
        task.outcome = Some(match outcome {
            Ok(()) => Outcome::Ok,
            Err(why) => Outcome::Failed(why),
        });
    }

    /// Starts a task; what forbids it shows only when it ends. Answers its UPID.
    pub fn begin(&mut self, node: &str, user: &str, effect: Effect) -> String {
        let log = apply::begin(&effect, self);
        self.pids += 7;
        let uptime = self.nodes.get(node).map_or(0, |node| self.now() - node.booted_at);
        let ends_ms = self.now + effect.lasts_ms() / i64::from(self.haste.max(1));
        let task = Task::new(node, user, self.pids, uptime, (self.now, ends_ms), effect, log);
        let upid = task.upid.clone();
        self.tasks.push(task);
        upid
    }
}
