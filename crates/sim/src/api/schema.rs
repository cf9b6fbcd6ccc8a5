//! What every modelled method takes, from `data/parameters.tsv`. It is looked at after permissions and before anything
//! else, all parameters at once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::parameters::Type;
use crate::answer::{Ask, Refusal};

const TABLE: &str = include_str!("../../data/parameters.tsv");

struct Known {
    name: &'static str,
    of: Type,
    must: bool,
    modelled: bool,
}

static METHODS: LazyLock<BTreeMap<(&'static str, &'static str), Vec<Known>>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let [method, template, parameters] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("the table that is built in has three columns: {line}")
            };
            let known = parameters.split(' ').filter(|parameter| *parameter != "-").map(known).collect();
            ((method, template), known)
        })
        .collect()
});

fn known(text: &'static str) -> Known {
    let (modelled, text) = text.strip_prefix('~').map_or((true, text), |text| (false, text));
    let (name, of) = text.split_once(':').expect("the table that is built in says every type");
    let (must, name) = name.strip_suffix('!').map_or((false, name), |name| (true, name));
    let of = Type::parse(of).expect("the table that is built in has only known types");
    Known { name, of, must, modelled }
}

/// Checks what was given against what the method takes. A method that is not in the table is not modelled at all.
///
/// # Errors
/// 400 with a text for each wrong parameter; 501 for one that the real node has and this one does not model.
pub(super) fn verify(ask: &Ask, template: &str, path: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let Some(known) = METHODS.get(&(ask.method.as_str(), template)) else { return Ok(()) };
    let mut errors = Map::new();
    let mut wrong = |name: &str, why: String| errors.insert(name.to_string(), Value::String(why));
    for name in ask.parameters.keys().filter(|name| known.iter().all(|known| known.name != **name)) {
        let why = "property is not defined in schema and the schema does not allow additional properties";
        wrong(name, why.into());
    }
    for Known { name, of, must, .. } in known {
        match path.get(*name).or_else(|| ask.parameters.get(*name)) {
            Some(value) => _ = of.breach(value).and_then(|why| wrong(name, why)),
            None if *must => _ = wrong(name, "property is missing and it is not optional".into()),
            None => {}
        }
    }
    if !errors.is_empty() {
        return Err(Refusal { status: 400, reason: "Parameter verification failed.".into(), errors });
    }
    let beyond = known.iter().find(|known| !known.modelled && ask.parameters.contains_key(known.name));
    beyond.map_or(Ok(()), |beyond| {
        let (method, name) = (ask.method.as_str(), beyond.name);
        Err(Refusal::new(501, format!("the simulated node does not model {name} of {method} {template}")))
    })
}

/// Whether the method is modelled.
pub(super) fn is_modelled(method: &str, template: &str) -> bool {
    METHODS.contains_key(&(method, template))
}
