#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = vigie::formats::dumpstate_facts::read(data);
});
