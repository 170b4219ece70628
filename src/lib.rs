//! vigie checks a phone acquisition for traces of mercenary spyware, stalkerware and forensic extraction tools.

pub mod formats;
pub mod stix;
