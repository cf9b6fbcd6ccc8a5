//! What a shell knows while it runs, as far as it is known.

use std::collections::BTreeMap;
use std::rc::Rc;

use brush_parser::ast::FunctionBody;

use crate::invocation::Stdin;
use crate::word::{Span, Value};

/// The search path of the contract under which commands run.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) shape: Shape,
    /// Programs see it.
    pub(super) exported: bool,
    /// On some way through the script it was not set.
    pub(super) perhaps_unset: bool,
}

/// What a variable holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    Scalar(Value),
    /// By index or key, in order.
    Array(Vec<(String, Value)>),
}

/// A function of the script.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) body: FunctionBody,
    /// Where what defined it stands, when it came out of another text.
    pub(super) span: Option<Span>,
}

/// A file that the same command line made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// Text.
    Text(Value),
    /// Leads to what lies at this path.
    Link(String),
    /// The same as what lay at this path.
    Copy(String),
    /// Cannot be known.
    Unknown,
}

/// What a shell knows while it runs.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) variables: BTreeMap<String, Variable>,
    /// Several when it was defined differently on different ways.
    pub(super) functions: BTreeMap<String, Vec<Rc<Function>>>,
    pub(super) zero: Value,
    /// `None`: cannot be known.
    pub(super) positional: Option<Vec<Value>>,
    pub(super) cwd: Value,
    pub(super) directories: Vec<Value>,
    /// By absolute path.
    pub(super) files: BTreeMap<String, Content>,
    pub(super) stdin: Stdin,
    /// What was printed so far; `None` when nobody reads it.
    pub(super) out: Option<Value>,
    /// Targets of file descriptors that `exec` opened.
    pub(super) descriptors: BTreeMap<i32, Value>,
    /// By name.
    pub(super) aliases: BTreeMap<String, String>,
    /// `shopt -s expand_aliases`.
    pub(super) aliases_on: bool,
    /// Programs that `hash -p` put in another's place.
    pub(super) hashed: BTreeMap<String, Value>,
    /// `set -a`.
    pub(super) exports_all: bool,
    /// What follows does not run: `exit`, `return`, `break`.
    pub(super) gone: bool,
}

impl State {
    /// As the contract has it: a fixed environment, nothing on standard input.
    pub(super) fn initial() -> Self {
        let mut state = Self {
            variables: BTreeMap::new(),
            functions: BTreeMap::new(),
            zero: Value::known("bash"),
            positional: Some(Vec::new()),
            cwd: Value::known("/root"),
            directories: Vec::new(),
            files: BTreeMap::new(),
            stdin: Stdin::Null,
            out: None,
            descriptors: BTreeMap::new(),
            aliases: BTreeMap::new(),
            aliases_on: false,
            hashed: BTreeMap::new(),
            exports_all: false,
            gone: false,
        };
        let fixed = [
            ("HOME", "/root"),
            ("PATH", PATH),
            ("LANG", "C.UTF-8"),
            ("USER", "root"),
            ("LOGNAME", "root"),
            ("SHELL", "/bin/bash"),
        ];
        for (name, text) in fixed {
            state.set(name, Value::known(text));
            state.export(name);
        }
        for (name, text) in
            [("IFS", " \t\n"), ("BASH", "/bin/bash"), ("UID", "0"), ("EUID", "0"), ("OSTYPE", "linux-gnu")]
        {
            state.set(name, Value::known(text));
        }
        for name in [
            "RANDOM",
            "SRANDOM",
            "SECONDS",
            "EPOCHSECONDS",
            "EPOCHREALTIME",
            "PPID",
            "BASHPID",
            "HOSTNAME",
            "LINENO",
            "HOSTTYPE",
            "MACHTYPE",
            "BASH_VERSION",
        ] {
            state.set(name, Value::Pattern("*".into()));
        }
        state
    }

    /// The variable, when it is set on some way.
    pub(super) fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.get(name)
    }

    /// The value of a scalar, or of the first element.
    pub(super) fn scalar(&self, name: &str) -> Option<&Value> {
        match &self.variables.get(name)?.shape {
            Shape::Scalar(value) => Some(value),
            Shape::Array(elements) => elements.iter().find(|(index, _)| index == "0").map(|(_, value)| value),
        }
    }

    /// Sets a scalar, or the first element of what is an array.
    pub(super) fn set(&mut self, name: &str, value: Value) {
        if let Some(Variable { shape: Shape::Array(elements), .. }) = self.variables.get_mut(name) {
            put(elements, "0", value);
        } else {
            self.shape(name, Shape::Scalar(value));
        }
    }

    /// Sets the whole variable.
    pub(super) fn shape(&mut self, name: &str, shape: Shape) {
        let exported = self.exports_all || self.variables.get(name).is_some_and(|old| old.exported);
        self.variables.insert(name.into(), Variable { shape, exported, perhaps_unset: false });
    }

    /// Sets an element.
    pub(super) fn set_element(&mut self, name: &str, index: &str, value: Value) {
        let mut elements = match self.variables.get(name).map(|variable| variable.shape.clone()) {
            Some(Shape::Array(elements)) => elements,
            Some(Shape::Scalar(value)) => vec![("0".into(), value)],
            None => Vec::new(),
        };
        put(&mut elements, index, value);
        self.shape(name, Shape::Array(elements));
    }

    /// Programs will see it.
    pub(super) fn export(&mut self, name: &str) {
        if let Some(variable) = self.variables.get_mut(name) {
            variable.exported = true;
        }
    }

    /// The state of a shell that is started as a program of its own.
    pub(super) fn child(&self) -> Self {
        let mut child = self.clone();
        let fixed = Self::initial();
        child.variables.retain(|_, variable| variable.exported);
        for (name, variable) in fixed.variables {
            child.variables.entry(name).or_insert(variable);
        }
        child.positional = Some(Vec::new());
        child.zero = Value::known("bash");
        child.hashed.clear();
        child.aliases.clear();
        child.aliases_on = false;
        child.directories.clear();
        child.exports_all = false;
        child.gone = false;
        child
    }

    /// Prints.
    pub(super) fn print(&mut self, text: &Value) {
        if let Some(out) = self.out.take() {
            self.out = Some(out.then(text));
        }
    }

    /// After one of two ways.
    #[must_use]
    pub(super) fn or(mut self, mut other: Self) -> Self {
        if self.gone != other.gone {
            // Only one of them goes on; files stay whoever wrote them.
            let (mut stays, ends) = if self.gone { (other, self) } else { (self, other) };
            merge_files(&mut stays.files, ends.files);
            return stays;
        }
        for (name, variable) in &mut self.variables {
            match other.variables.remove(name) {
                Some(theirs) => {
                    variable.exported |= theirs.exported;
                    variable.perhaps_unset |= theirs.perhaps_unset;
                    variable.shape = either(variable.shape.clone(), theirs.shape);
                }
                None => variable.perhaps_unset = true,
            }
        }
        for (name, mut variable) in other.variables {
            variable.perhaps_unset = true;
            self.variables.insert(name, variable);
        }
        for (name, functions) in other.functions {
            let mine = self.functions.entry(name).or_default();
            for function in functions {
                if !mine.iter().any(|known| Rc::ptr_eq(known, &function)) {
                    mine.push(function);
                }
            }
        }
        self.cwd = self.cwd.or(other.cwd);
        merge_files(&mut self.files, other.files);
        if self.stdin != other.stdin {
            self.stdin = Stdin::Unknown;
        }
        self.out = match (self.out, other.out) {
            (Some(mine), Some(theirs)) => Some(mine.or(theirs)),
            _ => None,
        };
        if self.positional != other.positional {
            self.positional = None;
        }
        self.descriptors.extend(other.descriptors);
        self.aliases.extend(other.aliases);
        self.aliases_on |= other.aliases_on;
        for (name, program) in other.hashed {
            let known = self.hashed.remove(&name);
            self.hashed.insert(name, known.map_or(program.clone(), |known| known.or(program)));
        }
        self
    }

    /// Takes back from a subshell what does not end with it: files, what was printed and what was read.
    pub(super) fn leave(&mut self, inner: Self) {
        self.files = inner.files;
        self.out = inner.out;
        self.stdin = inner.stdin;
    }

    /// The path that lies behind links which the same line made.
    pub(super) fn behind_links(&self, path: &str) -> String {
        let mut path = path.to_owned();
        // A link to itself would have no end.
        for _ in 0..8 {
            let linked = self.files.iter().find_map(|(at, content)| {
                let Content::Link(target) = content else { return None };
                let rest = path.strip_prefix(at.as_str())?;
                (rest.is_empty() || rest.starts_with('/')).then(|| format!("{target}{rest}"))
            });
            match linked {
                Some(target) if target != path => path = target,
                _ => break,
            }
        }
        path
    }
}

fn put(elements: &mut Vec<(String, Value)>, index: &str, value: Value) {
    match elements.iter_mut().find(|(known, _)| known == index) {
        Some((_, old)) => *old = value,
        None => elements.push((index.into(), value)),
    }
}

fn either(one: Shape, two: Shape) -> Shape {
    match (one, two) {
        (one, two) if one == two => one,
        (Shape::Scalar(one), Shape::Scalar(two)) => Shape::Scalar(one.or(two)),
        _ => Shape::Scalar(Value::tainted()),
    }
}

fn merge_files(mine: &mut BTreeMap<String, Content>, theirs: BTreeMap<String, Content>) {
    for (path, content) in theirs {
        let merged = match (mine.remove(&path), content) {
            (None, content) => content,
            (Some(one), two) if one == two => one,
            (Some(Content::Text(one)), Content::Text(two)) => Content::Text(one.or(two)),
            _ => Content::Unknown,
        };
        mine.insert(path, merged);
    }
}
