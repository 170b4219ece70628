//! A folder somewhere in a container: what detection walks, and what acquisitions read from.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use super::container::{Child, Member, What};
use super::container::{Container, Dir, Single, join};
use super::{EvidenceError, container};
use crate::finding::Reason;
use crate::formats::{ReadAt, glob};

/// A folder, and the container it lies in.
#[derive(Clone)]
pub struct Tree {
    container: Arc<dyn Container>,
    folder: String,
    shown: String,
}

impl Tree {
    /// A folder on disk.
    pub fn on_disk(path: &Path) -> Tree {
        Tree::of(Arc::new(Dir::new(path)), path.display().to_string())
    }

    /// A file on disk, in a folder of its own.
    pub fn single(path: &Path) -> Result<(Tree, Member), EvidenceError> {
        let single = Single::new(path);
        let member = single.member()?;
        let shown = path.parent().map_or_else(String::new, |p| p.display().to_string());
        Ok((Tree::of(Arc::new(single), shown), member))
    }

    /// The root of a container, as it is shown to people.
    pub fn of(container: Arc<dyn Container>, shown: String) -> Tree {
        Tree { container, folder: String::new(), shown }
    }

    /// How the folder is shown to people: its path, through archives too.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// How something in the folder is shown to people.
    pub fn shown_as(&self, name: &str) -> String {
        match self.shown.as_str() {
            "" => name.to_owned(),
            shown if shown.ends_with('/') => format!("{shown}{name}"),
            shown => format!("{shown}/{name}"),
        }
    }

    /// A folder in it.
    pub fn below(&self, name: &str) -> Tree {
        Tree { container: self.container.clone(), folder: join(&self.folder, name), shown: self.shown_as(name) }
    }

    /// What lies directly in it, sorted by name.
    pub fn list(&self) -> Result<Vec<Child>, EvidenceError> {
        self.container.list(&self.folder)
    }

    /// A file below it, by its path from here.
    pub fn find(&self, name: &str) -> Result<Option<Member>, EvidenceError> {
        self.container.find(&join(&self.folder, name))
    }

    /// The files below it that a pattern names, by path: `*` stands for any run of characters without `/`. Two of one
    /// name are both given.
    pub fn files(&self, pattern: &str) -> Result<Vec<Member>, EvidenceError> {
        let mut folders = vec![self.folder.clone()];
        let (above, last) = pattern.rsplit_once('/').map_or((None, pattern), |(a, l)| (Some(a), l));
        for part in above.into_iter().flat_map(|a| a.split('/')) {
            let mut next = Vec::new();
            for folder in &folders {
                if part.contains('*') {
                    let fits = |c: &Child| c.what == What::Folder && glob::matches(part, &c.name, None);
                    let found = self.container.list(folder)?;
                    next.extend(found.iter().filter(|c| fits(c)).map(|c| join(folder, &c.name)));
                } else {
                    next.push(join(folder, part));
                }
            }
            folders = next;
        }
        let mut files = Vec::new();
        for folder in &folders {
            if last.contains('*') {
                files.extend(self.container.list(folder)?.into_iter().filter_map(|c| match c.what {
                    What::File(m) if glob::matches(last, &c.name, None) => Some(m),
                    _ => None,
                }));
            } else {
                files.extend(self.container.find(&join(folder, last))?);
            }
        }
        Ok(files)
    }

    /// The path of a file from here.
    pub fn name_of<'m>(&self, member: &'m Member) -> &'m str {
        let below = member.name.strip_prefix(self.folder.as_str()).unwrap_or(&member.name);
        below.strip_prefix('/').unwrap_or(below)
    }

    /// The bytes of a file at random.
    pub fn open(&self, member: &Member) -> Result<Arc<dyn ReadAt>, EvidenceError> {
        self.container.open(member)
    }

    /// The bytes of a file once, in order.
    pub fn stream(&self, member: &Member) -> Result<Box<dyn Read + Send>, EvidenceError> {
        self.container.stream(member)
    }

    /// The first bytes of a file, at most `max`.
    pub fn head(&self, member: &Member, max: usize) -> Result<Vec<u8>, EvidenceError> {
        let mut head = Vec::new();
        let read = self.stream(member)?.take(max as u64).read_to_end(&mut head);
        read.map_err(|e| container::io_error(&member.name, e))?;
        Ok(head)
    }

    /// A small file whole, if it is there and no larger than `max`.
    pub fn small(&self, name: &str, max: u64) -> Option<Vec<u8>> {
        let member = self.find(name).ok()??;
        if member.size > max {
            return None;
        }
        self.head(&member, max as usize).ok()
    }

    /// SHA-256 of a file, in hexadecimal.
    pub fn sha256(&self, member: &Member) -> Result<String, EvidenceError> {
        self.container.sha256(member)
    }

    /// True where bytes lie on disk in clear.
    pub fn in_place(&self) -> bool {
        self.container.in_place()
    }

    /// Where the folder lies on disk, if it does.
    pub fn path(&self) -> Option<PathBuf> {
        self.container.on_disk(&self.folder)
    }

    /// What is odd about the container, told at its root.
    pub fn notes(&self) -> Vec<Reason> {
        if self.folder.is_empty() { self.container.notes() } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_files_below_a_folder() {
        let dir = tempfile::tempdir().unwrap();
        for file in ["a/x1/t_0", "a/x1/t_1", "a/x2/t_2", "a/y/t_3", "a/x1/t_d/in", "b/t_4"] {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file).unwrap();
        }
        let tree = Tree::on_disk(dir.path());
        let names = |p: &str| tree.files(p).unwrap().into_iter().map(|m| m.name).collect::<Vec<_>>();
        assert_eq!(names("a/x1/t_*"), ["a/x1/t_0", "a/x1/t_1"]);
        assert_eq!(names("a/x*/t_*"), ["a/x1/t_0", "a/x1/t_1", "a/x2/t_2"]);
        assert_eq!(names("b/t_4"), ["b/t_4"]);
        assert_eq!(names("c/*"), [""; 0]);
        let below = tree.below("a");
        let found = below.find("y/t_3").unwrap().unwrap();
        assert_eq!((found.name.as_str(), below.name_of(&found)), ("a/y/t_3", "y/t_3"));
        assert_eq!(below.head(&found, 3).unwrap(), b"a/y");
    }
}
