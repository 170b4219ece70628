#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(archive) = vigie::formats::keyed_archive::KeyedArchive::open(data) {
        let _ = archive.root().and_then(|root| archive.decode(root));
    }
});
