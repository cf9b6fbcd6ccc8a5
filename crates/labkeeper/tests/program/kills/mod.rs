//! The hub is killed at any moment while it writes files of a node and of guests, takes that back, or does what a person allowed.
//! Whatever moment that is: a file is the old one or the new one, what it was before is kept, and journal, audit log, approvals and
//! backups say what is true. `LABKEEPER_KILLS=1000` kills it that often, `LABKEEPER_KILLS_DICE` with another number does other things.

mod gates;
mod trial;
mod truth;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::trial::{ALLOWED, CONTAINER, Deed, Dice, FOLDER, File, Step, Trial};
use crate::hub::Hub;
use crate::mcp_client::Assistant;
use crate::node::Node;

impl Trial {
    fn words(&mut self) -> String {
        // Too much for one piece, where an agent carries it.
        let large = self.dice.below(10) == 0;
        let line = format!("life {} number {}\n", self.lives, self.dice.below(1 << 30));
        line.repeat(if large { 40_000 } else { 3 })
    }

    fn any_file(&mut self) -> File {
        let files: Vec<File> = self.now.keys().cloned().collect();
        let at = self.dice.below(files.len() as u64);
        files[usize::try_from(at).unwrap()].clone()
    }

    fn write(&mut self, file: &File) -> Deed {
        let input = file.input(json!({"content": self.words(), "confirm": true}));
        Deed { tool: format!("{}write_file", file.tools), input }
    }

    /// Something to be killed at, with what has to be there first.
    async fn choose(&mut self, hub: &Hub, assistant: &Assistant) -> Deed {
        let file = self.any_file();
        match self.dice.below(7) {
            0 | 1 => self.write(&file),
            2 if self.now[&file].is_some() => {
                let bytes = std::fs::read(self.on_disk(file.vmid, &file.path)).unwrap();
                let line = String::from_utf8(bytes).unwrap().lines().next().unwrap().to_owned();
                let input = json!({"oldString": line, "newString": format!("edited in life {}", self.lives), "replaceAll": true, "confirm": true});
                Deed { tool: format!("{}edit_file", file.tools), input: file.input(input) }
            }
            3 if self.was_written(hub, &file).await => {
                let input = file.input(json!({"overrideCircuitBreaker": true, "confirm": true}));
                Deed { tool: "revert_file".into(), input }
            }
            4 => {
                let deed = self.write(&file);
                let answer = self.done(assistant, &deed).await;
                let newest = &self.get(hub, "/api/changes?limit=1").await["data"][0];
                assert_eq!(newest["files"][0]["backup"], answer["backupPath"], "{newest}");
                Deed { tool: "change_undo".into(), input: json!({"id": newest["id"], "confirm": true}) }
            }
            5 => {
                let mut name = Value::Null;
                for _ in 0..3 {
                    let file = self.any_file();
                    let deed = self.write(&file);
                    self.done(assistant, &deed).await;
                    name = self.get(hub, "/api/changes?limit=1").await["data"][0]["session"].clone();
                }
                Deed { tool: "session_undo".into(), input: json!({"session": name, "confirm": true}) }
            }
            _ => self.write(&file),
        }
    }

    /// A deed that nobody disturbs.
    async fn done(&mut self, assistant: &Assistant, deed: &Deed) -> Value {
        let steps = self.steps(assistant, deed).await;
        let answer = assistant.call(&deed.tool, &deed.input).await.unwrap().unwrap();
        for step in steps {
            assert_eq!(self.digest(&step.file), step.after, "{deed:?}: {answer}");
            self.now.insert(step.file, step.after);
        }
        answer
    }

    /// What the deed says that it would do.
    async fn steps(&self, assistant: &Assistant, deed: &Deed) -> Vec<Step> {
        let mut input = deed.input.clone();
        input["dry_run"] = true.into();
        let plan = assistant.call(&deed.tool, &input).await.unwrap().unwrap()["plan"]["details"].clone();
        let files = plan["files"].as_array().cloned().unwrap_or_else(|| vec![plan]);
        let digest = |value: &Value| value.as_str().map(str::to_owned);
        let steps = files.iter().map(|one| {
            let is_it = |file: &&File| one["place"] == *file.place() && one["path"] == *file.path;
            let file = self.now.keys().find(is_it).unwrap_or_else(|| panic!("{one}")).clone();
            Step { file, before: digest(&one["sha256Before"]), after: digest(&one["sha256After"]) }
        });
        let steps: Vec<Step> = steps.collect();
        for step in &steps {
            assert_eq!(step.before, self.now[&step.file], "the plan is about something else: {deed:?}");
        }
        steps
    }

    /// When the hub dies: somewhere within what such a deed usually takes, or a little after; more often when it is at work than when
    /// it makes its plan.
    fn moment(&mut self, sort: &str) -> Duration {
        let usual = *self.usual.entry(sort.into()).or_insert(Duration::from_millis(400));
        let tenth = u64::try_from(usual.as_micros()).unwrap() / 10;
        let least = if self.dice.below(4) == 0 { 0 } else { 4 * tenth };
        Duration::from_micros(least + self.dice.below(12 * tenth - least))
    }

    /// Kills the hub at that moment. Answers what the call answered, when it was sooner.
    async fn killed<T>(&mut self, hub: Hub, sort: &str, call: impl Future<Output = Option<T>>) -> Option<T> {
        let (begun, moment) = (Instant::now(), self.moment(sort));
        let answer = tokio::time::timeout(moment, call).await.ok().flatten();
        if answer.is_some() {
            self.usual.insert(sort.into(), begun.elapsed());
        } else if let Some(usual) = self.usual.get_mut(sort) {
            *usual += *usual / 10;
        }
        tokio::task::block_in_place(|| hub.kill());
        answer
    }

    async fn newest_record(&self, hub: &Hub) -> i64 {
        self.get(hub, "/api/audit?limit=1").await["data"][0]["seq"].as_i64().unwrap_or(0)
    }

    /// One life of the hub and its end; answers the next, which has told the truth about the one before.
    async fn live(&mut self, hub: Hub) -> Hub {
        self.lives += 1;
        let assistant = self.assistant(&hub).await;
        if self.dice.below(6) == 0 {
            self.token.1 += 1;
            return self.die_at_what_a_person_allows(hub, &assistant).await;
        }
        let deed = self.choose(&hub, &assistant).await;
        let steps = self.steps(&assistant, &deed).await;
        let log = self.newest_record(&hub).await;
        let answer = self.killed(hub, &deed.tool, assistant.call(&deed.tool, &deed.input)).await;
        let answer = answer.map(|answer| answer.unwrap_or_else(|fault| panic!("{deed:?}: {fault}")));
        // The next life begins at once, as a service's does.
        let hub = self.start();
        self.find_out(&hub, &deed, &steps, log, answer.is_some()).await;
        hub
    }

    /// Holds what is said of a deed against what came of it. `log` is the number of the newest record before it.
    async fn find_out(&mut self, hub: &Hub, deed: &Deed, steps: &[Step], log: i64, was_answered: bool) {
        self.be_quiet().await;
        // On a busy node a write may begin when its hub is dead already. What happens after the next hub said what became of it makes
        // that a lie, which the next life finds.
        for step in steps {
            self.settled(hub, &step.file).await;
        }
        for step in steps {
            let found = self.digest(&step.file);
            assert!(
                found == step.before || found == step.after,
                "{deed:?}: neither old nor new: {step:?} {found:?}"
            );
            if was_answered {
                assert_eq!(found, step.after, "{deed:?} was said to be done");
            }
            self.now.insert(step.file.clone(), found);
        }
        match was_answered {
            true => self.figures.in_time += 1,
            false if steps.iter().all(|step| self.now[&step.file] == step.after) => self.figures.new += 1,
            false => self.figures.old += 1,
        }
        self.nobody_lies(hub, deed, steps, log).await;
        self.nothing_is_left_behind().await;
    }

    async fn die_at_what_a_person_allows(&mut self, hub: Hub, assistant: &Assistant) -> Hub {
        let number = self.lives;
        let command = format!("eval \"$(cat {FOLDER}/none 2>/dev/null)\"; echo {number} >> {ALLOWED}");
        let input = json!({"vmid": CONTAINER, "command": command});
        let fault = assistant.call("pct_exec", &input).await.unwrap().unwrap_err();
        assert!(fault.to_string().contains("approval_pending"), "{fault}");
        let row = self.get(&hub, "/api/approvals?limit=1").await["data"][0].clone();
        let (id, yes) = (row["id"].as_i64().unwrap(), json!({"digest": row["digest"]}));
        let path = format!("/api/approvals/{id}/approve");
        let request = self.person.post(format!("{}{path}", hub.url)).json(&yes);
        let client = self.person.clone();
        let call = async move { client.execute(request.build().unwrap()).await.ok()?.text().await.ok() };
        let answer = self.killed(hub, "approve", call).await;

        let hub = self.start();
        self.be_quiet().await;
        let seen = self.no_longer_running(&hub, id).await;
        let effect = self.lines(number);
        match seen.as_str() {
            "done" => assert_eq!(effect, 1, "done without effect, or twice"),
            "pending" => assert_eq!((effect, answer), (0, None), "it was done, and still waits"),
            "interrupted" | "failed" => assert!(effect <= 1, "done twice"),
            other => panic!("approval {id} is {other}"),
        }
        // A second yes is good only where there was no first.
        let (status, again) = self.post(&hub, &path, &yes).await.unwrap();
        assert_eq!(status == 200, seen == "pending", "{seen}: {again}");
        let effect = effect + usize::from(seen == "pending");
        assert_eq!(self.lines(number), effect, "{seen}: done once more");
        *self.figures.approvals.entry(seen).or_default() += 1;
        self.nothing_is_left_behind().await;
        hub
    }
}

fn asked_for(name: &str, otherwise: u64) -> u64 {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration to ask")]
    let asked = std::env::var(name).ok();
    asked.map_or(otherwise, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "how often it was killed is a figure that people ask for")]
async fn a_hub_that_is_killed_at_any_moment_loses_nothing_and_tells_no_lie() {
    let Some(node) = Node::open("a_hub_that_is_killed_at_any_moment").await else { return };
    let mut trial = Trial::begin(node).await;
    let begun = Instant::now();
    let mut hub = trial.start();
    trial.sign_in(&hub).await;
    let kills = asked_for("LABKEEPER_KILLS", 16);
    trial.dice = Dice(asked_for("LABKEEPER_KILLS_DICE", 20_261_128));
    for _ in 0..kills {
        hub = trial.live(hub).await;
        if trial.lives % 100 == 0 {
            println!("{} kills in {} s: {:?}", trial.lives, begun.elapsed().as_secs(), trial.figures);
        }
    }
    drop(hub);
    trial.the_log_holds();
    trial.the_node_is_at_rest();
    println!("{kills} kills in {} s: {:?}", begun.elapsed().as_secs(), trial.figures);
    assert!(
        trial.figures.old + trial.figures.new > 0,
        "nothing was ever interrupted: the test shows nothing"
    );
}
