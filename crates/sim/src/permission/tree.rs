//! Finds what stands at a path. As in the real one a fixed part goes before a placeholder, and what was chosen stays
//! chosen.

use std::collections::BTreeMap;

use crate::answer::Method;

/// Paths whose last placeholder takes all that is left: what it stands for has slashes of its own.
const TAKES_THE_REST: &[&str] = &["/storage/{storage}/content/{volume}", "/ipset/{name}/{cidr}"];

/// A part of a path, and what is below it.
#[derive(Debug, Default)]
pub(super) struct Tree {
    fixed: BTreeMap<&'static str, Tree>,
    placeholder: Option<Placeholder>,
    methods: BTreeMap<Method, usize>,
}

#[derive(Debug)]
struct Placeholder {
    name: &'static str,
    takes_the_rest: bool,
    below: Box<Tree>,
}

impl Tree {
    /// Says which route is at a path.
    pub(super) fn add(&mut self, method: Method, template: &'static str, route: usize) {
        let takes_the_rest = TAKES_THE_REST.iter().any(|end| template.ends_with(end));
        let mut here = self;
        for part in parts(template) {
            here = match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                None => here.fixed.entry(part).or_default(),
                Some(name) => {
                    let new = || Placeholder { name, takes_the_rest: false, below: Box::default() };
                    let placeholder = here.placeholder.get_or_insert_with(new);
                    placeholder.takes_the_rest |= takes_the_rest && template.ends_with(part);
                    &mut placeholder.below
                }
            };
        }
        here.methods.insert(method, route);
    }

    /// The route at a path, and what its placeholders stand for.
    pub(super) fn find(&self, method: Method, path: &str) -> Option<(usize, BTreeMap<String, String>)> {
        let (mut here, mut found) = (self, BTreeMap::new());
        let parts: Vec<&str> = parts(path).collect();
        for (at, part) in parts.iter().enumerate() {
            if let Some(below) = here.fixed.get(part) {
                here = below;
                continue;
            }
            let placeholder = here.placeholder.as_ref()?;
            here = &placeholder.below;
            if placeholder.takes_the_rest {
                found.insert(placeholder.name.to_owned(), parts[at..].join("/"));
                break;
            }
            found.insert(placeholder.name.to_owned(), (*part).to_owned());
        }
        here.methods.get(&method).map(|route| (*route, found))
    }
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_part_goes_before_a_placeholder() {
        let mut tree = Tree::default();
        tree.add(Method::Get, "/a/{name}", 0);
        tree.add(Method::Get, "/a/b/c", 1);
        assert_eq!(tree.find(Method::Get, "/a/x"), Some((0, BTreeMap::from([("name".into(), "x".into())]))));
        assert_eq!(tree.find(Method::Get, "/a/b"), None, "what was chosen stays chosen");
        assert_eq!(tree.find(Method::Get, "//a/b/c/").map(|(route, _)| route), Some(1));
        assert_eq!(tree.find(Method::Put, "/a/x"), None);
    }

    #[test]
    fn a_volume_has_slashes() {
        let mut tree = Tree::default();
        tree.add(Method::Get, "/storage/{storage}/content/{volume}", 0);
        let (_, found) = tree.find(Method::Get, "/storage/nas/content/nas:backup/a.zst").unwrap();
        assert_eq!(found["volume"], "nas:backup/a.zst");
        assert_eq!(found["storage"], "nas");
    }
}
