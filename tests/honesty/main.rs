//! The promise: the verdict never says more than was read.
//!
//! Phones are damaged in every way we can think of, and many we cannot: bits and bytes flipped, files cut, emptied,
//! removed, columns renamed, pages zeroed, frames broken, lines spoilt, values that forge structure, twins and strangers
//! put beside. After a loss that a reader can see, the verdict is not complete, and the page names a cause and a next step;
//! after a change that nobody can see, nothing is claimed.
//!
//! `VIGIE_HONESTY=100000` makes that many mutations instead of some hundreds, `VIGIE_HONESTY_SEED=7` others than these,
//! `VIGIE_HONESTY_ONLY=7000123` one again.

mod mutation;
mod phone;
mod witness;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use mutation::{ALL, Class, Mutated, Subject};
use phone::{Seen, lost, scan_tree};
use vigie::matcher::Matcher;
use vigie::packs::{self, Library};
use vigie_fixtures::rng::Rng;

/// Seeds of one run.
const SEEDS: usize = 1_000_000;
/// Mutations of an ordinary run.
const USUAL: usize = 700;
/// Losses of records without any witness, in a thousand mutations of any bytes, that are still believed: each was an
/// honest other phone when it was looked at by hand.
const UNSEEN_IN_A_THOUSAND: usize = 2;

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().map_or(usual, |v| v.parse().unwrap_or_else(|_| panic!("{name} is no number")))
}

fn subjects() -> Vec<Subject> {
    let demo = |name: &str| phone::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo").join(name));
    let mut text = demo("android-jelena");
    text.retain(|name, _| name.contains("bugreport"));
    vec![
        Subject::new("iphone-ana", demo("iphone-ana")),
        Subject::new("iphone-marko", demo("iphone-marko")),
        Subject::new("android-jelena", demo("android-jelena")),
        Subject::new("android-milan", demo("android-milan.zip")),
        Subject::new("a report as text", text),
    ]
}

fn matcher() -> Matcher {
    let mut library = Library::default();
    packs::load_builtin(&mut library).unwrap();
    Matcher::new(library)
}

/// What is wrong with what vigie says of a mutated phone.
fn judge(subject: &Subject, before: &Seen, m: &Mutated, after: &Seen) -> Result<bool, String> {
    let losses = after.losses();
    if losses.contains("internal-error") {
        return Err("a parser failed".into());
    }
    if !after.complete() {
        let told = after.page.contains("What to do:");
        if losses.is_empty() || !told {
            return Err(format!("incomplete without a cause or a next step:\n{}", after.page));
        }
    }
    let gone = lost(before, after);
    let must_tell = match m.class {
        Class::Must => true,
        Class::Tell => !gone.is_empty(),
        Class::Any => {
            let witness = witness::of(&subject.tree, &m.tree, &m.place);
            if !gone.is_empty() && after.complete() && witness.is_none() {
                return Ok(true);
            }
            !gone.is_empty() && witness.is_some()
        }
        Class::Still => {
            if after.complete() != before.complete() {
                return Err(format!("nothing can be seen, and {losses:?} is claimed:\n{}", after.page));
            }
            false
        }
    };
    if must_tell && after.complete() {
        return Err(format!("{gone:?} are lost, and everything was read, it says"));
    }
    if must_tell {
        for (artifact, _, n) in &gone {
            if !after.tells_of(artifact) {
                return Err(format!("{n} records of {artifact} are lost, and of that it says nothing: {losses:?}"));
            }
        }
    }
    Ok(false)
}

/// Writes a phone on which vigie was wrong where it can be looked at.
fn keep(m: &Mutated, seed: u64) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("vigie-honesty-{seed}"));
    let _ = std::fs::remove_dir_all(&folder);
    phone::write(&m.tree, &folder);
    folder
}

#[test]
fn nothing_that_is_lost_goes_unsaid() {
    let (mut count, first) = (number("VIGIE_HONESTY", USUAL), number("VIGIE_HONESTY_SEED", 1));
    let only = std::env::var("VIGIE_HONESTY_ONLY").ok().map(|v| v.parse::<usize>().expect("a seed"));
    if only.is_some() {
        count = 1;
    }
    let (subjects, matcher) = (subjects(), matcher());
    let before: Vec<Seen> = subjects.iter().map(|s| scan_tree(&s.tree, &matcher)).collect();
    for (subject, seen) in subjects.iter().zip(&before) {
        assert!(seen.complete(), "{}: {:?}\n{}", subject.name, seen.losses(), seen.page);
    }
    let (next, any, unseen) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(Vec::new()));
    let wrong = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= count {
                        return;
                    }
                    let seed = only.unwrap_or(first * SEEDS + n);
                    let (n, seed) = (seed % SEEDS, seed as u64);
                    let mut rng = Rng::new(seed);
                    // Every mutation in turn; where a phone has nothing it could be done to, another phone.
                    let make = ALL[n % ALL.len()];
                    let tried = (0..24).find_map(|_| {
                        let at = rng.below(subjects.len() as u64) as usize;
                        Some((at, make(&subjects[at], &mut rng)?))
                    });
                    let Some((at, m)) = tried else { continue };
                    any.fetch_add(usize::from(m.class == Class::Any), Ordering::Relaxed);
                    let after = scan_tree(&m.tree, &matcher);
                    let told = format!("seed {seed}: {}: {}", subjects[at].name, m.what);
                    match judge(&subjects[at], &before[at], &m, &after) {
                        Ok(false) => {}
                        Ok(true) => unseen.lock().unwrap().push(told),
                        Err(why) => {
                            let mut wrong = wrong.lock().unwrap();
                            let place = (wrong.len() < 20).then(|| keep(&m, seed));
                            wrong.push(format!("{told}\n  {why}\n  {place:?}"));
                        }
                    }
                }
            });
        }
    });
    let (wrong, unseen) = (wrong.into_inner().unwrap(), unseen.into_inner().unwrap());
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    let allowed = 1 + any.into_inner() * UNSEEN_IN_A_THOUSAND / 1_000;
    assert!(
        unseen.len() <= allowed,
        "{} losses without a witness, at most {allowed}:\n{}",
        unseen.len(),
        unseen.join("\n")
    );
}
