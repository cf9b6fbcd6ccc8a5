//! Where a word for a path points, as far as that is known.

use crate::effect::Touch;
use crate::paths::{PathClass, classes_below, classes_of_pattern, classify, normalise};
use crate::word::Value;

/// Where a word points.
pub(super) enum Place {
    Exact(String),
    Glob(String),
    /// Begins so.
    Below(String),
}

/// The places that a word may stand for, absolute.
pub(super) fn absolute(value: &Value, cwd: &Value) -> Vec<Place> {
    let here: Vec<&str> = cwd.possibilities().collect();
    let joined = |text: &str| -> Vec<String> {
        if text.starts_with('/') {
            return vec![normalise(text, "/")];
        }
        here.iter().map(|cwd| normalise(text, cwd)).collect()
    };
    match value {
        Value::Known(set) => set
            .iter()
            .flat_map(|text| match joined(text) {
                exact if exact.is_empty() => vec![Place::Below(String::new())],
                exact => exact.into_iter().map(Place::Exact).collect(),
            })
            .collect(),
        Value::Pattern(pattern) => match joined(pattern) {
            globs if globs.is_empty() => vec![Place::Below(String::new())],
            globs => globs.into_iter().map(Place::Glob).collect(),
        },
        Value::Tainted { prefix } if prefix.is_empty() => vec![Place::Below(String::new())],
        Value::Tainted { prefix } => {
            let ends = prefix.ends_with('/');
            match joined(prefix) {
                starts if starts.is_empty() => vec![Place::Below(String::new())],
                starts => starts
                    .into_iter()
                    .map(|start| {
                        Place::Below(if ends { format!("{start}/").replace("//", "/") } else { start })
                    })
                    .collect(),
            }
        }
    }
}

impl Place {
    pub(super) fn shown(&self) -> &str {
        match self {
            Self::Exact(path) | Self::Glob(path) | Self::Below(path) => path,
        }
    }

    /// Every class that it may have, for such a change.
    pub(super) fn classes(&self, touch: Touch) -> Vec<PathClass> {
        let deep = matches!(touch, Touch::DeleteTree | Touch::MetaTree | Touch::MountOver);
        match self {
            Self::Exact(path) => {
                let mut classes = vec![classify(path)];
                // Below a mount point lies what is mounted there, most often nothing yet.
                let mounts =
                    touch == Touch::MountOver && (path.starts_with("/mnt/") || path.starts_with("/media/"));
                if deep && !mounts && classes[0] != PathClass::Scratch {
                    classes.extend(classes_below(path));
                }
                classes
            }
            Self::Glob(pattern) => {
                let mut classes = classes_of_pattern(pattern);
                if deep && !classes.contains(&PathClass::Scratch) {
                    classes.extend(classes_below(pattern));
                    // All that lies in a directory is the directory.
                    if let Some((parent, "*" | ".*" | "?*" | ".[!.]*")) = pattern.rsplit_once('/') {
                        classes.extend(classes_of_pattern(if parent.is_empty() { "/" } else { parent }));
                    }
                }
                classes
            }
            Self::Below(prefix) if prefix.is_empty() => vec![],
            Self::Below(prefix) => classes_of_pattern(&format!("{prefix}*")),
        }
    }

    /// Nothing is known of it that would make the change harmless: what follows may lead anywhere.
    pub(super) fn open(&self, touch: Touch) -> bool {
        let Self::Below(prefix) = self else { return false };
        match touch {
            Touch::Delete | Touch::DeleteTree | Touch::Unmount | Touch::MountOver | Touch::MetaTree => true,
            Touch::Write | Touch::Meta => prefix.matches('/').count() < 2,
        }
    }
}
