//! ISC dhcpd: a block for each change of a lease, `lease ADDRESS { statement; … }`, times in UTC. Other blocks are passed over.

use super::lease::{Entry, Lease, Until};
use crate::stamp::Stamp;

/// What a file may begin with.
const WORDS: [&str; 10] = [
    "lease",
    "authoring-byte-order",
    "server-duid",
    "default-duid",
    "failover",
    "host",
    "group",
    "subclass",
    "ia-na",
    "ia-pd",
];

pub(super) fn begins(line: &str) -> bool {
    Words(line).next().is_some_and(|word| WORDS.contains(&word.text()))
}

/// A part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word<'a> {
    Open,
    Close,
    End,
    Plain(&'a str),
    /// Between quotes, as written.
    Quoted(&'a str),
}

impl<'a> Word<'a> {
    fn text(self) -> &'a str {
        match self {
            Self::Open | Self::Close | Self::End => "",
            Self::Plain(text) | Self::Quoted(text) => text,
        }
    }
}

/// The parts of a text; a quote that does not end is the end.
struct Words<'a>(&'a str);

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        loop {
            self.0 = self.0.trim_start();
            match self.0.strip_prefix('#') {
                Some(comment) => self.0 = comment.find('\n').map_or("", |end| &comment[end..]),
                None => break,
            }
        }
        let (word, rest) = match self.0.chars().next()? {
            '{' => (Word::Open, &self.0[1..]),
            '}' => (Word::Close, &self.0[1..]),
            ';' => (Word::End, &self.0[1..]),
            '"' => {
                let end = quote_end(&self.0[1..])?;
                (Word::Quoted(&self.0[1..=end]), &self.0[end + 2..])
            }
            _ => {
                let is_end = |c: char| c.is_whitespace() || matches!(c, '{' | '}' | ';' | '"' | '#');
                let end = self.0.find(is_end).unwrap_or(self.0.len());
                (Word::Plain(&self.0[..end]), &self.0[end..])
            }
        };
        self.0 = rest;
        Some(word)
    }
}

/// Where the quote ends that this is the inside of.
fn quote_end(inside: &str) -> Option<usize> {
    let mut is_escaped = false;
    inside.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    })
}

/// Every lease block that is whole.
pub(super) fn entries(text: &str) -> impl Iterator<Item = Entry> + '_ {
    let mut words = Words(text);
    std::iter::from_fn(move || {
        loop {
            let statement = statement(&mut words)?;
            let Statement::Block(head) = statement else { continue };
            let block = block(&mut words)?;
            if let [Word::Plain("lease"), Word::Plain(address)] = head[..]
                && let Ok(address) = address.parse()
            {
                let (lease, until) = read(&block);
                return Some(Entry { address, lease, until });
            }
        }
    })
}

/// What stands before the next end or block.
enum Statement<'a> {
    Plain(Vec<Word<'a>>),
    Block(Vec<Word<'a>>),
    Closed,
}

fn statement<'a>(words: &mut Words<'a>) -> Option<Statement<'a>> {
    let mut said = Vec::new();
    loop {
        match words.next()? {
            Word::End => return Some(Statement::Plain(said)),
            Word::Open => return Some(Statement::Block(said)),
            Word::Close => return Some(Statement::Closed),
            word => said.push(word),
        }
    }
}

/// The statements of a block up to its end, those of blocks in it left out; `None` when it does not end.
fn block<'a>(words: &mut Words<'a>) -> Option<Vec<Vec<Word<'a>>>> {
    let (mut statements, mut depth) = (Vec::new(), 0_usize);
    loop {
        match statement(words)? {
            Statement::Plain(said) if depth == 0 => statements.push(said),
            Statement::Plain(_) => {}
            Statement::Block(_) => depth += 1,
            Statement::Closed if depth == 0 => return Some(statements),
            Statement::Closed => depth -= 1,
        }
    }
}

fn read(statements: &[Vec<Word<'_>>]) -> (Lease, Until) {
    let (mut mac, mut hostname, mut until, mut is_active) = ("", "", Until::Open, true);
    for said in statements {
        let texts: Vec<&str> = said.iter().map(|word| word.text()).collect();
        match texts[..] {
            ["hardware", "ethernet", address] => mac = address,
            ["client-hostname", name] => hostname = name,
            ["binding", "state", state] => is_active = state == "active",
            ["abandoned"] => is_active = false,
            ["ends", ref when @ ..] => until = ends(when),
            _ => {}
        }
    }
    (Lease::of(mac, hostname), if is_active { until } else { Until::Over })
}

/// `never`, `epoch 1732788000`, or `4 2024/11/28 10:00:00` with the day of the week first.
fn ends(when: &[&str]) -> Until {
    let time = match when {
        ["never"] => return Until::Open,
        ["epoch", seconds] => seconds.parse().ok().map(Until::seconds),
        [_, date, time] => Stamp::parse(&format!("{}T{time}", date.replace('/', "-"))).map(Until::Then),
        _ => None,
    };
    // An end that nobody can read is no reason to believe in it.
    time.unwrap_or(Until::Over)
}
