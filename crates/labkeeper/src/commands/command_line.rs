//! The page of the documentation with every command and flag, as the parser knows them.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};

use crate::cli::Arguments;

/// The whole page in Markdown.
pub(super) fn page() -> String {
    let mut program = Arguments::command();
    program.build();
    let mut text = String::new();
    let everywhere: Vec<&Arg> = program.get_arguments().filter(|flag| flag.is_global_set()).collect();
    text.push_str("## Every command\n\n");
    arguments(&mut text, everywhere.into_iter());
    sections(&mut text, &program, "labkeeper");
    text
}

fn sections(text: &mut String, parent: &Command, path: &str) {
    for command in parent.get_subcommands().filter(|it| !it.is_hide_set() && it.get_name() != "help") {
        let path = format!("{path} {}", command.get_name());
        if command.has_subcommands() {
            sections(text, command, &path);
        } else {
            section(text, command, &path);
        }
    }
}

fn section(text: &mut String, command: &Command, path: &str) {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let _ = write!(text, "\n## {path}\n\n{}.\n\n", escaped(&about));
    let positional = command.get_positionals().filter(|it| !it.is_hide_set()).map(|it| {
        if it.is_required_set() { format!(" <{}>", it.get_id()) } else { format!(" [{}]", it.get_id()) }
    });
    let words: String = positional.collect::<String>().to_uppercase();
    let _ = writeln!(text, "`{path}{words}`\n");
    arguments(text, command.get_arguments().filter(|it| !it.is_global_set()));
}

/// A table of them; nothing where there are none.
fn arguments<'a>(text: &mut String, all: impl Iterator<Item = &'a Arg>) {
    let known = |it: &&Arg| !it.is_hide_set() && !["help", "version"].contains(&it.get_id().as_str());
    let rows: Vec<String> = all.filter(known).map(row).collect();
    if !rows.is_empty() {
        let _ = write!(text, "| | |\n|---|---|\n{}\n", rows.join("\n"));
    }
}

fn row(argument: &Arg) -> String {
    let name = match (argument.get_short(), argument.get_long()) {
        (Some(short), Some(long)) => format!("-{short}, --{long}"),
        (None, Some(long)) => format!("--{long}"),
        (Some(short), None) => format!("-{short}"),
        (None, None) => argument.get_id().as_str().to_uppercase(),
    };
    let takes = argument.get_action().takes_values() && !argument.is_positional();
    let value = argument.get_value_names().filter(|_| takes).and_then(|names| names.first());
    let value = value.map(|value| format!(" {value}")).unwrap_or_default();
    let mut meaning = escaped(&argument.get_help().map(ToString::to_string).unwrap_or_default());
    let choices: Vec<String> = argument
        .get_possible_values()
        .iter()
        .filter(|_| argument.get_action().takes_values())
        .map(|choice| format!("`{}`", choice.get_name()))
        .collect();
    if !choices.is_empty() {
        let _ = write!(meaning, ": {}", choices.join(", "));
    }
    let defaults: Vec<String> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    if takes && !defaults.is_empty() {
        let _ = write!(meaning, " [default: {}]", defaults.join(", "));
    }
    format!("| `{name}{value}` | {meaning} |")
}

/// What a cell of a table takes.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_that_is_shown_has_a_section_with_its_flags() {
        let page = page();
        for told in
            ["## labkeeper serve\n", "`--bind ADDR`", "## labkeeper token create\n", "`--data-dir DIR`"]
        {
            assert!(page.contains(told), "no {told} in\n{page}");
        }
        assert!(page.contains("`<NAME>`") || page.contains("labkeeper token create <NAME>"), "{page}");
        assert!(!page.contains("labkeeper gen"), "what is hidden stays so");
    }
}
