//! How long one question takes in an index of many chunks, with and without turning the question into a vector.

use std::time::{Duration, Instant};

use labkeeper_core::ports::Embedder;
use labkeeper_core::rank::chunk::{self, Chunk, Key};
use labkeeper_core::rank::facets::Facets;
use labkeeper_core::rank::fold::fold;
use labkeeper_core::rank::fusion::{Mode, WEIGHTS};
use labkeeper_core::rank::index::{Asked, Entry, Index, Owner};
use labkeeper_core::rank::matrix::Matrix;
use labkeeper_core::rank::query;
use labkeeper_core::rank::vector::RoundedVector;

use super::labelled::{self, Written};
use crate::memory::resident;
use crate::random::Random;

/// Measures over every labelled question.
pub(super) fn run(model: &dyn Embedder, chunks: usize) -> anyhow::Result<()> {
    let questions = labelled::texts()?;
    let built = Instant::now();
    let (index, matrix) = many(model, chunks)?;
    println!(
        "latency, {} chunks (made in {:.1} s, {} MB resident), {} questions three times",
        index.chunks(),
        built.elapsed().as_secs_f64(),
        resident(),
        questions.len()
    );
    let mut slowest = (Duration::ZERO, "");
    let (mut without, mut with) = (Vec::new(), Vec::new());
    let (mut busy_without, mut busy_with) = (Vec::new(), Vec::new());
    for question in questions.iter().cycle().take(questions.len() * 3) {
        let (begun, busy) = (Instant::now(), on_processor());
        let query = query::parse(question);
        let vector = query.has_meaning.then(|| model.embed(&[&query.text])).transpose()?;
        let (embedded, busy_embedding) = (Instant::now(), on_processor());
        let cosines = vector.map(|vector| -> anyhow::Result<Vec<f32>> {
            let mut cosines = vec![0.0; index.width()];
            matrix.each(&matrix.question(&vector[0])?, |chunk, cosine| cosines[chunk as usize] = cosine);
            Ok(cosines)
        });
        let found = index.search(Asked {
            query: &query,
            cosines: cosines.transpose()?.as_deref(),
            allowed: None,
            mode: Mode::Hybrid,
            weights: WEIGHTS,
            limit: 20,
        });
        std::hint::black_box(found);
        let took = embedded.elapsed();
        without.push(took);
        with.push(begun.elapsed());
        busy_without.push(on_processor() - busy_embedding);
        busy_with.push(on_processor() - busy);
        slowest = slowest.max((took, question.as_str()));
    }
    print("without embedding the question", &mut without, 20);
    println!("    the slowest was \"{}\"", slowest.1);
    print("with it", &mut with, 40);
    print("without it, time on the processor", &mut busy_without, 20);
    print("with it, time on the processor", &mut busy_with, 40);
    Ok(())
}

/// Time this thread has spent running, not waiting for a busy machine; zero where the system does not say.
fn on_processor() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// The middle, the slowest but one in twenty, and the slowest; `bar` is for the second, in milliseconds.
pub(super) fn print(what: &str, times: &mut [Duration], bar: u32) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    println!(
        "  {what}: p50 {:.1} ms, p95 {:.1} ms, most {:.1} ms (bar: p95 {bar} ms)",
        at(0.5),
        at(0.95),
        at(1.0)
    );
}

/// The labelled lab over and over, each time with other names, addresses and words mixed in.
fn many(model: &dyn Embedder, chunks: usize) -> anyhow::Result<(Index, Matrix<u32>)> {
    let lab: Vec<Written> = labelled::written()?;
    let mut index = Index::default();
    let mut matrix = Matrix::new(model.dimensions());
    let mut random = Random(42);
    let mut id = 0;
    'all: loop {
        for written in &lab {
            id += 1;
            let mut stored = labelled::stored(id, written);
            stored.name = format!("{}-{id:05}", stored.name);
            if let Some(address) = stored.fields.get_mut("addresses").and_then(|list| list.get_mut(0)) {
                let (a, b, c) = (random.below(250), random.below(250), random.below(250));
                address["ip"] = format!("10.{a}.{b}.{c}").into();
                address["mac"] = format!("bc:24:{a:02x}:{b:02x}:{c:02x}:{:02x}", random.below(256)).into();
            }
            let row = labkeeper_core::inventory::row::row(&stored, None, None);
            let mut entry = Entry {
                name: stored.name.clone(),
                facets: Some(Facets::of(&stored, &row, None, Vec::new())),
                keys: vec![(fold(&stored.name), Key::Name)],
                chunks: chunk::of_item(&stored, &row, None),
            };
            for chunk in &mut entry.chunks {
                salt(chunk, &mut random);
            }
            for number in index.put(Owner::Item(id), entry) {
                let vector: Vec<f32> =
                    (0..model.dimensions()).map(|_| random.below(2001) as f32 / 1000.0 - 1.0).collect();
                let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
                let unit: Vec<f32> = vector.iter().map(|value| value / length).collect();
                matrix.insert(number, &RoundedVector::round(&unit))?;
            }
            if index.chunks() >= chunks {
                break 'all;
            }
        }
    }
    Ok((index, matrix))
}

/// Words that only few chunks hold, so that the vocabulary grows as it does in a real lab.
fn salt(chunk: &mut Chunk, random: &mut Random) {
    let mut word = |syllables: usize| -> String {
        (0..syllables)
            .map(|_| {
                let consonant = b"bcdfghklmnprstvz"[random.below(16)] as char;
                let vowel = b"aeiou"[random.below(5)] as char;
                format!("{consonant}{vowel}")
            })
            .collect()
    };
    let text = (0..12).map(|at| word(2 + at % 3)).collect::<Vec<_>>().join(" ");
    chunk.lines.push(chunk::Line { field: "notes".into(), text });
}
