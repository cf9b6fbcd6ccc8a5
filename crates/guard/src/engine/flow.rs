//! What flows from one program into another and could leave the machine: secrets, and what a shell does that is steered from
//! outside.

/// What comes to a program.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flow {
    /// Its input or output is a connection that the shell opened (`/dev/tcp`).
    pub(super) connection: bool,
    /// A secret comes on standard input.
    pub(super) secret: bool,
    /// A secret stands in its words.
    pub(super) told: bool,
    /// What a shell prints whose commands come from somewhere comes on standard input.
    pub(super) shell: bool,
}

/// How much was seen so far that matters when it flows on.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    /// Secrets that were read.
    pub(super) secrets: usize,
    /// Shells that took their commands from somewhere.
    pub(super) shells: usize,
}

impl Seen {
    /// A secret was read since then.
    pub(super) fn secret_since(self, before: Self) -> bool {
        self.secrets > before.secrets
    }

    /// A shell took its commands from somewhere since then.
    pub(super) fn shell_since(self, before: Self) -> bool {
        self.shells > before.shells
    }
}
