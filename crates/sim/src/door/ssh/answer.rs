//! What a program of the node is told to do, as bytes.

use std::io;

use crate::shell::{Attached, Copied, Inside, Work};

/// What a program is told.
pub(super) enum Answer {
    /// Print this and end.
    Done { code: u8, stdout: Vec<u8>, stderr: Vec<u8> },
    /// Read at most so many bytes, and say what was read.
    Read(u32),
    /// Go into the guest whose first process has that number on this node.
    Enter { first: u32, inside: Inside },
}

impl Answer {
    /// Say that, and end badly.
    pub(super) fn failed(why: &str) -> Self {
        Self::Done { code: 255, stdout: Vec::new(), stderr: format!("{why}\n").into_bytes() }
    }

    /// A letter for what it is, its length, and itself.
    pub(super) fn framed(&self) -> io::Result<Vec<u8>> {
        let (letter, body) = match self {
            Self::Done { code, stdout, stderr } => {
                let mut body = vec![*code];
                put(&mut body, stdout)?;
                body.extend(stderr);
                (b'd', body)
            }
            Self::Read(most) => (b'r', most.to_be_bytes().to_vec()),
            Self::Enter { first, inside } => entering(*first, inside)?,
        };
        let mut bytes = vec![letter];
        put(&mut bytes, &body)?;
        Ok(bytes)
    }
}

fn entering(first: u32, inside: &Inside) -> io::Result<(u8, Vec<u8>)> {
    let first = first.to_string();
    let copied = |Copied { from, to, user, group, perms }: &Copied| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        list(&[first.clone(), from.clone(), to.clone(), text(user), text(group), text(perms)])
    };
    Ok(match &inside.work {
        Work::Push(push) => (b'p', copied(push)?),
        Work::Pull(pull) => (b'g', copied(pull)?),
        Work::Run(run) => (b'a', attaching(&first, inside.vmid, run)?),
    })
}

fn attaching(first: &str, vmid: u32, run: &Attached) -> io::Result<Vec<u8>> {
    let one = |text: &str| list(&[text.to_owned()]);
    let or_none = |text: &Option<String>| one(text.as_deref().unwrap_or_default());
    let lists = [
        one(first)?,
        one(&vmid.to_string())?,
        or_none(&run.uid)?,
        or_none(&run.gid)?,
        one(if run.keeps_environment { "1" } else { "0" })?,
        list(&run.kept)?,
        list(&run.set)?,
        list(&run.argv)?,
    ];
    let mut body = Vec::new();
    lists.iter().try_for_each(|list| put(&mut body, list))?;
    Ok(body)
}

fn list(texts: &[String]) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    texts.iter().try_for_each(|text| put(&mut body, text.as_bytes()))?;
    Ok(body)
}

/// Bytes after their length.
fn put(body: &mut Vec<u8>, bytes: &[u8]) -> io::Result<()> {
    body.extend(u32::try_from(bytes.len()).map_err(io::Error::other)?.to_be_bytes());
    body.extend(bytes);
    Ok(())
}
