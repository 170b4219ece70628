//! What belongs together among findings: traces of one tool in one stretch of time are one event.

use crate::finding::{Finding, FindingKind, Severity};
use crate::record::days_from_civil;

/// Days without a trace of a tool after which the next one is another event.
const STRETCH_DAYS: i64 = 7;

/// One thing that happened, as far as the traces say.
pub struct Event<'a> {
    /// Its findings, the strongest first; never none.
    pub findings: Vec<&'a Finding>,
}

impl<'a> Event<'a> {
    /// The strongest trace of it.
    pub fn strongest(&self) -> &'a Finding {
        self.findings[0]
    }

    /// The gravest of its findings.
    pub fn severity(&self) -> Severity {
        self.findings.iter().map(|f| f.severity).max().unwrap_or(Severity::Info)
    }

    /// Its first and its last moment.
    pub fn edges(&self) -> (Option<&'a str>, Option<&'a str>) {
        let first = self.findings.iter().filter_map(|f| f.first.as_deref()).min();
        (first, self.findings.iter().filter_map(|f| f.last.as_deref()).max())
    }
}

/// Which of two findings says more: that something ran more than that it is installed, stored, was contacted, visited or
/// delivered; of two that say the same, the earlier, and one with a date before one without.
pub fn strength(f: &Finding) -> impl Ord + use<'_> {
    (f.context, f.first.is_none(), f.first.as_deref(), std::cmp::Reverse(f.severity), f.id.as_str())
}

/// Puts findings together, the gravest event first.
pub fn events<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<Event<'a>> {
    let mut all: Vec<Event<'a>> = Vec::new();
    let (mut tools, mut others): (Vec<&Finding>, Vec<&Finding>) = findings.partition(|f| tool(f).is_some());
    tools.sort_by_key(|f| (tool(f), f.first.is_none(), f.first.as_deref(), f.id.as_str()));
    // An undated trace comes after the dated ones of its tool, and belongs to the first of its events.
    let mut of_tool = 0;
    for f in tools {
        let same_tool = |e: &Event<'_>| tool(e.strongest()) == tool(f);
        if !all.last().is_some_and(same_tool) {
            of_tool = all.len();
        }
        let home = match day(f.first.as_deref()) {
            None => all.get_mut(of_tool),
            Some(day) => all.last_mut().filter(|e| same_tool(e) && reaches(e, day)),
        };
        match home {
            Some(event) => event.findings.push(f),
            None => all.push(Event { findings: vec![f] }),
        }
    }
    all.extend(others.drain(..).map(|f| Event { findings: vec![f] }));
    all.iter_mut().for_each(|e| e.findings.sort_by_key(|f| strength(f)));
    all.sort_by(|a, b| {
        let by = |e: &Event<'a>| (std::cmp::Reverse(e.severity()), e.strongest());
        let ((a_grave, a), (b_grave, b)) = (by(a), by(b));
        a_grave.cmp(&b_grave).then_with(|| strength(a).cmp(&strength(b)))
    });
    all
}

fn tool(f: &Finding) -> Option<&str> {
    f.indicator.malware.as_deref().filter(|_| f.kind == FindingKind::Indicator)
}

/// Whether an event goes on until a day, or nearly.
fn reaches(event: &Event<'_>, at: i64) -> bool {
    let last = event.findings.iter().filter_map(|f| day(f.last.as_deref().or(f.first.as_deref()))).max();
    last.is_some_and(|last| at - last <= STRETCH_DAYS)
}

fn day(rfc3339: Option<&str>) -> Option<i64> {
    let mut parts = rfc3339?.get(..10)?.split('-');
    let mut number = || parts.next()?.parse::<u32>().ok();
    let (year, month, day) = (number()?, number()?, number()?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then(|| days_from_civil(year.into(), month, day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Context;
    use crate::report::samples;

    fn found(tool: &str, context: Context, first: Option<&str>, last: Option<&str>) -> Finding {
        let mut f = samples::pegasus_ran("d1");
        f.id = format!("{tool} {context:?} {first:?}");
        f.indicator.malware = Some(tool.into());
        f.context = context;
        (f.first, f.last) = (first.map(str::to_owned), last.map(str::to_owned));
        f
    }

    #[test]
    fn traces_of_one_tool_in_one_stretch_are_one_event() {
        let all = [
            found("A", Context::Delivered, Some("2021-01-01T00:00:00Z"), Some("2021-01-01T00:00:00Z")),
            found("A", Context::Executed, Some("2021-01-05T00:00:00Z"), Some("2021-02-11T00:00:00Z")),
            found("A", Context::Visited, Some("2021-02-18T00:00:00Z"), Some("2021-02-18T00:00:00Z")),
            found("A", Context::Visited, Some("2021-02-26T00:00:00Z"), Some("2021-02-26T00:00:00Z")),
            found("A", Context::Installed, None, None),
            found("B", Context::Executed, Some("2021-01-06T00:00:00Z"), None),
        ];
        let events = events(all.iter());
        let told: Vec<Vec<Context>> = events.iter().map(|e| e.findings.iter().map(|f| f.context).collect()).collect();
        use Context::*;
        assert_eq!(told, [vec![Executed, Installed, Visited, Delivered], vec![Executed], vec![Visited]]);
        assert_eq!(events[0].edges(), (Some("2021-01-01T00:00:00Z"), Some("2021-02-18T00:00:00Z")));
        assert_eq!(events[1].strongest().indicator.malware.as_deref(), Some("B"));
    }

    #[test]
    fn what_says_more_comes_first_whatever_it_weighs() {
        let mut ran = found("A", Context::Executed, Some("2021-03-01T00:00:00Z"), None);
        let sent = found("A", Context::Delivered, Some("2021-02-28T00:00:00Z"), None);
        ran.severity = Severity::Medium;
        let all = [sent, ran];
        let events = events(all.iter());
        assert_eq!((events.len(), events[0].strongest().context), (1, Context::Executed));
        assert_eq!(events[0].severity(), Severity::Critical);
    }

    #[test]
    fn rules_and_unnamed_tools_stand_alone() {
        let mut rule = found("A", Context::Configured, None, None);
        rule.kind = FindingKind::Rule;
        let mut unnamed = found("A", Context::Visited, None, None);
        unnamed.indicator.malware = None;
        let all = [rule, unnamed, found("A", Context::Mentioned, None, None)];
        assert_eq!(events(all.iter()).len(), 3);
    }
}
