//! Secrets of new tokens, shaped like those of the real one. Chance is a parameter: the same seed, the same secrets.

/// A source of secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Secrets {
    state: u64,
}

impl Secrets {
    pub(super) fn seeded(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A version 4 UUID.
    pub(super) fn next(&mut self) -> String {
        let (high, low) = (self.draw(), self.draw());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            (low >> 48) & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff
        )
    }

    /// SplitMix64: small, and good enough for what guards nothing.
    fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_follow_from_the_seed_and_look_like_uuids() {
        let (mut one, mut same, mut other) = (Secrets::seeded(1), Secrets::seeded(1), Secrets::seeded(2));
        let secret = one.next();
        assert_eq!(secret, same.next());
        assert_ne!(secret, other.next());
        assert_ne!(secret, one.next());
        let lengths: Vec<usize> = secret.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(secret.as_bytes()[14], b'4');
        assert!(secret[19..20].contains(['8', '9', 'a', 'b']));
    }
}
