//! Operations as a processor with vectors sees them: addresses instead of places, neighbours along x by shuffles.

use std::collections::HashMap;

use super::super::storage::{Home, Storage, Stream};
use super::super::trace::{Id, Op, Place};
use crate::program::statement::Program;

/// An address of a vector, or of one element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Address {
    /// Bytes from the pointer of a stream to the value at the present node.
    Value(Stream, i64),
    /// Bytes from the pointer of a stream that does not move along x.
    Row(Stream, i64),
    /// A number, by its place among the numbers.
    Number(usize),
    /// A vector of working memory.
    Slot(usize),
}

/// Rows in 3-D by which data are asked for ahead: the rows of a plane are too short for the processor to predict them.
const ROWS_AHEAD: i32 = 3;

/// One operation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Node {
    /// A number, by its place among the numbers.
    Number(usize),
    /// A value that is the same along a row, by its place among those.
    Row(usize),
    Load(Address),
    /// Elements `by` to `by + N` of `low` followed by `high`.
    Align {
        high: Id,
        low: Id,
        by: usize,
    },
    Add(Id, Id),
    Sub(Id, Id),
    Mul(Id, Id),
    Fused(Fused, [Id; 3]),
    Store(Address, Id),
    /// Asks for a line that a later row will read.
    Prefetch(Address),
}

/// What a fused operation computes from a, b, c.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fused {
    /// a b + c
    MulAdd,
    /// c - a b
    NegMulAdd,
    /// a b - c
    MulSub,
}

impl Node {
    pub(crate) fn uses(&self) -> impl Iterator<Item = Id> + use<> {
        let (count, all) = match *self {
            Node::Number(_) | Node::Row(_) | Node::Load(_) | Node::Prefetch(_) => (0, [0; 3]),
            Node::Store(_, a) => (1, [a, 0, 0]),
            Node::Add(a, b) | Node::Sub(a, b) | Node::Mul(a, b) | Node::Align { high: a, low: b, .. } => {
                (2, [a, b, 0])
            }
            Node::Fused(_, all) => (3, all),
        };
        all.into_iter().take(count)
    }
}

/// The operations of a kernel in a box.
#[derive(Debug, Default)]
pub(crate) struct Nodes {
    pub(crate) list: Vec<Node>,
    pub(crate) numbers: Vec<f64>,
    /// Where the values that are the same along a row are.
    pub(crate) rows: Vec<Address>,
}

struct Making<'a> {
    program: &'a Program,
    storage: &'a Storage,
    /// Bytes of an element; elements of a vector, if neighbours along x come from shuffles.
    size: i64,
    shuffled: Option<i32>,
    /// The axis along which rows follow one another.
    along: usize,
    /// Whether several rows go together.
    together: bool,
    nodes: Nodes,
    loads: HashMap<Address, Id>,
    /// The farthest neighbour along x by place and offsets across.
    far: HashMap<(Place, i32, i32), (i32, usize)>,
}

/// `lanes` is the number of elements of a vector if the processor has shuffles across vectors.
pub(crate) fn nodes(
    (program, storage): (&Program, &Storage),
    (ops, along): (&[Op], usize),
    size: usize,
    lanes: Option<usize>,
) -> Nodes {
    let mut making = Making {
        program,
        storage,
        size: size as i64,
        shuffled: lanes.map(|lanes| lanes as i32),
        along,
        together: ops.iter().any(|op| matches!(op, Op::Store(_, row, _) if *row > 0)),
        nodes: Nodes::default(),
        loads: HashMap::new(),
        far: HashMap::new(),
    };
    for op in ops {
        if let Op::Load(place, [x, y, z]) = *op
            && x != 0
        {
            let (far, count) = making.far.entry((place, y, z)).or_default();
            *far = (*far).max(x.abs());
            *count += 1;
        }
    }
    if along == 1 {
        making.prefetch(ops);
    }
    let mut names: Vec<Id> = Vec::new();
    for op in ops {
        let name = making.op(op, &names);
        names.push(name);
    }
    making.nodes
}

impl Making<'_> {
    fn push(&mut self, node: Node) -> Id {
        self.nodes.list.push(node);
        self.nodes.list.len() - 1
    }

    fn address(&self, home: Home, shift: [i32; 3]) -> Address {
        let stride = self.storage.stride(home.stream);
        let moved: isize = (0..3).map(|a| shift[a] as isize * stride[a]).sum();
        Address::Value(home.stream, (home.offset + moved) as i64 * self.size)
    }

    fn load(&mut self, address: Address) -> Id {
        if let Some(id) = self.loads.get(&address) {
            return *id;
        }
        let id = self.push(Node::Load(address));
        self.loads.insert(address, id);
        id
    }

    fn op(&mut self, op: &Op, names: &[Id]) -> Id {
        let n = |id: Id| names[id];
        match *op {
            Op::Number(number) => {
                self.nodes.numbers.push(number);
                let place = self.nodes.numbers.len() - 1;
                self.push(Node::Number(place))
            }
            Op::Load(place, shift) => self.value(place, shift),
            Op::Profile(profile, row) => {
                let mut home = self.storage.profile(profile);
                home.offset += row as isize;
                if self.program.profiles[profile].region.axis == 0 {
                    let address = self.address(home, [0; 3]);
                    return self.load(address);
                }
                let address = Address::Row(home.stream, home.offset as i64 * self.size);
                self.nodes.rows.push(address);
                let place = self.nodes.rows.len() - 1;
                self.push(Node::Row(place))
            }
            Op::Inside => {
                let address = self.address(self.storage.inside(), [0; 3]);
                self.load(address)
            }
            Op::Add(a, b) => self.push(Node::Add(n(a), n(b))),
            Op::Sub(a, b) => self.push(Node::Sub(n(a), n(b))),
            Op::Mul(a, b) => self.push(Node::Mul(n(a), n(b))),
            Op::MulAdd(a, b, c) => self.push(Node::Fused(Fused::MulAdd, [n(a), n(b), n(c)])),
            Op::NegMulAdd(a, b, c) => self.push(Node::Fused(Fused::NegMulAdd, [n(a), n(b), n(c)])),
            Op::MulSub(a, b, c) => self.push(Node::Fused(Fused::MulSub, [n(a), n(b), n(c)])),
            Op::Store(place, row, value) => {
                let mut shift = [0; 3];
                shift[self.along] = row;
                let address = self.address(self.storage.place(place), shift);
                self.push(Node::Store(address, n(value)))
            }
        }
    }

    /// Asks for what a row some rows on will read for the first time: of each place the plane farthest ahead.
    fn prefetch(&mut self, ops: &[Op]) {
        let mut farthest: Vec<(Place, i32)> = Vec::new();
        for op in ops {
            if let Op::Load(place, [_, _, z]) = *op {
                match farthest.iter_mut().find(|(other, _)| *other == place) {
                    Some((_, far)) => *far = (*far).max(z),
                    None => farthest.push((place, z)),
                }
            }
        }
        let rows = 1 + ops
            .iter()
            .fold(0, |rows, op| if let Op::Store(_, row, _) = op { rows.max(*row) } else { rows });
        for (place, z) in farthest {
            for row in 0..rows {
                let address = self.address(self.storage.place(place), [0, ROWS_AHEAD.max(rows) + row, z]);
                self.push(Node::Prefetch(address));
            }
        }
    }

    /// A value beside the node: by a shuffle of two vectors where several are needed. Where rows go together and so share their
    /// loads, the shuffles' ports are the busiest, and the farthest of a long stencil are loaded across cache lines.
    fn value(&mut self, place: Place, shift: [i32; 3]) -> Id {
        let home = self.storage.place(place);
        let [x, y, z] = shift;
        let (far, count) = self.far.get(&(place, y, z)).copied().unwrap_or_default();
        let by_load = x == 0 || count < 2 || (self.together && far >= 4 && x.abs() == far);
        let (Some(lanes), false) = (self.shuffled, by_load) else {
            let address = self.address(home, shift);
            return self.load(address);
        };
        let mut aligned = |x: i32| {
            let address = self.address(home, [x, y, z]);
            self.load(address)
        };
        if x > 0 {
            let (low, high) = (aligned(0), aligned(lanes));
            self.push(Node::Align { high, low, by: x as usize })
        } else {
            let (low, high) = (aligned(-lanes), aligned(0));
            self.push(Node::Align { high, low, by: (lanes + x) as usize })
        }
    }
}
