//! Builds a tree value by value, without recursion and within a budget.

use super::{MAX_DEPTH, PlistError, Value};

/// Slots reserved ahead for a container; more only as elements really come, because a count may lie about its budget.
const RESERVE: usize = 1024;

enum Frame {
    Array(Vec<Value>),
    Dict(Vec<(String, Value)>, Option<String>),
}

/// A tree under construction.
pub(in crate::formats) struct Builder {
    stack: Vec<Frame>,
    root: Option<Value>,
    nodes: u64,
    payload: u64,
    max_nodes: u64,
    max_payload: u64,
}

impl Builder {
    /// A builder that makes at most so many values and bytes of content.
    pub(in crate::formats) fn new((max_nodes, max_payload): (u64, u64)) -> Self {
        Builder { stack: Vec::new(), root: None, nodes: 0, payload: 0, max_nodes, max_payload }
    }

    /// Counts bytes of content that are about to be copied.
    pub(in crate::formats) fn charge(&mut self, bytes: usize) -> Result<(), PlistError> {
        self.payload = self.payload.saturating_add(bytes as u64);
        if self.payload > self.max_payload {
            return Err(PlistError::TooLarge { limit: self.max_payload, unit: "bytes of content" });
        }
        Ok(())
    }

    /// Counts work that is worth so many values, whether or not values come of it.
    pub(in crate::formats) fn spend(&mut self, values: usize) -> Result<(), PlistError> {
        self.nodes = self.nodes.saturating_add(values as u64);
        if self.nodes > self.max_nodes {
            return Err(PlistError::TooLarge { limit: self.max_nodes, unit: "values" });
        }
        Ok(())
    }

    fn open(&mut self, frame: Frame) -> Result<(), PlistError> {
        self.spend(1)?;
        if self.stack.len() >= MAX_DEPTH {
            return Err(PlistError::TooDeep { limit: MAX_DEPTH });
        }
        self.stack.push(frame);
        Ok(())
    }

    /// Begins an array of about that many elements.
    pub(in crate::formats) fn open_array(&mut self, len: usize) -> Result<(), PlistError> {
        self.open(Frame::Array(Vec::with_capacity(len.min(RESERVE))))
    }

    /// Begins a dictionary of about that many pairs.
    pub(in crate::formats) fn open_dict(&mut self, len: usize) -> Result<(), PlistError> {
        self.open(Frame::Dict(Vec::with_capacity(len.min(RESERVE)), None))
    }

    /// Sets the key of the next value.
    pub(in crate::formats) fn key(&mut self, key: String) -> Result<(), PlistError> {
        self.spend(1)?;
        if let Some(Frame::Dict(_, pending)) = self.stack.last_mut() {
            *pending = Some(key);
        }
        Ok(())
    }

    /// Whether the next thing must be a key.
    pub(in crate::formats) fn wants_key(&self) -> bool {
        matches!(self.stack.last(), Some(Frame::Dict(_, None)))
    }

    /// Whether a key waits for its value.
    pub(in crate::formats) fn wants_value(&self) -> bool {
        matches!(self.stack.last(), Some(Frame::Dict(_, Some(_))))
    }

    /// Adds a value that is complete.
    pub(in crate::formats) fn leaf(&mut self, value: Value) -> Result<(), PlistError> {
        self.spend(1)?;
        self.place(value);
        Ok(())
    }

    fn place(&mut self, value: Value) {
        match self.stack.last_mut() {
            None => self.root = Some(value),
            Some(Frame::Array(a)) => a.push(value),
            Some(Frame::Dict(pairs, key)) => {
                if let Some(key) = key.take() {
                    pairs.push((key, value));
                }
            }
        }
    }

    /// Leaves out a value that could not be read: its key is forgotten, in an array null keeps its place.
    pub(in crate::formats) fn skip(&mut self) -> Result<(), PlistError> {
        self.spend(1)?;
        match self.stack.last_mut() {
            Some(Frame::Array(a)) => a.push(Value::Null),
            Some(Frame::Dict(_, key)) => *key = None,
            None => {}
        }
        Ok(())
    }

    /// Ends the innermost container.
    pub(in crate::formats) fn close(&mut self) {
        let value = match self.stack.pop() {
            Some(Frame::Array(a)) => Value::Array(a),
            Some(Frame::Dict(pairs, _)) => Value::Dict(pairs),
            None => return,
        };
        self.place(value);
    }

    /// How many containers are open.
    pub(in crate::formats) fn depth(&self) -> usize {
        self.stack.len()
    }

    /// How many values and keys there are.
    pub(in crate::formats) fn nodes(&self) -> u64 {
        self.nodes
    }

    /// Whether the outermost value is complete.
    pub(in crate::formats) fn done(&self) -> bool {
        self.stack.is_empty() && self.root.is_some()
    }

    /// The open containers, outermost first: true for a dictionary.
    pub(in crate::formats) fn open_dicts(&self) -> impl Iterator<Item = bool> + '_ {
        self.stack.iter().map(|f| matches!(f, Frame::Dict(..)))
    }

    /// The tree; containers still open end here.
    pub(in crate::formats) fn finish(mut self) -> Option<Value> {
        while !self.stack.is_empty() {
            self.close();
        }
        self.root
    }
}
