//! SVG images, written anew from an allow-list: shapes, gradients, text. Scripts, handlers, links to
//! elsewhere, embedded pages and animation are not on it.

use std::fmt::Write;

use roxmltree::{Document, Node, NodeType, ParsingOptions};

use super::refusal::IconError;

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";

/// Deepest nesting that an icon has any use for.
const MAX_DEPTH: usize = 64;

const ELEMENTS: [&str; 24] = [
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "title",
    "desc",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
    "mask",
    "pattern",
    "style",
    "switch",
];

const ATTRIBUTES: [&str; 88] = [
    "alignment-baseline",
    "class",
    "clip-path",
    "clip-rule",
    "clipPathUnits",
    "color",
    "cx",
    "cy",
    "d",
    "display",
    "dominant-baseline",
    "dx",
    "dy",
    "fill",
    "fill-opacity",
    "fill-rule",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "fr",
    "fx",
    "fy",
    "gradientTransform",
    "gradientUnits",
    "height",
    "href",
    "id",
    "letter-spacing",
    "mask",
    "maskContentUnits",
    "maskUnits",
    "mask-type",
    "offset",
    "opacity",
    "overflow",
    "paint-order",
    "pathLength",
    "patternContentUnits",
    "patternTransform",
    "patternUnits",
    "points",
    "preserveAspectRatio",
    "r",
    "refX",
    "refY",
    "role",
    "rotate",
    "rx",
    "ry",
    "shape-rendering",
    "space",
    "spreadMethod",
    "stop-color",
    "stop-opacity",
    "stroke",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-opacity",
    "stroke-width",
    "style",
    "text-anchor",
    "text-rendering",
    "textLength",
    "lengthAdjust",
    "transform",
    "transform-origin",
    "vector-effect",
    "version",
    "viewBox",
    "visibility",
    "width",
    "word-spacing",
    "writing-mode",
    "x",
    "x1",
    "x2",
    "xChannelSelector",
    "y",
    "y1",
    "y2",
    "z",
    "aria-hidden",
    "aria-label",
    "color-interpolation",
];

/// The image with only what is allowed, as text; the same text for the same image.
pub(super) fn sanitised(text: &str) -> Result<String, IconError> {
    if nesting(text) > MAX_DEPTH {
        return Err(IconError::Svg(format!("is nested deeper than {MAX_DEPTH} levels")));
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: 50_000, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options)
        .map_err(|error| IconError::Svg(format!("cannot be read ({error})")))?;
    let root = document.root_element();
    if root.tag_name().name() != "svg" || !in_svg(root) {
        return Err(IconError::Unknown);
    }
    let mut out = String::with_capacity(text.len());
    write(root, true, &mut out);
    Ok(out)
}

/// An upper bound on how deep elements are nested, found before anything recursive looks at the text.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0usize);
    for part in text.split('<').skip(1) {
        let tag = part.split('>').next().unwrap_or_default();
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !tag.starts_with(['!', '?']) && !tag.ends_with('/') {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}

/// Icons in the wild often have no namespace at all; then everything is taken as SVG.
fn in_svg(node: Node<'_, '_>) -> bool {
    node.tag_name().namespace().is_none_or(|namespace| namespace == SVG)
}

fn write(node: Node<'_, '_>, root: bool, out: &mut String) {
    match node.node_type() {
        NodeType::Text => out.push_str(&escaped(node.text().unwrap_or_default())),
        NodeType::Element if in_svg(node) && ELEMENTS.contains(&node.tag_name().name()) => {
            write_element(node, root, out);
        }
        _ => {}
    }
}

fn write_element(node: Node<'_, '_>, root: bool, out: &mut String) {
    let name = node.tag_name().name();
    if name == "style"
        && !harmless_css(&node.descendants().filter_map(|part| part.text()).collect::<String>())
    {
        return;
    }
    let _ = write!(out, "<{name}");
    if root {
        let _ = write!(out, " xmlns=\"{SVG}\"");
    }
    for attribute in node.attributes() {
        let foreign = attribute.namespace().is_some_and(|namespace| namespace != XLINK);
        let name = attribute.name();
        if !foreign && ATTRIBUTES.contains(&name) && harmless(name, attribute.value()) {
            let _ = write!(out, " {name}=\"{}\"", escaped(attribute.value()));
        }
    }
    if !node.has_children() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    for child in node.children() {
        write(child, false, out);
    }
    let _ = write!(out, "</{name}>");
}

fn harmless(name: &str, value: &str) -> bool {
    match name {
        "href" => value.trim().strip_prefix('#').is_some_and(is_plain_id),
        "style" => harmless_css(value),
        _ => harmless_value(value),
    }
}

/// A presentation attribute may point at a gradient of its own image, `url(#name)`, and at nothing else.
fn harmless_value(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    if lower.contains("javascript:")
        || lower.contains("data:")
        || lower.contains("expression(")
        || lower.contains('\\')
    {
        return false;
    }
    let mut rest = lower.as_str();
    while let Some(at) = rest.find("url") {
        rest = rest[at + 3..].trim_start();
        let Some(inside) = rest.strip_prefix('(') else { continue };
        let target = inside.split(')').next().unwrap_or_default().trim().trim_matches(['"', '\'']);
        if !target.strip_prefix('#').is_some_and(is_plain_id) {
            return false;
        }
    }
    true
}

/// CSS that names colours and widths is kept; anything that could load, import or hide something is not.
fn harmless_css(css: &str) -> bool {
    let lower = css.to_ascii_lowercase();
    !["url", "@", "\\", "expression", "javascript", "behavior", "binding", "image", "src", "/*", "<", "var("]
        .iter()
        .any(|word| lower.contains(word))
}

fn is_plain_id(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn shapes_and_gradients_stay() {
        let text = r##"<?xml version="1.0"?><!-- made by hand --><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">
            <defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs>
            <style>.a { fill: #123456 }</style><path class="a" d="M0 0h8v8z" fill="url(#g)" style="stroke: red"/></svg>"##;
        let clean = sanitised(text).unwrap();
        for kept in [
            "viewBox=\"0 0 8 8\"",
            "fill=\"url(#g)\"",
            ".a { fill: #123456 }",
            "style=\"stroke: red\"",
            "stop-color",
        ] {
            assert!(clean.contains(kept), "{kept} is gone: {clean}");
        }
        assert!(!clean.contains("made by hand"));
        assert_eq!(sanitised(&clean).unwrap(), clean);
    }

    #[test]
    fn whatever_runs_or_reaches_out_goes() {
        let text = r##"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
              xmlns:h="http://www.w3.org/1999/xhtml" onload="alert(1)">
            <script>alert(2)</script><h:script>alert(3)</h:script><foreignObject><h:body/></foreignObject>
            <image href="http://evil/x.png"/><use xlink:href="http://evil/#x"/><a href="javascript:alert(4)"><path d="M0 0"/></a>
            <style>@import url(http://evil/x.css);</style><rect fill="url(http://evil/#g)" style="background:u\72l(http://evil)"
              onclick="alert(5)"/><animate attributeName="href" to="javascript:alert(6)"/><set/><iframe/>
            <circle fill="URL( 'https://evil' )" r="1"/></svg>"##;
        let clean = sanitised(text).unwrap().to_lowercase();
        for word in [
            "alert",
            "evil",
            "script",
            "foreign",
            "image",
            "onload",
            "onclick",
            "animate",
            "import",
            "iframe",
            "javascript",
        ] {
            assert!(!clean.contains(word), "{word} survived: {clean}");
        }
        assert!(clean.contains("<rect/>") && clean.contains("r=\"1\""), "{clean}");
    }

    #[test]
    fn entities_and_abysses_are_refused() {
        let bomb = r#"<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>"#;
        assert!(matches!(sanitised(bomb), Err(IconError::Svg(_))));
        let deep = format!("<svg>{}{}</svg>", "<g>".repeat(30_000), "</g>".repeat(30_000));
        assert!(sanitised(&deep).unwrap_err().to_string().contains("nested"));
    }

    #[test]
    fn text_cannot_break_out_of_the_markup() {
        let clean =
            sanitised("<svg><text>&lt;script&gt;alert(1)&lt;/script&gt;</text><title>\"</title></svg>")
                .unwrap();
        assert!(clean.contains("&lt;script&gt;") && !clean.contains("<script"), "{clean}");
    }
}
