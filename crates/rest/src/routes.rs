//! The addresses of the registry's operations, written out: `{type}` for each kind, `docs` beside `documents`.

use std::collections::HashSet;
use std::sync::Arc;

use labkeeper_core::inventory::Kind;
use labkeeper_ops::operation::{Entry, Method, Route};

/// One address of one operation.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// Position of the operation in the registry.
    pub(crate) entry: usize,
    pub(crate) route: Route,
    /// The kind that the path names, where the operation takes any.
    pub(crate) kind: Option<Kind>,
    /// The path as documented.
    pub(crate) path: Arc<str>,
    /// Names of its parameters, in their order.
    pub(crate) parameters: Vec<String>,
    /// It is the predecessor's other name of an address.
    pub(crate) alias: bool,
}

impl Target {
    /// The path with parameters named by position, since two routes may name the same place differently.
    pub(crate) fn pattern(&self) -> String {
        let parts = self.path.split('/').scan(0, |position, part| {
            Some(if part.starts_with('{') {
                *position += 1;
                format!("{{p{position}}}")
            } else {
                part.to_string()
            })
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

/// Every address, those that name a kind themselves before those made for each kind; no address twice.
pub(crate) fn targets(registry: &[Entry]) -> Vec<Target> {
    let routes = || {
        registry
            .iter()
            .enumerate()
            .flat_map(|(entry, known)| known.meta.routes.iter().map(move |route| (entry, *route)))
    };
    let named = routes()
        .filter(|(_, route)| !any_kind(route))
        .map(|(entry, route)| target(entry, route, route.path, None));
    let made = routes().filter(|(_, route)| any_kind(route)).flat_map(|(entry, route)| {
        Kind::ALL.into_iter().map(move |kind| {
            let path = route.path.replacen("{type}", kind.key(), 1);
            target(entry, route, &path, Some(kind))
        })
    });
    let mut seen: HashSet<(&'static str, String)> = HashSet::new();
    let mut targets: Vec<Target> = Vec::new();
    for target in named.chain(made) {
        let other = target.path.strip_prefix("/api/documents").map(|rest| Target {
            path: format!("/api/docs{rest}").into(),
            alias: true,
            ..target.clone()
        });
        for target in [Some(target), other].into_iter().flatten() {
            if seen.insert((method_name(target.route.method), target.pattern())) {
                targets.push(target);
            }
        }
    }
    targets
}

fn any_kind(route: &Route) -> bool {
    route.path.strip_prefix("/api/{type}").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn target(entry: usize, route: Route, path: &str, kind: Option<Kind>) -> Target {
    let parameters = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(str::to_string)
        .collect();
    Target { entry, route, kind, path: path.into(), parameters, alias: false }
}

/// As HTTP writes it.
pub(crate) fn method_name(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_addresses_and_documents_have_two() {
        let registry = labkeeper_ops::all::all();
        let targets = targets(&registry);
        let has = |method: Method, path: &str| {
            targets.iter().filter(|target| target.route.method == method && &*target.path == path).count()
                == 1
        };
        for kind in Kind::ALL.map(Kind::key).into_iter().chain(["docs"]) {
            for method in [Method::Get, Method::Post] {
                assert!(has(method, &format!("/api/{kind}")), "{method:?} {kind}");
            }
            for method in [Method::Get, Method::Put, Method::Patch, Method::Delete] {
                assert!(has(method, &format!("/api/{kind}/{{id}}")), "{method:?} {kind}");
            }
        }
        assert!(has(Method::Patch, "/api/docs/{id}/move"));
        assert!(has(Method::Delete, "/api/networks/{id}/members/{member_type}/{member_id}"));
    }

    #[test]
    fn each_placeholder_is_a_field_of_its_input() {
        let registry = labkeeper_ops::all::all();
        for target in targets(&registry) {
            let entry = &registry[target.entry];
            for name in &target.parameters {
                assert!(entry.input_schema["properties"].get(name).is_some(), "{} {name}", entry.meta.name);
            }
        }
    }
}
