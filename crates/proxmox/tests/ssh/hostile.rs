//! Ten thousand words that want to be more than words.

use labkeeper_core::ports::Shell as _;
use labkeeper_core::shell::{Command, Dialect, End, Program};

use crate::door::{PATIENCE, open, script};

const PIECES: [&str; 48] = [
    "'",
    "\"",
    "\\",
    "`",
    "$",
    "$(touch /tmp/pwned)",
    "`touch /tmp/pwned`",
    "; touch /tmp/pwned;",
    "&& touch /tmp/pwned",
    "| tee /tmp/pwned",
    "> /tmp/pwned",
    "\n",
    "\r\n",
    "\ntouch /tmp/pwned\n",
    "\t",
    " ",
    "!",
    "!!",
    "~",
    "*",
    "?",
    "[a-z]",
    "{1..9}",
    "#",
    "-",
    "--",
    "-rf",
    "=",
    "$IFS",
    "${HOME}",
    "$((1/0))",
    "<(cat)",
    "&",
    "(",
    ")",
    "EOF",
    "\u{1b}[2J",
    "\u{7}",
    "\u{7f}",
    "\u{202e}",
    "\u{200b}",
    "é",
    "漢字",
    "🦀",
    "'\\''",
    "\"'\"'\"",
    "%s%n",
    "x",
];

/// The same every time.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn word(&mut self) -> String {
        (0..self.throw(7)).map(|_| PIECES[self.throw(PIECES.len())]).collect()
    }
}

#[tokio::test]
async fn every_word_arrives_as_it_is() {
    let Some(door) = open("every_word_arrives_as_it_is").await else { return };
    let mut dice = Dice(7);
    let words: Vec<String> = (0..10_000).map(|_| dice.word()).collect();
    for batch in words.chunks(500) {
        let head = ["printf", "%s\\0"].map(str::to_owned).into_iter();
        let command = Command::argv(head.chain(batch.iter().cloned()), PATIENCE);
        let finished = door.ssh.run(&door.host, &command).await.unwrap();
        assert_eq!(finished.end, End::Code(0));
        let wanted: String = batch.iter().flat_map(|word| [word.as_str(), "\0"]).collect();
        assert_eq!(String::from_utf8_lossy(finished.stdout.whole().unwrap()), wanted);
    }
    let whole = words.join("\0").into_bytes();
    let echoed = door.ssh.run(&door.host, &Command { stdin: whole.clone(), ..script("cat") }).await.unwrap();
    assert!(echoed.stdout.whole() == Some(&whole));
    // A text is for a shell, but it is that one shell that reads it, and reads all of it.
    for _ in 0..100 {
        let text =
            format!("printf %s \"$BASH_EXECUTION_STRING\" # {}", dice.word().replace(['\n', '\r'], " "));
        let program = Program::Text { text: text.clone(), dialect: Dialect::Bash };
        let finished = door.ssh.run(&door.host, &Command { program, ..script("") }).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&finished.stdout.head), text);
    }
    assert!(!door.outside("/tmp/pwned").exists());
}
