//! What the token may, beside what its tier wants.

use super::check::Check;
use crate::checkup::finding::Finding;
use crate::checkup::level::Level;
use crate::provision::rights::{self, Wish};
use crate::pve::{ClusterName, Permissions, PveError};
use crate::tier::Tier;

/// Judges what is missing and what is too much; two findings. Compared with the tier that the token was made for.
pub fn privileges(
    cluster: &ClusterName,
    made_for: Option<Wish>,
    held: &Result<Permissions, PveError>,
    major: Option<u32>,
) -> [Finding; 2] {
    let held = match held {
        Ok(held) => held,
        Err(error) => return [Check::Privileges.unseen(error), Check::Surplus.unseen(error)],
    };
    let Some(major) = major else {
        let blind = |check: Check| {
            check
                .finds(Level::Unknown, "without the release nobody knows which privileges there are")
                .with_remedy("see to it that the cluster says its version first")
        };
        return [blind(Check::Privileges), blind(Check::Surplus)];
    };
    let Some(wish) = made_for else {
        let (tier, why) = yardstick(held, major);
        let [missing, surplus] = compared(cluster, tier.into(), held, major);
        return [missing.with_detail(why), surplus];
    };
    compared(cluster, wish, held, major)
}

/// The tier that a token is compared with when nobody says which it was made for, and why: the lowest that wants all it
/// holds, else the one with the most rights that a node can give.
fn yardstick(held: &Permissions, major: u32) -> (Tier, String) {
    let lowest = rights::lowest_covering(held, major);
    let tier = lowest.unwrap_or(Tier::Operate);
    let name = tier.as_str();
    let compared = match lowest {
        Some(_) => format!("so its token was compared with {name}, the lowest that covers what it may"),
        None => format!("and none covers what its token may, so it was compared with {name}, the highest"),
    };
    let why = format!(
        "no tier is configured for this cluster, {compared}; say which one is meant with proxmox.tier"
    );
    (tier, why)
}

fn compared(cluster: &ClusterName, wish: Wish, held: &Permissions, major: u32) -> [Finding; 2] {
    let rights = rights::compare(held, wish, major);
    let lack = match rights.missing.len() {
        0 => Lack::Nothing,
        _ if held.privileges().is_empty() => Lack::Role,
        count if count == rights::allowed(wish, major).len() => Lack::All,
        _ => Lack::Some,
    };
    [missing(cluster, wish, lack, &rights), surplus(&rights, wish.tier)]
}

/// How much a token lacks.
#[derive(Clone, Copy)]
enum Lack {
    Nothing,
    /// Some of what its tier wants.
    Some,
    /// All of that, though it holds something else.
    All,
    /// It holds nothing at all.
    Role,
}

fn missing(cluster: &ClusterName, wish: Wish, lack: Lack, rights: &rights::Rights) -> Finding {
    let tier_name = wish.tier.as_str();
    let names = || rights.missing.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let (status, finding) = match lack {
        Lack::Nothing => {
            return Check::Privileges
                .finds(Level::Ok, format!("the token may do all that {tier_name} wants"));
        }
        Lack::Some => (Level::Warn, format!("the token lacks {}, which {tier_name} wants", names())),
        Lack::All => (Level::Crit, format!("the token may do nothing that {tier_name} wants: {}", names())),
        Lack::Role => (Level::Crit, "the token may do nothing: it has no role".to_owned()),
    };
    Check::Privileges.finds(status, finding).with_remedy(format!(
        "run `labkeeper setup --name {cluster} --tier {}{}` again, or give the token's user and the token a role with these privileges on /",
        wish.tier.min(Tier::Companion).as_str(),
        if wish.extras.backups { " --with-backups" } else { "" }
    ))
}

/// Setup gives rights and takes none that it did not give: what is too much is the owner's to take away.
fn surplus(rights: &rights::Rights, tier: Tier) -> Finding {
    let tier_name = tier.as_str();
    if rights.surplus.is_empty() {
        return Check::Surplus.finds(Level::Ok, format!("the token may no more than {tier_name} wants"));
    }
    let each = rights.surplus.iter().map(|surplus| format!("{} on {}", surplus.privilege, surplus.path));
    let finding =
        format!("the token may more than {tier_name} wants: {}", each.collect::<Vec<_>>().join(", "));
    Check::Surplus.finds(Level::Warn, finding).with_remedy(format!(
        "take it away in Datacenter → Permissions, or raise the tier; with it the node would let through more than {tier_name}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn holding(names: &[&str]) -> Permissions {
        let held: serde_json::Map<_, _> = names.iter().map(|name| ((*name).to_owned(), json!(1))).collect();
        serde_json::from_value(json!({"/": held})).unwrap()
    }

    fn auditor(more: &[&str]) -> Permissions {
        let mut names: Vec<_> = rights::allowed(Tier::Observe, 9).into_iter().collect();
        names.extend(more);
        holding(&names)
    }

    fn judged(made_for: Option<Tier>, held: Permissions, major: Option<u32>) -> [Finding; 2] {
        privileges(&"attic".parse().unwrap(), made_for.map(Wish::from), &Ok(held), major)
    }

    #[test]
    fn too_little_and_too_much_are_told_apart_and_named() {
        let [missing, surplus] = judged(Some(Tier::Operate), auditor(&["VM.Allocate"]), Some(9));
        assert_eq!((missing.status, surplus.status), (Level::Warn, Level::Warn));
        assert!(
            missing.finding.contains("VM.PowerMgmt, VM.Snapshot, VM.Snapshot.Rollback"),
            "{}",
            missing.finding
        );
        assert!(missing.remedy.unwrap().contains("`labkeeper setup --name attic --tier operate`"));
        assert!(surplus.finding.ends_with("VM.Allocate on /"), "{}", surplus.finding);
        let remedy = surplus.remedy.unwrap();
        assert!(remedy.starts_with("take it away") && !remedy.contains("labkeeper setup"), "{remedy}");
    }

    #[test]
    fn a_tier_that_nobody_named_is_the_lowest_that_covers_and_it_is_said() {
        let [missing, surplus] = judged(None, auditor(&[]), Some(9));
        assert_eq!((missing.status, surplus.status), (Level::Ok, Level::Ok));
        assert!(missing.detail.unwrap().contains("compared with observe, the lowest that covers"));
    }

    #[test]
    fn where_no_tier_covers_none_is_said_to() {
        let [missing, surplus] = judged(None, auditor(&["Sys.Modify"]), Some(9));
        assert!(surplus.finding.contains("operate wants: Sys.Modify on /"), "{}", surplus.finding);
        let why = missing.detail.unwrap();
        assert!(why.contains("none covers what its token may") && !why.contains("the lowest"), "{why}");
    }

    #[test]
    fn only_a_token_that_may_nothing_has_no_role() {
        let [missing, _] = judged(Some(Tier::Observe), holding(&[]), Some(8));
        assert_eq!(
            (missing.status, missing.finding.as_str()),
            (Level::Crit, "the token may do nothing: it has no role")
        );
        let [missing, _] = judged(Some(Tier::Observe), holding(&["Sys.Modify"]), Some(8));
        assert_eq!(missing.status, Level::Crit, "of no use either");
        assert!(missing.finding.starts_with("the token may do nothing that observe wants: Datastore.Audit,"));
    }

    #[test]
    fn without_the_release_nothing_is_compared() {
        let [missing, surplus] = judged(Some(Tier::Observe), holding(&[]), None);
        assert_eq!((missing.status, surplus.status), (Level::Unknown, Level::Unknown));
    }
}
