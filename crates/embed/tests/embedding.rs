//! The installed model against `golden/golden.json`: ids from Hugging Face's tokenizer, vectors from an independent
//! fp32 implementation (`golden/reference.py`).
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod model;

use labkeeper_core::ports::Embedder;
use labkeeper_embed::{DIMENSIONS, LONGEST};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;

struct Golden {
    text: String,
    ids: Vec<u32>,
    vector: Vec<f32>,
}

fn golden() -> Vec<Golden> {
    let rows: Vec<Value> = serde_json::from_str(include_str!("golden/golden.json")).unwrap();
    let numbers =
        |row: &Value, name: &str| row[name].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
    rows.iter()
        .map(|row| {
            let (ids, vector): (Vec<f64>, Vec<f64>) = (numbers(row, "ids"), numbers(row, "vector"));
            Golden {
                text: row["text"].as_str().unwrap().to_owned(),
                ids: ids.into_iter().map(|v| v as u32).collect(),
                vector: vector.into_iter().map(|v| v as f32).collect(),
            }
        })
        .collect()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The beginning of a text, for messages.
fn head(text: &str) -> String {
    text.chars().take(40).collect()
}

#[test]
fn texts_become_the_ids_that_the_published_tokenizer_gives() {
    let Some(model) = model::open("texts_become_the_ids_that_the_published_tokenizer_gives") else { return };
    for row in golden() {
        assert_eq!(model.token_ids(&row.text), row.ids, "{:?}", head(&row.text));
    }
}

#[test]
fn vectors_point_where_the_full_precision_model_points() {
    let Some(model) = model::open("vectors_point_where_the_full_precision_model_points") else { return };
    let golden = golden();
    let texts: Vec<&str> = golden.iter().map(|row| row.text.as_str()).collect();
    let vectors = model.embed(&texts).unwrap();
    let (mut worst, mut total) = ((1.0, String::new()), 0.0);
    for (row, vector) in golden.iter().zip(&vectors) {
        assert_eq!(vector.len(), DIMENSIONS);
        assert!((dot(vector, vector) - 1.0).abs() < 1e-5, "{:?} has length one", head(&row.text));
        let cosine = dot(vector, &row.vector);
        total += cosine;
        if cosine < worst.0 {
            worst = (cosine, head(&row.text));
        }
        assert!(cosine >= 0.999, "{:?}: cosine {cosine}", head(&row.text));
    }
    println!("the furthest of {} is {:?} with cosine {:.5}", golden.len(), worst.1, worst.0);
    println!("on average it is {:.5}", total / golden.len() as f32);
}

#[test]
fn a_text_has_the_same_vector_alone_in_a_batch_and_on_any_thread() {
    let Some(model) = model::open("a_text_has_the_same_vector_alone_in_a_batch_and_on_any_thread") else {
        return;
    };
    let golden = golden();
    let texts: Vec<&str> = golden.iter().map(|row| row.text.as_str()).collect();
    let together = model.embed(&texts).unwrap();
    let (one, four) = (model.with_threads(1), model::open("").unwrap().with_threads(4));
    assert_eq!(four.embed(&texts).unwrap(), together);
    for (text, vector) in texts.iter().zip(&together) {
        assert_eq!(one.embed(&[text]).unwrap()[0], *vector, "{:?}", head(text));
    }
    assert!(one.embed(&[]).unwrap().is_empty());
}

#[test]
fn a_question_is_nearest_to_what_it_asks_for_though_no_word_is_shared() {
    let Some(model) = model::open("a_question_is_nearest_to_what_it_asks_for_though_no_word_is_shared")
    else {
        return;
    };
    let shelf = [
        "Synology DS920+, four disks, stands in the cellar",
        "Jellyfin: movies and series for the television",
        "Pi-hole answers names and blocks advertisements",
        "UniFi access point in the hallway",
        "Vaultwarden keeps everybody's passwords",
    ];
    let vectors = model.embed(&shelf).unwrap();
    let table = [
        ("old nas box in basement", 0),
        ("where can I watch films", 1),
        ("dns ad filter", 2),
        ("wifi upstairs is slow", 3),
        ("credentials manager", 4),
    ];
    for (question, expected) in table {
        let asked = &model.embed(&[question]).unwrap()[0];
        let best =
            (0..shelf.len()).max_by(|a, b| dot(asked, &vectors[*a]).total_cmp(&dot(asked, &vectors[*b])));
        assert_eq!(best, Some(expected), "{question}");
    }
}

#[test]
fn no_text_breaks_the_tokenizer_or_the_network() {
    let Some(model) = model::open("no_text_breaks_the_tokenizer_or_the_network") else { return };
    let model = model.with_threads(1);
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() });
    let texts = prop_oneof![any::<String>(), "[\\s\\S]{0,600}", "(nas|Ω|漢|\u{300}|é|[a-z]{1,120}| ){0,400}"];
    runner
        .run(&texts, |text| {
            let ids = model.token_ids(&text);
            prop_assert!((2..=LONGEST).contains(&ids.len()));
            let vector = &model.embed(&[&text]).unwrap()[0];
            prop_assert!((dot(vector, vector) - 1.0).abs() < 1e-5);
            Ok(())
        })
        .unwrap();
}
