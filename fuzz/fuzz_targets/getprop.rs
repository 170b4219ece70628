#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut parser = vigie::formats::getprop::Parser::default();
    let _ = vigie::formats::lines::for_each(data, |no, line| parser.line(no, line, &mut |_| {}));
    drop(parser.finish(&mut |_| {}));
});
