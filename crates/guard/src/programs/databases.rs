//! Databases: what SQL and its kin would destroy.

use super::call::{Call, Rows, text, touch_all, word_like};
use super::does::{ask, benign, data_gone, read};
use super::grammar::{Grammar, anywhere, parse};
use super::sql::{Verdict, of_sql};
use crate::effect::{Effect, Touch};
use crate::word::{Value, Word};

pub(super) const ROWS: Rows = &[
    ("mysql|mariadb|mycli", |call| client(call, MYSQL, &["-e", "--execute", "--init-command"])),
    ("psql|pgcli", |call| client(call, PSQL, &["-c", "--command"])),
    ("sqlite3|sqlite|litecli|duckdb", sqlite),
    ("clickhouse-client|clickhouse|cqlsh|isql|sqlcmd|cypher-shell|monetdb|questdb", |call| {
        client(
            call,
            anywhere("hdqueEQiU", "host database query user password execute port"),
            &["-q", "--query", "-e", "--execute", "-Q"],
        )
    }),
    ("influx", influx),
    ("etcdctl|consul|nats", |call| {
        if call.any(&[
            "get", "member", "endpoint", "status", "health", "alarm", "version", "list", "members",
            "catalog", "info", "check", "snapshot",
        ]) && !call
            .any(&["del", "remove", "restore", "delete", "leave", "defrag", "disarm", "purge", "rm"])
        {
            read(call)
        } else if call.any(&["put", "kv"]) && !call.any(&["delete"]) {
            benign(call)
        } else {
            data_gone(call)
        }
    }),
    (
        "mysqldump|mariadb-dump|pg_dump|mongodump|mongoexport|pg_basebackup|mariabackup|xtrabackup|\
         mydumper|redis-dump|influxd",
        |call| {
            let parsed = parse(
                call,
                anywhere(
                    "rfDotTdhpuUP",
                    "result-file file output pgdata out target-dir outputdir host port user password \
                     database db",
                ),
            );
            let mut effects = touch_all(
                Touch::Write,
                parsed.values(&[
                    "-r",
                    "--result-file",
                    "-f",
                    "--file",
                    "-o",
                    "--output",
                    "--out",
                    "--target-dir",
                    "-D",
                    "--pgdata",
                ]),
            );
            if parsed.has(&["--delete-master-logs", "--copy-back", "--move-back"]) {
                effects.extend(data_gone(call));
            }
            effects.extend(benign(call));
            effects
        },
    ),
    ("pg_restore", |call| {
        if parse(call, anywhere("dhpUnNtTIjLfF", "dbname")).has(&["-c", "--clean", "-C", "--create"]) {
            data_gone(call)
        } else if call.any(&["-l", "--list"]) {
            read(call)
        } else {
            benign(call)
        }
    }),
    ("mongorestore|mongoimport|myloader", |call| {
        if call.any(&["--drop", "--overwrite-tables", "-o"]) {
            data_gone(call)
        } else if call.any(&["--dryRun"]) {
            read(call)
        } else {
            benign(call)
        }
    }),
    (
        "dropdb|dropuser|pg_dropcluster|mysql_install_db|mariadb-install-db|pg_resetwal|pg_rewind|initdb|\
         pg_upgrade|pg_upgradecluster",
        |call| if call.any(&["-n", "--dry-run", "--check"]) { read(call) } else { data_gone(call) },
    ),
    (
        "createdb|createuser|vacuumdb|reindexdb|clusterdb|pg_createcluster|pg_verifybackup|pg_checksums|\
         pg_amcheck|pg_receivewal|pgbench|mysqlcheck|mariadb-check|mysqlslap|mysqlbinlog|mysqlimport|\
         mysqltuner|pt-query-digest|redis-check-aof|redis-check-rdb|mysql_upgrade|mariadb-upgrade",
        benign,
    ),
    ("mysqladmin|mariadb-admin", |call| {
        if call.any(&["drop"]) {
            data_gone(call)
        } else if call.any(&["shutdown", "kill", "stop-slave", "stop-replica"]) {
            super::does::down(call)
        } else if call.any(&["password"]) {
            super::does::access(call)
        } else {
            benign(call)
        }
    }),
    ("pg_ctl|pg_ctlcluster", |call| {
        if call.any(&["status"]) {
            read(call)
        } else if call.any(&["start", "restart", "reload", "promote"]) {
            benign(call)
        } else {
            super::does::down(call)
        }
    }),
    ("mysql_secure_installation|mysql_config_editor", super::does::access),
];

const MYSQL: Grammar = anywhere(
    "ehuPDSpr",
    "execute host user port database socket protocol init-command defaults-file defaults-extra-file \
     default-character-set delimiter prompt pager tee",
);
const PSQL: Grammar = anywhere(
    "cdfhoUpvPLFR",
    "command dbname file host output username port set variable pset log-file field-separator",
);

/// A client gets statements by an option, a file, or its standard input.
fn client(call: &Call<'_>, grammar: Grammar, statement: &[&str]) -> Vec<Effect> {
    // `-pSECRET` takes no next argument with mysql.
    let grammar = if call.name.starts_with('m') && call.name != "monetdb" {
        Grammar { letters: "ehuPDSr", ..grammar }
    } else {
        grammar
    };
    let parsed = parse(call, grammar);
    let mut effects: Vec<Effect> = vec![];
    if parsed.has(&["-l", "--list"]) && call.name == "psql" {
        return read(call);
    }
    if parsed.value(&["--pager"]).is_some() {
        effects.extend(ask(call));
    }
    for script in parsed.values(statement) {
        effects.extend(statements(call, Some(script), text(script)));
    }
    if call.name == "psql" || call.name == "pgcli" {
        effects.extend(touch_all(Touch::Write, parsed.values(&["-o", "--output", "-L", "--log-file"])));
        if let Some(file) = parsed.value(&["-f", "--file"]) {
            effects.extend(if text(file) == Some("-") {
                statements(call, None, call.stdin())
            } else {
                ask(call)
            });
        }
    }
    if effects.is_empty() {
        effects.extend(statements(call, None, call.stdin()));
    }
    effects
}

/// What a text of SQL and of the client's own commands does.
fn statements(call: &Call<'_>, place: Option<&Word>, script: Option<&str>) -> Vec<Effect> {
    let Some(script) = script else { return ask(call) };
    let mut effects = vec![];
    let model = place.or(call.invocation.argv.first());
    for line in script.lines().map(str::trim) {
        // The client's way to a shell: `\! cmd`, `system cmd`; psql's `\o |cmd`, `\g |cmd`.
        let shell = line
            .find("\\!")
            .map(|at| &line[at + 2..])
            .or_else(|| line.strip_prefix("system ").or_else(|| line.strip_prefix("pager ")));
        let piped = ["\\o |", "\\g |", "\\gx |", "\\w |", "\\copy "]
            .iter()
            .find_map(|mark| line.find(mark).map(|at| &line[at + mark.len()..]));
        let program = line
            .to_ascii_lowercase()
            .find("program '")
            .map(|at| line[at + 9..].split('\'').next().unwrap_or_default());
        let piped = piped.filter(|_| !line.contains("\\copy ")).or(program);
        if let (Some(command), Some(model)) = (shell.or(piped), model) {
            effects.push(call.runs_text(&word_like(model, command.trim().trim_end_matches(';'))));
        }
        if line.starts_with("\\i") || line.starts_with("source ") || line.starts_with("\\. ") {
            effects.extend(ask(call));
        }
    }
    effects.extend(match of_sql(script) {
        Verdict::Reads => read(call),
        Verdict::Changes => benign(call),
        Verdict::Grants => super::does::access(call),
        Verdict::Destroys => data_gone(call),
    });
    effects
}

/// `.backup 'x-*.db'`: a copy to a file that is named after the date.
fn copied(word: &Word) -> Option<Effect> {
    let Value::Pattern(pattern) = &word.value else { return None };
    let (verb, place) = pattern.split_once(' ')?;
    let place = place.trim().trim_matches(['\'', '"']);
    let is_one = !place.contains([' ', '\n', '|', ';', '\'', '"']);
    (matches!(verb, ".backup" | ".save" | ".clone") && is_one).then(|| {
        Effect::Touch(Touch::Write, Word { value: Value::Pattern(place.to_owned()), ..word.clone() })
    })
}

fn sqlite(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        Grammar {
            letters: "",
            longs: "cmd init separator nullvalue newline vfs c",
            front: false,
            words: true,
        },
    );
    let mut scripts: Vec<Option<String>> = parsed
        .values(&["-cmd", "--cmd", "-c"])
        .into_iter()
        .map(|word| text(word).map(str::to_owned))
        .collect();
    if parsed.has(&["-init", "--init"]) {
        scripts.push(None);
    }
    let operands = parsed.operands.get(1..).unwrap_or_default();
    let copies: Vec<Effect> = operands.iter().filter_map(|word| copied(word)).collect();
    let given: Vec<_> = operands
        .iter()
        .filter(|word| copied(word).is_none())
        .map(|word| text(word).map(str::to_owned))
        .collect();
    if operands.is_empty() && scripts.is_empty() {
        scripts.push(call.stdin().map(str::to_owned));
    }
    scripts.extend(given);
    let mut effects: Vec<Effect> =
        parsed.operands.first().map(|file| Effect::Read((*file).clone())).into_iter().collect();
    effects.extend(copies);
    for script in scripts {
        let Some(script) = script else {
            effects.extend(ask(call));
            continue;
        };
        let dots = script.lines().map(str::trim).filter(|line| line.starts_with('.'));
        for line in dots.clone() {
            let (verb, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            let model = call.invocation.argv.first();
            match (verb, model) {
                (".shell" | ".system", Some(model)) => effects.push(call.runs_text(&word_like(model, rest))),
                (".output" | ".once" | ".excel" | ".log" | ".trace", Some(model))
                    if rest.starts_with('|') =>
                {
                    effects.push(call.runs_text(&word_like(model, rest[1..].trim())));
                }
                (".output" | ".once" | ".log" | ".backup" | ".save" | ".clone" | ".trace", Some(model))
                    if !rest.is_empty() =>
                {
                    effects.push(Effect::Touch(
                        Touch::Write,
                        word_like(
                            model,
                            rest.split_whitespace().next_back().unwrap_or(rest).trim_matches(['\'', '"']),
                        ),
                    ));
                }
                (".read" | ".load" | ".import" | ".restore" | ".edit", _) => effects.extend(ask(call)),
                _ => {}
            }
        }
        let sql: String =
            script.lines().filter(|line| !line.trim_start().starts_with('.')).collect::<Vec<_>>().join("\n");
        effects.extend(if sql.contains("load_extension") || sql.contains("writefile") {
            ask(call)
        } else {
            statements(call, None, Some(&sql))
        });
    }
    effects
}

fn influx(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        Grammar {
            letters: "",
            longs: "execute database host port username password precision format org token bucket name \
                id retention",
            front: false,
            words: true,
        },
    );
    if let Some(script) = parsed.value(&["-execute", "--execute"]) {
        return statements(call, Some(script), text(script));
    }
    let words = parsed.words();
    if words.contains(&"delete") || words.first() == Some(&"restore") {
        data_gone(call)
    } else if words.iter().any(|word| matches!(*word, "auth" | "user")) && !words.contains(&"list") {
        super::does::access(call)
    } else {
        benign(call)
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn databases_are_read_and_not_dropped() {
        table(&[
            (Allow, "mysql -e 'show processlist'"),
            (Allow, "sqlite3 /opt/x.db .tables"),
            (Allow, "influx -execute 'show databases'"),
            (Confirm, "sqlite3 :memory: '.shell reboot'"),
            (Deny, "mysql -e 'DROP DATABASE nextcloud'"),
            (Deny, "psql -c 'truncate table users'"),
            (Deny, "sqlite3 /opt/x.db 'drop table t'"),
            (Deny, "influx -execute 'drop database x'"),
            (Deny, "dropdb nextcloud"),
            (Deny, "mysqladmin drop nextcloud -f"),
            (Deny, "mysql nextcloud -e 'delete from oc_users'"),
        ]);
    }
}
