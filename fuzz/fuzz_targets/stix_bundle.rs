#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = vigie::stix::bundle::read_bundle(data, |_, _| std::ops::ControlFlow::Continue(()));
});
