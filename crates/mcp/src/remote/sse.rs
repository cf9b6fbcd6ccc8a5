//! Server-sent events, cut out of a byte stream.

/// One event.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// Where a broken stream can be taken up again.
    pub(super) id: Option<String>,
    /// Its payload, lines joined.
    pub(super) data: String,
}

/// What came so far and is no whole event yet.
#[derive(Debug, Default)]
pub(super) struct Parser {
    rest: Vec<u8>,
    event: Event,
    has_data: bool,
}

impl Parser {
    /// The events that these bytes complete. Events without payload only carry an id.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<Event> {
        self.rest.extend_from_slice(bytes);
        let mut events = Vec::new();
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            events.extend(self.line(line.trim_end_matches(['\r', '\n'])));
        }
        events
    }

    fn line(&mut self, line: &str) -> Option<Event> {
        if line.is_empty() {
            self.has_data = false;
            let event = std::mem::take(&mut self.event);
            return (event != Event::default()).then_some(event);
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "data" => {
                if self.has_data {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
                self.has_data = true;
            }
            "id" => self.event.id = Some(value.to_string()),
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_whole_however_the_bytes_are_cut() {
        let stream =
            ": hi\r\nid: 1\r\ndata: {\"a\":\r\ndata: \"ä\"}\r\n\r\nid: 2\ndata:\n\ndata: x\n\n".as_bytes();
        for size in 1..stream.len() {
            let mut parser = Parser::default();
            let events: Vec<Event> = stream.chunks(size).flat_map(|chunk| parser.feed(chunk)).collect();
            let shown: Vec<(Option<&str>, &str)> =
                events.iter().map(|e| (e.id.as_deref(), &*e.data)).collect();
            assert_eq!(
                shown,
                [(Some("1"), "{\"a\":\n\"ä\"}"), (Some("2"), ""), (None, "x")],
                "cut every {size}"
            );
        }
    }
}
