//! SQLite itself on the same pages: a second opinion, and for queries the walker cannot do.
//!
//! Settings follow <https://www.sqlite.org/security.html> for databases that an attacker may have written.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::db::Db;
use super::ddl::MAX_SQL;
use super::error::SqliteError;
use super::payload::MAX_PAYLOAD;
use super::vfs::{self, Offer};
use crate::formats::ReadAt;

/// Steps of SQLite's virtual machine that a connection may take: some minutes.
pub const STEP_BUDGET: u64 = 10_000_000_000;
/// Steps between two looks at the budget.
const STEPS_PER_CHECK: i32 = 10_000;

/// A read-only connection to a database in evidence. Dereferences to [`Connection`].
pub struct Sql {
    connection: Connection,
    steps: Arc<AtomicU64>,
}

impl Deref for Sql {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl Sql {
    /// Starts a new budget of `steps`; a statement that exceeds it fails as interrupted.
    pub fn set_budget(&self, steps: u64) {
        self.steps.store(steps, Ordering::Relaxed);
    }
}

/// Opens a database and its log for SQL.
///
/// # Errors
/// As [`Db::open`], and whatever SQLite says of a damaged schema.
pub fn open(main: Arc<dyn ReadAt>, wal: Option<Arc<dyn ReadAt>>) -> Result<Sql, SqliteError> {
    Db::open(main, wal)?.sql()
}

impl Db {
    /// SQL on the same pages.
    ///
    /// # Errors
    /// Whatever SQLite says of a damaged schema.
    pub fn sql(&self) -> Result<Sql, SqliteError> {
        let offer = Offer::new(self.pager().clone())?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags_and_vfs(&offer.name, flags, vfs::NAME)?;
        harden(&connection)?;
        let steps = Arc::new(AtomicU64::new(STEP_BUDGET));
        let left = steps.clone();
        connection.progress_handler(
            STEPS_PER_CHECK,
            Some(move || {
                let spend = |n: u64| n.checked_sub(STEPS_PER_CHECK.unsigned_abs().into());
                left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend).is_err()
            }),
        )?;
        Ok(Sql { connection, steps })
    }
}

fn harden(connection: &Connection) -> Result<(), SqliteError> {
    for (config, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
    ] {
        connection.set_db_config(config, on)?;
    }
    for (limit, value) in [
        (Limit::SQLITE_LIMIT_LENGTH, MAX_PAYLOAD as i32),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, MAX_SQL as i32),
        (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
        (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 50),
        (Limit::SQLITE_LIMIT_FUNCTION_ARG, 32),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000),
        (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 1),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
    ] {
        connection.set_limit(limit, value)?;
    }
    connection.execute_batch(
        "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA query_only = ON; PRAGMA cache_size = -2048;
         PRAGMA temp_store = MEMORY;",
    )?;
    Ok(())
}
