//! Reads the `safetensors` format: a length, a JSON table of names and places, then the numbers.

use serde_json::{Map, Value};

use super::error::InstallError;

pub(super) struct Tensors<'a> {
    table: Map<String, Value>,
    numbers: &'a [u8],
}

impl<'a> Tensors<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, InstallError> {
        let layout = |what: &str| InstallError::Layout(format!("safetensors: {what}"));
        let (length, rest) = bytes.split_first_chunk::<8>().ok_or_else(|| layout("no header"))?;
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| layout("endless header"))?;
        let (table, numbers) = rest.split_at_checked(length).ok_or_else(|| layout("header cut off"))?;
        let table = serde_json::from_slice(table).map_err(|e| layout(&e.to_string()))?;
        Ok(Self { table, numbers })
    }

    /// The numbers of one tensor, row after row; its shape must be `shape`.
    pub(super) fn take(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, InstallError> {
        let layout = |what: &str| InstallError::Layout(format!("safetensors: {name} {what}"));
        let entry = self.table.get(name).ok_or_else(|| layout("is missing"))?;
        if entry["dtype"] != "F32" || entry["shape"] != Value::from(shape) {
            return Err(layout("has another type or shape"));
        }
        let place = |n: usize| entry["data_offsets"][n].as_u64().and_then(|at| usize::try_from(at).ok());
        let bytes = place(0)
            .zip(place(1))
            .and_then(|(from, to)| self.numbers.get(from..to))
            .filter(|bytes| bytes.len() == 4 * shape.iter().product::<usize>())
            .ok_or_else(|| layout("has no room"))?;
        Ok(bytes.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn file(table: &str, numbers: &[f32]) -> Vec<u8> {
        let mut bytes = (table.len() as u64).to_le_bytes().to_vec();
        bytes.extend(table.as_bytes());
        numbers.iter().for_each(|n| bytes.extend(n.to_le_bytes()));
        bytes
    }

    #[test]
    fn a_tensor_is_found_by_name_and_shape() {
        let bytes = file(r#"{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[4,12]}}"#, &[9.0, 1.5, -2.0]);
        let tensors = Tensors::parse(&bytes).unwrap();
        assert_eq!(tensors.take("a", &[2, 1]).unwrap(), [1.5, -2.0]);
    }

    #[test]
    fn a_wrong_layout_is_an_error_and_never_a_panic() {
        for bytes in [vec![], vec![1; 7], vec![255; 8], file("{", &[])] {
            assert!(Tensors::parse(&bytes).is_err(), "{bytes:?}");
        }
        for entry in [
            r#"{"dtype":"F16","shape":[2],"data_offsets":[0,8]}"#,
            r#"{"dtype":"F32","shape":[1],"data_offsets":[0,8]}"#,
            r#"{"dtype":"F32","shape":[2],"data_offsets":[0,80]}"#,
            r#"{"dtype":"F32","shape":[2],"data_offsets":[8,0]}"#,
            r#"{"dtype":"F32","shape":[2]}"#,
            "7",
        ] {
            let bytes = file(&format!(r#"{{"a":{entry}}}"#), &[1.0, 2.0]);
            assert!(Tensors::parse(&bytes).unwrap().take("a", &[2]).is_err(), "{entry}");
        }
        let bytes = file("{}", &[]);
        assert!(Tensors::parse(&bytes).unwrap().take("a", &[0]).is_err());
    }
}
