//! How a name of Proxmox becomes a type: parsed once at the door, shown as it was given, never built any other way.

/// A newtype over text that only [`std::str::FromStr`] makes. `$fits` says which text is one, `$pattern` says the same to schemas.
macro_rules! text_id {
    ($(#[$meta:meta])* $name:ident, $pattern:literal, $fits:expr, $error:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// As Proxmox writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::pve::id_error::IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let fits: fn(&str) -> bool = $fits;
                if fits(text) {
                    return Ok(Self(text.to_owned()));
                }
                Err($crate::pve::id_error::IdError::$error($crate::pve::id_error::Shown::of(text)))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "pattern": $pattern})
            }
        }
    };
}

pub(super) use text_id;

/// Whether the text begins with one character of the first kind, goes on with the second, and has a length in `lengths`
/// (in bytes; every kind used is ASCII).
pub(super) fn made_of(
    text: &str,
    lengths: std::ops::RangeInclusive<usize>,
    first: fn(&u8) -> bool,
    others: fn(&u8) -> bool,
) -> bool {
    let bytes = text.as_bytes();
    lengths.contains(&bytes.len())
        && bytes.split_first().is_some_and(|(head, tail)| first(head) && tail.iter().all(others))
}
