//! Archives that lie: bombs, overlaps, wrong counts, names that lead elsewhere.

use std::fs;

use super::phones::{dumpstate, noise, report};
use super::support::{Scan, scan, scan_with};
use super::zipfile::{Archive, Member};

fn scanned(bytes: &[u8]) -> Scan {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bugreport-x.zip");
    fs::write(&file, bytes).unwrap();
    let before = dir.path().read_dir().unwrap().count();
    let after = scan(&file);
    assert_eq!(dir.path().read_dir().unwrap().count(), before, "something was written beside the evidence");
    after
}

/// The members of an honest report.
fn honest() -> Vec<Member> {
    let name = report().text_name();
    vec![Member::new("main_entry.txt", name.as_bytes()), Member::new(&name, &dumpstate())]
}

fn with(more: impl IntoIterator<Item = Member>) -> Archive {
    Archive { members: honest().into_iter().chain(more).collect(), ..Archive::default() }
}

#[test]
fn an_honest_archive_of_this_writer_is_read_whole() {
    let whole = scanned(&with([]).bytes());
    assert_eq!((whole.code, whole.complete()), (0, true), "{}", whole.said());
}

#[test]
fn a_dumpstate_that_is_a_bomb() {
    // A gigabyte of zeros in a megabyte; then one that says it is small.
    let mut bomb = Member::zeros("dumpstate.txt", 1 << 30);
    let whole = scanned(&Archive { members: vec![bomb.clone()], ..Archive::default() }.bytes());
    assert_eq!(whole.code, 3);
    bomb.claims = Some((u32::try_from(bomb_len(&bomb)).unwrap(), 10_000));
    let liar = scanned(&Archive { members: vec![bomb], ..Archive::default() }.bytes());
    assert_eq!(liar.code, 3);
}

fn bomb_len(m: &Member) -> usize {
    Archive { members: vec![m.clone()], ..Archive::default() }.bytes().len() - 46 - 22 - 30 - 2 * "dumpstate.txt".len()
}

#[test]
fn tombstones_that_are_bombs() {
    let bomb = Member::zeros("FS/data/tombstones/tombstone_00", 300 << 20);
    let mut small = bomb.clone();
    small.claims = Some((1 << 18, 100));
    let mut pb = Member::zeros("FS/data/tombstones/tombstone_03.pb", 100 << 20);
    pb.claims = None;
    let after = scanned(&with([bomb, small, pb]).bytes());
    assert_eq!(after.status("android.packages"), "parsed");
    assert!(["failed", "partial"].contains(&after.status("android.tombstones")), "{}", after.said());
    assert!(after.said().contains("MAX_FILE"), "{}", after.said());
}

#[test]
fn members_that_overlap() {
    // Ten thousand members over the same four megabytes of zeros: forty gigabytes, if anyone believes it.
    let name = |i: usize| format!("FS/data/tombstones/tombstone_{i:05}");
    let mut members = honest();
    let at = members.len();
    members.push(Member::zeros(&name(0), 40 << 20));
    for i in 1..10_000 {
        let mut m = Member::zeros(&name(i), 0);
        m.same_as = Some(at);
        m.claims = Some((40 << 10, 40 << 20));
        members.push(m);
    }
    let after = scanned(&Archive { members, ..Archive::default() }.bytes());
    assert_eq!(after.status("android.packages"), "parsed");
    assert!(after.said().contains("zip bomb"), "{}", after.said());
}

#[test]
fn archives_in_archives_without_end() {
    let mut inner = with([]).bytes();
    for depth in 0..12 {
        inner = Archive { members: vec![Member::new(format!("bugreport-{depth}.zip"), &inner)], ..Archive::default() }
            .bytes();
        let after = scanned(&inner);
        assert_eq!(after.code, if depth < 3 { 0 } else { 3 }, "depth {depth}: {}", after.said());
    }
    // Sixteen bombs in an archive in an archive.
    let bombs: Vec<Member> = (0..16).map(|i| Member::zeros(&format!("bugreport-{i}.zip"), 20 << 20)).collect();
    let inner = Archive { members: bombs, ..Archive::default() }.bytes();
    let outer = Archive { members: vec![Member::new("bugreport-a.zip", &inner)], ..Archive::default() }.bytes();
    assert_eq!(scanned(&outer).code, 3);
}

#[test]
fn a_bad_archive_inside_does_not_hide_the_good_one() {
    let good = with([]).bytes();
    let members = vec![
        Member::new("bugreport-1.zip", b"not a zip at all"),
        Member::new("bugreport-2.zip", &good[..good.len() / 2]),
        Member::new("bugreport-3.zip", &good),
    ];
    let after = scanned(&Archive { members, ..Archive::default() }.bytes());
    assert_eq!(after.status("android.packages"), "parsed", "{}", after.said());
}

#[test]
fn counts_and_sizes_that_lie() {
    let more = scanned(&Archive { more: 7, ..with([]) }.bytes());
    more.lost("7 more members");
    assert_eq!(more.status("android.packages"), "parsed");
    for archive in [
        Archive { more: -1, ..with([]) },
        Archive { longer: -30, ..with([]) },
        Archive { longer: 1 << 20, ..with([]) },
        Archive { longer: 0xffff_0000, ..with([]) },
        Archive { end64: Some((u64::MAX, u64::MAX, u64::MAX)), ..with([]) },
        Archive { end64: Some((1 << 40, 60 << 20, 0)), ..with([]) },
        Archive { end64: Some((2, 60 << 20, 1 << 62)), ..with([]) },
        Archive { end64: Some((2, 0, 0)), ..with([]) },
    ] {
        scanned(&archive.bytes());
    }
}

#[test]
fn fields_of_64_bits_that_lie() {
    let claim = |packed: u64, header: u64| {
        let mut liar = honest().remove(1);
        liar.claims = Some((0xffff_ffff, 0xffff_ffff));
        liar.extra =
            [&[1, 0, 24, 0][..], &u64::MAX.to_le_bytes(), &packed.to_le_bytes(), &header.to_le_bytes()].concat();
        Archive { members: vec![honest().remove(0), liar], ..Archive::default() }.bytes()
    };
    for (packed, header) in [(u64::MAX, 0), (u64::MAX - 3, u64::MAX - 40), (5, u64::MAX), (0, 0)] {
        let mut bytes = claim(packed, header);
        scanned(&bytes);
        // The same with the offset itself moved into the 64-bit field.
        let at = bytes.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
        bytes[at + 42..at + 46].fill(0xff);
        assert_ne!(scanned(&bytes).code, 0);
    }
}

#[test]
fn many_members() {
    let members = (0..60_000).map(|i| Member::new(format!("a/{i}.txt"), b"")).collect();
    assert_eq!(scanned(&Archive { members, ..Archive::default() }.bytes()).code, 3);
}

#[test]
fn names_that_lead_elsewhere() {
    let names: [&[u8]; 7] = [
        b"../../../../outside.txt",
        b"/outside.txt",
        b"C:\\outside.txt",
        b"..\\..\\outside.txt",
        b"\xff\xfe.txt",
        b"a\x1b[2J.txt",
        b"FS/data/tombstones/tombstone_../../../../../outside",
    ];
    let after = scanned(&with(names.map(|n| Member::new(n, b"hello"))).bytes());
    assert_eq!(after.status("android.packages"), "parsed");
    // And as the name the report itself goes by.
    for name in ["../../../../etc/passwd", "/etc/passwd"] {
        let members = vec![Member::new("main_entry.txt", name.as_bytes()), Member::new("x.txt", b"nothing")];
        let after = scanned(&Archive { members, ..Archive::default() }.bytes());
        assert_eq!(after.code, 3);
        assert!(!after.report.to_string().contains("root:"));
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("main_entry.txt"), name).unwrap();
        assert!(!scan(dir.path()).report.to_string().contains("root:"));
    }
}

#[test]
fn two_members_of_one_name() {
    let name = report().text_name();
    let after = scanned(&with([Member::new(&name, b"== dumpstate: 2020-01-01 00:00:00\n")]).bytes());
    assert!(after.said().contains("more than one member named"), "{}", after.said());
    assert_eq!(after.status("android.packages"), "parsed");
}

#[test]
fn members_nobody_can_read() {
    for (flags, method) in [(1, 8), (0, 99), (0, 14), (0x41, 8)] {
        let mut members = honest();
        (members[1].flags, members[1].method) = (flags, method);
        let after = scanned(&Archive { members, ..Archive::default() }.bytes());
        assert_eq!(after.code, 3);
        let said = after.said();
        assert!(said.contains("encrypted") || said.contains("method"), "{said}");
    }
    let mut stone = Member::new("FS/data/tombstones/tombstone_00", b"x");
    stone.flags = 1;
    let after = scanned(&with([stone]).bytes());
    assert!(after.said().contains("encrypted"), "{}", after.said());
}

#[test]
fn a_member_that_breaks_off_half_way() {
    let text = [dumpstate(), noise(3 << 20, 5)].concat();
    let mut members = honest();
    members[1] = Member::new(report().text_name(), &text);
    let mut bytes = Archive { members, ..Archive::default() }.bytes();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].copy_from_slice(&noise(4096, 6));
    let after = scanned(&bytes);
    after.lost(&report().text_name());
}

#[test]
fn the_result_does_not_depend_on_threads() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bugreport-x.zip");
    let stones = (0..40).map(|i| Member::new(format!("FS/data/tombstones/tombstone_{i:02}"), &noise(900, i)));
    fs::write(&file, with(stones).bytes()).unwrap();
    let one = scan_with(&file, &["--fail-on", "none"]);
    let again = scan_with(&file, &["--fail-on", "critical"]);
    assert_eq!(one.report, again.report);
}
