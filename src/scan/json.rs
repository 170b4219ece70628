//! Records as JSON, written straight into a buffer: this runs once per record.

use std::fmt::Write as _;

use base64::Engine as _;

use crate::device::DeviceFacts;
use crate::record::{Record, Value};
use crate::report::sanitize;

/// Appends `s` as a JSON string. Control characters, bidirectional overrides and zero-width characters are escaped, so
/// that JSON shown on a terminal is as safe as JSON read by a program.
pub fn string(s: &str, out: &mut String) {
    out.push('"');
    let mut from = 0;
    while let Some(at) = sanitize::next_suspect(s, from, [b'"', b'\\']) {
        out.push_str(&s[from..at]);
        let c = s[at..].chars().next().unwrap_or(' ');
        from = at + c.len_utf8();
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || sanitize::is_hidden(c) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.push(c),
        }
    }
    out.push_str(&s[from..]);
    out.push('"');
}

/// Appends a value.
pub fn value(v: &Value<'_>, device: &DeviceFacts, out: &mut String) {
    match v {
        Value::Str(s) => string(s, out),
        Value::Int(i) => {
            let mut buffer = itoa::Buffer::new();
            out.push_str(buffer.format(*i));
        }
        Value::Float(f) if f.is_finite() => {
            let _ = write!(out, "{f:?}");
        }
        Value::Float(_) => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Time(t) => {
            out.push('"');
            let _ = device.write_time(t, out);
            out.push('"');
        }
        Value::Bytes(b) => {
            out.push('"');
            base64::engine::general_purpose::STANDARD.encode_string(b.as_ref(), out);
            out.push('"');
        }
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                value(item, device, out);
            }
            out.push(']');
        }
    }
}

/// Appends the record's fields as an object.
pub fn fields(record: &Record<'_>, device: &DeviceFacts, out: &mut String) {
    let mut before = '{';
    record.in_order(|field, v| {
        out.push(before);
        before = ',';
        out.push('"');
        out.push_str(field.name);
        out.push_str("\":");
        value(v, device, out);
    });
    if before == '{' {
        out.push(before);
    }
    out.push('}');
}

/// Appends one line of `records/*.jsonl`: where the record was read, and its fields.
pub fn record_line(evidence: &str, record: &Record<'_>, device: &DeviceFacts, out: &mut String) {
    out.push_str("{\"evidence\":\"");
    out.push_str(evidence);
    out.push_str("\",\"shape\":\"");
    out.push_str(record.shape);
    out.push_str("\",\"source\":");
    string(record.source, out);
    out.push_str(",\"locator\":");
    locator(record, out);
    out.push_str(",\"record\":");
    fields(record, device, out);
    out.push_str("}\n");
}

/// Appends the locator as a JSON string.
pub fn locator(record: &Record<'_>, out: &mut String) {
    if let crate::record::Locator::Key(_) = record.locator {
        string(&record.locator.to_string(), out);
    } else {
        let _ = write!(out, "\"{}\"", record.locator);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_json_and_safe() {
        let hostile = "a\"b\\c\n\u{1b}[31m\u{202e}é\u{200b}😀\u{7f}";
        let mut out = String::new();
        string(hostile, &mut out);
        assert!(!out.contains('\u{202e}') && !out.contains('\u{1b}') && !out.contains('\u{7f}'));
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), hostile);
    }
}
