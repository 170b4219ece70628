#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = vigie::stix::parse(text).map(|pattern| vigie::stix::observe::CompiledPattern::new(&pattern));
    }
});
