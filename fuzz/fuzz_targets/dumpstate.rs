#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut splitter = vigie::formats::dumpstate::Splitter::new(data);
    while let Ok(Some(_)) = splitter.next() {}
});
