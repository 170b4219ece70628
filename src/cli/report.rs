//! `vigie report`: the page of a report again, whole, in any language.

use std::io::Read;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;

use super::scan::parse_lang;
use super::speech::{Refusal, lang_of_environment};
use super::{Exit, out};
use crate::formats::{DiskFile, ReadAt, Stream};
use crate::report::{Extent, Lang, Report, SCHEMA_VERSION, Style, Texts, Written, page};

/// Bytes of a report: a thousand times what is usual.
const MAX_REPORT: u64 = 1 << 30;

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// A report folder written with -o, or its findings.json
    path: PathBuf,
    /// Language of the page
    #[arg(long, value_parser = parse_lang, value_name = "en|fr")]
    lang: Option<Lang>,
}

/// Prints the page.
pub fn run(args: &ReportArgs) -> anyhow::Result<Exit> {
    let file = if args.path.is_dir() { args.path.join("findings.json") } else { args.path.clone() };
    let shown = file.display().to_string();
    let opened = DiskFile::open(&file).with_context(|| shown.clone())?;
    if opened.len() > MAX_REPORT {
        return Err(Refusal::TooLong { bytes: opened.len(), most: MAX_REPORT }).with_context(|| shown);
    }
    let mut text = String::new();
    Stream::new(opened).read_to_string(&mut text).with_context(|| shown.clone())?;
    let report = read(&text).with_context(|| shown.clone())?;
    let texts = Texts::new(args.lang.unwrap_or_else(lang_of_environment));
    let style = Style { color: out::colour(), width: out::width() };
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty());
    let written = folder.map_or(Written::Here, Written::At);
    let mut drawn = Vec::new();
    page(&report, &texts, style, Extent::All, written, &mut drawn).context("the page")?;
    out::write(&drawn)?;
    Ok(Exit::Ok)
}

/// A report of this version's shape, or of an older one that it still knows.
fn read(text: &str) -> anyhow::Result<Report> {
    #[derive(serde::Deserialize)]
    struct Head {
        schema_version: String,
    }
    let head: Head = serde_json::from_str(text).context(Refusal::NotAReport)?;
    let major = |version: &str| version.split('.').next().unwrap_or_default().to_owned();
    let other = || Refusal::OtherShape { other: head.schema_version.clone(), own: SCHEMA_VERSION.to_owned() };
    if major(&head.schema_version) != major(SCHEMA_VERSION) {
        bail!(other());
    }
    serde_json::from_str(text).with_context(other)
}
