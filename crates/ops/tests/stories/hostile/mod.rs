//! Ten thousand hostile strings for every string that any operation which reaches a node or a guest takes: as one argument it arrives as
//! it is, or nothing arrives; no shell ever reads it. The inputs are found in the registry, so that a new operation is tried by itself.
//!
//! Two doors are between the hub and the lab that hear what passes. Closed, they let nothing through and say only that there is a file:
//! so every string can be tried. Open, everything is real: of each input, some of the strings that got as far as the doors are then
//! carried through to a real SSH server and real guests. Usually each input gets its own part of the ten thousand;
//! with `LABKEEPER_HOSTILE=10000` each gets all of them, or as many as that says.

mod doors;
mod inputs;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use labkeeper_core::fault::Code;
use labkeeper_core::file::FileRules;
use labkeeper_core::ports::{Pve, Shell};
use labkeeper_core::shell::FilePath;
use serde_json::json;

use self::doors::{ApiDoor, Ears, Heard};
use self::inputs::{Input, PATH, inputs};
use crate::between::Watched;
use crate::shell_lab::{ALPINE, DEBIAN, MACHINE, ShellLab, reached_through};

const STRINGS: usize = 10_000;
/// What a string does that some shell has read.
const CANARY: &str = "/tmp/canary";
/// Stands in every string, and in nothing else.
const MARK: &str = "zqx";

const PIECES: [&str; 52] = [
    "'",
    "\"",
    "\\",
    "`",
    "$",
    "$(touch /tmp/canary)",
    "`touch /tmp/canary`",
    "; touch /tmp/canary;",
    "&& touch /tmp/canary",
    "|| touch /tmp/canary",
    "| tee /tmp/canary",
    "> /tmp/canary",
    "\n",
    "\r\n",
    "\ntouch /tmp/canary\n",
    "\t",
    " ",
    "!!",
    "~",
    "*",
    "?",
    "[a-z]",
    "{1..9}",
    "#",
    "-",
    "--",
    "-rf",
    "-o",
    "--help",
    "=",
    "$IFS",
    "${PATH}",
    "$((1/0))",
    "<(touch /tmp/canary)",
    "&",
    "(",
    ")",
    "EOF\n",
    "\0",
    "\u{1b}[2J",
    "\u{7}",
    "\u{7f}",
    "\u{202e}",
    "\u{200b}",
    "é",
    "漢字",
    "🦀",
    "'\\''",
    "%s%n",
    "../..",
    "/",
    "a.b_c-d@e",
];
/// What lets a string get further than its first character.
const BEGINNINGS: [&str; 10] = ["", "", "/srv/app/", "/tmp/", "/", "mcp-", "-", "--", "unit@", "2026-06-24"];

struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn string(&mut self, number: usize) -> String {
        let pieces = self.below(6);
        let mut string = BEGINNINGS[self.below(BEGINNINGS.len())].to_owned();
        let at = self.below(pieces + 1);
        for piece in 0..=pieces {
            if piece == at {
                string += &format!("{MARK}{number}");
            } else {
                string += PIECES[self.below(PIECES.len())];
            }
        }
        match number % 500 {
            0 => string + &"a; touch /tmp/canary ".repeat(200 + 40 * self.below(40)),
            _ => string,
        }
    }
}

/// What stands in the notes of a backup behind its name. They are a template, in which some characters are escaped.
fn noted(word: &str) -> String {
    let note = word.split_once(" — ").map_or(word, |(_, note)| note).replace("{ {", "{{");
    let (mut plain, mut letters) = (String::new(), note.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => plain.extend(letters.next().map(|next| if next == 'n' { '\n' } else { next })),
            letter => plain.push(letter),
        }
    }
    plain
}

/// What may arrive of a string: itself, or the one form that its type writes it in.
fn forms(string: &str) -> Vec<String> {
    let mut forms = vec![string.to_owned()];
    if let Ok(path) = string.parse::<FilePath>() {
        forms.push(path.parent().to_owned());
        forms.push(path.to_string());
    }
    forms
}

#[derive(Debug, Default)]
struct Figures {
    tried: usize,
    arrived: usize,
    carried: usize,
}

struct Siege {
    home: ShellLab,
    ears: Arc<Ears>,
    figures: BTreeMap<String, Figures>,
}

impl Siege {
    /// Whether it arrived, and if so, that it did as it is.
    fn check(&self, input: &Input, string: &str) -> bool {
        let forms = forms(string);
        let mut arrived = false;
        for heard in self.ears.taken() {
            match heard {
                Heard::Word(word) if word.contains(MARK) => {
                    let word = if input.op == "guest_backup" { noted(&word) } else { word };
                    assert!(forms.contains(&word), "{}: {string:?} arrived as {word:?}", input.name());
                    arrived = true;
                }
                Heard::Text(text) if text.contains(MARK) => {
                    let is_the_command = input.is_shell && input.at == ["command"];
                    assert!(is_the_command && text == string, "{}: a shell reads {text:?}", input.name());
                    arrived = true;
                }
                Heard::Bytes(bytes) => {
                    let text = String::from_utf8(bytes).unwrap();
                    if input.at == ["oldString"] {
                        // Found literally, and gone.
                        assert_eq!(text, "beta and more\n", "{}: {string:?}", input.name());
                        arrived = true;
                    } else if text.contains(MARK) {
                        assert!(text.contains(string), "{}: {string:?} arrived as {text:?}", input.name());
                        arrived = true;
                    }
                }
                Heard::Word(_) | Heard::Text(_) => {}
            }
        }
        arrived
    }

    /// All strings with closed doors. Answers some that got there.
    async fn knock(&mut self, input: &Input, strings: &[String]) -> Vec<String> {
        let mut arrived = Vec::new();
        let last = input.at.last().unwrap().as_str();
        for (number, string) in strings.iter().enumerate() {
            let file = if last == "oldString" { string.as_str() } else { "alpha" };
            *self.ears.file.lock().unwrap() = format!("{file} and more\n").into_bytes();
            let mut given = input.with(string);
            if input.is_write {
                given["confirm"] = true.into();
                // What is done leaves its records on the disk, which takes longer than anything else here.
                if number % 50 != 0 {
                    given["dry_run"] = true.into();
                }
            }
            if let Err(fault) = self.home.lab.call(input.op, given).await {
                assert_ne!(fault.code, Code::Internal, "{}: {string:?}: {fault}", input.name());
            }
            if self.check(input, string) {
                arrived.push(string.clone());
            }
        }
        let figures = self.figures.entry(input.name()).or_default();
        figures.tried += strings.len();
        figures.arrived += arrived.len();
        arrived
    }

    /// Some of them for real.
    async fn carry(&mut self, input: &Input, strings: &[String]) {
        let last = input.at.last().unwrap().as_str();
        for string in strings {
            let file = if last == "oldString" { string.as_str() } else { "alpha" };
            for vmid in [None, Some(DEBIAN), Some(MACHINE)] {
                self.home.put(vmid, PATH, format!("{file} and more\n").as_bytes(), 0o644);
            }
            let mut given = input.with(string);
            if input.is_write {
                given["confirm"] = true.into();
            }
            let earlier = self.home.cluster.ran().len();
            let answer = self.home.lab.call(input.op, given).await;
            let was_heard = self.check(input, string);
            let forms = forms(string);
            for ran in &self.home.cluster.ran()[earlier.min(self.home.cluster.ran().len())..] {
                for word in ran.argv.iter().filter(|word| word.contains(MARK)) {
                    assert!(
                        forms.contains(word),
                        "{}: {string:?} came to {} as {word:?}",
                        input.name(),
                        ran.vmid
                    );
                }
            }
            if was_heard || answer.is_ok() {
                self.figures.entry(input.name()).or_default().carried += 1;
            }
        }
    }

    /// A file whose name is hostile has that name, and what a file was given is what it has.
    async fn write_under_hostile_names(&self, strings: &[String]) -> usize {
        let mut written = 0;
        for string in strings.iter().filter(|string| string.starts_with("/srv/app/")) {
            let Ok(path) = string.parse::<FilePath>() else { continue };
            if path.parent() != "/srv/app" || path.name().len() > 200 {
                continue;
            }
            for (vmid, tool) in
                [(None, "write_file"), (Some(DEBIAN), "pct_write_file"), (Some(MACHINE), "qm_write_file")]
            {
                let mut input = json!({"path": path, "content": string, "confirm": true});
                if let Some(vmid) = vmid {
                    input["vmid"] = vmid.into();
                }
                self.home.lab.ask(tool, input).await;
                assert_eq!(
                    self.home.get(vmid, path.as_str()).as_deref(),
                    Some(string.as_bytes()),
                    "{vmid:?}"
                );
            }
            written += 1;
            if written == carried() {
                break;
            }
        }
        written
    }

    fn no_canary(&self) {
        for vmid in [None, Some(DEBIAN), Some(ALPINE), Some(MACHINE)] {
            assert!(!self.home.file(vmid, CANARY).exists(), "somebody's shell has read it in {vmid:?}");
        }
        assert!(!std::path::Path::new(CANARY).exists(), "a shell of this machine has read it");
    }
}

/// How many strings each input gets.
fn each() -> usize {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration to ask")]
    let asked = std::env::var("LABKEEPER_HOSTILE").ok();
    asked.map_or(400, |text| text.parse::<usize>().unwrap().clamp(1, STRINGS))
}

/// How many of each input's are carried through.
fn carried() -> usize {
    (each() / 250).clamp(2, 20)
}

async fn besieged(test: &str) -> Option<Siege> {
    let ears = Arc::new(Ears::default());
    let (at_api, at_shell) = (ears.clone(), ears.clone());
    let between = move |pve, shell| {
        let (pve, shell) = (ApiDoor(pve, at_api), Watched { door: shell, by: at_shell });
        (Arc::new(pve) as Arc<dyn Pve>, Arc::new(shell) as Arc<dyn Shell>)
    };
    let home = reached_through(test, FileRules::default(), between).await?;
    Some(Siege { home, ears, figures: BTreeMap::new() })
}

/// Inputs of which hostile strings have to get as far as the doors, or nothing is shown of them.
const FREE: [&str; 8] = ["path", "content", "oldString", "newString", "pattern", "command", "unit", "note"];

/// What they are given is looked up here first: in the history, which is git's and has no ears here, and among the versions that
/// were kept, of which a path nobody wrote to has none.
const ASK_AT_HOME: &[&str] = &["config_history", "diff_config", "revert_file"];

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "how many arrived is a figure that people ask for")]
async fn no_string_that_anybody_gives_is_read_by_a_shell() {
    let Some(mut siege) = besieged("no_string_that_anybody_gives_is_read_by_a_shell").await else { return };
    let mut dice = Dice(1128);
    let strings: Vec<String> = (0..STRINGS).map(|number| dice.string(number)).collect();
    let mut got_there = Vec::new();
    for (number, input) in inputs().into_iter().enumerate() {
        // Each its own part, so that together they see all.
        let part: Vec<String> =
            strings.iter().cycle().skip(number * each() % STRINGS).take(each()).cloned().collect();
        let arrived = siege.knock(&input, &part).await;
        got_there.push((input, arrived));
    }
    siege.ears.open.store(true, Ordering::Relaxed);
    for (input, arrived) in &got_there {
        // Commands are for a shell, and what they do is the guard's matter.
        if !input.is_shell && !arrived.is_empty() {
            let step = (arrived.len() / carried()).max(1);
            let some: Vec<String> = arrived.iter().step_by(step).take(carried()).cloned().collect();
            siege.carry(input, &some).await;
        }
    }
    let named = siege.write_under_hostile_names(&strings).await;
    siege.no_canary();
    let sum = |of: fn(&Figures) -> usize| siege.figures.values().map(of).sum::<usize>();
    println!(
        "{} inputs: {} strings tried, {} arrived as they are, {} carried through, {named} names of files in three places",
        siege.figures.len(),
        sum(|one| one.tried),
        sum(|one| one.arrived),
        sum(|one| one.carried),
    );
    for (name, figures) in &siege.figures {
        println!("{name}: {figures:?}");
    }
    for (input, arrived) in &got_there {
        let last = input.at.last().unwrap().as_str();
        // Of what writes, only some are more than a dry run.
        let enough = if input.is_write { 4 } else { 20 };
        assert!(
            !FREE.contains(&last) || ASK_AT_HOME.contains(&input.op) || arrived.len() >= enough,
            "only {} of {} arrived",
            arrived.len(),
            input.name()
        );
    }
    assert!(named > 0);
}

#[test]
fn strings_of_new_operations_are_found_by_themselves() {
    let found: Vec<String> = inputs().iter().map(Input::name).collect();
    for wanted in [
        "pct_exec.command",
        "tail_log.target.cluster",
        "tail_log.path",
        "snapshot_delete.name",
        "revert_file.backupPath",
    ] {
        assert!(found.iter().any(|name| name == wanted), "{wanted} is not among {found:?}");
    }
}
