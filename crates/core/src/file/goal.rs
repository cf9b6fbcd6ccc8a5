//! What files have to become so that changes are taken back.

use super::version::{Content, FileChange};
use crate::shell::Ownership;

/// A file that changes altered, and what takes them back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// Where.
    pub place: String,
    /// Which file there.
    pub path: String,
    /// What the newest of the changes left.
    pub left: Content,
    /// What it was before the oldest.
    pub wanted: Content,
    /// Whose it was then, as far as that was noted.
    pub ownership: Option<Ownership>,
    /// Somebody else changed it in between, which taking all of them back would lose.
    pub interrupted: bool,
}

/// One goal a file, in the order in which they are met first. The changes come newest first.
pub fn goals(newest_first: &[&FileChange]) -> Vec<Goal> {
    let mut goals: Vec<Goal> = Vec::new();
    for file in newest_first {
        match goals.iter_mut().find(|goal| goal.place == file.place && goal.path == file.path) {
            Some(goal) => {
                goal.interrupted |= goal.wanted != file.after;
                goal.wanted = file.before.clone();
                goal.ownership = file.ownership;
            }
            None => goals.push(Goal {
                place: file.place.clone(),
                path: file.path.clone(),
                left: file.after.clone(),
                wanted: file.before.clone(),
                ownership: file.ownership,
                interrupted: false,
            }),
        }
    }
    goals
}

#[cfg(test)]
mod tests {
    use super::super::version::BackupId;
    use super::*;

    fn owned_by(before: &str) -> Ownership {
        Ownership { mode: 0o640, uid: u32::from(before.as_bytes()[0]), gid: 7 }
    }

    fn change(path: &str, before: &str, after: &str) -> FileChange {
        let content = |text: &str| Content::of((!text.is_empty()).then_some(text.as_bytes()));
        FileChange {
            backup: BackupId(1),
            place: "pct:home/101".into(),
            path: path.into(),
            before: content(before),
            ownership: (!before.is_empty()).then(|| owned_by(before)),
            after: content(after),
        }
    }

    #[test]
    fn several_changes_of_a_file_are_taken_back_at_once() {
        let (first, other, second) = (change("/a", "", "1"), change("/b", "x", "y"), change("/a", "1", "2"));
        let goals = goals(&[&second, &other, &first]);
        assert_eq!(goals.len(), 2);
        assert_eq!((&goals[0].left, &goals[0].wanted), (&second.after, &Content::Absent));
        assert!(!goals[0].interrupted);
    }

    #[test]
    fn a_change_by_somebody_else_in_between_is_noticed() {
        let (first, second) = (change("/a", "0", "1"), change("/a", "foreign", "2"));
        let goal = &goals(&[&second, &first])[0];
        assert!(goal.interrupted);
        assert_eq!((&goal.wanted, goal.ownership), (&first.before, Some(owned_by("0"))), "the oldest");
    }
}
