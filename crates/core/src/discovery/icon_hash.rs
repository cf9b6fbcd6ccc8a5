//! Icons of web pages told apart by one number, in the way of the search engines for devices, so that numbers can be compared
//! with theirs: MurmurHash3 of the icon in base64, a line of 76 letters at a time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const LINE: usize = 76;

/// The number of an icon.
pub fn icon_hash(icon: &[u8]) -> i32 {
    let text = STANDARD.encode(icon);
    let mut lines = Vec::with_capacity(text.len() + text.len() / LINE + 1);
    for line in text.as_bytes().chunks(LINE) {
        lines.extend_from_slice(line);
        lines.push(b'\n');
    }
    murmur3(&lines).cast_signed()
}

/// MurmurHash3 for x86, 32 bits, from the seed 0.
fn murmur3(bytes: &[u8]) -> u32 {
    const C1: u32 = 0xcc9e_2d51;
    const C2: u32 = 0x1b87_3593;
    let mix = |block: u32| block.wrapping_mul(C1).rotate_left(15).wrapping_mul(C2);
    let mut hash = 0_u32;
    let (blocks, rest) = bytes.as_chunks::<4>();
    for block in blocks {
        hash = (hash ^ mix(u32::from_le_bytes(*block)))
            .rotate_left(13)
            .wrapping_mul(5)
            .wrapping_add(0xe654_6b64);
    }
    let tail = rest.iter().rev().fold(0, |tail, byte| tail << 8 | u32::from(*byte));
    hash ^= mix(tail);
    // Lengths are of icons, far below the end of the type.
    hash ^= bytes.len() as u32;
    hash = (hash ^ hash >> 16).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ hash >> 13).wrapping_mul(0xc2b2_ae35);
    hash ^ hash >> 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_published_function() {
        for (text, hash) in [
            ("", 0),
            ("test", 0xba6b_d213),
            ("Hello, world!", 0xc036_3e43),
            ("The quick brown fox jumps over the lazy dog", 0x2e4f_f723),
        ] {
            assert_eq!(murmur3(text.as_bytes()), hash, "{text}");
        }
    }

    #[test]
    fn the_text_that_is_hashed_has_lines() {
        let icon = [7_u8; 60];
        let line = STANDARD.encode(&icon[..57]);
        let wanted = format!("{line}\n{}\n", STANDARD.encode(&icon[57..]));
        assert_eq!(icon_hash(&icon), murmur3(wanted.as_bytes()).cast_signed());
        assert_eq!(icon_hash(b""), 0, "nothing is no text, and no line");
    }
}
