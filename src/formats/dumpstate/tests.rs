use super::*;
use crate::formats::lines::MAX_LINE;

#[derive(Default)]
struct Kept(Vec<(SectionHead, Vec<String>, Option<SectionEnd>)>);

impl Sink for Kept {
    fn begin(&mut self, head: &SectionHead) -> bool {
        self.0.push((head.clone(), Vec::new(), None));
        true
    }
    fn line(&mut self, _: &SectionHead, line: Line<'_>) {
        self.0.last_mut().unwrap().1.push(line.text().into_owned());
    }
    fn end(&mut self, head: &SectionHead, end: SectionEnd) {
        assert_eq!(head.index, end.index);
        self.0.last_mut().unwrap().2 = Some(end);
    }
}

fn parts(text: &[u8]) -> Vec<(SectionHead, Vec<String>, SectionEnd)> {
    let mut kept = Kept::default();
    split(text, &mut kept).unwrap();
    kept.0.into_iter().map(|(h, l, e)| (h, l, e.expect("every part ends"))).collect()
}

fn report() -> String {
    let (rule, dash) = ("=".repeat(56), "-".repeat(79));
    format!(
        "{rule}\n== dumpstate: 2021-03-04 05:06:07\n{rule}\n\nBuild: X\n\
             ------ UPTIME (uptime) ------\nup 1 day\n------ 0.012s was the duration of 'UPTIME' ------\n\
             ------- IO (storaged -u) ------\n*** command 'storaged' timed out after 10.0s (killing pid 7)\n\
             ------ DUMPSYS HIGH (/system/bin/dumpsys) ------\n\
             {dash}\nDUMP OF SERVICE HIGH package:\nfirst\n{dash}\nstill package\n{dash}\n{dash}\nand on\n\
             --------- 0.053s was the duration of dumpsys package, ending at: 2021-03-04 05:06:09\n\
             {dash}\nDUMP OF SERVICE vendor.x/default -a:\n*** SERVICE 'vendor.x' DUMP TIMEOUT (10000ms) EXPIRED ***\n\
             {dash}\nDUMP OF SERVICE package:\nagain\n"
    )
}

#[test]
fn parts_of_a_report() {
    let got = parts(report().as_bytes());
    let names: Vec<_> = got.iter().map(|(h, ..)| (h.kind, h.name.as_str(), h.occurrence)).collect();
    assert_eq!(
        names,
        [
            (Kind::Header, "dumpstate: 2021-03-04 05:06:07", 1),
            (Kind::Command, "UPTIME", 1),
            (Kind::Command, "IO", 1),
            (Kind::Command, "DUMPSYS HIGH", 1),
            (Kind::Service, "package", 1),
            (Kind::Service, "vendor.x/default", 1),
            (Kind::Service, "package", 2),
        ]
    );
    assert_eq!((got[1].2.duration_ms, got[1].0.command.as_deref()), (Some(12), Some("uptime")));
    assert_eq!(got[2].2.troubles[0].kind, TroubleKind::Timeout);
    let package = &got[4];
    assert_eq!(package.0.priority, Some(Priority::High));
    assert_eq!(package.1.len(), 7);
    assert_eq!(package.2.lines, 7);
    assert_eq!(package.2.ended_at.as_deref(), Some("2021-03-04 05:06:09"));
    assert!(!package.2.truncated);
    assert_eq!((got[5].2.troubles[0].kind, got[5].0.command.as_deref()), (TroubleKind::Timeout, Some("-a")));
    assert!(got[6].2.truncated, "its sister has a closing line");
}

#[test]
fn offsets_lead_back_to_the_parts() {
    let text = report();
    for (head, lines, end) in parts(text.as_bytes()) {
        let slice = &text.as_bytes()[head.offset as usize..end.end as usize];
        let again = parts(slice);
        let found = again.iter().find(|(h, ..)| h.name == head.name || head.kind == Kind::Header).unwrap();
        if head.kind != Kind::Header {
            assert_eq!(found.1, lines);
        }
    }
}

#[test]
fn crlf_nul_and_no_head() {
    let got = parts(b"Packages:\r\n  a\0b\r\n");
    assert_eq!((got[0].0.kind, got[0].1.clone()), (Kind::Header, vec!["Packages:".into(), "  a\0b".into()]));
    assert!(!got[0].2.truncated);
    let crlf = report().replace('\n', "\r\n");
    assert_eq!(parts(crlf.as_bytes()).len(), 7);
}

#[test]
fn dumpsys_alone_and_indented_heads() {
    let dash = "-".repeat(78);
    let text =
        format!("{dash}\n  DUMP OF SERVICE a:\nx\n  DUMP OF SERVICE not:\nDUMP OF SERVICE b:\nCan't find service: b");
    let got = parts(text.as_bytes());
    assert_eq!(got.iter().map(|p| p.0.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(got[0].1.len(), 2);
    assert_eq!(got[1].2.troubles[0].kind, TroubleKind::NotFound);
    assert!(got[1].2.truncated, "no line end at the end");
}

#[test]
fn look_alikes_are_lines() {
    let text = "------ A ------\n-------- eight --------\n--------- beginning of main\n-----\n------\n------ ------\n\
                    == no banner\n=====\nDUMP OF SERVICE :\nDUMP OF SERVICE x\n[ps: 0.3s elapsed]\n";
    let got = parts(text.as_bytes());
    assert_eq!((got.len(), got[0].1.len(), got[0].2.duration_ms), (1, 10, Some(300)));
}

#[test]
fn every_byte_is_given_once() {
    let dash = "-".repeat(79);
    let text = format!("{dash}\n{dash}\nx\n{dash}\n");
    let got = parts(text.as_bytes());
    assert_eq!((got.len(), got[0].1.len()), (1, 4));
    assert_eq!(got[0].0.line, 1);
}

#[test]
fn cut_anywhere_and_hostile() {
    let text = report();
    for end in 0..text.len() {
        parts(&text.as_bytes()[..end]);
    }
    let many = "{\n".repeat(1_000_000);
    assert_eq!(parts(many.as_bytes())[0].2.lines, 1_000_000);
    let long = vec![b'-'; 10 << 20];
    assert_eq!(parts(&long)[0].2.cut_lines, 1);
    assert_eq!(parts(&long)[0].1[0].len(), MAX_LINE);
    let heads = (0..100_000).map(|n| format!("DUMP OF SERVICE s{n}:\n")).collect::<String>();
    assert_eq!(parts(heads.as_bytes()).len(), 100_000);
}

#[test]
fn pulling_gives_the_same() {
    let text = report();
    let mut splitter = Splitter::new(text.as_bytes());
    let (mut begun, mut lines, mut ended) = (0, 0, 0);
    while let Some(event) = splitter.next().unwrap() {
        match event {
            Event::Begin(_) => begun += 1,
            Event::Line(_) => lines += 1,
            Event::End(_) => ended += 1,
        }
    }
    assert_eq!((begun, ended), (7, 7));
    assert_eq!(lines, parts(text.as_bytes()).iter().map(|p| p.1.len()).sum::<usize>());
    let mut splitter = Splitter::new(text.as_bytes());
    let mut names = 0;
    while splitter.next_section().unwrap().is_some() {
        names += 1;
    }
    assert_eq!(names, 7);
}
