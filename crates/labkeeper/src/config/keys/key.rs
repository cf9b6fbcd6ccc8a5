//! A configuration key, and how one is written down.

/// A configuration key.
#[derive(Debug)]
pub(crate) struct Key {
    /// `section.name` in the file.
    pub(crate) path: &'static str,
    /// Environment variables, the first that is set wins.
    pub(crate) env: &'static [&'static str],
    /// Value when nothing says otherwise; empty for none.
    pub(crate) default: &'static str,
    /// Masked when shown; also read from the file that `<VARIABLE>_FILE` names.
    pub(crate) secret: bool,
    /// One sentence.
    pub(crate) help: &'static str,
}

pub(super) const fn key(
    path: &'static str,
    env: &'static [&'static str],
    default: &'static str,
    help: &'static str,
) -> Key {
    Key { path, env, default, secret: false, help }
}

pub(super) const fn secret(path: &'static str, env: &'static [&'static str], help: &'static str) -> Key {
    Key { path, env, default: "", secret: true, help }
}
