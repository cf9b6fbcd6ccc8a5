//! Builds, and tools that manage machines from files.

use super::call::{Call, Rows, head, shown, text, touch_all, word_like};
use super::does::{ask, benign, data_gone, discard, guest_down, guest_gone, read};
use super::grammar::{Grammar, PLAIN, anywhere, parse};
use super::verbs::{Verbs, by_verb};
use crate::effect::{Effect, Nested, Touch};
use crate::invocation::Stdin;

pub(super) const ROWS: Rows = &[
    ("gh|glab|tea", |call| by_verb(call, anywhere("R", "repo json jq limit"), FORGE, ask)),
    ("svn|hg|bzr|fossil|cvs", |call| {
        by_verb(
            call,
            PLAIN,
            &[
                (
                    "status|st|log|diff|info|list|ls|cat|blame|annotate|heads|tip|id|paths|branch|tags|\
                     summary",
                    read,
                ),
                ("update|up|checkout|co|add|commit|ci|pull|push|clone", benign),
                ("revert|clean|purge|strip|rollback", discard),
            ],
            ask,
        )
    }),
    (
        "make|gmake|bmake|just|task|rake|invoke|tox|nox|pytest|ninja|cmake|meson|bazel|gradle|mvn|ant|\
         scons|ctest|jest|vitest|configure|autoreconf|autoconf|automake|libtool|m4|rpmbuild|\
         dpkg-buildpackage|debuild|checkinstall",
        build,
    ),
    (
        "gcc|g++|cc|c++|clang|clang++|ld|as|tcc|rustc|nasm|javac|kotlinc|tsc|esbuild|protoc|strip|\
         objcopy|dtc|bison|flex|cpp|gcov",
        |call| {
            let parsed = parse(call, anywhere("oIDLlfmWOxT", "output"));
            if call.texts().any(|arg| {
                arg.starts_with("-wrapper")
                    || arg.starts_with("-fplugin")
                    || arg.starts_with("-B")
                    || arg.starts_with("--plugin")
                    || arg.starts_with('@')
            }) {
                return ask(call);
            }
            let mut effects = touch_all(Touch::Write, parsed.values(&["-o", "--output"]));
            effects.extend(benign(call));
            effects
        },
    ),
    ("ansible", ansible),
    ("ansible-playbook|ansible-pull|ansible-console|ansible-navigator", |call| {
        if call.any(&["--check", "-C", "--syntax-check", "--list-tasks", "--list-hosts", "--list-tags"]) {
            read(call)
        } else {
            ask(call)
        }
    }),
    ("ansible-galaxy|ansible-vault|ansible-test", |call| {
        if call.any(&[
            "install",
            "list",
            "search",
            "info",
            "init",
            "view",
            "verify",
            "encrypt",
            "encrypt_string",
            "create",
        ]) {
            benign(call)
        } else {
            ask(call)
        }
    }),
    ("terraform|tofu|terragrunt|opentofu|cdktf|pulumi", |call| {
        by_verb(
            call,
            Grammar { letters: "", longs: "chdir cwd stack", front: false, words: true },
            TERRAFORM,
            ask,
        )
    }),
    (
        "packer|vagrant|salt|salt-call|salt-ssh|puppet|chef-client|pyinfra|nixos-rebuild|nix|nix-env|\
         nix-shell|nix-collect-garbage|guix|cloud-init",
        managed,
    ),
];

const FORGE: Verbs = &[
    (
        "pr list|pr view|pr status|pr diff|pr checks|issue list|issue view|issue status|repo view|\
         repo list|run list|run view|run watch|release list|release view|workflow list|workflow view|\
         auth status|status|search|gist list|gist view|label list|secret list|variable list|mr list|\
         mr view|ci list|ci status|ci view|version|browse",
        read,
    ),
    (
        "pr create|pr checkout|issue create|issue comment|pr comment|repo clone|release create|\
         release upload|release download|run download|run rerun|workflow run|repo fork|repo sync|\
         pr ready|pr review|issue edit|pr edit|mr create|pr merge|issue close|issue reopen",
        benign,
    ),
    ("api", request),
    (
        "repo delete|repo archive|release delete|secret delete|secret set|ssh-key|gpg-key|gist delete|\
         run delete|run cancel|variable delete|cache delete|repo edit|repo rename",
        discard,
    ),
];

/// `gh api` reads unless it is given a method or fields.
fn request(call: &Call<'_>) -> Vec<Effect> {
    let parsed =
        parse(call, anywhere("XfFHqtp", "method field raw-field header jq template input hostname preview"));
    let reads =
        parsed.value(&["-X", "--method"]).is_none_or(|method| matches!(text(method), Some("GET" | "HEAD")));
    let writes = parsed.has(&["-f", "-F", "--field", "--raw-field", "--input"])
        && parsed.value(&["-X", "--method"]).is_none();
    if reads && !writes { read(call) } else { discard(call) }
}

fn build(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("fCjIo", "file directory makefile jobs"));
    let dry = parsed.says(&[
        "-n",
        "--just-print",
        "--dry-run",
        "--recon",
        "-q",
        "--question",
        "--collect-only",
        "--list",
        "-l",
        "--summary",
        "-T",
        "-P",
        "--version",
    ]);
    match call.name {
        "make" | "gmake" | "bmake" | "just" | "task" | "rake" | "invoke" | "pytest" | "tox" | "ninja"
            if dry =>
        {
            read(call)
        }
        "make" | "gmake"
            if parsed
                .values(&["-f", "--file", "--makefile"])
                .iter()
                .any(|file| matches!(shown(file), "-" | "/dev/stdin")) =>
        {
            let mut effects = ask(call);
            let recipes = call.stdin().unwrap_or_default().lines().filter_map(|line| {
                line.strip_prefix('\t').or_else(|| line.split_once(';').map(|(_, recipe)| recipe))
            });
            let model = call.invocation.argv.first();
            effects.extend(recipes.zip(std::iter::repeat(model)).filter_map(|(recipe, model)| {
                Some(call.runs_text(&word_like(model?, recipe.trim_start_matches(['@', '-', '+', ' ']))))
            }));
            effects
        }
        // `make --eval='x:;rm -rf /'`
        _ => {
            let mut effects = ask(call);
            for word in call.args.iter().filter(|word| head(word).starts_with("--eval")) {
                let recipe = shown(word).rsplit([';', '\t']).next().unwrap_or_default().trim().to_owned();
                effects.push(call.runs_text(&word_like(word, recipe)));
                if let Some(inner) =
                    shown(word).split("$(shell ").nth(1).and_then(|rest| rest.split(')').next())
                {
                    effects.push(call.runs_text(&word_like(word, inner)));
                }
            }
            effects
        }
    }
}

/// `ansible HOSTS -m MODULE -a ARGS`
fn ansible(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        anywhere(
            "imaeuftlMP",
            "inventory module-name args extra-vars user forks tree limit module-path become-user \
             private-key connection timeout",
        ),
    );
    if parsed.has(&["--list-hosts", "--version", "--check", "-C"]) {
        return read(call);
    }
    let module = parsed.value(&["-m", "--module-name"]).map_or(Some("command"), |word| text(word));
    match (module.map(|name| name.trim_start_matches("ansible.builtin.")), parsed.value(&["-a", "--args"])) {
        (
            Some(
                "ping" | "setup" | "debug" | "stat" | "service_facts" | "package_facts" | "gather_facts"
                | "slurp" | "getent" | "find",
            ),
            _,
        ) => read(call),
        (Some("command" | "shell" | "raw" | "script"), Some(script)) => {
            vec![Effect::Run(Nested::text(script.value.clone(), vec![], Stdin::Null).elsewhere())]
        }
        (Some("reboot"), _) => super::does::power(call),
        _ => ask(call),
    }
}

const TERRAFORM: Verbs = &[
    (
        "plan|show|output|validate|state list|state show|providers|version|workspace list|workspace show|\
         graph|console|get|metadata|preview|stack ls|stack output|config get|whoami|about|hclfmt|logs|\
         stack",
        read,
    ),
    ("init|fmt|import|workspace new|workspace select|refresh|state pull|login|config set|install", benign),
    ("apply|up|state mv|state rm|state push|taint|untaint|force-unlock|workspace delete|cancel|update", ask),
    ("destroy|down|run-all destroy", guest_gone),
];

fn managed(call: &Call<'_>) -> Vec<Effect> {
    let reads = [
        "status",
        "validate",
        "inspect",
        "version",
        "--version",
        "global-status",
        "test.ping",
        "grains.items",
        "facter",
        "box",
        "ssh-config",
        "port",
        "list",
        "search",
        "show",
        "eval",
        "flake",
        "-q",
        "--query",
        "log",
        "why-depends",
        "path-info",
        "query",
        "analyze",
        "schema",
        "--dry-run",
        "dry-build",
        "dry-activate",
        "fmt",
        "--list-generations",
        "id",
        "config",
    ];
    if call.any(&["destroy"]) {
        guest_gone(call)
    } else if call.any(&["halt", "suspend", "reload"]) && call.name == "vagrant" {
        guest_down(call)
    } else if call.any(&["clean", "-d", "--delete-old", "--delete-older-than"]) {
        if call.name == "cloud-init" { data_gone(call) } else { benign(call) }
    } else if call.any(&reads) || call.args.is_empty() && call.name != "nix-shell" {
        read(call)
    } else {
        let script = parse(call, anywhere("", "run command"));
        script.value(&["--run", "--command"]).map_or_else(|| ask(call), |script| vec![call.runs_text(script)])
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn builds_are_asked_about() {
        table(&[
            (Allow, "ansible all -m ping"),
            (Allow, "ansible-playbook site.yml --check"),
            (Allow, "terraform plan"),
            (Allow, "terraform validate"),
            (Confirm, "make install"),
            (Confirm, "ansible-playbook site.yml"),
            (Confirm, "ansible all -m shell -a reboot"),
            (Deny, "terraform destroy"),
        ]);
    }
}
