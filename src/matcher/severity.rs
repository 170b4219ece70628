//! How much an indicator's hit weighs: what happened × what kind of tool. The table is in `docs/matching.md`.

use crate::finding::{Context, PackClass, Severity, Step};

/// Severity of an indicator hit. Steps that weaken the evidence cost one.
pub fn of(context: Context, class: PackClass, step: Step) -> Severity {
    let base = match context {
        Context::Executed | Context::Installed | Context::Persisted => Severity::Critical,
        Context::Contacted | Context::Visited | Context::Delivered => Severity::High,
        Context::Configured | Context::Sent => Severity::Medium,
        Context::Mentioned => Severity::Low,
    };
    let weighed = match class {
        PackClass::Mercenary | PackClass::Extraction | PackClass::Stalkerware | PackClass::Other => base,
        PackClass::Watchware | PackClass::Heuristic => base.lowered(),
    };
    if step.lowers() { weighed.lowered() } else { weighed }
}
