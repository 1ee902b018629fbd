//! Registers for values.

use super::nodes::{Address, Fused, Node, Nodes};
use crate::program::execute::trace::Id;

/// A register, or memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Operand {
    Register(u8),
    Memory(Address),
}

/// Which of the operands of a fused instruction is added: the names of the instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// to = to b + a
    F132,
    /// to = a to + b
    F213,
    /// to = a b + to
    F231,
}

/// An arithmetic operation of two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Two {
    Add,
    Sub,
    Mul,
}

/// A machine instruction with vectors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Instruction {
    Load {
        to: u8,
        from: Address,
    },
    /// One element to all of a vector.
    Broadcast {
        to: u8,
        from: Address,
    },
    Store {
        to: Address,
        from: u8,
    },
    Move {
        to: u8,
        from: u8,
    },
    Two {
        what: Two,
        to: u8,
        a: u8,
        b: Operand,
    },
    Fused {
        what: Fused,
        form: Form,
        to: u8,
        a: u8,
        b: Operand,
    },
    Align {
        to: u8,
        high: u8,
        low: Operand,
        by: usize,
    },
    Prefetch {
        from: Address,
    },
}

/// The instructions of a kernel.
#[derive(Debug, Default)]
pub(crate) struct Body {
    /// Once.
    pub(crate) first: Vec<Instruction>,
    /// At the beginning of each row.
    pub(crate) row: Vec<Instruction>,
    /// For each vector.
    pub(crate) vector: Vec<Instruction>,
    /// Vectors of working memory.
    pub(crate) slots: usize,
}

/// Vector registers that the values need at once.
pub(crate) fn needed(nodes: &Nodes) -> u8 {
    Allocation::run(nodes, u8::MAX, 0).most_used
}

/// Instructions for a processor with so many vector registers.
pub(crate) fn allocate(nodes: &Nodes, registers: u8) -> Body {
    // The rest is for numbers.
    let needed = needed(nodes);
    let pinned = registers.saturating_sub(needed + 1).min(registers - 6);
    Allocation::run(nodes, registers, pinned).body
}

struct Allocation<'a> {
    nodes: &'a Nodes,
    body: Body,
    location: Vec<Option<Operand>>,
    free: Vec<u8>,
    /// Registers of values; numbers have those from here on.
    registers: u8,
    most_used: u8,
    /// Where each value is used.
    uses: Vec<Vec<usize>>,
    /// Registers that the present instruction needs.
    locked: Vec<u8>,
    /// Registers that are free after the present instruction.
    scratch: Vec<u8>,
}

impl<'a> Allocation<'a> {
    fn run(nodes: &'a Nodes, registers: u8, pinned: u8) -> Self {
        let mut uses = vec![Vec::new(); nodes.list.len()];
        for (k, node) in nodes.list.iter().enumerate() {
            node.uses().for_each(|id| uses[id].push(k));
        }
        let own = registers - pinned;
        let mut all = Self {
            nodes,
            body: Body::default(),
            location: vec![None; nodes.list.len()],
            free: (0..own).rev().collect(),
            registers: own,
            most_used: 0,
            uses,
            locked: Vec::new(),
            scratch: Vec::new(),
        };
        all.pin(pinned);
        for k in 0..nodes.list.len() {
            all.node(k);
        }
        all
    }

    /// Registers for the constants that are used most; memory for the others.
    fn pin(&mut self, count: u8) {
        let constant = |k: &usize| matches!(self.nodes.list[*k], Node::Number(_) | Node::Row(_));
        let mut constants: Vec<usize> = (0..self.nodes.list.len()).filter(constant).collect();
        constants.sort_by_key(|k| std::cmp::Reverse(self.uses[*k].len()));
        for (place, k) in constants.into_iter().enumerate() {
            let register = (place < usize::from(count)).then(|| self.registers + place as u8);
            let location = match (self.nodes.list[k], register) {
                (Node::Number(number), Some(to)) => {
                    self.body.first.push(Instruction::Load { to, from: Address::Number(number) });
                    Operand::Register(to)
                }
                (Node::Number(number), None) => Operand::Memory(Address::Number(number)),
                (Node::Row(row), Some(to)) => {
                    self.body.row.push(Instruction::Broadcast { to, from: self.nodes.rows[row] });
                    Operand::Register(to)
                }
                (Node::Row(row), None) => {
                    let slot = Address::Slot(self.slot());
                    self.body.row.push(Instruction::Broadcast { to: 0, from: self.nodes.rows[row] });
                    self.body.row.push(Instruction::Store { to: slot, from: 0 });
                    Operand::Memory(slot)
                }
                _ => continue,
            };
            self.location[k] = Some(location);
        }
    }

    fn slot(&mut self) -> usize {
        self.body.slots += 1;
        self.body.slots - 1
    }

    fn emit(&mut self, instruction: Instruction) {
        self.body.vector.push(instruction);
    }

    /// Whether nothing writes to an address from one operation to another.
    fn unchanged(&self, address: Address, from: usize, to: usize) -> bool {
        !self.nodes.list[from..to]
            .iter()
            .any(|node| matches!(node, Node::Store(other, _) if *other == address))
    }

    /// A register that holds nothing that is still needed.
    fn take(&mut self, now: usize) -> u8 {
        if self.free.is_empty() {
            self.evict(now);
        }
        let register = self.free.pop().expect("a register has been made free");
        self.most_used = self.most_used.max(self.registers - self.free.len() as u8);
        register
    }

    /// Moves the value that is needed last to memory.
    fn evict(&mut self, now: usize) {
        let next = |k: usize| self.uses[k].iter().copied().find(|at| *at >= now).unwrap_or(usize::MAX);
        let movable = |k: usize| match self.location[k] {
            Some(Operand::Register(r)) if r < self.registers && !self.locked.contains(&r) => {
                Some((next(k), k, r))
            }
            _ => None,
        };
        let (_, victim, register) =
            (0..now).filter_map(movable).max().expect("an instruction needs few registers");
        let last = self.uses[victim].last().copied().unwrap_or(now);
        let address = match self.nodes.list[victim] {
            Node::Load(address) if self.unchanged(address, victim, last) => address,
            _ => {
                let slot = Address::Slot(self.slot());
                self.emit(Instruction::Store { to: slot, from: register });
                slot
            }
        };
        self.location[victim] = Some(Operand::Memory(address));
        self.free.push(register);
    }

    /// Where a value is; its register is kept while the present instruction is made.
    fn operand(&mut self, id: Id) -> Operand {
        let operand = self.location[id].expect("a value is computed before it is used");
        if let Operand::Register(register) = operand {
            self.locked.push(register);
        }
        operand
    }

    /// An operand in a register.
    fn in_register(&mut self, operand: Operand, now: usize) -> u8 {
        match operand {
            Operand::Register(register) => register,
            Operand::Memory(from) => {
                let to = self.take(now);
                self.locked.push(to);
                self.scratch.push(to);
                self.emit(Instruction::Load { to, from });
                to
            }
        }
    }

    /// Whether the register of an operand is free after this operation.
    fn dies(&self, operand: Operand, now: usize) -> bool {
        let Operand::Register(register) = operand else { return false };
        if self.scratch.contains(&register) {
            return true;
        }
        let holds = |k: &usize| self.location[*k] == Some(operand);
        register < self.registers
            && (0..now).filter(holds).all(|k| self.uses[k].last().is_none_or(|last| *last <= now))
    }

    /// Frees the registers of values that are not used after this operation, except the one of its result.
    fn release(&mut self, now: usize, result: Option<u8>) {
        for k in 0..now {
            if let Some(Operand::Register(register)) = self.location[k]
                && register < self.registers
                && self.uses[k].last().is_none_or(|last| *last <= now)
            {
                self.location[k] = None;
                if Some(register) != result {
                    self.free.push(register);
                }
            }
        }
        for register in std::mem::take(&mut self.scratch) {
            if Some(register) != result {
                self.free.push(register);
            }
        }
        self.locked.clear();
    }

    /// The register of a result: that of an operand that dies, or a new one.
    fn result(&mut self, operands: &[Operand], now: usize) -> u8 {
        let dying = operands.iter().find(|operand| self.dies(**operand, now));
        match dying {
            Some(Operand::Register(register)) => *register,
            _ => self.take(now),
        }
    }

    fn node(&mut self, now: usize) {
        let node = self.nodes.list[now];
        let result = match node {
            Node::Number(_) | Node::Row(_) => return,
            Node::Load(address) => {
                let uses = &self.uses[now];
                if uses.len() == 1 && self.unchanged(address, now, uses[0]) {
                    self.location[now] = Some(Operand::Memory(address));
                    return;
                }
                let to = self.take(now);
                self.emit(Instruction::Load { to, from: address });
                Some(to)
            }
            Node::Align { high, low, by } => {
                let (high, low) = (self.operand(high), self.operand(low));
                let high = self.in_register(high, now);
                let to = self.result(&[Operand::Register(high), low], now);
                self.emit(Instruction::Align { to, high, low, by });
                Some(to)
            }
            Node::Add(a, b) => Some(self.two(Two::Add, a, b, now)),
            Node::Sub(a, b) => Some(self.two(Two::Sub, a, b, now)),
            Node::Mul(a, b) => Some(self.two(Two::Mul, a, b, now)),
            Node::Fused(what, [a, b, c]) => Some(self.fused(what, a, b, c, now)),
            Node::Prefetch(from) => {
                self.emit(Instruction::Prefetch { from });
                return;
            }
            Node::Store(to, value) => {
                let value = self.operand(value);
                let from = self.in_register(value, now);
                self.emit(Instruction::Store { to, from });
                None
            }
        };
        self.release(now, result);
        if let Some(register) = result {
            self.location[now] = Some(Operand::Register(register));
        }
    }

    fn two(&mut self, what: Two, a: Id, b: Id, now: usize) -> u8 {
        let (mut a, mut b) = (self.operand(a), self.operand(b));
        if what != Two::Sub && matches!(a, Operand::Memory(_)) {
            std::mem::swap(&mut a, &mut b);
        }
        let a = self.in_register(a, now);
        let to = self.result(&[Operand::Register(a), b], now);
        self.emit(Instruction::Two { what, to, a, b });
        to
    }

    fn fused(&mut self, what: Fused, a: Id, b: Id, c: Id, now: usize) -> u8 {
        let (mut a, mut b, c) = (self.operand(a), self.operand(b), self.operand(c));
        if matches!(a, Operand::Memory(_)) {
            std::mem::swap(&mut a, &mut b);
        }
        let a = self.in_register(a, now);
        let (dies_a, dies_b) = (self.dies(Operand::Register(a), now), self.dies(b, now));
        let (form, to, a, b) = match (b, c) {
            (b, Operand::Register(to)) if self.dies(c, now) => (Form::F231, to, a, b),
            (Operand::Memory(_), Operand::Register(c)) if dies_a => (Form::F132, a, c, b),
            (Operand::Register(b), c) if dies_a => (Form::F213, a, b, c),
            (Operand::Register(b), c) if dies_b => (Form::F213, b, a, c),
            (b, c) => {
                let to = self.take(now);
                self.emit(match c {
                    Operand::Register(from) => Instruction::Move { to, from },
                    Operand::Memory(from) => Instruction::Load { to, from },
                });
                (Form::F231, to, a, b)
            }
        };
        self.emit(Instruction::Fused { what, form, to, a, b });
        to
    }
}
