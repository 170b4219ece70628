#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let file = std::sync::Arc::new(vigie::formats::MemFile(data.to_vec()));
    let Ok(db) = vigie::formats::sqlite::Db::open(file, None) else { return };
    for table in db.tables().iter().take(64) {
        let columns: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
        let _ = db.scan(table, &columns, None, &mut |row| {
            (0..row.len()).for_each(|i| drop(row.get(i).as_str()));
            std::ops::ControlFlow::Continue(())
        });
    }
});
