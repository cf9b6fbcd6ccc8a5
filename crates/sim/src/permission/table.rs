//! The tables of both releases, read once. That of release 8 is that of 9 but for what `data/permissions-8.tsv` says.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::expression::{Check, Rule};
use super::route::{Inside, Route};
use super::tree::Tree;
use crate::access::Release;
use crate::answer::Method;

const RELEASE_9: &str = include_str!("../../data/permissions-9.1.tsv");
const RELEASE_8: &str = include_str!("../../data/permissions-8.tsv");
const INSIDE: &str = include_str!("../../data/inside.tsv");

/// What stands at a path.
#[derive(Debug)]
pub enum Found {
    /// A method, and what the placeholders of its path stand for.
    Route(&'static Route, BTreeMap<String, String>),
    /// No such method there, or no such path: the real one does not tell them apart.
    Nothing,
}

/// What stands at a path of the API; `path` is decoded and has no query.
pub fn find(release: Release, method: Method, path: &str) -> Found {
    let table = table(release);
    match table.tree.find(method, path) {
        Some((route, placeholders)) => Found::Route(&table.routes[route], placeholders),
        None => Found::Nothing,
    }
}

/// Every method of a release.
pub fn routes(release: Release) -> &'static [Route] {
    &table(release).routes
}

/// Whether a request is answered without a credential. One that it brings is looked at nevertheless: a token is refused
/// where only people may sign in.
pub fn is_open(release: Release, method: Method, path: &str) -> bool {
    // Open to the world in the table, and yet behind the door.
    let closed = path.trim_end_matches('/') == "/access/vncticket";
    !closed && matches!(find(release, method, path), Found::Route(route, _) if route.is_for_the_world())
}

struct Table {
    routes: Vec<Route>,
    tree: Tree,
}

fn table(release: Release) -> &'static Table {
    static V8: LazyLock<Table> = LazyLock::new(|| Table::of(&[RELEASE_9, RELEASE_8]));
    static V9: LazyLock<Table> = LazyLock::new(|| Table::of(&[RELEASE_9]));
    match release {
        Release::V8 => &V8,
        Release::V9 => &V9,
    }
}

impl Table {
    /// A row of a later text replaces one of an earlier.
    fn of(texts: &[&'static str]) -> Self {
        let mut rows = BTreeMap::new();
        for row in texts.iter().flat_map(|text| text.lines()).map(Row::of) {
            rows.insert((row.template, row.method), row);
        }
        let mut inside: BTreeMap<_, _> =
            INSIDE.lines().filter(|line| !line.starts_with('#')).map(inside).collect();
        let mut routes = Vec::new();
        let mut tree = Tree::default();
        for row in rows.into_values() {
            let Some(rule) = row.rule else { continue };
            tree.add(row.method, row.template, routes.len());
            routes.push(Route {
                method: row.method,
                template: row.template,
                for_tokens: row.for_tokens,
                rule,
                inside: inside.remove(&(row.template, row.method)),
            });
        }
        Self { routes, tree }
    }
}

struct Row {
    method: Method,
    template: &'static str,
    for_tokens: bool,
    /// `None`: the release does not have the method.
    rule: Option<Rule>,
}

impl Row {
    fn of(line: &'static str) -> Self {
        let [method, template, _, for_tokens, rule] = columns(line);
        Self {
            method: method_of(method),
            template,
            for_tokens: for_tokens == "1",
            rule: (rule != "-")
                .then(|| Rule::parse(rule).expect("the table that is built in has only known rules")),
        }
    }
}

fn inside(line: &'static str) -> ((&'static str, Method), Inside) {
    let [method, template, after, check] = columns(line);
    let after = after.split(',').filter(|name| *name != "-").collect();
    let check: Value = serde_json::from_str(check).expect("the table that is built in is JSON");
    let check = Check::parse(&check).expect("the table that is built in has only known checks");
    ((template, method_of(method)), Inside { after, check })
}

fn columns<const N: usize>(line: &'static str) -> [&'static str; N] {
    let columns: Vec<&str> = line.split('\t').collect();
    columns.try_into().expect("the table that is built in has the same columns in every row")
}

fn method_of(name: &str) -> Method {
    let methods = [Method::Get, Method::Post, Method::Put, Method::Delete];
    methods
        .into_iter()
        .find(|method| method.as_str() == name)
        .expect("the table that is built in has four methods")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_understood() {
        assert_eq!(routes(Release::V9).len(), RELEASE_9.lines().count());
        let (gone, new) = (45, 1);
        assert_eq!(routes(Release::V8).len(), RELEASE_9.lines().count() - gone + new);
    }

    #[test]
    fn every_route_is_found_at_its_own_path() {
        for release in [Release::V8, Release::V9] {
            for route in routes(release) {
                let path = route.template.replace(['{', '}'], "");
                match find(release, route.method, &path) {
                    Found::Route(found, _) => assert_eq!(found.template, route.template),
                    Found::Nothing => panic!("{} {path}", route.method.as_str()),
                }
            }
        }
    }

    #[test]
    fn what_is_refused_inside_belongs_to_methods_that_there_are() {
        let rows = INSIDE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(routes(Release::V9).iter().filter(|route| route.inside.is_some()).count(), rows);
    }

    #[test]
    fn few_methods_need_no_credential() {
        let open: Vec<_> = routes(Release::V9)
            .iter()
            .filter(|route| is_open(Release::V9, route.method, route.template))
            .map(|route| (route.method.as_str(), route.template))
            .collect();
        assert_eq!(
            open,
            [
                ("GET", "/access/domains"),
                ("POST", "/access/openid/auth-url"),
                ("POST", "/access/openid/login"),
                ("GET", "/access/ticket"),
                ("POST", "/access/ticket"),
            ]
        );
    }
}
