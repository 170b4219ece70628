//! vigie checks a phone acquisition for traces of mercenary spyware, stalkerware and forensic extraction tools.
//!
//! Bytes come in at [`evidence`], become [`record`]s in [`artifacts`], are compared in [`matcher`] with what
//! [`packs`] hold, and leave as findings. `docs/architecture.md` is the plan of the house.

pub mod artifact;
pub mod artifacts;
pub mod cli;
pub mod device;
pub mod evidence;
pub mod finding;
pub mod formats;
pub mod kit;
pub mod matcher;
pub mod observable;
pub mod packs;
pub mod record;
pub mod report;
pub mod scan;
pub mod stix;
