//! Published indicator packs: every `*.stix2` under `$VIGIE_CORPUS/stix2` loads whole, and every pattern in it can be
//! read, evaluated, and written in its canonical form without changing.

use std::fs::File;
use std::io::{BufReader, Write as _};
use std::ops::ControlFlow;
use std::path::Path;

use vigie::stix::bundle::read_bundle;
use vigie::stix::object::StixObject;
use vigie::stix::observe::CompiledPattern;

fn check(path: &Path) -> (u64, usize) {
    let reader = BufReader::new(File::open(path).unwrap());
    let mut indicators = 0;
    let mut failures = Vec::new();
    let summary = read_bundle(reader, |place, result| {
        match result {
            Err(error) => failures.push(error.to_string()),
            Ok(parsed) => {
                failures.extend(parsed.wrong.iter().map(|name| format!("{place:?}: {name} has a wrong type")));
                if let StixObject::Indicator(indicator) = parsed.object {
                    indicators += 1;
                    failures.extend(check_pattern(&indicator.pattern).err());
                }
            }
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(failures.is_empty(), "{}: {failures:?}", path.display());
    assert!(summary.complete && summary.lost == 0, "{}: {summary:?}", path.display());
    (summary.objects, indicators)
}

fn check_pattern(text: &str) -> Result<(), String> {
    let pattern = vigie::stix::parse(text).map_err(|error| format!("{text}: {error}"))?;
    let canonical = pattern.canonical();
    let again = vigie::stix::parse(&canonical).map_err(|error| format!("{canonical}: {error}"))?;
    if again.canonical() != canonical {
        return Err(format!("{text}: {canonical} is not canonical"));
    }
    CompiledPattern::new(&pattern).map(|_| ()).map_err(|error| format!("{text}: {error}"))
}

#[test]
fn published_packs_load_whole() {
    let mut out = std::io::stdout();
    let Some(corpus) = std::env::var_os("VIGIE_CORPUS") else {
        let _ = writeln!(out, "skipped: VIGIE_CORPUS is not set");
        return;
    };
    let mut packs = 0;
    for entry in std::fs::read_dir(Path::new(&corpus).join("stix2")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "stix2") {
            let (objects, indicators) = check(&path);
            assert!(indicators > 0, "{}", path.display());
            packs += 1;
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let _ = writeln!(out, "{name}: {objects} objects, {indicators} indicators");
        }
    }
    assert!(packs > 0, "no packs found");
}
