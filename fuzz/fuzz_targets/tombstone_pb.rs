#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = vigie::formats::tombstone_pb::read(data);
});
