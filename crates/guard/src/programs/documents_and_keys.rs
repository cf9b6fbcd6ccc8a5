//! Databases without SQL: Redis and its kin, and MongoDB.

use super::call::{Call, Rows, head, shown, text};
use super::does::{ask, benign, data_gone};
use super::grammar::{Grammar, anywhere, parse};
use crate::effect::{Effect, Touch};

pub(super) const ROWS: Rows = &[("redis-cli|valkey-cli|keydb-cli", redis), ("mongosh|mongo", mongo)];

/// A line for Redis stops the server or changes whom it follows.
fn stops(line: &str) -> bool {
    let stops = [
        "shutdown",
        "debug",
        "failover",
        "replicaof",
        "slaveof",
        "migrate",
        "cluster",
        "client kill",
        "script kill",
    ];
    stops.iter().any(|stop| line.starts_with(stop))
        && !matches!(line, "cluster info" | "cluster nodes" | "cluster slots")
}

fn redis(call: &Call<'_>) -> Vec<Effect> {
    const GONE: &[&str] = &["del", "unlink", "restore", "swapdb"];
    let parsed = parse(
        call,
        Grammar {
            front: true,
            ..anywhere("hpanudrDisX", "user pass eval rdb functions-rdb pattern cacert cert key")
        },
    );
    if parsed.has(&["--eval", "--pipe"]) {
        return ask(call);
    }
    if let Some(file) = parsed.value(&["--rdb"]) {
        return vec![Effect::Touch(Touch::Write, file.clone())];
    }
    let lines: Vec<String> = if parsed.operands.is_empty() {
        match call.stdin() {
            Some(script) => script.lines().map(str::to_owned).collect(),
            None => return ask(call),
        }
    } else {
        vec![parsed.operands.iter().map(|word| shown(word)).collect::<Vec<_>>().join(" ")]
    };
    lines
        .iter()
        .flat_map(|line| {
            let line = line.trim().to_ascii_lowercase();
            let verb = line.split_whitespace().next().unwrap_or_default();
            if matches!(verb, "flushall" | "flushdb") {
                data_gone(call)
            } else if GONE.contains(&verb) || stops(&line) {
                super::does::down(call)
            } else if line.starts_with("config set")
                || line.starts_with("module")
                || line.starts_with("eval")
                || line.starts_with("acl set")
            {
                // `config set dir` writes files where it likes.
                if line.contains("dir ") || line.contains("dbfilename") || line.starts_with("module") {
                    super::does::access(call)
                } else {
                    super::does::down(call)
                }
            } else {
                benign(call)
            }
        })
        .collect()
}

fn mongo(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        anywhere(
            "upf",
            "eval username password host port authenticationDatabase \
        file",
        ),
    );
    let script = match parsed.value(&["--eval"]) {
        Some(script) => text(script).map(str::to_owned),
        None if parsed.operands.iter().any(|word| head(word).ends_with(".js"))
            || parsed.has(&["-f", "--file"]) =>
        {
            None
        }
        None => call.stdin().map(str::to_owned),
    };
    let Some(script) = script else { return ask(call) };
    let lower = script.to_ascii_lowercase();
    if [
        "dropdatabase",
        ".drop(",
        "deletemany",
        "deleteone",
        ".remove(",
        "dropcollection",
        "dropindexes",
        "findoneanddelete",
        "bulkwrite",
    ]
    .iter()
    .any(|verb| lower.contains(verb))
    {
        return data_gone(call);
    }
    if ["shutdownserver", "rs.stepdown", "rs.reconfig", "rs.remove", "fsynclock", "killop", "replsetreconfig"]
        .iter()
        .any(|verb| lower.contains(verb))
    {
        return super::does::down(call);
    }
    if ["createuser", "grantroles", "updateuser", "dropuser", "changeuserpassword"]
        .iter()
        .any(|verb| lower.contains(verb))
    {
        return super::does::access(call);
    }
    if ["child_process", "require(", "load(", "run(", "eval(", "process."]
        .iter()
        .any(|verb| lower.contains(verb))
    {
        ask(call)
    } else {
        benign(call)
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Deny};

    #[test]
    fn what_is_stored_is_read_and_not_flushed() {
        table(&[
            (Allow, "redis-cli info"),
            (Allow, "redis-cli get foo"),
            (Deny, "redis-cli flushall"),
            (Deny, "redis-cli -n 1 flushdb"),
        ]);
    }
}
