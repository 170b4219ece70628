//! A read-only file layer under SQLite that reads through our pager: it sees one database file, as the last commit in
//! the log left it, never a journal, and nowhere to write.
//!
//! The only file of the project with `unsafe`: SQLite calls in through C function pointers. Interface:
//! <https://www.sqlite.org/c3ref/vfs.html> and <https://www.sqlite.org/c3ref/io_methods.html>.

#![allow(unsafe_code)]

use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rusqlite::ffi;

use super::error::{DamageReason, SqliteError};
use super::pager::{Pager, Reader, SCAN_CACHE};

/// Name under which SQLite knows this layer.
pub(super) const NAME: &CStr = c"vigie-evidence";
/// Longest file name taken, with its final zero.
const MAX_NAME: c_int = 64;
/// Milliseconds from the Julian epoch to 1970-01-01, as SQLite counts time.
const UNIX_EPOCH_JULIAN_MS: i64 = 210_866_760_000_000;

/// Databases offered for opening, by file name.
static OFFERED: Mutex<Option<HashMap<String, Arc<Pager>>>> = Mutex::new(None);
static COUNTER: AtomicU64 = AtomicU64::new(0);

/// A database offered to SQLite under a name of its own until this is dropped.
pub(super) struct Offer {
    pub name: String,
}

impl Offer {
    pub fn new(pager: Arc<Pager>) -> Result<Offer, SqliteError> {
        register()?;
        let name = format!("evidence-{}", COUNTER.fetch_add(1, Ordering::Relaxed));
        with_offers(|offers| offers.insert(name.clone(), pager));
        Ok(Offer { name })
    }
}

impl Drop for Offer {
    fn drop(&mut self) {
        with_offers(|offers| offers.remove(&self.name));
    }
}

fn with_offers<T>(act: impl FnOnce(&mut HashMap<String, Arc<Pager>>) -> T) -> T {
    // A panic elsewhere leaves the map whole: inserts and removals are its only changes.
    let mut offers = OFFERED.lock().unwrap_or_else(PoisonError::into_inner);
    act(offers.get_or_insert_default())
}

/// Makes SQLite know this layer, once per process, never as its default.
fn register() -> Result<(), SqliteError> {
    static DONE: OnceLock<c_int> = OnceLock::new();
    let code = *DONE.get_or_init(|| {
        let layer = Box::leak(Box::new(layer()));
        // SAFETY: the structure is leaked, so it outlives every use; all its fields follow the interface; SQLite
        // links it into its list under its own mutex, and nothing else touches it afterwards.
        unsafe { ffi::sqlite3_vfs_register(layer, 0) }
    });
    if code == ffi::SQLITE_OK { Ok(()) } else { Err(SqliteError::Vfs { code }) }
}

fn layer() -> ffi::sqlite3_vfs {
    ffi::sqlite3_vfs {
        iVersion: 2,
        szOsFile: size_of::<File>() as c_int,
        mxPathname: MAX_NAME,
        pNext: ptr::null_mut(),
        zName: NAME.as_ptr(),
        pAppData: ptr::null_mut(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_pathname),
        xDlOpen: None,
        xDlError: None,
        xDlSym: None,
        xDlClose: None,
        xRandomness: Some(randomness),
        xSleep: Some(sleep),
        xCurrentTime: Some(current_time),
        xGetLastError: Some(last_error),
        xCurrentTimeInt64: Some(current_time_ms),
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
    }
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 1,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(lock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: None,
    xShmLock: None,
    xShmBarrier: None,
    xShmUnmap: None,
    xFetch: None,
    xUnfetch: None,
};

/// What SQLite keeps per open file; it allocates `szOsFile` bytes and hands us the pointer.
#[repr(C)]
struct File {
    /// Must come first: SQLite sees only this part.
    base: ffi::sqlite3_file,
    /// Owned; made from a `Box` by [`open`], given back by [`close`].
    reader: *mut Mutex<Reader>,
}

/// Runs the body of a callback: a panic ends here as `failed`, for unwinding into C is undefined.
fn fence<T>(failed: T, body: impl FnOnce() -> T) -> T {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(payload) => {
            // Dropping a foreign payload may panic again.
            std::mem::forget(payload);
            failed
        }
    }
}

/// # Safety
/// `file` is a file that [`open`] opened and [`close`] has not closed; no `&mut` to its reader exists.
unsafe fn reader<'a>(file: *mut ffi::sqlite3_file) -> Option<&'a Mutex<Reader>> {
    // SAFETY: by the contract above `file` points to our `File`, of which `base` is the first field, and `reader` is
    // null or from `Box::into_raw`. Only shared references are ever made of it before `close`.
    unsafe { file.cast::<File>().as_ref().and_then(|file| file.reader.as_ref()) }
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    fence(ffi::SQLITE_CANTOPEN, || {
        let file = file.cast::<File>();
        // SAFETY: SQLite passes `szOsFile` writable, suitably aligned bytes. Null methods mean: do not call close.
        unsafe { file.write(File { base: ffi::sqlite3_file { pMethods: ptr::null() }, reader: ptr::null_mut() }) };
        // Temporary files and journals have no place here.
        if name.is_null() || flags & ffi::SQLITE_OPEN_MAIN_DB == 0 {
            return ffi::SQLITE_CANTOPEN;
        }
        // SAFETY: SQLite passes a name that ends in zero and lives for the call.
        let name = unsafe { CStr::from_ptr(name) }.to_string_lossy();
        let Some(pager) = with_offers(|offers| offers.get(name.as_ref()).cloned()) else {
            return ffi::SQLITE_CANTOPEN;
        };
        let reader = Box::into_raw(Box::new(Mutex::new(Reader::new(pager, SCAN_CACHE))));
        // SAFETY: as for the first write; the old value needs no drop. `out_flags` is null or writable.
        unsafe {
            file.write(File { base: ffi::sqlite3_file { pMethods: &METHODS }, reader });
            if let Some(out) = out_flags.as_mut() {
                *out = ffi::SQLITE_OPEN_READONLY | ffi::SQLITE_OPEN_MAIN_DB;
            }
        }
        ffi::SQLITE_OK
    })
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    fence(ffi::SQLITE_OK, || {
        // SAFETY: SQLite closes an open file once and uses it no more, so no other reference exists.
        if let Some(file) = unsafe { file.cast::<File>().as_mut() } {
            let reader = std::mem::replace(&mut file.reader, ptr::null_mut());
            if !reader.is_null() {
                // SAFETY: it came from `Box::into_raw` in `open` and was taken out just now, so it is freed once.
                drop(unsafe { Box::from_raw(reader) });
            }
        }
        ffi::SQLITE_OK
    })
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, into: *mut c_void, amount: c_int, offset: i64) -> c_int {
    fence(ffi::SQLITE_IOERR_READ, || {
        let (Ok(len), Ok(offset)) = (usize::try_from(amount), u64::try_from(offset)) else {
            return ffi::SQLITE_IOERR_READ;
        };
        if len == 0 {
            return ffi::SQLITE_OK;
        }
        // SAFETY: SQLite passes `amount` writable bytes that nothing else uses during the call; bytes need no
        // alignment. They may not be initialised, so they are zeroed before a slice is made of them.
        let buf = unsafe {
            ptr::write_bytes(into.cast::<u8>(), 0, len);
            std::slice::from_raw_parts_mut(into.cast::<u8>(), len)
        };
        // SAFETY: SQLite calls this between `open` and `close` only.
        match unsafe { reader(file) } {
            Some(reader) => read_image(reader, buf, offset),
            None => ffi::SQLITE_IOERR_READ,
        }
    })
}

/// Reads from the image of the database. Past its end stay zeroes, as SQLite asks of a short read.
fn read_image(reader: &Mutex<Reader>, buf: &mut [u8], offset: u64) -> c_int {
    let mut reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
    let size = reader.pager.page_size() as u64;
    let mut done = 0;
    while done < buf.len() {
        let at = offset + done as u64;
        let Ok(page) = u32::try_from(at / size + 1) else { return ffi::SQLITE_IOERR_SHORT_READ };
        match reader.page(page) {
            Ok(bytes) => {
                let from = bytes.get((at % size) as usize..).unwrap_or(&[]);
                let n = from.len().min(buf.len() - done);
                buf[done..done + n].copy_from_slice(&from[..n]);
                done += n;
            }
            Err(DamageReason::BeyondEnd { .. } | DamageReason::Unreadable(std::io::ErrorKind::UnexpectedEof)) => {
                return ffi::SQLITE_IOERR_SHORT_READ;
            }
            Err(_) => return ffi::SQLITE_IOERR_READ,
        }
    }
    // Bytes 18 and 19 of a database in WAL mode are 2. The log is applied already, so it says 1: no log to look for.
    for at in [18, 19u64] {
        let byte = at.checked_sub(offset).and_then(|i| usize::try_from(i).ok()).and_then(|i| buf.get_mut(i));
        if let Some(byte) = byte.filter(|byte| **byte == 2) {
            *byte = 1;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, out: *mut i64) -> c_int {
    fence(ffi::SQLITE_IOERR_FSTAT, || {
        // SAFETY: SQLite calls this between `open` and `close` only, with a writable `out`.
        let (reader, out) = unsafe { (reader(file), out.as_mut()) };
        let (Some(reader), Some(out)) = (reader, out) else { return ffi::SQLITE_IOERR_FSTAT };
        let pager = reader.lock().unwrap_or_else(PoisonError::into_inner).pager.clone();
        *out = i64::from(pager.present) * i64::from(pager.header.page_size);
        ffi::SQLITE_OK
    })
}

unsafe extern "C" fn write(_: *mut ffi::sqlite3_file, _: *const c_void, _: c_int, _: i64) -> c_int {
    ffi::SQLITE_READONLY
}

unsafe extern "C" fn truncate(_: *mut ffi::sqlite3_file, _: i64) -> c_int {
    ffi::SQLITE_READONLY
}

unsafe extern "C" fn sync(_: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

/// Nobody else writes evidence: locks always succeed.
unsafe extern "C" fn lock(_: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(_: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: SQLite passes null or a writable integer.
    if let Some(out) = unsafe { out.as_mut() } {
        *out = 0;
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    4096
}

/// Immutable: SQLite then takes no locks and looks for no journal.
unsafe extern "C" fn device_characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_IMMUTABLE
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, _: *const c_char, _: c_int) -> c_int {
    ffi::SQLITE_READONLY
}

/// No file exists beside the database.
unsafe extern "C" fn access(_: *mut ffi::sqlite3_vfs, _: *const c_char, _: c_int, out: *mut c_int) -> c_int {
    // SAFETY: SQLite passes null or a writable integer.
    if let Some(out) = unsafe { out.as_mut() } {
        *out = 0;
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_pathname(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    len: c_int,
    out: *mut c_char,
) -> c_int {
    fence(ffi::SQLITE_CANTOPEN, || {
        if name.is_null() || out.is_null() {
            return ffi::SQLITE_CANTOPEN;
        }
        // SAFETY: SQLite passes a name that ends in zero and lives for the call.
        let name = unsafe { CStr::from_ptr(name) }.to_bytes_with_nul();
        if usize::try_from(len).is_ok_and(|len| name.len() <= len) {
            // SAFETY: `out` has `len` writable bytes, of which no more than `name.len()` are written; SQLite passes
            // two distinct buffers.
            unsafe { ptr::copy_nonoverlapping(name.as_ptr().cast(), out, name.len()) };
            ffi::SQLITE_OK
        } else {
            ffi::SQLITE_CANTOPEN
        }
    })
}

/// Nothing here needs chance: no file is created.
unsafe extern "C" fn randomness(_: *mut ffi::sqlite3_vfs, len: c_int, out: *mut c_char) -> c_int {
    if let Ok(n) = usize::try_from(len)
        && !out.is_null()
    {
        // SAFETY: SQLite passes `len` writable bytes.
        unsafe { ptr::write_bytes(out, 0, n) };
    }
    len
}

unsafe extern "C" fn sleep(_: *mut ffi::sqlite3_vfs, microseconds: c_int) -> c_int {
    microseconds
}

fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH_JULIAN_MS.saturating_add(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

unsafe extern "C" fn current_time(_: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    fence(ffi::SQLITE_ERROR, || {
        // SAFETY: SQLite passes null or a writable double.
        if let Some(out) = unsafe { out.as_mut() } {
            *out = now_ms() as f64 / 86_400_000.0;
        }
        ffi::SQLITE_OK
    })
}

unsafe extern "C" fn current_time_ms(_: *mut ffi::sqlite3_vfs, out: *mut i64) -> c_int {
    fence(ffi::SQLITE_ERROR, || {
        // SAFETY: SQLite passes null or a writable integer.
        if let Some(out) = unsafe { out.as_mut() } {
            *out = now_ms();
        }
        ffi::SQLITE_OK
    })
}

unsafe extern "C" fn last_error(_: *mut ffi::sqlite3_vfs, _: c_int, _: *mut c_char) -> c_int {
    ffi::SQLITE_OK
}
