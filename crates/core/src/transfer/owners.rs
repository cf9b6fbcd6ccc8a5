//! Whose the views of a file are here. A view that its owner kept for themselves, and whose owner is not here, would be seen by
//! nobody: it goes to whoever imports it.

use serde_json::json;

use super::incoming::{Incoming, Place};
use crate::list_view::{LONGEST_NAME, ListView};
use crate::principal::Principal;

/// Who may own views here.
#[derive(Debug, Clone)]
pub struct Owners {
    /// Those who log in here.
    pub people: Vec<String>,
    /// Tokens that still open something, by name, the oldest first.
    pub tokens: Vec<(String, i64)>,
    /// What whoever gets the rest is called.
    pub heir: String,
    /// Who that is.
    pub principal: Principal,
}

impl Owners {
    /// Whose a view is: numbers of tokens are of one hub, so the newest here of that name is taken for it.
    fn owner_of(&self, view: &ListView) -> Principal {
        let token = || self.tokens.iter().rev().find(|(name, _)| *name == view.owner);
        match &view.principal {
            Principal::Unknown => token().map_or(Principal::Unknown, |(_, id)| Principal::Token(*id)),
            known => known.clone(),
        }
    }

    /// Whether that is somebody who is here.
    pub fn is_here(&self, principal: &Principal) -> bool {
        match principal {
            Principal::Person(name) => self.people.contains(name),
            Principal::Token(id) => self.tokens.iter().any(|(_, known)| known == id),
            Principal::Unknown => false,
            Principal::Local | Principal::ApiToken | Principal::Program(_) => true,
        }
    }
}

impl Incoming {
    /// Finds whose its views are here, and gives the importer those that nobody would see.
    pub fn settle_owners(&mut self, owners: &Owners) {
        for view in &mut self.views {
            view.principal = owners.owner_of(view);
            if view.everyone || owners.is_here(&view.principal) {
                continue;
            }
            let place = Place::new("views", json!(view.name));
            let what = format!("is a view that {} kept for themselves, who is not here", view.owner);
            view.name = adopted(&view.name, &view.owner);
            let did = format!("given to {} as \"{}\"", owners.heir, view.name);
            self.problems.push(place.problem(what, did).field("owner"));
            view.owner.clone_from(&owners.heir);
            view.principal = owners.principal.clone();
            // A list goes on opening with what its new owner chose.
            view.opens = false;
        }
    }
}

/// A name that says whose it was, and is nobody else's.
fn adopted(name: &str, owner: &str) -> String {
    let whose = format!(" ({owner})");
    let room = LONGEST_NAME.saturating_sub(whose.chars().count());
    name.chars().take(room).chain(whose.chars()).take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::Stamp;
    use crate::transfer::Format;
    use crate::transfer::incoming::Carries;

    fn view(principal: Principal, owner: &str, everyone: bool) -> ListView {
        ListView {
            id: 0,
            rev: 1,
            owner: owner.into(),
            principal,
            list: "vms".into(),
            name: "Prod".into(),
            query: String::new(),
            columns: None,
            everyone,
            opens: true,
            updated_at: Stamp(0),
        }
    }

    #[test]
    fn what_nobody_would_see_goes_to_who_imports_it() {
        let mut incoming = Incoming::new(Format::Labkeeper, Carries::default());
        let person = |name: &str| Principal::Person(name.into());
        incoming.views = vec![
            view(person("anna"), "anna", false),
            view(person("bert"), "bert", false),
            view(person("bert"), "bert", true),
            view(Principal::Unknown, "script", false),
            view(Principal::Unknown, "old script", false),
        ];
        incoming.settle_owners(&Owners {
            people: vec!["anna".into()],
            tokens: vec![("script".into(), 3), ("script".into(), 8)],
            heir: "anna".into(),
            principal: person("anna"),
        });
        let told =
            |view: &ListView| (view.owner.clone(), view.principal.clone(), view.name.clone(), view.opens);
        let whose =
            |owner: &str, principal, name: &str, opens| (owner.to_owned(), principal, name.to_owned(), opens);
        let views: Vec<_> = incoming.views.iter().map(told).collect();
        assert_eq!(
            views,
            [
                whose("anna", person("anna"), "Prod", true),
                whose("anna", person("anna"), "Prod (bert)", false),
                whose("bert", person("bert"), "Prod", true),
                whose("script", Principal::Token(8), "Prod", true),
                whose("anna", person("anna"), "Prod (old script)", false),
            ]
        );
        let said: Vec<_> = incoming.problems.iter().map(|problem| problem.did.as_str()).collect();
        assert_eq!(said, [r#"given to anna as "Prod (bert)""#, r#"given to anna as "Prod (old script)""#]);
    }

    #[test]
    fn a_long_name_stays_one_that_can_be_saved() {
        assert_eq!(adopted(&"x".repeat(80), "bert").chars().count(), LONGEST_NAME);
        assert!(adopted(&"x".repeat(80), "bert").ends_with("x (bert)"));
    }
}
