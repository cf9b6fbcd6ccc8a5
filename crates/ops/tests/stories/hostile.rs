//! Ten thousand hostile strings for every string that any operation which reaches a node or a guest takes: as one argument it arrives as
//! it is, or nothing arrives; no shell ever reads it. The inputs are found in the registry, so that a new operation is tried by itself.
//!
//! Two doors are between the hub and the lab that hear what passes. Closed, they let nothing through and say only that there is a file:
//! so every string can be tried. Open, everything is real: of each input, some of the strings that got as far as the doors are then
//! carried through to a real SSH server and real guests. Usually each input gets its own part of the ten thousand;
//! with `LABKEEPER_HOSTILE=10000` each gets all of them, or as many as that says.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use labkeeper_core::audit::sha256_hex;
use labkeeper_core::fault::Code;
use labkeeper_core::file::FileRules;
use labkeeper_core::ports::{Later, Pve, Shell, TaskWatch};
use labkeeper_core::pve::{ClusterName, NodeName, PveError, Request, TaskEnd, TokenId, Upid, Visit};
use labkeeper_core::shell::{
    Command, Dialect, Expected, FileFacts, FileKind, FilePath, Finished, Listing, Piece, Program, Replaced,
    ShellError, Spot, Window,
};
use labkeeper_core::tier::Tier;
use labkeeper_ops::operation::Entry;
use serde_json::{Map, Value, json};

use crate::shell_lab::{ALPINE, DEBIAN, MACHINE, ShellLab, reached_through};

const STRINGS: usize = 10_000;
/// What a string does that some shell has read.
const CANARY: &str = "/tmp/canary";
const PATH: &str = "/srv/app/settings.conf";
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

/// What came to a door.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Heard {
    /// A word of a program's, a path, a parameter of the API: one string that stays one.
    Word(String),
    /// Text for a shell.
    Text(String),
    /// What a file is to have.
    Bytes(Vec<u8>),
}

#[derive(Default)]
struct Ears {
    open: AtomicBool,
    heard: Mutex<Vec<Heard>>,
    /// What is in the one file that there is, as long as the doors are closed.
    file: Mutex<Vec<u8>>,
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

    fn taken(&self) -> Vec<Heard> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }
}

struct ShellDoor(Arc<dyn Shell>, Arc<Ears>);

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
        sha256: &'a str,
    ) -> Later<'a, Result<(), ShellError>> {
        self.0.abandon(spot, path, sha256)
    }
}

struct ApiDoor(Arc<dyn Pve>, Arc<Ears>);

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

/// A string that an operation takes: where it is in the input, and the rest of the input.
#[derive(Debug, Clone)]
struct Input {
    op: &'static str,
    is_write: bool,
    is_shell: bool,
    at: Vec<String>,
    rest: Value,
}

impl Input {
    fn name(&self) -> String {
        format!("{}.{}", self.op, self.at.join("."))
    }

    fn with(&self, string: &str) -> Value {
        let mut input = self.rest.clone();
        let mut place = &mut input;
        for key in &self.at {
            place = match key.parse::<usize>() {
                Ok(index) => &mut place.as_array_mut().unwrap()[index],
                Err(_) => &mut place[key.as_str()],
            };
        }
        *place = string.into();
        input
    }
}

/// What a field of that name usually has.
fn usual(op: &str, name: &str) -> Option<Value> {
    Some(match name {
        "vmid" if op.starts_with("qm_") => MACHINE.into(),
        "vmid" => DEBIAN.into(),
        "path" => PATH.into(),
        "content" | "newString" => "beta".into(),
        "oldString" | "pattern" => "alpha".into(),
        "unit" => "cron".into(),
        "command" => "true".into(),
        "name" => "mcp-20260101-000000".into(),
        "digest" => "0000".into(),
        "id" => 1.into(),
        _ => return None,
    })
}

/// A value that the schema takes.
fn sample(op: &str, root: &Value, schema: &Value, name: &str) -> Value {
    let schema = resolved(root, schema);
    if let Some(usual) = usual(op, name) {
        return usual;
    }
    if let Some(constant) = schema.get("const") {
        return constant.clone();
    }
    if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    if let Some(all) = alternatives(schema) {
        return sample(op, root, &all[0], name);
    }
    match schema["type"].as_str() {
        Some("object") => object(op, root, schema),
        Some("array") => json!([sample(op, root, &schema["items"], name)]),
        Some("string") => "x".into(),
        Some("boolean") => false.into(),
        _ => 1.into(),
    }
}

fn object(op: &str, root: &Value, schema: &Value) -> Value {
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let fields = required.map(|name| (name.to_owned(), sample(op, root, &schema["properties"][name], name)));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => resolved(root, root.pointer(reference.trim_start_matches('#')).unwrap()),
        None => schema,
    }
}

fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    ["oneOf", "anyOf"].iter().find_map(|key| schema[key].as_array())
}

fn takes_text(schema: &Value) -> bool {
    let is_text = match &schema["type"] {
        Value::String(one) => one == "string",
        Value::Array(several) => several.iter().any(|one| one == "string"),
        _ => false,
    };
    is_text && schema.get("const").is_none()
}

/// Every string below that schema, with the input around it.
fn strings(entry: &Entry, schema: &Value, at: &[String], rest: &Value, found: &mut Vec<Input>) {
    let root = &entry.input_schema;
    let schema = resolved(root, schema);
    if takes_text(schema) {
        let meta = &entry.meta;
        let (op, is_write, is_shell) = (meta.name, meta.effect.is_write(), meta.raw_shell);
        let (at, rest) = (at.to_vec(), rest.clone());
        // An alternative may say the same once more.
        if found.last().is_none_or(|last| last.at != at || last.op != op || last.rest != rest) {
            found.push(Input { op, is_write, is_shell, at, rest });
        }
    }
    for one in alternatives(schema).into_iter().flatten() {
        strings(entry, one, at, rest, found);
    }
    if let Some(fields) = schema["properties"].as_object() {
        let own = object(entry.meta.name, root, schema);
        for (name, field) in fields {
            let mut value = own.clone();
            if value.get(name).is_none() {
                value[name] = sample(entry.meta.name, root, field, name);
            }
            complete(entry.meta.name, name, at.is_empty(), &mut value);
            let (mut rest, at) = (rest.clone(), [at, std::slice::from_ref(name)].concat());
            put(&mut rest, &at[..at.len() - 1], value);
            strings(entry, field, &at, &rest, found);
        }
    }
    if schema["type"] == "array" {
        let at = [at, &["0".to_owned()]].concat();
        strings(entry, &schema["items"], &at, rest, found);
    }
}

fn put(rest: &mut Value, at: &[String], value: Value) {
    let mut place = rest;
    for key in at {
        place = match key.parse::<usize>() {
            Ok(index) => &mut place.as_array_mut().unwrap()[index],
            Err(_) => &mut place[key.as_str()],
        };
    }
    *place = value;
}

/// What only goes with something else that is optional, too.
fn complete(op: &str, field: &str, is_outermost: bool, input: &mut Value) {
    if !is_outermost {
        return;
    }
    match (op, field) {
        ("tail_log", "since") => input["unit"] = "cron".into(),
        ("tail_log", "unit") => {}
        ("guest_backup", field) if field != "storage" => input["storage"] = "nas".into(),
        ("tail_log" | "diff_config" | "revert_file", _) => input["path"] = PATH.into(),
        _ => {}
    }
    if matches!(op, "tail_log") {
        input["target"] = match field {
            "target" => input["target"].clone(),
            _ => json!({"kind": "pct", "vmid": DEBIAN}),
        };
    }
}

/// Strings of all operations that reach a node or a guest.
fn inputs() -> Vec<Input> {
    let mut found = Vec::new();
    for entry in labkeeper_ops::all::all() {
        if entry.meta.acts || entry.meta.foreign {
            strings(&entry, &entry.input_schema, &[], &json!({}), &mut found);
        }
    }
    found
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
        let (pve, shell) = (ApiDoor(pve, at_api), ShellDoor(shell, at_shell));
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
