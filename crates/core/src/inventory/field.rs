//! One field of a kind: its name on the wire, its shape, and what forms and tables need to know.
//! The shape is also the rule for what is accepted.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::kinds::Kind;

/// What a field holds; decides validation, schema, form control and sorting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One line of text.
    Text,
    /// Free text over several lines; shown as plain text.
    LongText,
    /// CommonMark.
    Markdown,
    /// Whole number ≥ 0.
    Integer,
    /// Finite number ≥ 0.
    Number,
    /// Yes or no.
    Boolean,
    /// The primary IP address; several separated by commas are several addresses.
    Address,
    /// The primary MAC address.
    Mac,
    /// A network in CIDR form, v4 or v6.
    Cidr,
    /// TCP or UDP port, 1–65535.
    Port,
    /// VLAN id, 1–4094.
    Vlan,
    /// `#rrggbb`.
    Color,
    /// Emoji or short text, a bundled name (`lucide:server`, `si:proxmox`), or an uploaded image.
    Icon,
    /// Id of the item this one stands on; kinds allowed.
    Parent(Kind),
}

/// A declared field.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Name on the wire.
    pub name: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// Shown as a table column unless the person hides it.
    pub column: bool,
    /// Unit of a number, as shown.
    pub unit: Option<&'static str>,
    /// Usual values; others are accepted.
    pub suggestions: &'static [&'static str],
    /// One sentence for the form.
    pub help: Option<&'static str>,
    /// Shown when nothing is known, instead of null.
    pub default: Option<fn() -> Value>,
}

impl Field {
    /// A field of that shape, not a column, without hints.
    pub const fn new(name: &'static str, label: &'static str, shape: Shape) -> Self {
        Self { name, label, shape, column: false, unit: None, suggestions: &[], help: None, default: None }
    }

    /// Shows it as a table column.
    #[must_use]
    pub const fn column(mut self) -> Self {
        self.column = true;
        self
    }

    /// Names its unit.
    #[must_use]
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }

    /// Offers usual values.
    #[must_use]
    pub const fn suggest(mut self, suggestions: &'static [&'static str]) -> Self {
        self.suggestions = suggestions;
        self
    }

    /// Explains it in the form.
    #[must_use]
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = Some(help);
        self
    }

    /// Shown instead of null.
    #[must_use]
    pub const fn default(mut self, default: fn() -> Value) -> Self {
        self.default = Some(default);
        self
    }
}

impl Shape {
    /// Name of the shape on the wire (`GET /api/kinds`).
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::LongText => "longtext",
            Self::Markdown => "markdown",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Address => "address",
            Self::Mac => "mac",
            Self::Cidr => "cidr",
            Self::Port => "port",
            Self::Vlan => "vlan",
            Self::Color => "color",
            Self::Icon => "icon",
            Self::Parent(_) => "link",
        }
    }

    /// JSON Schema (draft 2020-12) of an input value.
    pub fn schema(self) -> Value {
        match self {
            Self::Text | Self::LongText | Self::Markdown | Self::Icon => json!({"type": ["string", "null"]}),
            Self::Address => {
                json!({"type": ["string", "null"], "description": "IP address; several separated by commas"})
            }
            Self::Mac => json!({"type": ["string", "null"], "description": "MAC address"}),
            Self::Cidr => json!({"type": ["string", "null"], "description": "network in CIDR form"}),
            Self::Color => {
                json!({"type": ["string", "null"], "pattern": "^(#[0-9a-fA-F]{6})?$", "description": "#rrggbb"})
            }
            Self::Integer => json!({"type": ["integer", "null"], "minimum": 0}),
            Self::Number => json!({"type": ["number", "null"], "minimum": 0}),
            Self::Boolean => json!({"type": ["boolean", "null"]}),
            Self::Port => json!({"type": ["integer", "null"], "minimum": 1, "maximum": 65535}),
            Self::Vlan => json!({"type": ["integer", "null"], "minimum": 1, "maximum": 4094}),
            Self::Parent(kind) => {
                json!({"type": ["integer", "null"], "description": format!("id of a {} item", kind.key())})
            }
        }
    }

    /// The value in its stored form, or a sentence that says what is wanted. `""` and null clear the field.
    ///
    /// # Errors
    /// What the field wants, as a fragment to follow the field's name.
    pub fn accept(self, value: &Value) -> Result<Value, String> {
        let blank = value.as_str().is_some_and(|text| text.trim().is_empty());
        if value.is_null() || (blank && !matches!(self, Self::Markdown | Self::LongText)) {
            return Ok(Value::Null);
        }
        match self {
            Self::Text | Self::LongText | Self::Markdown => text_of(value),
            Self::Icon => icon(value),
            Self::Integer => whole(value, 0, MAX_WHOLE).map(Into::into),
            Self::Port => whole(value, 1, 65535).map(Into::into),
            Self::Vlan => whole(value, 1, 4094).map(Into::into),
            Self::Parent(_) => whole(value, 1, MAX_WHOLE).map(Into::into),
            Self::Number => number(value),
            Self::Boolean => boolean(value),
            Self::Address => {
                let text = string(value)?;
                text.parse::<IpAddr>()
                    .map(|ip| ip.to_string().into())
                    .map_err(|_| format!("wants an IP address, not \"{text}\""))
            }
            Self::Mac => super::address::mac(string(value)?).map(Into::into),
            Self::Cidr => super::network::cidr(string(value)?).map(Into::into),
            Self::Color => color(string(value)?),
        }
    }
}

/// Largest whole number that JavaScript clients carry exactly.
const MAX_WHOLE: i64 = 9_007_199_254_740_991;

/// Longest text of a field, in bytes; documents may be as large as a request.
pub const MAX_TEXT: usize = 1024 * 1024;

fn string(value: &Value) -> Result<&str, String> {
    value.as_str().map(str::trim).ok_or_else(|| format!("wants text, not {value}"))
}

fn text_of(value: &Value) -> Result<Value, String> {
    match value {
        Value::String(text) if text.len() > MAX_TEXT => {
            Err(format!("is {} bytes long, the limit is {MAX_TEXT}", text.len()))
        }
        Value::String(text) => Ok(text.as_str().into()),
        Value::Number(number) => Ok(number.to_string().into()),
        other => Err(format!("wants text, not {other}")),
    }
}

fn icon(value: &Value) -> Result<Value, String> {
    let text = string(value)?;
    if text.len() > 200 {
        return Err("wants an emoji, a bundled name such as lucide:server, or an uploaded image".into());
    }
    Ok(text.into())
}

fn whole(value: &Value, low: i64, high: i64) -> Result<i64, String> {
    let wanted = || format!("wants a whole number from {low} to {high}, not {value}");
    let number = match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            number
                .as_f64()
                .filter(|float| float.fract() == 0.0 && float.abs() < 9e15)
                .map(|float| float as i64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| (low..=high).contains(number)).ok_or_else(wanted)
}

fn number(value: &Value) -> Result<Value, String> {
    let float = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse::<f64>().ok(),
        _ => None,
    };
    match float {
        Some(float) if float.is_finite() && float >= 0.0 => Ok(json!(float)),
        _ => Err(format!("wants a number that is not negative, not {value}")),
    }
}

fn boolean(value: &Value) -> Result<Value, String> {
    value.as_bool().map(Into::into).ok_or_else(|| format!("wants true or false, not {value}"))
}

fn color(text: &str) -> Result<Value, String> {
    let digits = text.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.chars().all(|digit| digit.is_ascii_hexdigit()) {
        Ok(text.to_lowercase().into())
    } else {
        Err(format!("wants a colour such as #2f81f7, not \"{text}\""))
    }
}
