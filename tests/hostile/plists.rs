//! Property lists that hold themselves, nest without end or unfold to gigabytes, in every place one is read from.

use std::fs;

use rusqlite::Connection;
use vigie_fixtures::ios::{file_id, profiles};

use super::phones::{IPhone, noise};
use super::support::{in_parallel, scan};

/// Objects of a binary property list; references are four bytes wide.
fn bplist(objects: &[Vec<u8>], top: u32) -> Vec<u8> {
    let mut out = b"bplist00".to_vec();
    let mut offsets = Vec::new();
    for object in objects {
        offsets.push(out.len() as u32);
        out.extend(object);
    }
    let table = out.len() as u64;
    out.extend(offsets.iter().flat_map(|o| o.to_be_bytes()));
    out.extend([0; 6]);
    out.extend([4, 4]);
    out.extend((objects.len() as u64).to_be_bytes());
    out.extend(u64::from(top).to_be_bytes());
    out.extend(table.to_be_bytes());
    out
}

fn head(kind: u8, len: usize) -> Vec<u8> {
    if len < 15 {
        vec![kind << 4 | len as u8]
    } else {
        [&[kind << 4 | 15, 0x12], &(len as u32).to_be_bytes()[..]].concat()
    }
}

fn array(refs: &[u32]) -> Vec<u8> {
    let mut out = head(0xa, refs.len());
    out.extend(refs.iter().flat_map(|r| r.to_be_bytes()));
    out
}

fn dict(pairs: &[(u32, u32)]) -> Vec<u8> {
    let mut out = head(0xd, pairs.len());
    out.extend(pairs.iter().flat_map(|p| p.0.to_be_bytes()));
    out.extend(pairs.iter().flat_map(|p| p.1.to_be_bytes()));
    out
}

fn text(s: &str) -> Vec<u8> {
    [head(5, s.len()), s.as_bytes().to_vec()].concat()
}

const DEEP: u32 = 200_000;

/// Every way to break a reader, by name.
fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let key = text("Device Name");
    let deep_arrays: Vec<Vec<u8>> = (0..DEEP).map(|i| array(&[(i + 1).min(DEEP - 1)])).collect();
    let deep_dicts: Vec<Vec<u8>> =
        std::iter::once(key.clone()).chain((1..DEEP).map(|i| dict(&[(0, (i + 1).min(DEEP - 1))]))).collect();
    // Each of forty levels holds the next one ten times.
    let billion: Vec<Vec<u8>> = (0..40u32).map(|i| if i == 39 { text("lol") } else { array(&[i + 1; 10]) }).collect();
    let long = [head(5, 1 << 20), vec![b'x'; 1 << 20]].concat();
    let shared_text: Vec<Vec<u8>> = vec![array(&[1; 100_000]), long];
    let self_dict = vec![dict(&[(1, 0), (2, 0)]), key.clone(), text("Applications")];
    let two = vec![dict(&[(1, 2)]), key.clone(), array(&[0, 0])];
    let mut lying_length = bplist(&[[&[0x5f, 0x13][..], &u64::MAX.to_be_bytes()].concat()], 0);
    lying_length.extend(b"tail");
    let mut trailer = bplist(&[array(&[])], 0);
    let n = trailer.len();
    trailer[n - 24..].fill(0xff);
    let xml = |body: String| format!("<?xml version=\"1.0\"?><plist version=\"1.0\">{body}</plist>").into_bytes();
    let entities = "<?xml version=\"1.0\"?><!DOCTYPE plist [<!ENTITY a \"lollollollol\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\
                    <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d SYSTEM \"file:///etc/passwd\">]>\
                    <plist version=\"1.0\"><dict><key>Device Name</key><string>&c;&d;</string></dict></plist>";
    vec![
        ("a dictionary of itself", bplist(&self_dict, 0)),
        ("two that hold each other", bplist(&two, 0)),
        ("an array of itself", bplist(&[array(&[0; 14])], 0)),
        ("200,000 arrays deep", bplist(&deep_arrays, 0)),
        ("200,000 dictionaries deep", bplist(&deep_dicts, 1)),
        ("a billion laughs", bplist(&billion, 0)),
        ("one text a hundred thousand times", bplist(&shared_text, 0)),
        ("a length of 2^64", lying_length),
        ("a trailer of ones", trailer),
        ("a top that is not there", bplist(&[array(&[])], 77)),
        ("wide", bplist(&[array(&vec![1; 4_000_000]), vec![8]], 0)),
        ("XML 200,000 deep", xml("<array>".repeat(DEEP as usize))),
        ("XML 200,000 deep and closed", xml("<array>".repeat(DEEP as usize) + &"</array>".repeat(DEEP as usize))),
        ("XML dictionaries deep", xml("<dict><key>a</key>".repeat(DEEP as usize))),
        ("XML wide", xml("<array>".to_owned() + &"<true/>".repeat(6_000_000) + "</array>")),
        ("XML entities", entities.as_bytes().to_vec()),
        ("XML one tag without end", [b"<plist><", vec![b'a'; 30 << 20].as_slice()].concat()),
        ("XML attributes without end", [b"<plist><dict ".to_vec(), b"a='b' ".repeat(3_000_000)].concat()),
        ("XML text without end", [b"<plist><string>".to_vec(), vec![b'&'; 8 << 20]].concat()),
        ("XML in another encoding", b"\xff\xfe<\0p\0l\0i\0s\0t\0>\0<\0d\0i\0c\0t\0".to_vec()),
        ("noise", noise(1 << 20, 3)),
        ("noise that says it is one", [b"bplist00".to_vec(), noise(1 << 20, 4)].concat()),
        ("nothing", Vec::new()),
    ]
}

/// The first bytes of a real property list, cut and changed in many places.
fn mutants(real: &[u8]) -> Vec<Vec<u8>> {
    (0..60u64)
        .map(|seed| {
            let mut bad = real.to_vec();
            for (i, b) in noise(6, seed).chunks(2).enumerate() {
                let at = (usize::from(b[0]) * 257 + usize::from(b[1]) + i) % bad.len();
                bad[at] = b[1] ^ b[0];
            }
            bad
        })
        .collect()
}

#[test]
fn as_info_plist() {
    in_parallel(&bombs(), |(name, bytes)| {
        let phone = IPhone::new();
        fs::write(phone.path().join("Info.plist"), bytes).unwrap();
        let after = scan(phone.path());
        let status = after.status("ios.backup_info");
        assert!(["failed", "partial"].contains(&status), "{name}: {status}");
        assert_eq!(after.status("ios.sms"), "parsed", "{name}");
        assert!(!after.report.to_string().contains("root:"), "{name}");
        if after.line("ios.backup_info")["required"] == true {
            after.lost("ios.backup_info");
        }
    });
}

#[test]
fn as_manifest_plist() {
    in_parallel(&bombs(), |(name, bytes)| {
        let phone = IPhone::new();
        fs::write(phone.path().join("Manifest.plist"), bytes).unwrap();
        assert_eq!(scan(phone.path()).status("ios.sms"), "parsed", "{name}");
    });
}

#[test]
fn as_configuration_profile() {
    in_parallel(&bombs(), |(name, bytes)| {
        let phone = IPhone::new();
        phone.add(profiles::DOMAIN, "Library/ConfigurationProfiles/profile-00.stub", bytes);
        let after = scan(phone.path());
        let status = after.status("ios.configuration_profiles");
        assert!(
            ["failed", "partial"].contains(&status),
            "{name}: {status} {:#}",
            after.line("ios.configuration_profiles")
        );
        assert_eq!(after.status("ios.sms"), "parsed", "{name}");
    });
}

#[test]
fn as_blobs_of_the_manifest() {
    let phone = IPhone::new();
    let whole = scan(phone.path());
    let db = phone.path().join("Manifest.db");
    let conn = Connection::open(&db).unwrap();
    let real: Vec<u8> = conn.query_row("SELECT file FROM Files WHERE flags = 1", [], |r| r.get(0)).unwrap();
    let small = bombs().into_iter().map(|b| b.1).filter(|b| b.len() < 2 << 20);
    let blobs: Vec<Vec<u8>> = small.chain(mutants(&real)).chain(cyclic_archives()).collect();
    for (i, blob) in blobs.iter().enumerate() {
        let path = format!("bad/{i}");
        conn.execute(
            "INSERT INTO Files VALUES (?1, 'HomeDomain', ?2, 2, ?3)",
            rusqlite::params![file_id("HomeDomain", &path), path, blob],
        )
        .unwrap();
    }
    conn.close().unwrap();
    let after = scan(phone.path());
    assert_eq!(after.records("ios.manifest"), whole.records("ios.manifest") + blobs.len() as u64);
    assert!(after.said().contains("without full file details"), "{}", after.said());
}

/// Keyed archives whose objects refer to themselves, or to nothing.
fn cyclic_archives() -> Vec<Vec<u8>> {
    let uid = |n: u8| vec![0x80, n];
    let archive = |root: Vec<u8>, extra: Vec<Vec<u8>>| {
        // 0 top, 1..=6 keys and values, then the table of objects.
        let mut objects = vec![
            dict(&[(1, 2), (3, 4)]),
            text("$top"),
            dict(&[(5, 6)]),
            text("$objects"),
            array(&[7, 8, 9, 10]),
            text("root"),
            uid(1),
            text("$null"),
            root,
        ];
        objects.extend(extra);
        bplist(&objects, 0)
    };
    vec![
        archive(uid(1), vec![uid(1), uid(2)]),
        archive(dict(&[(5, 6)]), vec![uid(3), uid(2)]),
        archive(array(&[6, 6, 6, 6]), vec![dict(&[(5, 6), (5, 6)]), uid(9)]),
        archive(uid(200), vec![uid(255), uid(254)]),
    ]
}

#[test]
fn as_the_body_of_a_message() {
    let phone = IPhone::new();
    let whole = scan(phone.path());
    let conn = Connection::open(phone.sms()).unwrap();
    let real: Vec<u8> =
        conn.query_row("SELECT attributedBody FROM message WHERE attributedBody NOT NULL", [], |r| r.get(0)).unwrap();
    let small = bombs().into_iter().map(|b| b.1).filter(|b| b.len() < 2 << 20);
    let mut bodies: Vec<Vec<u8>> = small.chain(mutants(&real)).chain(cyclic_archives()).collect();
    let start = b"\x04\x0bstreamtyped\x81\xe8\x03".to_vec();
    // Objects in objects, classes that inherit without end, references to what is being read, lengths beyond the end.
    bodies.push(
        [start.clone(), b"\x84\x01@".to_vec(), b"\x84\x84\x84\x01a\x00\x85\x84\x01@".repeat(DEEP as usize)].concat(),
    );
    bodies.push([start.clone(), b"\x84\x01@\x84".to_vec(), b"\x84\x84\x01a\x00".repeat(DEEP as usize)].concat());
    bodies.push([start.clone(), b"\x84\x01@".to_vec(), vec![0x92; 100_000]].concat());
    bodies.push([start.clone(), b"\x84\x01+\x82\xff\xff\xff\xff".to_vec()].concat());
    bodies.push([start.clone(), b"\x84\x0c[99999999@]\x00\x00".to_vec()].concat());
    bodies.push([start, b"\x84\x81\xff\x7f".to_vec(), vec![b'{'; 0x7fff]].concat());
    for (i, body) in bodies.iter().enumerate() {
        conn.execute(
            "INSERT INTO message (guid, text, attributedBody, payload_data, message_summary_info, date) \
             VALUES (?1, NULL, ?2, ?2, ?2, 700000000000000000)",
            rusqlite::params![format!("bad-{i}"), body],
        )
        .unwrap();
    }
    conn.close().unwrap();
    let after = scan(phone.path());
    assert_eq!(after.records("ios.sms"), whole.records("ios.sms") + bodies.len() as u64, "every message is a record");
    assert_eq!(after.status("ios.sms"), "partial", "{:#}", after.line("ios.sms"));
}
