//! tmp
use super::{Report, texts::Texts};
pub struct Style { pub color: bool, pub width: usize }
pub fn page(r: &Report, _: &Texts, _: Style, _: Option<&std::path::Path>, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    writeln!(out, "{:?} complete={}", r.verdict.state, r.verdict.complete)?;
    for d in &r.devices { writeln!(out, "{} {:?} {:#?}", d.id, d.facts, d.verdict)?; }
    for c in &r.coverage { writeln!(out, "{} {} {} {} lost {} {:?} {:?} {:?}", c.evidence, c.artifact, c.status.as_str(), c.records, c.lost, c.first, c.last, c.notes.iter().map(|n| &n.text).collect::<Vec<_>>())?; }
    for f in &r.findings { writeln!(out, "{:?} {} {} x{} {} step {} {:?} {:?}", f.severity, f.artifact, f.title, f.count, f.indicator.pattern, f.step.as_str(), f.first, f.examples.first().map(|e| (&e.location, &e.times)))?; }
    for p in &r.packs { writeln!(out, "{} {} {} {}", p.id, p.loaded, p.applicable, p.not_evaluable_count)?; }
    Ok(())
}
