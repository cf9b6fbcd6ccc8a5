//! The archive for any Linux: to be unpacked over `/`, or to take the program out of.

use anyhow::Result;

use super::inputs::{self, Inputs};
use super::installed;
use super::program::Program;

/// Its name, and its bytes.
pub(crate) fn build(program: &Program, inputs: &Inputs) -> Result<(String, Vec<u8>)> {
    let mut tree = installed::program(program)?;
    installed::service(&mut tree)?;
    inputs::licences(&mut tree)?;
    tree.extend(inputs.models()?);
    let stem = format!("labkeeper-{}-{}-linux", inputs::version()?, program.machine.long());
    let archive = tree.archive(&format!("{stem}/"), inputs.seconds()?)?;
    Ok((format!("{stem}.tar.gz"), inputs::gzip(&archive)?))
}
