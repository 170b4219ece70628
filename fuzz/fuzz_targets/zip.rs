#![no_main]
use std::io::Read as _;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let file = std::sync::Arc::new(vigie::formats::MemFile(data.to_vec()));
    let Ok(zip) = vigie::formats::zip::Zip::open(file) else { return };
    for member in zip.members.iter().take(64) {
        let _ = zip.read(member).map(|reader| std::io::copy(&mut reader.take(1 << 20), &mut std::io::sink()));
    }
});
