//! Packages of languages: libraries that are fetched and bring scripts.

use super::call::{Call, Rows, text};
use super::does::{ask, benign, package, package_gone, read};
use super::grammar::{PLAIN, anywhere, parse};
use super::verbs::{Verbs, by_verb};
use crate::effect::Effect;
use crate::word::Word;

pub(super) const ROWS: Rows = &[
    ("pip|pip3|pipx|uv|conda|mamba|poetry|pdm", |call| {
        by_verb(call, anywhere("", "log proxy retries timeout directory"), PIP, ask)
    }),
    ("npm|pnpm|yarn|bun|corepack|deno", |call| by_verb(call, anywhere("C", "prefix cwd dir"), NPM, ask)),
    ("npx|bunx|uvx|pnpx", ask),
    (
        "cargo|rustup",
        |call| if call.any(&["--list"]) { read(call) } else { by_verb(call, PLAIN, CARGO, ask) },
    ),
    ("go", |call| {
        by_verb(
            call,
            PLAIN,
            &[
                ("version|env|list|doc|vet|fmt|mod graph|mod verify|mod why", read),
                ("build|mod tidy|mod download|get|install|clean", benign),
            ],
            ask,
        )
    }),
    ("gem|bundle|composer", |call| {
        by_verb(
            call,
            PLAIN,
            &[
                (
                    "list|search|info|show|environment|outdated|which|contents|check|validate|diagnose|\
                     audit|licenses|why|query|dependency",
                    read,
                ),
                ("install|update|require|add", ask),
            ],
            ask,
        )
    }),
];

/// A package by its name is everyday; a directory, an address or a list of them brings scripts from anywhere.
fn pip_install(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        anywhere(
            "rctibef",
            "requirement constraint target index-url extra-index-url prefix root find-links editable \
             upgrade-strategy",
        ),
    );
    let named = |word: &&Word| text(word).is_some_and(|name| !name.contains(['/', ':']) && name != ".");
    if parsed.has(&["-r", "--requirement", "-e", "--editable", "-i", "--index-url", "--extra-index-url"])
        || !parsed.operands.iter().all(named)
    {
        ask(call)
    } else {
        package(call)
    }
}

const PIP: Verbs = &[
    (
        "list|show|freeze|check|search|index|config list|config get|debug|cache dir|cache info|\
         cache list|inspect|hash|info|env list|env info|export|tree|version|self version|pip list|\
         pip show|pip freeze|pip check|pip tree|environment|lock",
        read,
    ),
    (
        "uninstall|remove|cache purge|cache remove|cache clean|clean|env remove|uninstall-all|\
         pip uninstall",
        package_gone,
    ),
    ("install|pip install|wheel", pip_install),
    (
        "inject|upgrade|upgrade-all|reinstall|update|create|add|sync|init|venv|ensurepath|config set|\
         build|download",
        package,
    ),
];

const NPM: Verbs = &[
    (
        "list|ls|view|info|show|outdated|audit|search|ping|prefix|root|bin|whoami|config get|config list|\
         help|version|why|explain|doctor|docs|fund|pkg get|licenses|query|check|lint|fmt",
        read,
    ),
    ("cache clean|cache verify|pack|init|config set|pkg set|prune|enable|prepare", package),
    // Packages bring scripts that run at once.
    ("ci|install|i|add|update|up|upgrade|dedupe|link", |call| {
        if call.any(&["--ignore-scripts", "--dry-run", "--package-lock-only"]) {
            package(call)
        } else {
            ask(call)
        }
    }),
    ("uninstall|remove|rm|un|global remove", package_gone),
];

const CARGO: Verbs = &[
    (
        "tree|metadata|search|info|locate-project|pkgid|verify-project|version|show|toolchain list|\
         target list|component list|doc|fetch|check|which|fmt|outdated|audit|deny",
        read,
    ),
    (
        "update|clean|add|new|init|vendor|generate-lockfile|component add|target add|toolchain install|\
         default",
        package,
    ),
    ("remove|uninstall|self uninstall|toolchain uninstall|component remove|target remove", package_gone),
];

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm};

    #[test]
    fn libraries_come_by_their_name_and_scripts_are_asked_about() {
        table(&[
            (Allow, "pip list"),
            (Allow, "pip install requests"),
            (Allow, "npm ls -g"),
            (Allow, "go version"),
            (Allow, "cargo --version"),
            (Confirm, "pip uninstall -y requests"),
            (Confirm, "npx cowsay"),
            (Confirm, "pip install -r requirements.txt"),
        ]);
    }
}
