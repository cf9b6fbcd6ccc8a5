//! Answers as devices give them, broken ones included.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

const HOST: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 168, 1, 5));

fn title(body: &str) -> Option<String> {
    Answer::parse(format!("HTTP/1.1 200 OK\r\nServer: x\r\n\r\n{body}").as_bytes()).unwrap().title()
}

#[test]
fn titles_are_found_however_they_are_written() {
    for (body, expected) in [
        (
            "<html><head><title>pve1 - Proxmox Virtual Environment</title>",
            Some("pve1 - Proxmox Virtual Environment"),
        ),
        ("<TITLE lang=en>\n  Two\n  lines </TITLE>", Some("Two lines")),
        ("<title>A &amp; B &#8211; &#x43;&nbsp;&bogus; &</title>", Some("A & B – C &bogus; &")),
        ("<title>\u{202e}evil\u{7}</title>", Some("evil")),
        ("<title>&#27;[31m</title>", Some("[31m")),
        ("<title>   </title>", None),
        ("<title>never closed", None),
        ("no title", None),
        ("", None),
    ] {
        assert_eq!(title(body).as_deref(), expected, "{body:?}");
    }
    assert_eq!(title(&format!("<title>{}</title>", "x".repeat(5000))).unwrap().len(), 200);
}

#[test]
fn an_error_page_has_no_title_worth_reading() {
    let answer =
        Answer::parse(b"HTTP/1.0 404 Not Found\r\nServer: nginx\r\n\r\n<title>404 Not Found</title>")
            .unwrap();
    assert_eq!((answer.status, answer.title()), (404, None));
    assert!(answer.head.contains("Server: nginx"));
}

#[test]
fn what_is_not_http_is_not_parsed() {
    for bytes in [
        &b""[..],
        b"SSH-2.0-x\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02\x16",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n",
    ] {
        assert_eq!(Answer::parse(bytes), None, "{bytes:?}");
    }
}

#[test]
fn chunks_are_joined_even_when_the_last_is_cut() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for chunks in ["9\r\n<title>Ab\r\na;x=y\r\nc</title>x\r\n0\r\n\r\n", "9\r\n<title>Ab\r\nff\r\nc</title>"]
    {
        assert_eq!(
            Answer::parse(format!("{head}{chunks}").as_bytes()).unwrap().title().as_deref(),
            Some("Abc")
        );
    }
    let huge = Answer::parse(format!("{head}ffffffffffffffff\r\n<title>x</title>").as_bytes()).unwrap();
    assert_eq!(huge.title().as_deref(), Some("x"));
}

#[test]
fn reading_stops_when_enough_is_there() {
    assert!(!is_enough(b"HTTP/1.1 200 OK\r\n"));
    assert!(!is_enough(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1234"));
    assert!(is_enough(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12345"));
    assert!(!is_enough(b"HTTP/1.1 200 OK\r\n\r\n<title>x</title>"));
    let long = format!("HTTP/1.1 200 OK\r\n\r\n<title>x</title>{}", " ".repeat(BODY_LIMIT));
    assert!(is_enough(long.as_bytes()));
    assert!(is_enough(&vec![b'x'; ANSWER_LIMIT]));
}

#[test]
fn redirects_are_followed_on_the_host_and_nowhere_else() {
    for (location, expected) in [
        ("/login", Some((false, 80, "/login"))),
        ("ui/", Some((false, 80, "/ui/"))),
        ("https://192.168.1.5/", Some((true, 443, "/"))),
        ("https://192.168.1.5:8443?x=1", Some((true, 8443, "/?x=1"))),
        ("HTTPS://NAS.lan", Some((true, 443, "/"))),
        ("http://192.168.1.6/", None),
        ("http://127.0.0.1/", None),
        ("https://192.168.1.5@evil.example/", None),
        ("https://192.168.1.5.evil.example/", None),
        ("//evil.example/", None),
        ("file:///etc/passwd", None),
        ("gopher://192.168.1.5/", None),
        ("/a b", None),
    ] {
        let answer =
            Answer::parse(format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n").as_bytes()).unwrap();
        let target = answer.redirect((false, 80), HOST, Some("nas.lan"));
        assert_eq!(
            target,
            expected.map(|(s, p, path): (bool, u16, &str)| (s, p, path.to_owned())),
            "{location}"
        );
    }
    let v6: IpAddr = "fd00::5".parse().unwrap();
    let answer = Answer::parse(b"HTTP/1.1 301 M\r\nlocation: https://[fd00::5]:8006/\r\n\r\n").unwrap();
    assert_eq!(answer.redirect((false, 80), v6, None), Some((true, 8006, "/".into())));
    assert_eq!(answer.redirect((false, 80), HOST, None), None);
}

#[test]
fn a_request_names_the_host_as_a_browser_would() {
    assert!(request(HOST, 80, false, "/").contains("\r\nHost: 192.168.1.5\r\n"));
    assert!(request(HOST, 8006, true, "/").contains("\r\nHost: 192.168.1.5:8006\r\n"));
    assert!(request("fd00::5".parse().unwrap(), 443, true, "/").contains("\r\nHost: [fd00::5]\r\n"));
}
