//! Before stage 2: where a program writes a file with placeholders in the place of secrets, they are put back, in the fields that become
//! the file and in no other: what goes into the hub itself is read again by others. Text for a shell never carries one: what a model
//! may not read it may not send about either.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_redact::Session;
use serde_json::Value;

use crate::cx::Cx;
use crate::operation::Meta;

pub(crate) fn restore(cx: &Cx, meta: &Meta, input: Value) -> Result<Value, Fault> {
    let reaches_lab = meta.raw_shell || !meta.secrets_into.is_empty();
    if cx.actor.is_person() || !reaches_lab {
        return Ok(input);
    }
    cx.house.sessions().with_secrets(&cx.actor, |session| {
        if meta.raw_shell { refused_in_commands(session, input) } else { into_files(session, meta, input) }
    })?
}

fn refused_in_commands(session: &Session, input: Value) -> Result<Value, Fault> {
    if put_back(session, input.clone())? == input {
        return Ok(input);
    }
    Err(Fault::new(Code::Denied, "a command cannot carry a secret that was taken out of what you read")
        .with_hint("use a file tool, which puts it back; or let a person do it"))
}

fn into_files(session: &Session, meta: &Meta, mut input: Value) -> Result<Value, Fault> {
    for name in meta.secrets_into {
        if let Some(field) = input.get_mut(*name) {
            *field = put_back(session, field.take())?;
        }
    }
    Ok(input)
}

fn put_back(session: &Session, value: Value) -> Result<Value, Fault> {
    Ok(match value {
        Value::String(text) => match session.restore(&text) {
            Ok(std::borrow::Cow::Borrowed(_)) => Value::String(text),
            Ok(std::borrow::Cow::Owned(restored)) => Value::String(restored),
            Err(unknown) => {
                return Err(Fault::new(Code::Invalid, unknown.to_string()).with_hint(
                    "placeholders are good in the session in which they were read; read the file again",
                ));
            }
        },
        Value::Array(list) => list.into_iter().map(|one| put_back(session, one)).collect::<Result<_, _>>()?,
        Value::Object(map) => {
            let each = map.into_iter().map(|(name, one)| Ok((name, put_back(session, one)?)));
            Value::Object(each.collect::<Result<_, Fault>>()?)
        }
        other => other,
    })
}
