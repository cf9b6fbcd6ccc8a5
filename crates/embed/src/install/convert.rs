//! From the published 32-bit files to the vocabulary and 8-bit weights that this crate computes with.

use serde_json::Value;

use super::error::InstallError;
use super::tensors::Tensors;
use crate::activation::Norm;
use crate::linear::{Linear, round_row};
use crate::shape::{INNER, LAYERS, VOCABULARY, WIDTH};
use crate::weights::{Layer, Weights};
use crate::wordpiece::LONGEST;

/// Places that the published model has; it was trained with the first [`LONGEST`].
const PUBLISHED_POSITIONS: usize = 512;

/// A token a line, in the order of their ids.
pub(super) fn vocabulary(tokenizer: &[u8]) -> Result<String, InstallError> {
    let layout = |what: &str| InstallError::Layout(format!("tokenizer.json: {what}"));
    let tokenizer: Value = serde_json::from_slice(tokenizer).map_err(|e| layout(&e.to_string()))?;
    let tokens = tokenizer["model"]["vocab"].as_object().ok_or_else(|| layout("no vocabulary"))?;
    let mut lines = vec![""; tokens.len()];
    for (token, id) in tokens {
        let place = id.as_u64().and_then(|id| lines.get_mut(usize::try_from(id).ok()?));
        *place.ok_or_else(|| layout("an id out of range"))? = token;
    }
    if lines.len() != VOCABULARY || lines.iter().any(|line| line.is_empty() || line.contains('\n')) {
        return Err(layout("the vocabulary has gaps"));
    }
    Ok(lines.join("\n"))
}

pub(super) fn weights(safetensors: &[u8]) -> Result<Weights, InstallError> {
    let from = Tensors::parse(safetensors)?;
    let (token_scales, tokens) = tokens(&from)?;
    Ok(Weights {
        token_scales,
        tokens,
        positions: positions(&from)?,
        entry: norm(&from, "embeddings")?,
        layers: (0..LAYERS).map(|n| layer(&from, &format!("encoder.layer.{n}"))).collect::<Result<_, _>>()?,
    })
}

fn tokens(from: &Tensors<'_>) -> Result<(Vec<f32>, Vec<i8>), InstallError> {
    let rows = from.take("embeddings.word_embeddings.weight", &[VOCABULARY, WIDTH])?;
    let mut scales = Vec::with_capacity(VOCABULARY);
    let mut tokens = Vec::with_capacity(rows.len());
    for row in rows.chunks_exact(WIDTH) {
        let (scale, rounded) = round_row(row);
        scales.push(scale);
        tokens.extend(rounded);
    }
    Ok((scales, tokens))
}

fn positions(from: &Tensors<'_>) -> Result<Vec<f32>, InstallError> {
    let segments = from.take("embeddings.token_type_embeddings.weight", &[2, WIDTH])?;
    let mut positions = from.take("embeddings.position_embeddings.weight", &[PUBLISHED_POSITIONS, WIDTH])?;
    positions.truncate(LONGEST * WIDTH);
    for row in positions.chunks_exact_mut(WIDTH) {
        for (v, segment) in row.iter_mut().zip(&segments) {
            *v += segment;
        }
    }
    Ok(positions)
}

fn layer(from: &Tensors<'_>, at: &str) -> Result<Layer, InstallError> {
    let attention = format!("{at}.attention.self");
    let parts = ["query", "key", "value"].map(|part| format!("{attention}.{part}"));
    Ok(Layer {
        project: linear(from, &parts, WIDTH, WIDTH)?,
        join: linear(from, &[format!("{at}.attention.output.dense")], WIDTH, WIDTH)?,
        after_attention: norm(from, &format!("{at}.attention.output"))?,
        widen: linear(from, &[format!("{at}.intermediate.dense")], WIDTH, INNER)?,
        narrow: linear(from, &[format!("{at}.output.dense")], INNER, WIDTH)?,
        after_inner: norm(from, &format!("{at}.output"))?,
    })
}

/// Layers that read the same rows become one, their outputs side by side.
fn linear(
    from: &Tensors<'_>,
    names: &[String],
    inputs: usize,
    outputs: usize,
) -> Result<Linear, InstallError> {
    let (mut rows, mut bias) = (Vec::new(), Vec::new());
    for name in names {
        rows.extend(from.take(&format!("{name}.weight"), &[outputs, inputs])?);
        bias.extend(from.take(&format!("{name}.bias"), &[outputs])?);
    }
    Ok(Linear::round(rows, bias))
}

fn norm(from: &Tensors<'_>, at: &str) -> Result<Norm, InstallError> {
    Ok(Norm {
        gain: from.take(&format!("{at}.LayerNorm.weight"), &[WIDTH])?,
        offset: from.take(&format!("{at}.LayerNorm.bias"), &[WIDTH])?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_vocabulary_with_a_gap_or_of_another_size_is_refused() {
        for json in ["{}", r#"{"model":{"vocab":{"a":0,"b":1}}}"#, r#"{"model":{"vocab":{"a":7}}}"#, "["] {
            let error = vocabulary(json.as_bytes()).unwrap_err();
            assert!(matches!(error, InstallError::Layout(_)), "{json}: {error}");
        }
    }

    #[test]
    fn weights_of_another_model_are_refused_by_name() {
        let error = weights(&[&2_u64.to_le_bytes()[..], b"{}"].concat()).unwrap_err();
        assert!(error.to_string().contains("word_embeddings"), "{error}");
    }
}
