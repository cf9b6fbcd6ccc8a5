//! How texts hold a value under a name: one line for each grammar, the name at `{K}`, the value at `{V}`.

use super::names::Spelling::{self, Camel, Kebab, Pascal, Snake, Spoken, Upper};

/// A grammar.
pub(super) struct Template {
    pub(super) text: &'static str,
    /// How names are spelled in it.
    pub(super) spellings: &'static [Spelling],
    /// What a value cannot have without being written differently.
    pub(super) never: &'static str,
}

const fn template(text: &'static str, spellings: &'static [Spelling], never: &'static str) -> Template {
    Template { text, spellings, never }
}

const FILE: &[Spelling] = &[Snake, Upper, Kebab, Camel];
const CODE: &[Spelling] = &[Snake, Camel, Upper];
const SHELL: &[Spelling] = &[Snake, Upper];

/// A sign or a mark says that it is a value: whatever it looks like, it goes.
#[rustfmt::skip]
pub(super) const FIRM: &[Template] = &[
    // Environments and settings.
    template("{K}={V}", FILE, " "),
    template("export {K}=\"{V}\"", SHELL, "\"$`\\"),
    template("export {K}='{V}'", SHELL, "'"),
    template("declare -x {K}=\"{V}\"", SHELL, "\"$"),
    template("HOME=/root\n{K}={V}\nTZ=UTC", SHELL, " "),
    template("[main]\nhost = nas.lan\n{K} = {V}\nport = 8080", FILE, ""),
    template("{K} = \"{V}\"", FILE, "\""),
    template("{K}: {V}", FILE, "#'\""),
    template("app:\n  db:\n    {K}: {V}\n    port: 5432", FILE, "#'\""),
    template("app:\n  {K}: \"{V}\"", FILE, "\""),
    template("app:\n  {K}: '{V}'", FILE, "'"),
    template("env:\n  - {K}={V}\n  - TZ=UTC", SHELL, " "),
    template("env:\n  - \"{K}={V}\"", SHELL, "\""),
    template("env:\n- name: {K}\n  value: \"{V}\"", SHELL, "\""),
    template("env:\n- name: {K}\n  value: {V}", SHELL, " #"),
    template("users:\n  - {name: eva, {K}: {V}, uid: 1000}", FILE, " ,}#"),
    template("- { name: eva, {K}: '{V}' }", FILE, "'"),
    template("{\"user\": \"eva\", \"{K}\": \"{V}\"}", FILE, "\"\\"),
    template("{\"user\":\"eva\",\"{K}\":\"{V}\",\"port\":80}", FILE, "\"\\"),
    template("{\n  \"a\": 1,\n  \"{K}\": \"{V}\",\n  \"b\": 2\n}", FILE, "\"\\"),
    template("\"{\\\"user\\\":\\\"eva\\\",\\\"{K}\\\":\\\"{V}\\\"}\"", FILE, "\"\\"),
    template("{'user': 'eva', '{K}': '{V}'}", FILE, "'"),
    template("<config><{K}>{V}</{K}></config>", FILE, "<>&"),
    template("<{K}><![CDATA[{V}]]></{K}>", FILE, "<>&"),
    template("<db host=\"a\" {K}=\"{V}\" port=\"1\"/>", FILE, "\"<>&"),
    template("<property name=\"{K}\" value=\"{V}\"/>", FILE, "\"<>&"),
    template("<add key=\"{K}\" value=\"{V}\" />", FILE, "\"<>&"),
    template("<setting name=\"{K}\">{V}</setting>", FILE, "<>&"),
    template("<key>{K}</key>\n<string>{V}</string>", FILE, "<>&"),
    template("<tr><td>{K}</td><td>{V}</td></tr>", FILE, "<>&"),
    template("<input type=\"text\" name=\"{K}\" value=\"{V}\">", FILE, "\"<>&"),
    template("resource \"x\" \"y\" {\n  {K} = \"{V}\"\n}", CODE, "\""),
    template("services.x = {\n  {K} = \"{V}\";\n};", CODE, "\""),
    template("listen 80;\nset ${K} \"{V}\";", SHELL, "\""),
    template("SetEnv {K} \"{V}\"", SHELL, "\""),
    template("config x\n\toption {K} '{V}'", SHELL, "'"),
    template("x.@y[0].{K}='{V}'", SHELL, "'"),
    template("Environment=\"{K}={V}\"", SHELL, "\""),
    template("Environment={K}={V}", SHELL, " "),
    template("ENV {K}={V}", SHELL, " "),
    template("ENV {K}=\"{V}\"", SHELL, "\""),
    template("ARG {K}={V}", SHELL, " "),
    template("{K} := {V}", SHELL, " "),
    template("{K} ?= {V}", SHELL, " "),
    // Commands.
    template("app --user eva --{K} {V} --port 80", &[Kebab, Snake], " -$"),
    template("app --{K}={V} --port 80", &[Kebab, Snake, Camel], " "),
    template("app --{K} '{V}'", &[Kebab], "'"),
    template("java -D{K}={V} -jar a.jar", FILE, " "),
    template("docker run -d -e {K}={V} -p 80:80 img", SHELL, " &;|$"),
    template("docker run -e {K}='{V}' img", SHELL, "'"),
    template("docker run -e \"{K}={V}\" img", SHELL, "\"$"),
    template("helm upgrade x y --set db.{K}={V} --wait", FILE, " ,"),
    template("ansible-playbook a.yml -e {K}={V}", SHELL, " "),
    template("ansible-playbook a.yml -e \"{K}={V}\"", SHELL, "\""),
    template("0 3 * * * {K}={V} /usr/local/bin/run.sh", SHELL, " "),
    template("{K}={V} ./run.sh", SHELL, " "),
    template("curl -d '{\"{K}\":\"{V}\"}' http://nas.lan/", FILE, "\"\\'"),
    template("curl -d 'user=eva&{K}={V}' http://nas.lan/", FILE, " &'#"),
    template("curl -F {K}={V} http://nas.lan/", FILE, " &"),
    template("curl \"http://nas.lan/x?user=eva&{K}={V}&page=1\"", FILE, " &\"#"),
    template("GET /x?{K}={V} HTTP/1.1", FILE, " &#"),
    template("user=eva&{K}={V}&remember=1", FILE, " &#"),
    // Programs.
    template("{K} = '{V}'", CODE, "'"),
    template("const {K} = \"{V}\";", CODE, "\""),
    template("let {K}: &str = \"{V}\";", CODE, "\""),
    template("{K} := \"{V}\"", CODE, "\""),
    template("${K} = '{V}';", CODE, "'"),
    template("define('{K}', '{V}');", CODE, "'"),
    template("'{K}' => '{V}',", CODE, "'"),
    template("  {K}: '{V}',", CODE, "'"),
    template("  {K}: \"{V}\",", CODE, "\""),
    template("#define {K} \"{V}\"", &[Upper], "\""),
    template("const char* {K} = \"{V}\";", CODE, "\""),
    template("static const char {K}[] = \"{V}\";", CODE, "\""),
    template("x = Client(host=\"a\", {K}=\"{V}\", port=1)", CODE, "\""),
    template("os.environ[\"{K}\"] = \"{V}\"", SHELL, "\""),
    template("process.env.{K} = '{V}';", SHELL, "'"),
    template("config[:{K}] = '{V}'", SHELL, "'"),
    template("os.Setenv(\"{K}\", \"{V}\")", SHELL, "\""),
    template("os.getenv(\"{K}\", \"{V}\")", SHELL, "\""),
    template("{K} = os.environ.get(\"{K}\", \"{V}\")", SHELL, "\""),
    template("process.env.{K} || \"{V}\"", SHELL, "\""),
    template("{K}: process.env.{K} || '{V}',", SHELL, "'"),
    template("$env:{K} = \"{V}\"", SHELL, "\""),
    template("set {K}={V}", SHELL, " "),
    template("setx {K} \"{V}\"", SHELL, "\""),
    template("set -gx {K} {V}", SHELL, " "),
    // What is printed.
    template("+{K}={V}", SHELL, " "),
    template("-  {K}: {V}", FILE, "#'\""),
    template("src/app.env:12:{K}={V}", SHELL, " "),
    template("app/config.yml:3:  {K}: {V}", FILE, "#'\""),
    template("Nov 12 09:41:31 pve1 app[702]: {K}={V}", SHELL, " "),
    template("web-1  | {K}={V}", SHELL, " "),
    template("2026-01-02T03:04:05Z INFO start {\"{K}\":\"{V}\"}", FILE, "\"\\"),
    template("level=debug msg=\"start\" {K}={V} port=80", FILE, " \""),
    template("level=debug msg=\"start\" {K}=\"{V}\" port=80", FILE, "\"\\"),
    template("\"Env\": [\"PATH=/bin\", \"{K}={V}\"]", SHELL, "\"\\"),
    template("UPDATE users SET {K} = '{V}' WHERE id = 1;", &[Snake], "'"),
    template("INSERT INTO users (id, name, {K}) VALUES (1, 'eva', '{V}');", &[Snake], "'"),
    // Notes.
    template("- **{K}:** `{V}`", &[Spoken, Snake], "`"),
    template("- {K}: `{V}`", &[Spoken, Snake], "`"),
    template("* {K} = {V}", &[Spoken, Snake], " "),
];

/// Below a heading.
#[rustfmt::skip]
pub(super) const TABLES: &[Template] = &[
    template("host,user,{K},note\nnas,eva,{V},x\n", &[Snake, Spoken, Camel], " ,\"&"),
    template("host;user;{K}\nnas;eva;{V}\n", &[Snake, Spoken], " ;\""),
    template("| host | user | {K} |\n|---|---|---|\n| nas | eva | {V} |", &[Snake, Spoken], " |`"),
    template("| host | user | {K} |\n|---|---|---|\n| nas | eva | `{V}` |", &[Snake, Spoken], " |`"),
    template("  id  | user | {K}\n------+------+------\n    1 | eva  | {V}\n(1 row)", &[Snake], " |"),
    template("HOST    USER    {K}\nnas     eva     {V}", &[Upper], " "),
];

/// Nothing but a blank or a sentence before it: it has to look like one too.
#[rustfmt::skip]
pub(super) const LOOSE: &[Template] = &[
    template("{K}: {V}", &[Spoken], " "),
    template("client.set{K}(\"{V}\");", &[Pascal], "\""),
    template("{K}: ${{K}:-{V}}", SHELL, "}"),
    template("{K} → {V}", &[Spoken], " "),
    template("The {K} is {V}.", &[Spoken], " "),
    template("the {K} for the nas is {V}, please keep it", &[Spoken], " "),
    template("new {K} is now {V}", &[Spoken], " "),
    template("I changed the {K} to {V} today", &[Spoken], " "),
    template("use {K} {V} for that", &[Spoken], " "),
    template("log in with {K} \"{V}\" then", &[Spoken], " \""),
    template("(user eva, {K} {V})", &[Spoken], " )"),
    template("user: eva / {K}: {V}", &[Spoken], " "),
    template("[14:02] mira: {K} is {V}", &[Spoken], " "),
    template("bob> nas {K}: {V}", &[Spoken], " "),
    template("# {K}: {V}", &[Spoken], " "),
    template("// {K}: {V}", &[Spoken], " "),
    template("set -x {K} {V}", &[Upper], " "),
    template("ENV {K} {V}", &[Upper], " "),
    template("SetEnv {K} {V}", &[Upper], " "),
    template("{K} {V}", &[Snake, Kebab], " "),
    template("  {K} {V};", &[Snake], " ;"),
    template("X-{K}: {V}", &[Kebab], " "),
    template("curl -H 'X-{K}: {V}' http://nas.lan/", &[Kebab], " '"),
    template("proxy_set_header X-{K} \"{V}\";", &[Kebab], "\""),
    template("proxy_set_header X-{K} {V};", &[Kebab], " ;"),
];
