//! `audit export`: records as lines, each as it was written and with its hash at the end.

use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use labkeeper_core::audit::Line;
use labkeeper_ops::keeper::Keeper;

use crate::render;

const PAGE: i64 = 1_000;

pub(super) async fn export(
    keeper: &Keeper,
    from: i64,
    to: Option<i64>,
    out: Option<&Path>,
) -> Result<ExitCode> {
    let Some(path) = out else {
        write(keeper, from, to, &mut BufWriter::new(std::io::stdout())).await?;
        return Ok(ExitCode::SUCCESS);
    };
    let shown = path.display();
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let file =
        file.with_context(|| format!("cannot make {shown}: choose the name of a file that is not there"))?;
    let mut writer = BufWriter::new(file);
    let count = write(keeper, from, to, &mut writer).await?;
    writer.get_ref().sync_all().with_context(|| format!("cannot write {shown}"))?;
    render::note(&format!("{count} records in {shown}"));
    Ok(ExitCode::SUCCESS)
}

/// Answers how many there were.
async fn write(keeper: &Keeper, from: i64, to: Option<i64>, out: &mut (impl Write + Send)) -> Result<u64> {
    let mut view = keeper.store().snapshot().await?;
    let (mut after, mut count) = (from - 1, 0);
    loop {
        let page = view.audit_after(after, PAGE).await?;
        let wanted = page.into_iter().take_while(|(record, _)| to.is_none_or(|to| record.seq <= to));
        let before = count;
        for (record, hash) in wanted {
            after = record.seq;
            count += 1;
            out.write_all(Line { record, hash }.text().as_bytes())?;
        }
        if count == before {
            out.flush()?;
            return Ok(count);
        }
    }
}
