//! Files in the tree that are made by the program and checked in.

use std::path::PathBuf;

/// A path in the source tree.
pub fn tree(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Fails when the file does not hold `content`; with `UPDATE=1`, writes it.
pub fn assert_fresh(path: &str, content: &str) {
    let file = tree(path);
    if std::env::var_os("UPDATE").is_some_and(|v| v == "1") {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, content).unwrap();
        return;
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == content,
        "{path} is stale; run the tests with UPDATE=1\n--- expected\n{content}\n--- found\n{found}"
    );
}
