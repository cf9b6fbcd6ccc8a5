//! Variables that mean something to others than the shell: what programs load, and what they run.

use super::machine::Machine;
use super::run::is_standard;
use super::state::State;
use crate::word::{Span, Value, Word};

/// Programs and libraries that a variable makes other programs load.
const LOADERS: &[&str] = &[
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "LD_AUDIT",
    "BASH_ENV",
    "ENV",
    "PERL5OPT",
    "PERL5LIB",
    "PERL5DB",
    "PYTHONSTARTUP",
    "PYTHONPATH",
    "PYTHONHOME",
    "RUBYOPT",
    "RUBYLIB",
    "NODE_OPTIONS",
    "NODE_PATH",
    "GCONV_PATH",
    "SHELLOPTS",
    "BASHOPTS",
    "PYTHONINSPECT",
    "JAVA_TOOL_OPTIONS",
];

/// Variables whose text is a command.
const COMMANDS: &[&str] = &[
    "PROMPT_COMMAND",
    "PAGER",
    "GIT_PAGER",
    "MANPAGER",
    "SYSTEMD_PAGER",
    "EDITOR",
    "VISUAL",
    "SYSTEMD_EDITOR",
    "GIT_EDITOR",
    "SUDO_EDITOR",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_EXTERNAL_DIFF",
    "GIT_ASKPASS",
    "SSH_ASKPASS",
    "SUDO_ASKPASS",
    "LESSOPEN",
    "LESSCLOSE",
    "BROWSER",
    "RSYNC_RSH",
    "TAR_OPTIONS",
    "GIT_PROXY_COMMAND",
];

impl Machine<'_> {
    /// A variable is set that makes other programs do something.
    pub(super) fn check_variable(&mut self, state: &mut State, name: &str, value: &Value, span: &Span) {
        let shown =
            format!("{name}={}", Word { value: value.clone(), span: span.clone(), hollow: false }.shown());
        if name == "PATH" {
            if !is_harmless_path(value) {
                self.undecidable(
                    "undecidable.path",
                    &shown,
                    span.clone(),
                    "programs are looked for in other directories",
                );
            }
        } else if name == "IFS" {
            if value.only().is_none() {
                self.undecidable(
                    "undecidable.words",
                    &shown,
                    span.clone(),
                    "how words are split is not known",
                );
            }
        } else if name == "PS4" || name == "PS1" || name == "PS0" {
            if value.prefix().contains(['$', '`']) || value.only().is_none() {
                let text = value.prefix();
                self.whole(state, &text, super::pieces::Reading::Quoted, span);
            }
        } else if name == "BASH_ENV" || name == "ENV" {
            if value.only() != Some("") {
                self.source(state, &[Word { value: value.clone(), span: span.clone(), hollow: false }], span);
            }
        } else if LOADERS.contains(&name) || name.starts_with("LD_") || name.starts_with("BASH_FUNC_") {
            if value.only() != Some("") {
                self.undecidable(
                    "undecidable.loader",
                    &shown,
                    span.clone(),
                    "programs will load something else before they run",
                );
            }
        } else if COMMANDS.contains(&name) && value.only() != Some("") {
            let mut inner = state.child();
            self.text(&mut inner, value, span, &shown);
        }
    }

    /// A program sees these variables beside those of the shell.
    pub(super) fn with_prefix(
        &mut self,
        state: &mut State,
        prefix: &[(String, Value)],
        body: impl FnOnce(&mut Self, &mut State),
    ) {
        if prefix.is_empty() {
            body(self, state);
            return;
        }
        let before = state.variables.clone();
        for (name, value) in prefix {
            state.set(name, value.clone());
            state.export(name);
        }
        body(self, state);
        state.variables = before;
    }
}

/// Directories in which other programs of the same name may lie come after those of the system.
fn is_harmless_path(value: &Value) -> bool {
    let Some(text) = value.only() else { return false };
    let mut seen = 0;
    for directory in text.split(':') {
        let standard =
            is_standard(directory) || matches!(directory, "/snap/bin" | "/usr/games" | "/usr/local/games");
        if is_standard(directory) {
            seen += 1;
        }
        if !standard && seen < 2 || !directory.starts_with('/') {
            return false;
        }
    }
    true
}
