//! Just enough HTTP to read a title: the request, the answer's parts, where a redirect leads.

use std::net::IpAddr;

use crate::text::one_line;

/// How much of an answer is read at most.
pub(crate) const ANSWER_LIMIT: usize = 48 * 1024;
const HEAD_LIMIT: usize = 4 * 1024;
const BODY_LIMIT: usize = 8 * 1024;

/// An answer, or the beginning of one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    body: Vec<u8>,
}

/// `GET path` as a client that closes after one answer.
pub(crate) fn request(host: IpAddr, port: u16, secure: bool, path: &str) -> String {
    let name = match host {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    };
    let is_usual = port == if secure { 443 } else { 80 };
    let host = if is_usual { name } else { format!("{name}:{port}") };
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: labkeeper-discovery\r\n\
         Accept: text/html,application/json;q=0.9,*/*;q=0.5\r\nConnection: close\r\n\r\n"
    )
}

/// Whether more need not be read: the announced length or enough for a judgement is there.
pub(crate) fn is_enough(received: &[u8]) -> bool {
    let Some((head, body)) = split(received) else { return received.len() >= ANSWER_LIMIT };
    let announced =
        header(&head.to_lowercase(), "content-length").and_then(|value| value.parse::<usize>().ok());
    received.len() >= ANSWER_LIMIT
        || announced.is_some_and(|length| body.len() >= length)
        || body.len() >= BODY_LIMIT && find(&body.to_ascii_lowercase(), b"</title").is_some()
}

impl Answer {
    /// `None` if this is not HTTP.
    pub(crate) fn parse(received: &[u8]) -> Option<Self> {
        let (head, body) = split(received)?;
        let status_line = head.lines().next()?;
        let status = status_line.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
        let is_chunked =
            header(&head.to_lowercase(), "transfer-encoding").is_some_and(|value| value.contains("chunked"));
        let body = if is_chunked { unchunk(body) } else { body.to_vec() };
        Some(Self { status, head: cut(&head, HEAD_LIMIT), body })
    }

    /// The title of a page that is no error.
    pub(crate) fn title(&self) -> Option<String> {
        if self.status >= 400 {
            return None;
        }
        let lower = self.body.to_ascii_lowercase();
        let tag = find(&lower, b"<title")?;
        let start = tag + find(&lower[tag..], b">")? + 1;
        let end = start + find(&lower[start..], b"</title")?;
        let title = one_line(unescape(&String::from_utf8_lossy(&self.body[start..end])).as_bytes(), 200);
        (!title.is_empty()).then_some(title)
    }

    /// The beginning of the body as text.
    pub(crate) fn opening(&self) -> String {
        cut(&String::from_utf8_lossy(&self.body[..self.body.len().min(BODY_LIMIT)]), BODY_LIMIT)
    }

    /// All of the body that came.
    pub(crate) fn into_body(self) -> Vec<u8> {
        self.body
    }

    /// A plain answer to somebody who should have spoken TLS.
    pub(crate) fn wants_tls(&self) -> bool {
        self.status == 400 && self.opening().to_lowercase().contains("https")
    }

    /// Where a redirect leads, if it stays on this host: `(secure, port, path)`.
    pub(crate) fn redirect(
        &self,
        at: (bool, u16),
        host: IpAddr,
        name: Option<&str>,
    ) -> Option<(bool, u16, String)> {
        if !matches!(self.status, 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        let location = self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case("location").then(|| value.trim())
        })?;
        on_host(location, at, host, name)
    }
}

/// Where a location leads, if it stays on this host and may be asked for: `(secure, port, path)`.
pub(crate) fn on_host(
    location: &str,
    at: (bool, u16),
    host: IpAddr,
    name: Option<&str>,
) -> Option<(bool, u16, String)> {
    let (secure, port, path) = same_host(location, at, host, name)?;
    let is_plain =
        path.starts_with('/') && path.len() <= 1024 && path.bytes().all(|byte| byte.is_ascii_graphic());
    is_plain.then_some((secure, port, path))
}

fn same_host(
    location: &str,
    at: (bool, u16),
    host: IpAddr,
    name: Option<&str>,
) -> Option<(bool, u16, String)> {
    let absolute =
        [("https://", true, 443), ("http://", false, 80)].into_iter().find_map(|(scheme, secure, port)| {
            let start = location.get(..scheme.len())?;
            start.eq_ignore_ascii_case(scheme).then(|| (&location[scheme.len()..], secure, port))
        });
    let Some((rest, secure, usual_port)) = absolute else {
        let is_path = !location.starts_with("//") && !location.split('/').next()?.contains(':');
        let path = if location.starts_with('/') { location.to_owned() } else { format!("/{location}") };
        return is_path.then_some((at.0, at.1, path));
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    let (target, port) = match authority.rsplit_once(':') {
        Some((target, port)) if !port.contains(']') => (target, port.parse().ok()?),
        _ => (authority, usual_port),
    };
    let target = target.trim_start_matches('[').trim_end_matches(']');
    let is_same = target.parse() == Ok(host) || name.is_some_and(|name| name.eq_ignore_ascii_case(target));
    is_same.then_some((secure, port, path))
}

/// The head and what came of the body; `None` before the head is whole.
pub(crate) fn split(received: &[u8]) -> Option<(String, &[u8])> {
    let end = find(received, b"\r\n\r\n")?;
    Some((String::from_utf8_lossy(&received[..end]).into_owned(), &received[end + 4..]))
}

/// The value of a header in a head that is already lower case.
pub(crate) fn header<'a>(lower_head: &'a str, name: &str) -> Option<&'a str> {
    lower_head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim))
}

/// What came of a body that was sent in pieces: the chunks joined, of which the last may be cut off.
pub(crate) fn unchunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = find(rest, b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).ok().and_then(|line| {
            usize::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16).ok()
        });
        let Some(size) = size.filter(|size| *size > 0) else { break };
        let chunk = &rest[end + 2..];
        body.extend(&chunk[..size.min(chunk.len())]);
        rest = chunk.get(size.saturating_add(2)..).unwrap_or_default();
    }
    body
}

/// The handful of entities that titles are written with.
pub(crate) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity =
            rest.find(';').filter(|end| *end <= 10).and_then(|end| Some((entity(&rest[1..end])?, end + 1)));
        match entity {
            Some((letter, length)) => {
                plain.push(letter);
                rest = &rest[length..];
            }
            None => {
                plain.push('&');
                rest = &rest[1..];
            }
        }
    }
    plain + rest
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        "ndash" => Some('–'),
        "mdash" => Some('—'),
        "middot" => Some('·'),
        "copy" => Some('©'),
        "reg" => Some('®'),
        "trade" => Some('™'),
        "raquo" => Some('»'),
        "laquo" => Some('«'),
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn cut(text: &str, limit: usize) -> String {
    let end = (0..=limit.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text[..end].to_owned()
}

#[cfg(test)]
mod tests;
