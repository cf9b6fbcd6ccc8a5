//! The judgement on a value in its place: which part of it has to go.

use std::ops::Range;

use super::harmless::{is_reference, is_stand_in};
use super::judge::{Standing, is_opaque, is_secret};
use super::lexicon::Certainty;
use crate::core_of::core_of;
use crate::page::Page;

/// The secret part of a value, if it is secret.
pub(super) fn judged(
    page: &Page<'_>,
    certainty: Certainty,
    range: Range<usize>,
    standing: Standing,
) -> Option<Range<usize>> {
    let value = &page.text[range.clone()];
    let core = core_of(value)?;
    let said = &value[core.clone()];
    let is_cut = core.start > 0;
    // `token:root@pam!ci:0:1:` of Proxmox: when it ends, and whether it has rights of its own.
    let is_entry = said
        .split(':')
        .take(2)
        .all(|flag| !flag.is_empty() && flag.bytes().all(|byte| byte.is_ascii_digit()));
    if is_cut && is_entry && said.contains(':') {
        return None;
    }
    (is_secret(certainty, if is_cut { said } else { value }, standing)
        || is_cut && is_opaque(said) && !is_reference(said) && !is_stand_in(said))
    .then(|| range.start + core.start..range.start + core.end)
}
