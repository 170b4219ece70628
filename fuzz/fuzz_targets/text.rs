#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    vigie::observable::text::scan(&text, &mut |_| {});
    let _ = vigie::observable::url::normalize(&text);
});
