//! Writes binary property lists for tests, whole ones and broken ones.

/// What to write; nothing is shared between values.
pub(in crate::formats) enum P {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Date(f64),
    Data(Vec<u8>),
    Str(&'static str),
    Uid(u8),
    Array(Vec<P>),
    Dict(Vec<(&'static str, P)>),
}

/// Objects of one property list; references and offsets are 4 bytes wide.
#[derive(Default)]
pub(in crate::formats) struct Maker {
    objects: Vec<Vec<u8>>,
}

impl Maker {
    /// Adds an object as it stands, and returns its number.
    pub(in crate::formats) fn raw(&mut self, bytes: Vec<u8>) -> u32 {
        self.objects.push(bytes);
        self.objects.len() as u32 - 1
    }

    pub(in crate::formats) fn text(&mut self, s: &str) -> u32 {
        if s.is_ascii() {
            let mut b = head(0x5, s.len());
            b.extend(s.bytes());
            return self.raw(b);
        }
        let mut b = head(0x6, s.encode_utf16().count());
        b.extend(s.encode_utf16().flat_map(u16::to_be_bytes));
        self.raw(b)
    }

    pub(in crate::formats) fn array(&mut self, refs: &[u32]) -> u32 {
        let mut b = head(0xa, refs.len());
        b.extend(refs.iter().flat_map(|r| r.to_be_bytes()));
        self.raw(b)
    }

    pub(in crate::formats) fn dict(&mut self, pairs: &[(u32, u32)]) -> u32 {
        let mut b = head(0xd, pairs.len());
        b.extend(pairs.iter().flat_map(|(k, _)| k.to_be_bytes()));
        b.extend(pairs.iter().flat_map(|(_, v)| v.to_be_bytes()));
        self.raw(b)
    }

    pub(in crate::formats) fn put(&mut self, value: &P) -> u32 {
        match value {
            P::Null => self.raw(vec![0]),
            P::Bool(b) => self.raw(vec![8 + u8::from(*b)]),
            P::Int(i) => self.raw([&[0x13], &i.to_be_bytes()[..]].concat()),
            P::Real(r) => self.raw([&[0x23], &r.to_be_bytes()[..]].concat()),
            P::Date(d) => self.raw([&[0x33], &d.to_be_bytes()[..]].concat()),
            P::Data(d) => {
                let mut b = head(0x4, d.len());
                b.extend(d);
                self.raw(b)
            }
            P::Str(s) => self.text(s),
            P::Uid(u) => self.raw(vec![0x80, *u]),
            P::Array(a) => {
                let refs: Vec<u32> = a.iter().map(|v| self.put(v)).collect();
                self.array(&refs)
            }
            P::Dict(d) => {
                let refs: Vec<(u32, u32)> = d.iter().map(|(k, v)| (self.text(k), self.put(v))).collect();
                self.dict(&refs)
            }
        }
    }

    /// The file, with that object on top.
    pub(in crate::formats) fn finish(&self, top: u32) -> Vec<u8> {
        let mut out = b"bplist00".to_vec();
        let mut table = Vec::new();
        for object in &self.objects {
            table.extend((out.len() as u32).to_be_bytes());
            out.extend(object);
        }
        let at = out.len() as u64;
        out.extend(table);
        out.extend([0, 0, 0, 0, 0, 0, 4, 4]);
        for n in [self.objects.len() as u64, u64::from(top), at] {
            out.extend(n.to_be_bytes());
        }
        out
    }
}

/// A whole file of one value.
pub(in crate::formats) fn file(value: &P) -> Vec<u8> {
    let mut m = Maker::default();
    let top = m.put(value);
    m.finish(top)
}

/// A keyed archive with those objects after `$null`, and object 1 as its root.
pub(in crate::formats) fn archive(objects: Vec<P>) -> Vec<u8> {
    let mut all = vec![P::Str("$null")];
    all.extend(objects);
    file(&P::Dict(vec![
        ("$version", P::Int(100_000)),
        ("$archiver", P::Str("NSKeyedArchiver")),
        ("$top", P::Dict(vec![("root", P::Uid(1))])),
        ("$objects", P::Array(all)),
    ]))
}

/// A class object of an archive.
pub(in crate::formats) fn class(name: &'static str) -> P {
    P::Dict(vec![("$classname", P::Str(name)), ("$classes", P::Array(vec![P::Str(name), P::Str("NSObject")]))])
}

/// Marker of a kind of object with its count of elements.
pub(in crate::formats) fn head(kind: u8, count: usize) -> Vec<u8> {
    if count < 15 {
        return vec![kind << 4 | count as u8];
    }
    let mut b = vec![kind << 4 | 0xf, 0x12];
    b.extend((count as u32).to_be_bytes());
    b
}
