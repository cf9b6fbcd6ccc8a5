//! What the token may, beside what its tier wants.

use super::check::Check;
use crate::checkup::finding::Finding;
use crate::checkup::level::Level;
use crate::provision::rights;
use crate::pve::{Permissions, PveError};
use crate::tier::Tier;

/// The tier that a token is compared with: the one it was made for, else the lowest that wants all it holds, else the one
/// with the most rights that a node can give.
pub fn yardstick(made_for: Option<Tier>, held: &Permissions, major: u32) -> Tier {
    made_for.or_else(|| rights::lowest_covering(held, major)).unwrap_or(Tier::Operate)
}

/// Judges what is missing and what is too much; two findings.
pub fn privileges(
    made_for: Option<Tier>,
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
    let tier = yardstick(made_for, held, major);
    let compared = rights::compare(held, tier, major);
    let [missing, surplus] = [missing(&compared, tier, major), surplus(&compared, tier)];
    if made_for.is_some() {
        return [missing, surplus];
    }
    let guess = format!(
        "no tier is configured for this cluster, so its token was compared with {}, the lowest that covers what it may; say which one is meant with proxmox.tier",
        tier.as_str()
    );
    [missing.with_detail(guess), surplus]
}

fn missing(compared: &rights::Rights, tier: Tier, major: u32) -> Finding {
    let tier_name = tier.as_str();
    if compared.missing.is_empty() {
        return Check::Privileges.finds(Level::Ok, format!("the token may all that {tier_name} wants"));
    }
    let names: Vec<&str> = compared.missing.iter().map(String::as_str).collect();
    let nothing = names.len() == rights::allowed(tier, major).len();
    let (status, finding) = if nothing {
        (Level::Crit, "the token may nothing: it has no role".to_owned())
    } else {
        (Level::Warn, format!("the token lacks {}, which {tier_name} wants", names.join(", ")))
    };
    Check::Privileges.finds(status, finding).with_remedy(format!(
        "run `labkeeper setup --tier {}` again, or give the token's user and the token a role with these privileges on /",
        tier.min(Tier::Companion).as_str()
    ))
}

fn surplus(compared: &rights::Rights, tier: Tier) -> Finding {
    let tier_name = tier.as_str();
    if compared.surplus.is_empty() {
        return Check::Surplus.finds(Level::Ok, format!("the token may no more than {tier_name} wants"));
    }
    let each = compared.surplus.iter().map(|surplus| format!("{} on {}", surplus.privilege, surplus.path));
    let finding =
        format!("the token may more than {tier_name} wants: {}", each.collect::<Vec<_>>().join(", "));
    Check::Surplus.finds(Level::Warn, finding).with_remedy(format!(
        "run `labkeeper setup --tier {}` again, or take these away in Datacenter → Permissions; with them the node would let \
         through more than {tier_name}",
        tier.min(Tier::Companion).as_str()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn holding(names: &[&str]) -> Result<Permissions, PveError> {
        let held: serde_json::Map<_, _> = names.iter().map(|name| ((*name).to_owned(), json!(1))).collect();
        Ok(serde_json::from_value(json!({"/": held})).unwrap())
    }

    fn auditor(more: &[&str]) -> Result<Permissions, PveError> {
        let mut names: Vec<_> = rights::allowed(Tier::Observe, 9).into_iter().collect();
        names.extend(more);
        holding(&names)
    }

    #[test]
    fn too_little_and_too_much_are_told_apart_and_named() {
        let [missing, surplus] = privileges(Some(Tier::Operate), &auditor(&["VM.Allocate"]), Some(9));
        assert_eq!((missing.status, surplus.status), (Level::Warn, Level::Warn));
        assert!(
            missing.finding.contains("VM.PowerMgmt, VM.Snapshot, VM.Snapshot.Rollback"),
            "{}",
            missing.finding
        );
        assert!(surplus.finding.ends_with("VM.Allocate on /"), "{}", surplus.finding);
        assert!(surplus.remedy.unwrap().contains("labkeeper setup --tier operate"));
    }

    #[test]
    fn a_tier_that_nobody_named_is_the_lowest_that_covers_and_it_is_said() {
        let [missing, surplus] = privileges(None, &auditor(&[]), Some(9));
        assert_eq!((missing.status, surplus.status), (Level::Ok, Level::Ok));
        assert!(missing.detail.unwrap().contains("compared with observe"));
        let [_, surplus] = privileges(None, &auditor(&["Sys.Modify"]), Some(9));
        assert!(surplus.finding.contains("operate wants: Sys.Modify on /"), "{}", surplus.finding);
    }

    #[test]
    fn a_token_without_a_role_is_of_no_use() {
        let [missing, _] = privileges(Some(Tier::Observe), &holding(&[]), Some(8));
        assert_eq!(missing.status, Level::Crit);
        let [missing, surplus] = privileges(Some(Tier::Observe), &holding(&[]), None);
        assert_eq!((missing.status, surplus.status), (Level::Unknown, Level::Unknown));
    }
}
