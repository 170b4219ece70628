//! What a dumpstate report says about itself and its device: the header block, and the properties that name the
//! device and its time zone.

use std::collections::BTreeMap;
use std::io::{self, BufRead};

use super::dumpstate::{Kind, SectionEnd, SectionHead, Sink, split};
use super::getprop::{self, Property};
use super::lines::{Line, clip};

/// Properties kept at most.
pub const MAX_PROPERTIES: usize = 256;
/// Bytes kept of one value.
pub const MAX_FACT: usize = 4096;

/// Names kept of SYSTEM PROPERTIES; a trailing dot means all that begin so.
const KEPT: [&str; 10] = [
    "persist.sys.timezone",
    "persist.sys.locale",
    "ro.serialno",
    "ro.boot.serialno",
    "ro.build.fingerprint",
    "ro.build.type",
    "ro.build.tags",
    "ro.build.version.",
    "ro.product.",
    "ro.boot.verifiedbootstate",
];

/// See the module. Every value is text as it is written.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Facts {
    /// When the report was begun, device-local `YYYY-MM-DD hh:mm:ss`.
    pub dumpstate_time: Option<String>,
    /// `Build:`
    pub build: Option<String>,
    /// `Build fingerprint:`, without its quotes.
    pub build_fingerprint: Option<String>,
    /// `Bootloader:`
    pub bootloader: Option<String>,
    /// `Radio:`
    pub radio: Option<String>,
    /// `Network:`
    pub network: Option<String>,
    /// `Kernel:`
    pub kernel: Option<String>,
    /// `Command line:` of the kernel.
    pub command_line: Option<String>,
    /// `Uptime:`
    pub uptime: Option<String>,
    /// `Android SDK version:`
    pub sdk_version: Option<String>,
    /// `Bugreport format version:`
    pub format_version: Option<String>,
    /// `Dumpstate info:`
    pub dumpstate_info: Option<String>,
    /// The report says that it is done.
    pub done: bool,
    /// The kept properties, by name.
    pub properties: BTreeMap<String, String>,
}

impl Facts {
    /// `persist.sys.timezone`, an IANA zone name, when it is set.
    pub fn timezone(&self) -> Option<&str> {
        self.property("persist.sys.timezone")
    }

    /// `ro.serialno`, else `ro.boot.serialno`.
    pub fn serial(&self) -> Option<&str> {
        self.property("ro.serialno").or_else(|| self.property("ro.boot.serialno"))
    }

    /// A kept property that is not empty.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// Takes a head of a part; the first `== dumpstate: …` banner carries the time.
    pub fn head(&mut self, head: &SectionHead) {
        let Some(said) = head.name.strip_prefix("dumpstate:").filter(|_| head.kind == Kind::Header) else { return };
        let said = said.trim();
        match said.starts_with("done") {
            true => self.done = true,
            false => set(&mut self.dumpstate_time, said),
        }
    }

    /// Takes a line of a header block.
    pub fn header_line(&mut self, line: &str) {
        let Some((key, value)) = line.split_once(": ") else { return };
        let slot = match key {
            "Build" => &mut self.build,
            "Build fingerprint" => &mut self.build_fingerprint,
            "Bootloader" => &mut self.bootloader,
            "Radio" => &mut self.radio,
            "Network" => &mut self.network,
            "Kernel" => &mut self.kernel,
            "Command line" => &mut self.command_line,
            "Uptime" => &mut self.uptime,
            "Android SDK version" => &mut self.sdk_version,
            "Bugreport format version" => &mut self.format_version,
            "Dumpstate info" => &mut self.dumpstate_info,
            _ => return,
        };
        set(slot, value.trim().trim_matches('\''));
    }

    /// Takes a property; the first of a name counts.
    pub fn take_property(&mut self, property: Property<'_>) {
        let wanted = KEPT.iter().any(|k| match k.strip_suffix('.') {
            Some(_) => property.name.starts_with(k),
            None => property.name == *k,
        });
        if wanted && self.properties.len() < MAX_PROPERTIES && property.name.len() <= MAX_FACT {
            let value = || clip(property.value, MAX_FACT).to_owned();
            self.properties.entry(property.name.to_owned()).or_insert_with(value);
        }
    }
}

/// The first mention counts: a later banner repeats, or is forged.
fn set(slot: &mut Option<String>, value: &str) {
    if slot.is_none() && !value.is_empty() {
        *slot = Some(clip(value, MAX_FACT).to_owned());
    }
}

#[derive(Default)]
struct Reader {
    facts: Facts,
    properties: getprop::Parser,
}

impl Sink for Reader {
    fn begin(&mut self, head: &SectionHead) -> bool {
        self.facts.head(head);
        head.kind == Kind::Header || is_properties(head)
    }

    fn line(&mut self, head: &SectionHead, line: Line<'_>) {
        let text = line.text();
        match head.kind {
            Kind::Header => self.facts.header_line(&text),
            _ => self.properties.line(line.no, &text, &mut |p| self.facts.take_property(p)),
        }
    }

    fn end(&mut self, head: &SectionHead, _: SectionEnd) {
        if is_properties(head) {
            self.properties.finish(&mut |p| self.facts.take_property(p));
        }
    }
}

/// True for the part that lists the system properties.
pub fn is_properties(head: &SectionHead) -> bool {
    head.kind == Kind::Command && head.name == "SYSTEM PROPERTIES"
}

/// Reads the facts of a whole report.
///
/// # Errors
/// Whatever the reader fails with.
pub fn read(reader: impl BufRead) -> io::Result<Facts> {
    let mut sink = Reader::default();
    split(reader, &mut sink)?;
    Ok(sink.facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_and_properties() {
        let rule = "=".repeat(56);
        let text = format!(
            "{rule}\n== dumpstate: 2021-03-04 05:06:07\n{rule}\n\nBuild: X1\nBuild fingerprint: 'a/b/c:11/X1/2:user/k'\n\
             Kernel: Linux version 5: x\nUptime: up 1 day\n\n------ SYSTEM PROPERTIES (getprop) ------\n\
             [persist.sys.timezone]: [Europe/Paris]\n[ro.serialno]: []\n[ro.boot.serialno]: [S1]\n\
             [ro.product.model]: [M]\n[net.dns1]: [1.1.1.1]\n{rule}\n== dumpstate: done (id 1)\n{rule}\n"
        );
        let facts = read(text.as_bytes()).unwrap();
        assert_eq!(facts.dumpstate_time.as_deref(), Some("2021-03-04 05:06:07"));
        assert_eq!(facts.build_fingerprint.as_deref(), Some("a/b/c:11/X1/2:user/k"));
        assert_eq!(facts.kernel.as_deref(), Some("Linux version 5: x"));
        assert_eq!((facts.timezone(), facts.serial()), (Some("Europe/Paris"), Some("S1")));
        assert_eq!(facts.property("ro.product.model"), Some("M"));
        assert_eq!(facts.property("net.dns1"), None);
        assert!(facts.done);
    }
}
