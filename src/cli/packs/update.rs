//! `vigie packs update`: the only command that opens a connection.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::{ArgGroup, Args};
use serde_json::json;

use crate::cli::{Exit, out};
use crate::kit::update::bundle::{Bundle, may_write};
use crate::kit::update::http::{IndexAt, Web, read_pem};
use crate::kit::update::lock::{self, Checked, Instant, LockError, Standing};
use crate::kit::update::source::{FetchError, Source};
use crate::kit::update::url::Url;
use crate::kit::update::{self, Class, DEFAULT_INDEX, Outcome, PackOutcome, Request, RunError, State};
use crate::report::{sanitize, write_json};

/// Bytes of a file with a public key at the most.
const MAX_KEY: u64 = 4 << 10;

/// Fetch packs named by an index, check them, and pin what was got. The only command that opens a connection.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("from").args(["index", "from_bundle", "check"]))]
pub struct UpdateArgs {
    /// Index of packs: an https:// address, or a file; mvt-indicators' when not given
    #[arg(long, value_name = "URL|FILE")]
    index: Option<String>,
    /// Folder for the packs; vigie's folder in the user's data when not given
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Minisign key that must have signed the index; it is pinned, and asked for from then on
    #[arg(long, value_name = "KEY|FILE", conflicts_with = "check")]
    public_key: Option<String>,
    /// Also write the index and its packs into one file, to carry to a machine without a network
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from_bundle", "check"])]
    offline_bundle: Option<PathBuf>,
    /// Install what --offline-bundle wrote; opens no connection
    #[arg(long, value_name = "FILE")]
    from_bundle: Option<PathBuf>,
    /// Compare the folder with its lock file, and fetch nothing; opens no connection
    #[arg(long)]
    check: bool,
    /// Accept packs and an index that are older or poorer than what lies in the folder, and remove what vanished
    #[arg(long, conflicts_with = "check")]
    allow_rollback: bool,
    /// Trust these certificates (PEM) in place of the compiled-in ones: for a mirror of your own
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from_bundle", "check"])]
    ca_file: Option<PathBuf>,
    /// Give up on one file after this many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
    /// Refuse a pack of more bytes
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 20, value_parser = clap::value_parser!(u64).range(1..=1 << 30))]
    max_pack_bytes: u64,
    /// Print what happened as JSON
    #[arg(long)]
    json: bool,
    /// Now, for tests
    #[arg(long, hide = true, value_parser = parse_now)]
    now: Option<Instant>,
}

fn parse_now(text: &str) -> Result<Instant, String> {
    Instant::try_from(text.to_owned())
}

/// Updates, prints, and says how to end.
pub fn run(args: &UpdateArgs) -> anyhow::Result<Exit> {
    let folder = match args.to.clone().or_else(update::default_folder) {
        Some(folder) => folder,
        None => bail!("this system names no folder for a user's data; name one with --to"),
    };
    if args.check {
        return check(args, &folder);
    }
    if let Some(file) = &args.offline_bundle {
        may_write(file).map_err(|e| anyhow::anyhow!("{}: {e}", file.display()))?;
    }
    let mut source = match source(args)? {
        Ok(source) => source,
        Err(e) => {
            out::complain(&e.to_string());
            return Ok(if e.refused() { Exit::Mismatch } else { Exit::Incomplete });
        }
    };
    let request = Request {
        folder,
        public_key: args.public_key.as_deref().map(key).transpose()?,
        allow_rollback: args.allow_rollback,
        max_pack_bytes: args.max_pack_bytes,
        now: args.now.unwrap_or_else(|| Instant(jiff::Timestamp::now().as_microsecond())),
        offline_bundle: args.offline_bundle.clone(),
    };
    let mut printed = Ok(());
    let done = update::run(&request, &mut *source, &mut |pack| {
        if !args.json && printed.is_ok() {
            printed = out::write(line(pack).as_bytes());
        }
    });
    printed?;
    match done {
        Ok(outcome) => finish(args, &outcome),
        Err(e) => failed(args, &e),
    }
}

fn source(args: &UpdateArgs) -> anyhow::Result<Result<Box<dyn Source>, FetchError>> {
    if let Some(file) = &args.from_bundle {
        return Ok(match Bundle::open(file) {
            Ok(bundle) => Ok(Box::new(bundle)),
            Err(FetchError::Io(e)) => bail!("{}: {e}", file.display()),
            Err(e) => Err(e),
        });
    }
    let named = args.index.as_deref().unwrap_or(DEFAULT_INDEX);
    let at = match named.contains("://") {
        true => IndexAt::Url(Url::parse(named)?),
        false => IndexAt::File(named.into()),
    };
    let ca = match &args.ca_file {
        None => None,
        Some(path) => Some(read_pem(path).with_context(|| path.display().to_string())?),
    };
    let web = Web::new(at, Duration::from_secs(args.timeout), ca.as_deref()).map_err(anyhow::Error::msg)?;
    Ok(Ok(Box::new(web)))
}

/// A key on the command line, or in a file.
fn key(given: &str) -> anyhow::Result<String> {
    if let Ok((key, _)) = update::public_key(given) {
        return Ok(key);
    }
    let meta =
        std::fs::metadata(given).with_context(|| format!("--public-key {given}: neither a minisign key nor a file"))?;
    if !meta.is_file() || meta.len() > MAX_KEY {
        bail!("--public-key {given}: not a file with a minisign key");
    }
    let text = std::fs::read_to_string(given).with_context(|| given.to_owned())?;
    match update::public_key(&text) {
        Ok((key, _)) => Ok(key),
        Err(e) => bail!("{given}: {e}"),
    }
}

fn state(state: State) -> &'static str {
    match state {
        State::New => "new",
        State::Updated => "updated",
        State::Unchanged => "unchanged",
        State::Removed => "removed",
        State::Refused => "refused",
        State::Unreachable => "not got",
    }
}

/// One line of a pack. Names and reasons were written by others.
fn line(pack: &PackOutcome) -> String {
    let mut text = format!("{:<10}", state(pack.state));
    let pin = pack.installed.as_ref();
    match (&pack.reason, pin) {
        (None, Some(pin)) => {
            let newest = pin.modified.map_or_else(|| "undated".to_owned(), |m| format!("newest {}", m.day()));
            let _ = write!(text, "{:>7} indicators, {newest}  {}  {}", pin.indicators, pin.file, pack.name);
        }
        (None, None) => text.push_str(&pack.name),
        (Some(reason), pin) => {
            let name = if pack.name.is_empty() { &pack.id } else { &pack.name };
            let _ = write!(text, "{name}: {}", reason.text);
            if let Some(pin) = pin {
                let _ = write!(text, "; {} of {} stays", pin.file, pin.fetched);
            }
        }
    }
    for note in &pack.notes {
        let _ = write!(text, "; {note}");
    }
    format!("{}\n", sanitize::terminal(&text))
}

fn finish(args: &UpdateArgs, outcome: &Outcome) -> anyhow::Result<Exit> {
    let exit = outcome.class().map_or(Exit::Ok, exit_of);
    if args.json {
        out::write(&write_json(outcome))?;
        return Ok(exit);
    }
    let states = [State::New, State::Updated, State::Unchanged, State::Removed, State::Refused, State::Unreachable];
    let counts: Vec<String> = states
        .iter()
        .map(|s| (outcome.count(*s), state(*s)))
        .filter(|(n, _)| *n > 0)
        .map(|(n, s)| format!("{n} {s}"))
        .collect();
    let mut lines = vec![format!("{}: {}", outcome.index.source, counts.join(", "))];
    if outcome.packs.iter().any(|p| p.installed.is_some()) {
        lines.push(format!("use them with: vigie scan -i \"{}\" …", outcome.folder));
    }
    if let Some(b) = &outcome.bundle {
        lines.push(format!("{}: {} packs, {} bytes, SHA-256 {}", b.file, b.packs, b.size, b.sha256));
    }
    let text: String = lines.iter().map(|l| format!("{}\n", sanitize::terminal(l))).collect();
    out::write(text.as_bytes())?;
    Ok(exit)
}

fn failed(args: &UpdateArgs, e: &RunError) -> anyhow::Result<Exit> {
    if args.json {
        out::write(&write_json(&json!({ "error": e.to_string() })))?;
    }
    out::complain(&e.to_string());
    Ok(exit_of(e.class()))
}

fn exit_of(class: Class) -> Exit {
    match class {
        Class::Refused => Exit::Mismatch,
        Class::Unreachable => Exit::Incomplete,
        Class::Unusable => Exit::Packs,
    }
}

/// Compares the folder with its lock.
fn check(args: &UpdateArgs, folder: &Path) -> anyhow::Result<Exit> {
    if !lock::exists(folder) {
        bail!("{}: there is no {} in it", folder.display(), lock::FILE);
    }
    let checked = match lock::check(folder) {
        Ok(checked) => checked,
        Err(LockError::Io(e)) => return Err(e).with_context(|| folder.display().to_string()),
        Err(e) => {
            out::complain(&format!("{}: {e}", folder.display()));
            return Ok(Exit::Mismatch);
        }
    };
    let Checked { packs, foreign } = &checked;
    if args.json {
        let list: Vec<_> = packs.iter().map(|(pin, standing)| json!({ "standing": standing, "pack": pin })).collect();
        let value = json!({ "folder": folder.display().to_string(), "packs": list, "foreign": foreign });
        out::write(&write_json(&value))?;
    } else {
        let mut text = String::new();
        for (pin, standing) in packs {
            let word = match standing {
                Standing::Same => "same",
                Standing::Changed => "changed",
                Standing::Missing => "missing",
            };
            let line = format!("{word:<10}{}  fetched {}  {}", pin.file, pin.fetched, pin.name);
            let _ = writeln!(text, "{}", sanitize::terminal(&line));
        }
        for file in foreign {
            let line = format!("foreign   {file}  nothing pins it, and -i would load it");
            let _ = writeln!(text, "{}", sanitize::terminal(&line));
        }
        out::write(text.as_bytes())?;
    }
    Ok(if checked.is_fine() { Exit::Ok } else { Exit::Mismatch })
}
