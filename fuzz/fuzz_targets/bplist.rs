#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(list) = vigie::formats::bplist::Bplist::parse(data) {
        (0..list.object_count().min(4096)).for_each(|i| drop(list.object(vigie::formats::bplist::Ref(i))));
    }
});
