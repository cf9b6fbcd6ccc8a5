//! Interpreters of scripting languages, and debuggers.

use super::call::{Call, Rows, among, head, text, touch_all, word_like};
use super::code::of_code;
use super::code_language::Language;
use super::does::{ask, benign, read};
use super::grammar::{Grammar, anywhere, front, parse};
use crate::effect::{Effect, Touch};
use crate::word::Word;

pub(super) const ROWS: Rows = &[
    ("python|python3|python2|pypy|pypy3|micropython|ipython|ipython3", python),
    ("perl", perl),
    ("ruby|irb|jruby", |call| with_code(call, "eIrCEFxKTW", "", &["-e"], Language::Ruby)),
    ("node|nodejs|qjs", |call| {
        with_code(
            call,
            "eprC",
            "eval print require import conditions",
            &["-e", "-p", "--eval", "--print"],
            Language::JavaScript,
        )
    }),
    ("php|php-cli|hhvm", |call| {
        with_code(call, "rBREFcdSt", "run define", &["-r", "--run", "-B", "-R", "-E"], Language::Php)
    }),
    (
        "lua|luajit|tclsh|wish|Rscript|R|julia|guile|racket|groovy|scala|elixir|erl|ghci|ocaml|octave|\
         jshell|raku|swift|csi|fennel|janet|sbcl|clisp",
        |call| with_code(call, "eElq", "eval expression", &["-e", "-E", "--eval", "-eval"], Language::Other),
    ),
    (
        "java|javaw|mono|dotnet|wine|kotlin|qemu-system-x86_64|kvm|qemu-system-i386|qemu-system-aarch64|\
         wasmtime|qemu-user",
        |call| {
            if call.any(&["-version", "--version", "--info", "--list-sdks", "--list-runtimes", "-V"]) {
                read(call)
            } else {
                ask(call)
            }
        },
    ),
    ("gdb|lldb|pdb", debugger),
];

/// The files that programs in place of a person run.
fn script_or_stdin(call: &Call<'_>, operands: &[&Word], language: Language) -> Vec<Effect> {
    match operands.first() {
        // Nextcloud's console, which is known by its name.
        Some(file) if text(file).is_some_and(|path| path.rsplit('/').next() == Some("occ")) => {
            let argv: Vec<Word> = std::iter::once(word_like(file, "occ"))
                .chain(operands[1..].iter().map(|word| (*word).clone()))
                .collect();
            vec![call.runs(&argv)]
        }
        Some(file) if text(file) != Some("-") && text(file) != Some("/dev/stdin") => {
            vec![Effect::RunUnknown(call.line())]
        }
        _ => match (call.stdin(), call.invocation.argv.first()) {
            (Some(""), _) => read(call),
            (Some(code), Some(model)) => of_code(call, model, code, language),
            _ => ask(call),
        },
    }
}

fn with_code(
    call: &Call<'_>,
    letters: &'static str,
    longs: &'static str,
    names: &[&str],
    language: Language,
) -> Vec<Effect> {
    let parsed = parse(call, front(letters, longs));
    let simple = call.args.len() == 1 && call.any(&["-v", "-V", "--version", "--help", "-h", "-i", "-m"]);
    if simple
        || (call.name.starts_with("php") && call.any(&["-m", "-i", "-l", "--ini"]))
        || (matches!(call.name, "ruby" | "node") && call.any(&["-c", "--check"]) && call.args.len() == 2)
    {
        return read(call);
    }
    let codes = parsed.values(names);
    if codes.is_empty() {
        return script_or_stdin(call, &parsed.operands, language);
    }
    codes.into_iter().flat_map(|code| code_of(call, code, language)).collect()
}

fn code_of(call: &Call<'_>, code: &Word, language: Language) -> Vec<Effect> {
    text(code).map_or_else(|| ask(call), |text| of_code(call, code, text, language))
}

/// Modules that only read and print.
const MODULES: &str = "\
    json.tool json this calendar platform site sysconfig base64 tokenize ast dis uuid textwrap inspect \
    zoneinfo statistics quopri mimetypes tabnanny filecmp difflib locale";

fn python(call: &Call<'_>) -> Vec<Effect> {
    // After `-c CODE` and `-m MODULE` everything belongs to the program.
    let mut rest = call.args;
    while let Some((word, more)) = rest.split_first() {
        let start = head(word);
        if !start.starts_with('-') || start == "-" {
            break;
        }
        rest = more;
        if start.starts_with("--") {
            if matches!(start, "--version" | "--help" | "--help-env" | "--help-all") {
                return read(call);
            }
            continue;
        }
        for (at, letter) in start.char_indices().skip(1) {
            let attached = start.get(at + 1..).filter(|rest| !rest.is_empty());
            let value = attached.map(|text| word_like(word, text)).or_else(|| more.first().cloned());
            match letter {
                'V' | 'h' => return read(call),
                'c' => {
                    return value.map_or_else(|| read(call), |code| code_of(call, &code, Language::Python));
                }
                'm' => {
                    return module(
                        call,
                        value.as_ref(),
                        if attached.is_some() { more } else { more.get(1..).unwrap_or_default() },
                    );
                }
                'W' | 'X' => {
                    rest = if attached.is_some() { more } else { more.get(1..).unwrap_or_default() };
                    break;
                }
                _ => {}
            }
        }
    }
    let operands: Vec<&Word> = rest.iter().collect();
    script_or_stdin(call, &operands, Language::Python)
}

fn module(call: &Call<'_>, name: Option<&Word>, rest: &[Word]) -> Vec<Effect> {
    match name.and_then(text) {
        Some(_) if matches!(rest, [only] if matches!(text(only), Some("--help" | "--version"))) => read(call),
        Some("json.tool") => touch_or_read(call, rest),
        Some(name) if among(MODULES, name) => read(call),
        Some("venv" | "ensurepip" | "virtualenv" | "compileall" | "py_compile" | "build") => benign(call),
        Some("zipfile" | "tarfile")
            if rest
                .first()
                .and_then(text)
                .is_some_and(|flag| matches!(flag, "-l" | "--list" | "-t" | "--test")) =>
        {
            read(call)
        }
        Some("pip" | "pipx") => {
            let argv: Vec<Word> = name.into_iter().chain(rest).cloned().collect();
            vec![call.runs(&argv)]
        }
        _ => ask(call),
    }
}

/// `json.tool IN OUT`
fn touch_or_read(call: &Call<'_>, rest: &[Word]) -> Vec<Effect> {
    let parsed = parse(&call.with(rest), anywhere("", "indent"));
    let effects = touch_all(Touch::Write, parsed.operands.get(1).copied());
    if effects.is_empty() { read(call) } else { effects }
}

fn perl(call: &Call<'_>) -> Vec<Effect> {
    let mut codes: Vec<Word> = vec![];
    let mut in_place = false;
    let mut modules = vec![];
    let mut rest = call.args;
    while let Some((word, more)) = rest.split_first() {
        let start = head(word);
        if !start.starts_with('-') || start == "-" {
            break;
        }
        rest = more;
        if start == "--" {
            break;
        }
        for (at, letter) in start.char_indices().skip(1) {
            let attached = start.get(at + 1..).filter(|rest| !rest.is_empty());
            match letter {
                'v' | 'V' | 'h' => return read(call),
                'e' | 'E' => {
                    match attached {
                        Some(code) => codes.push(word_like(word, code)),
                        None => {
                            codes.extend(rest.first().cloned());
                            rest = rest.get(1..).unwrap_or_default();
                        }
                    }
                    break;
                }
                'i' => {
                    in_place = true;
                    if attached.is_some_and(|suffix| suffix.starts_with('.')) {
                        break;
                    }
                }
                'M' | 'm' => {
                    modules.extend(attached.map(str::to_owned));
                    break;
                }
                'F' | 'I' | 'x' | 'D' | 'C' => {
                    if attached.is_none() && letter == 'I' {
                        rest = rest.get(1..).unwrap_or_default();
                    }
                    break;
                }
                _ => {}
            }
        }
    }
    let files: Vec<&Word> = rest.iter().collect();
    if codes.is_empty() {
        return script_or_stdin(call, &files, Language::Perl);
    }
    let mut effects: Vec<Effect> =
        codes.iter().flat_map(|code| code_of(call, code, Language::Perl)).collect();
    let plain = [
        "strict",
        "warnings",
        "JSON",
        "JSON::PP",
        "Data::Dumper",
        "List::Util",
        "POSIX",
        "Time::Local",
        "MIME::Base64",
        "Time::HiRes",
        "URI::Escape",
    ];
    if modules.iter().any(|module| {
        !plain.iter().any(|name| module.trim_start_matches('-').split(['=', ' ']).next() == Some(name))
    }) {
        effects.extend(ask(call));
    }
    if in_place {
        effects.extend(touch_all(Touch::Write, files));
    }
    effects
}

/// gdb runs commands of its own, among them `shell`; with `--args` it starts a program.
fn debugger(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        Grammar {
            letters: "",
            longs: "ex eval-command x command ix iex init-eval-command p pid c core s e d cd o one-line \
                k batch-source",
            front: true,
            words: true,
        },
    );
    let mut effects = vec![];
    for script in parsed.values(&[
        "-ex",
        "--ex",
        "-eval-command",
        "--eval-command",
        "-iex",
        "--iex",
        "-o",
        "--one-line",
        "-k",
    ]) {
        let line = text(script).unwrap_or_default().trim();
        let shell = line
            .strip_prefix("shell ")
            .or_else(|| line.strip_prefix('!'))
            .or_else(|| line.strip_prefix("platform shell "))
            .or_else(|| line.strip_prefix("pipe "));
        match shell {
            Some(command) => effects.push(call.runs_text(&word_like(script, command))),
            None if line.starts_with("call")
                || line.starts_with("python")
                || line.starts_with("source")
                || line.contains("system(")
                || line.starts_with("script") =>
            {
                effects.extend(ask(call));
                if let Some(command) = line.split("system(").nth(1).and_then(|rest| rest.split('"').nth(1)) {
                    effects.push(call.runs_text(&word_like(script, command)));
                }
                if let Some(code) = line.strip_prefix("python ").or_else(|| line.strip_prefix("script ")) {
                    effects.extend(of_code(call, script, code, Language::Python));
                }
            }
            None => {}
        }
    }
    if parsed.has(&["-p", "--pid", "-x", "--command"]) {
        effects.extend(ask(call));
    }
    if call.any(&["--args", "-args", "--"]) && !parsed.rest.is_empty() {
        effects.push(call.runs(parsed.rest));
    }
    if let Some(script) = call.stdin().filter(|script| !script.is_empty()) {
        for (line, model) in script.lines().zip(std::iter::repeat(call.invocation.argv.first())) {
            let command = line.trim().strip_prefix("shell ").or_else(|| line.trim().strip_prefix('!'));
            effects.extend(
                command.zip(model).map(|(command, model)| call.runs_text(&word_like(model, command))),
            );
        }
    }
    if effects.is_empty() { benign(call) } else { effects }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn scripts_are_asked_about() {
        table(&[
            (Allow, "python3 -m json.tool /tmp/x.json"),
            (Allow, "python3 --version"),
            (Allow, "perl -v"),
            (Allow, "node --version"),
            (Confirm, "python3 /tmp/x.py"),
            (Confirm, "perl -e 'exec \"reboot\"'"),
            (Confirm, "ruby -e 'system \"reboot\"'"),
            (Confirm, "gdb -batch -ex 'shell reboot'"),
            (Confirm, "perl /tmp/x.pl"),
            (Confirm, "php /tmp/x.php"),
            (Confirm, "node app.js"),
            (Confirm, "java -jar x.jar"),
            (Confirm, "gdb -ex '!reboot' -batch"),
            (Deny, "perl -pi -e 's/a/b/' /etc/pve/storage.cfg"),
        ]);
    }
}
