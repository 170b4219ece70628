#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = vigie::formats::typedstream::attributed_body(data);
});
