#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = vigie::formats::tombstone::read_text(data, &mut |_| {});
});
