//! Questions to the person at the terminal.

use std::io::{BufRead, IsTerminal};
use std::str::FromStr;

use anyhow::{Result, bail};

/// Who can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Person {
    /// Somebody sits there.
    There,
    /// Nobody does, or whoever it is does not want to be asked.
    Away,
}

impl Person {
    /// At the terminal, if there is one.
    pub(super) fn unless(yes: bool) -> Self {
        if !yes && std::io::stdin().is_terminal() { Self::There } else { Self::Away }
    }

    /// Asks until the answer is of its kind; an empty one is `usual`. `None` when nobody can be asked.
    ///
    /// # Errors
    /// When the terminal is closed.
    pub(super) fn ask<T>(self, question: &str, usual: Option<&str>) -> Result<Option<T>>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        if self == Self::Away {
            return Ok(None);
        }
        let shown = usual.map(|usual| format!(" [{usual}]")).unwrap_or_default();
        loop {
            crate::render::note(&format!("{question}{shown}:"));
            let mut line = String::new();
            if std::io::stdin().lock().read_line(&mut line)? == 0 {
                bail!("nothing more came from the terminal");
            }
            let given = line.trim();
            let given = if given.is_empty() { usual.unwrap_or_default() } else { given };
            match given.parse() {
                Ok(answer) => return Ok(Some(answer)),
                Err(error) => crate::render::note(&error.to_string()),
            }
        }
    }
}
