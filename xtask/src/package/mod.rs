//! `cargo xtask package …`: what a release consists of, made from a built program without a daemon, root or a packager's
//! tools. The same inputs give the same bytes.

mod debian;
mod home;
mod image;
mod inputs;
mod installed;
mod layout;
mod program;
mod sbom;
mod tarball;
mod trial;
mod ustar;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::repository;
use home::Home;
use inputs::Inputs;
use program::{Linking, Program};
pub(crate) use trial::Trial;

/// What is to be made.
#[derive(Args)]
pub(crate) struct Order {
    #[command(subcommand)]
    what: What,
    /// Where it is put
    #[arg(long, global = true, value_name = "DIR", default_value = "target/package")]
    out: PathBuf,
    /// Whose release it is, for addresses in it
    #[arg(long, global = true, value_name = "OWNER/NAME", env = "GITHUB_REPOSITORY")]
    repository: Option<String>,
    #[command(flatten)]
    inputs: Inputs,
}

#[derive(Subcommand)]
enum What {
    /// The container image, for one machine or several
    Image {
        /// The program; once for each kind of machine
        #[arg(long = "binary", required = true)]
        binaries: Vec<PathBuf>,
        /// Take a program that needs libraries, and those of this machine with it: to try it out here
        #[arg(long)]
        dynamic: bool,
        /// The root certificates that it trusts
        #[arg(long, default_value = "/etc/ssl/certs/ca-certificates.crt")]
        certificates: PathBuf,
    },
    /// The Debian package
    Deb(OneProgram),
    /// The archive for any Linux
    Archive(OneProgram),
    /// The bill of materials
    Sbom,
    /// What users copy and catalogues read, with the names and sums of this release
    Render,
}

#[derive(Args)]
struct OneProgram {
    /// The program
    #[arg(long)]
    binary: PathBuf,
    /// Take one that needs the libraries of this machine: to try it out here
    #[arg(long)]
    dynamic: bool,
}

impl OneProgram {
    fn read(&self) -> Result<Program> {
        Program::read(&self.binary, linking(self.dynamic))
    }
}

pub(crate) fn run(order: &Order) -> Result<()> {
    let home = Home::of(order.repository.as_deref())?;
    let out = repository::root().join(&order.out);
    let inputs = &order.inputs;
    match &order.what {
        What::Image { binaries, dynamic, certificates } => {
            let request =
                image::Request { binaries, linking: linking(*dynamic), certificates, home: &home, inputs };
            image(&request, &out)
        }
        What::Deb(one) => keep(&out, debian::build(&one.read()?, &home, inputs)?),
        What::Archive(one) => keep(&out, tarball::build(&one.read()?, inputs)?),
        What::Sbom => {
            let name = format!("labkeeper-{}.cdx.json", home.version);
            keep(&out, (name, sbom::build(&home, inputs)?.into_bytes()))
        }
        What::Render => home.render(&out),
    }
}

fn image(request: &image::Request<'_>, out: &Path) -> Result<()> {
    let image = request.build()?;
    keep(out, (format!("labkeeper-{}.oci.tar", request.home.version), image.archive))?;
    println!("{}  {}", image.digest, request.home.image());
    Ok(())
}

fn keep(out: &Path, (name, content): (String, Vec<u8>)) -> Result<()> {
    inputs::keep(out, &name, &content)
}

fn linking(dynamic: bool) -> Linking {
    if dynamic { Linking::Local } else { Linking::Static }
}
