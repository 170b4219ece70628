//! tmp
#[derive(Debug, Clone, Copy)]
pub enum Lang { En, Fr }
impl Lang { pub fn parse(s: &str) -> Result<Lang, String> { if s == "fr" { Ok(Lang::Fr) } else { Ok(Lang::En) } } pub fn from_environment() -> Lang { Lang::En } }
pub struct Texts;
impl Texts { pub fn new(_: Lang) -> Texts { Texts } }
