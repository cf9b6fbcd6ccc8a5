//! The icon of a page: where the page says it is, and whether what came is one.

use std::net::IpAddr;

use crate::http::{self, Answer};

/// The most that is read of it, head and all.
const LIMIT: usize = 128 * 1024;

/// Whether more need not be read.
pub(crate) fn is_enough(received: &[u8]) -> bool {
    received.len() >= LIMIT || http::split(received).is_some_and(|(head, body)| is_whole(&head, body))
}

/// Where it is, if it stays on this host: `(secure, port, path)`. Who says nothing has it at the usual place.
pub(crate) fn place(
    page: &Answer,
    at: (bool, u16),
    host: IpAddr,
    name: Option<&str>,
) -> Option<(bool, u16, String)> {
    match link(&page.opening()) {
        Some(href) => http::on_host(href.trim(), at, host, name),
        None => Some((at.0, at.1, "/favicon.ico".into())),
    }
}

/// The image in an answer; `None` when it is none, or not whole.
pub(crate) fn image(received: &[u8]) -> Option<Vec<u8>> {
    let answer = Answer::parse(received).filter(|answer| answer.status == 200)?;
    let head = answer.head.to_lowercase();
    let (whole_head, body) = http::split(received)?;
    // Many applications answer whatever is asked with their page.
    let is_page = http::header(&head, "content-type").is_some_and(|kind| kind.starts_with("text/html"))
        || ["<!doctype html", "<html"]
            .iter()
            .any(|begin| answer.opening().trim_start().to_lowercase().starts_with(begin));
    let is_cut =
        received.len() >= LIMIT || (announced(&whole_head).is_some() && !is_whole(&whole_head, body));
    let image = answer.into_body();
    (!is_page && !is_cut && !image.is_empty()).then_some(image)
}

fn announced(head: &str) -> Option<usize> {
    http::header(&head.to_lowercase(), "content-length")?.parse().ok()
}

fn is_whole(head: &str, body: &[u8]) -> bool {
    announced(head).is_some_and(|length| body.len() >= length)
}

/// What the first link to an icon leads to.
fn link(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let tags = lower.match_indices("<link").map(|(at, _)| {
        let end = lower[at..].find('>').map_or(lower.len(), |end| at + end);
        (&lower[at..end], &page[at..end])
    });
    tags.into_iter().find_map(|(lower, tag)| {
        let is_icon = attribute(lower, lower, "rel")?.split_whitespace().any(|word| word == "icon");
        attribute(lower, tag, "href").filter(|_| is_icon).map(http::unescape)
    })
}

/// The value of an attribute, looked for in lower case and taken as it is written.
fn attribute<'a>(lower: &str, tag: &'a str, name: &str) -> Option<&'a str> {
    let mut at = 0;
    loop {
        at += lower[at..].find(name)?;
        let is_begun = lower[..at].ends_with(|c: char| c.is_ascii_whitespace());
        at += name.len();
        let rest = tag[at..].trim_start();
        let Some(value) = rest.strip_prefix('=').filter(|_| is_begun) else { continue };
        let value = value.trim_start();
        return match value.chars().next()? {
            quote @ ('"' | '\'') => value[1..].split(quote).next(),
            _ => value.split_ascii_whitespace().next(),
        };
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn leads(page: &str) -> Option<(bool, u16, String)> {
        let answer = Answer::parse(format!("HTTP/1.1 200 OK\r\n\r\n{page}").as_bytes()).unwrap();
        place(&answer, (false, 3000), "10.0.0.2".parse().unwrap(), Some("nas.lan"))
    }

    #[test]
    fn a_page_says_where_its_icon_is() {
        let at = |path: &str| Some((false, 3000, path.to_owned()));
        for (page, place) in [
            ("<title>x</title>", at("/favicon.ico")),
            (
                "<link rel=stylesheet href=/a.css><LINK href='/Icon.svg' REL=\"shortcut icon\">",
                at("/Icon.svg"),
            ),
            ("<link data-rel=icon href=/no.png><link rel=icon href=img/fav32.png>", at("/img/fav32.png")),
            ("<link rel=\"apple-touch-icon\" href=\"/big.png\">", at("/favicon.ico")),
            ("<link rel=icon href=\"/i?a=1&amp;b=2\">", at("/i?a=1&b=2")),
            ("<link rel=icon href=\"https://nas.lan:8443/i.png\">", Some((true, 8443, "/i.png".into()))),
            ("<link rel=icon href=\"https://evil.example/i.png\">", None),
            ("<link rel=icon href=\"//evil.example/i.png\">", None),
            ("<link rel=icon href=\"data:image/png;base64,AAAA\">", None),
            ("<link rel=icon href=\"/a b\r\nX: y\">", None),
            ("<link rel=icon href=", at("/favicon.ico")),
            ("<link rel=\u{130}icon href=/x>", at("/favicon.ico")),
        ] {
            assert_eq!(leads(page), place, "{page}");
        }
    }

    #[test]
    fn only_a_whole_image_is_one() {
        let answer = |head: &str, body: &str| format!("HTTP/1.1 {head}\r\n\r\n{body}").into_bytes();
        assert_eq!(image(&answer("200 OK\r\nContent-Length: 3", "ico")), Some(b"ico".to_vec()));
        assert_eq!(image(&answer("200 OK", "ico")), Some(b"ico".to_vec()));
        assert_eq!(
            image(&answer("200 OK\r\nTransfer-Encoding: chunked", "3\r\nico\r\n0\r\n\r\n")),
            Some(b"ico".to_vec())
        );
        assert_eq!(image(&answer("200 OK\r\nContent-Length: 4", "ico")), None, "cut off");
        assert_eq!(image(&answer("404 Not Found", "ico")), None);
        assert_eq!(image(&answer("200 OK\r\nContent-Type: text/html; charset=utf-8", "<html>")), None);
        assert_eq!(image(&answer("200 OK", "\n<!DOCTYPE html><title>x")), None);
        assert_eq!(image(&answer("200 OK", "")), None);
        assert_eq!(image(&answer("200 OK", &"x".repeat(LIMIT))), None, "longer than is read");
        assert!(
            is_enough(&answer("200 OK\r\nContent-Length: 3", "ico")) && !is_enough(&answer("200 OK", "ico"))
        );
    }
}
