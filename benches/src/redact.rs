//! How fast secrets are taken out, and how well: text as a lab has it, and the labelled corpus.

#[allow(dead_code, reason = "the corpus test names the samples that fail; figures do not")]
#[path = "../../crates/redact/tests/score/mod.rs"]
mod score;

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Args;
use labkeeper_redact::{Redactor, Session};
use score::{Score, judge, read};

/// Different secrets in one text.
const SECRETS: u64 = 500;
/// MB of 10⁶ bytes a second.
const BAR: f64 = 50.0;
const CORPUS: &[&str] =
    &["shared", "files", "streams", "breadth", "unseen", "everyday", "negatives", "classes"];

#[derive(Args)]
pub(crate) struct Choice {
    /// Megabytes of text for each kind.
    #[arg(long, default_value_t = 32)]
    megabytes: usize,
    /// Times each text is redacted, of which the quickest counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
}

pub(crate) fn run(choice: &Choice) -> Result<()> {
    let begun = Instant::now();
    let redactor = Redactor::new(&[]);
    println!("rules compiled in {:.1} ms", begun.elapsed().as_secs_f64() * 1000.0);
    let size = choice.megabytes * 1_000_000;
    for (name, text) in [
        ("logs", repeated(LOG, size)),
        ("configuration", repeated(CONFIGURATION, size)),
        ("mixed", repeated(&format!("{LOG}{CONFIGURATION}"), size)),
    ] {
        let seconds = (0..choice.runs).map(|_| seconds(&redactor, &text)).fold(f64::MAX, f64::min);
        let speed = text.len() as f64 / 1e6 / seconds;
        let verdict = if speed >= BAR { "" } else { "  below the bar of 50 MB/s" };
        println!("  {name:<14} {speed:7.0} MB/s{verdict}");
    }
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/redact/tests/corpus");
    let mut all = Score::default();
    for name in CORPUS {
        let mut own = Score::default();
        let file = corpus.join(format!("{name}.jsonl"));
        for sample in read(&std::fs::read_to_string(&file).with_context(|| file.display().to_string())?) {
            let verdict = judge(&redactor, &sample);
            own.add(&sample, &verdict);
            all.add(&sample, &verdict);
        }
        println!("  {name:<14} {}", own.line());
    }
    println!("  {:<14} {}", "all", all.line());
    Ok(())
}

fn seconds(redactor: &Redactor, text: &str) -> f64 {
    let mut session = Session::new([7; 32]);
    let begun = Instant::now();
    std::hint::black_box(redactor.text(&mut session, std::hint::black_box(text), None));
    begun.elapsed().as_secs_f64()
}

/// The sample again and again, numbers changing, so that no line is like the other.
fn repeated(sample: &str, size: usize) -> String {
    let mut text = String::with_capacity(size + sample.len());
    let mut round = 0_u64;
    while text.len() < size {
        let number = format!("{:x}", round.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24);
        text.push_str(&sample.replace("{n}", &number).replace("{m}", &(round % SECRETS).to_string()));
        round += 1;
    }
    text
}

const LOG: &str = "\
Jun  2 12:00:01 pve1 sshd[{n}]: Accepted publickey for root from 10.0.0.9 port 52210 ssh2: ED25519 SHA256:aGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd28
Jun  2 12:00:02 pve1 pvedaemon[{n}]: <root@pam> starting task UPID:pve1:0012A4F1:0B7C3D21:665C5A10:vzdump:101:root@pam:
Jun  2 12:00:03 pve1 kernel: [{n}] vmbr0: port 3(veth101i0) entered forwarding state
10.0.0.5 - - [02/Jun/2025:12:00:04 +0200] \"GET /api/states/sensor.power_{n} HTTP/1.1\" 200 512 \"-\" \"HomeAssistant/2025.6\"
2025-06-02T12:00:05.123Z INFO  immich.jobs: processed asset {n} in 42ms (queue=thumbnail, remaining=17)
level=info ts=2025-06-02T12:00:06Z caller=compact.go:519 component=tsdb msg=\"write block\" mint=1748865600000 ulid={n}
Jun  2 12:00:07 docker dockerd[812]: time=\"2025-06-02T12:00:07\" level=info msg=\"image pulled\" remote=\"docker.io/library/redis:7\" id={n}
Jun  2 12:00:08 nas smartd[99]: Device: /dev/sda [SAT], SMART Usage Attribute: 194 Temperature_Celsius changed from {n} to 33
Jun  2 12:00:09 pve1 sshd[{n}]: Failed password for invalid user admin from 203.0.113.9 port 4711 ssh2
Jun  2 12:00:10 fw filterlog[{n}]: 5,,,1000000103,igb0,match,block,in,4,0x0,,64,0,0,DF,6,tcp,60,203.0.113.7,10.0.0.1,443,51000
";

const CONFIGURATION: &str = "\
services:
  app-{n}:
    image: ghcr.io/immich-app/immich-server:release
    restart: unless-stopped
    volumes:
      - /mnt/photos:/usr/src/app/upload
    environment:
      DB_HOSTNAME: database
      DB_PASSWORD: kettle_{m}_cobalt
      TZ: Europe/Berlin
    ports:
      - \"2283:2283\"
[global]
   workgroup = WORKGROUP
   server string = nas {n}
   log file = /var/log/samba/log.%m
   max log size = 1000
server {
    listen 443 ssl http2;
    server_name app-{n}.lan;
    ssl_certificate /etc/ssl/certs/lan.crt;
    ssl_certificate_key /etc/ssl/private/lan.key;
    location / {
        proxy_pass http://10.0.0.31:2283;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
}
";
