//! Machine code for vectors of 32 and 64 bytes.

use iced_x86::{Code, Encoder, Instruction as Machine, MemoryOperand, Register};

use super::super::storage::Stream;
use super::allocate::{Body, Form, Instruction, Operand, Two};
use super::nodes::{Address, Fused};

/// An instruction set with vectors, and the type of their elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Vectors {
    /// AVX-512 with 64 bytes, or AVX2 with 32.
    pub(crate) wide: bool,
    /// f64 or f32.
    pub(crate) double: bool,
}

impl Vectors {
    /// Bytes of a vector.
    pub(crate) fn bytes(self) -> usize {
        if self.wide { 64 } else { 32 }
    }

    /// Vector registers.
    pub(crate) fn registers(self) -> u8 {
        if self.wide { 32 } else { 16 }
    }

    fn register(self, number: u8) -> Register {
        let first = if self.wide { Register::ZMM0 } else { Register::YMM0 };
        first + u32::from(number)
    }

    /// One of the codes for (AVX-512 f32, f64, AVX2 f32, f64).
    fn of(self, codes: [Code; 4]) -> Code {
        codes[2 * usize::from(!self.wide) + usize::from(self.double)]
    }
}

macro_rules! codes {
    ($vectors:expr, $a:ident, $b:ident, $c:ident, $d:ident) => {
        $vectors.of([Code::$a, Code::$b, Code::$c, Code::$d])
    };
}

/// Registers for the pointers of streams.
const POINTERS: [Register; 13] = [
    Register::RSI,
    Register::RDX,
    Register::RCX,
    Register::R8,
    Register::R9,
    Register::R10,
    Register::R11,
    Register::RBX,
    Register::RBP,
    Register::R12,
    Register::R13,
    Register::R14,
    Register::R15,
];
/// Registers that a function has to leave as they were.
const SAVED: [Register; 6] =
    [Register::RBX, Register::RBP, Register::R12, Register::R13, Register::R14, Register::R15];
/// The byte offset along x.
const X: Register = Register::RAX;
/// The arguments.
const ARGUMENTS: Register = Register::RDI;

/// The most pointers of a kernel: streams, numbers, working memory.
pub(crate) const MOST_POINTERS: usize = POINTERS.len();

/// What a kernel is called with.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Arguments {
    /// Rows; counted down to zero.
    pub(crate) rows: i64,
    /// First and last offset along x, bytes.
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// Pointers, and bytes by which they move from row to row.
    pub(crate) pointers: [*const u8; MOST_POINTERS],
    pub(crate) steps: [i64; MOST_POINTERS],
}

const POINTER_OFFSET: i64 = 24;
const STEP_OFFSET: i64 = POINTER_OFFSET + 8 * MOST_POINTERS as i64;

/// The pointers of a kernel, in the order of its arguments; the last two are those of numbers and of working memory.
pub(crate) fn streams(body: &Body) -> Vec<Stream> {
    let mut all = Vec::new();
    let mut see = |address: Address| {
        if let Address::Value(stream, _) | Address::Row(stream, _) = address
            && !all.contains(&stream)
        {
            all.push(stream);
        }
    };
    for instruction in body.first.iter().chain(&body.row).chain(&body.vector) {
        match *instruction {
            Instruction::Load { from, .. }
            | Instruction::Broadcast { from, .. }
            | Instruction::Prefetch { from } => see(from),
            Instruction::Store { to, .. } => see(to),
            Instruction::Two { b: Operand::Memory(b), .. }
            | Instruction::Fused { b: Operand::Memory(b), .. }
            | Instruction::Align { low: Operand::Memory(b), .. } => see(b),
            _ => {}
        }
    }
    all
}

/// Writes machine code; none of its errors can occur for the instructions that are made here.
struct Writer<'a> {
    vectors: Vectors,
    streams: &'a [Stream],
    encoder: Encoder,
    at: u64,
}

type Encoded = Result<(), iced_x86::IcedError>;

/// The machine code of a function `extern "sysv64" fn(*mut Arguments)`; `None` if there are too many pointers or an address is
/// too far away.
pub(crate) fn encode(body: &Body, streams: &[Stream], vectors: Vectors) -> Option<Vec<u8>> {
    if streams.len() + 2 > MOST_POINTERS {
        return None;
    }
    let mut writer = Writer { vectors, streams, encoder: Encoder::new(64), at: 0 };
    writer.function(body).ok()?;
    Some(writer.encoder.take_buffer())
}

impl Writer<'_> {
    fn put(&mut self, instruction: Result<Machine, iced_x86::IcedError>) -> Encoded {
        self.at += self.encoder.encode(&instruction?, self.at)? as u64;
        Ok(())
    }

    fn argument(offset: i64) -> MemoryOperand {
        MemoryOperand::with_base_displ(ARGUMENTS, offset)
    }

    fn function(&mut self, body: &Body) -> Encoded {
        for register in SAVED {
            self.put(Machine::with1(Code::Push_r64, register))?;
        }
        let pointers = self.streams.len() + 2;
        for (k, pointer) in POINTERS.into_iter().enumerate().take(pointers) {
            let from = Self::argument(POINTER_OFFSET + 8 * k as i64);
            self.put(Machine::with2(Code::Mov_r64_rm64, pointer, from))?;
        }
        for instruction in &body.first {
            self.instruction(instruction)?;
        }
        let row = self.at;
        for instruction in &body.row {
            self.instruction(instruction)?;
        }
        self.put(Machine::with2(Code::Mov_r64_rm64, X, Self::argument(8)))?;
        let vector = self.at;
        for instruction in &body.vector {
            self.instruction(instruction)?;
        }
        self.put(Machine::with2(Code::Add_rm64_imm32, X, self.vectors.bytes() as i32))?;
        self.put(Machine::with2(Code::Cmp_r64_rm64, X, Self::argument(16)))?;
        self.put(Machine::with_branch(Code::Jl_rel32_64, vector))?;
        for (k, pointer) in POINTERS.into_iter().enumerate().take(self.streams.len()) {
            let step = Self::argument(STEP_OFFSET + 8 * k as i64);
            self.put(Machine::with2(Code::Add_r64_rm64, pointer, step))?;
        }
        self.put(Machine::with1(Code::Dec_rm64, Self::argument(0)))?;
        self.put(Machine::with_branch(Code::Jne_rel32_64, row))?;
        for register in SAVED.into_iter().rev() {
            self.put(Machine::with1(Code::Pop_r64, register))?;
        }
        self.put(Ok(Machine::with(Code::VEX_Vzeroupper)))?;
        self.put(Ok(Machine::with(Code::Retnq)))
    }

    fn pointer(&self, stream: Stream) -> Register {
        let place = self.streams.iter().position(|other| *other == stream);
        POINTERS[place.expect("streams holds all streams of the body")]
    }

    fn memory(&self, address: Address) -> MemoryOperand {
        let count = self.streams.len();
        let vector = |k: usize| 64 * k as i64;
        match address {
            Address::Value(stream, bytes) => {
                MemoryOperand::with_base_index_scale_displ_size(self.pointer(stream), X, 1, bytes, 1)
            }
            Address::Row(stream, bytes) => {
                MemoryOperand::with_base_displ_size(self.pointer(stream), bytes, 1)
            }
            Address::Number(k) => MemoryOperand::with_base_displ_size(POINTERS[count], vector(k), 1),
            Address::Slot(k) => MemoryOperand::with_base_displ_size(POINTERS[count + 1], vector(k), 1),
        }
    }

    fn instruction(&mut self, instruction: &Instruction) -> Encoded {
        let v = self.vectors;
        let r = |number: u8| v.register(number);
        match *instruction {
            Instruction::Load { to, from } => {
                let code = codes!(
                    v,
                    EVEX_Vmovups_zmm_k1z_zmmm512,
                    EVEX_Vmovupd_zmm_k1z_zmmm512,
                    VEX_Vmovups_ymm_ymmm256,
                    VEX_Vmovupd_ymm_ymmm256
                );
                self.put(Machine::with2(code, r(to), self.memory(from)))
            }
            Instruction::Broadcast { to, from } => {
                let code = codes!(
                    v,
                    EVEX_Vbroadcastss_zmm_k1z_xmmm32,
                    EVEX_Vbroadcastsd_zmm_k1z_xmmm64,
                    VEX_Vbroadcastss_ymm_m32,
                    VEX_Vbroadcastsd_ymm_m64
                );
                self.put(Machine::with2(code, r(to), self.memory(from)))
            }
            Instruction::Store { to, from } => {
                let code = codes!(
                    v,
                    EVEX_Vmovups_zmmm512_k1z_zmm,
                    EVEX_Vmovupd_zmmm512_k1z_zmm,
                    VEX_Vmovups_ymmm256_ymm,
                    VEX_Vmovupd_ymmm256_ymm
                );
                self.put(Machine::with2(code, self.memory(to), r(from)))
            }
            Instruction::Move { to, from } => {
                let code = codes!(
                    v,
                    EVEX_Vmovaps_zmm_k1z_zmmm512,
                    EVEX_Vmovapd_zmm_k1z_zmmm512,
                    VEX_Vmovaps_ymm_ymmm256,
                    VEX_Vmovapd_ymm_ymmm256
                );
                self.put(Machine::with2(code, r(to), r(from)))
            }
            Instruction::Prefetch { from } => {
                self.put(Machine::with1(Code::Prefetcht0_m8, self.memory(from)))
            }
            Instruction::Two { what, to, a, b } => self.three(two(v, what), to, a, b),
            Instruction::Fused { what, form, to, a, b } => self.three(fused(v, what, form), to, a, b),
            Instruction::Align { to, high, low, by } => {
                let code = if v.double {
                    Code::EVEX_Valignq_zmm_k1z_zmm_zmmm512b64_imm8
                } else {
                    Code::EVEX_Valignd_zmm_k1z_zmm_zmmm512b32_imm8
                };
                let by = by as u32;
                self.put(match low {
                    Operand::Register(low) => Machine::with4(code, r(to), r(high), r(low), by),
                    Operand::Memory(low) => Machine::with4(code, r(to), r(high), self.memory(low), by),
                })
            }
        }
    }

    fn three(&mut self, code: Code, to: u8, a: u8, b: Operand) -> Encoded {
        let r = |number: u8| self.vectors.register(number);
        let instruction = match b {
            Operand::Register(b) => Machine::with3(code, r(to), r(a), r(b)),
            Operand::Memory(b) => Machine::with3(code, r(to), r(a), self.memory(b)),
        };
        self.put(instruction)
    }
}

fn two(v: Vectors, what: Two) -> Code {
    match what {
        Two::Add => codes!(
            v,
            EVEX_Vaddps_zmm_k1z_zmm_zmmm512b32_er,
            EVEX_Vaddpd_zmm_k1z_zmm_zmmm512b64_er,
            VEX_Vaddps_ymm_ymm_ymmm256,
            VEX_Vaddpd_ymm_ymm_ymmm256
        ),
        Two::Sub => codes!(
            v,
            EVEX_Vsubps_zmm_k1z_zmm_zmmm512b32_er,
            EVEX_Vsubpd_zmm_k1z_zmm_zmmm512b64_er,
            VEX_Vsubps_ymm_ymm_ymmm256,
            VEX_Vsubpd_ymm_ymm_ymmm256
        ),
        Two::Mul => codes!(
            v,
            EVEX_Vmulps_zmm_k1z_zmm_zmmm512b32_er,
            EVEX_Vmulpd_zmm_k1z_zmm_zmmm512b64_er,
            VEX_Vmulps_ymm_ymm_ymmm256,
            VEX_Vmulpd_ymm_ymm_ymmm256
        ),
    }
}

/// The codes of a fused operation in its three forms.
macro_rules! fused_codes {
    ($v:expr, $form:expr, $([$($code:ident),*]),*) => {
        match $form { Form::F132 => fused_codes!(@ $v, 0, $([$($code),*]),*), Form::F213 => fused_codes!(@ $v, 1, $([$($code),*]),*), Form::F231 => fused_codes!(@ $v, 2, $([$($code),*]),*) }
    };
    (@ $v:expr, $n:expr, $([$($code:ident),*]),*) => { $v.of([$([$(Code::$code),*]),*][$n]) };
}

fn fused(v: Vectors, what: Fused, form: Form) -> Code {
    match what {
        Fused::MulAdd => fused_codes!(
            v,
            form,
            [
                EVEX_Vfmadd132ps_zmm_k1z_zmm_zmmm512b32_er,
                EVEX_Vfmadd132pd_zmm_k1z_zmm_zmmm512b64_er,
                VEX_Vfmadd132ps_ymm_ymm_ymmm256,
                VEX_Vfmadd132pd_ymm_ymm_ymmm256
            ],
            [
                EVEX_Vfmadd213ps_zmm_k1z_zmm_zmmm512b32_er,
                EVEX_Vfmadd213pd_zmm_k1z_zmm_zmmm512b64_er,
                VEX_Vfmadd213ps_ymm_ymm_ymmm256,
                VEX_Vfmadd213pd_ymm_ymm_ymmm256
            ],
            [
                EVEX_Vfmadd231ps_zmm_k1z_zmm_zmmm512b32_er,
                EVEX_Vfmadd231pd_zmm_k1z_zmm_zmmm512b64_er,
                VEX_Vfmadd231ps_ymm_ymm_ymmm256,
                VEX_Vfmadd231pd_ymm_ymm_ymmm256
            ]
        ),
        Fused::NegMulAdd => fused_codes!(
            v,
            form,
            [
                EVEX_Vfnmadd132ps_zmm_k1z_zmm_zmmm512b32_er,
                EVEX_Vfnmadd132pd_zmm_k1z_zmm_zmmm512b64_er,
                VEX_Vfnmadd132ps_ymm_ymm_ymmm256,
                VEX_Vfnmadd132pd_ymm_ymm_ymmm256
            ],
            [
                EVEX_Vfnmadd213ps_zmm_k1z_zmm_zmmm512b32_er,
                EVEX_Vfnmadd213pd_zmm_k1z_zmm_zmmm512b64_er,
                VEX_Vfnmadd213ps_ymm_ymm_ymmm256,
                VEX_Vfnmadd213pd_ymm_ymm_ymmm256
            ],
            [
                EVEX_Vfnmadd231ps_zmm_k1z_zmm_zmmm512b32_er,
                EVEX_Vfnmadd231pd_zmm_k1z_zmm_zmmm512b64_er,
                VEX_Vfnmadd231ps_ymm_ymm_ymmm256,
                VEX_Vfnmadd231pd_ymm_ymm_ymmm256
            ]
        ),
        Fused::MulSub => fused_codes!(
            v,
            form,
            [
                EVEX_Vfmsub132ps_zmm_k1z_zmm_zmmm512b32_er,
                EVEX_Vfmsub132pd_zmm_k1z_zmm_zmmm512b64_er,
                VEX_Vfmsub132ps_ymm_ymm_ymmm256,
                VEX_Vfmsub132pd_ymm_ymm_ymmm256
            ],
            [
                EVEX_Vfmsub213ps_zmm_k1z_zmm_zmmm512b32_er,
                EVEX_Vfmsub213pd_zmm_k1z_zmm_zmmm512b64_er,
                VEX_Vfmsub213ps_ymm_ymm_ymmm256,
                VEX_Vfmsub213pd_ymm_ymm_ymmm256
            ],
            [
                EVEX_Vfmsub231ps_zmm_k1z_zmm_zmmm512b32_er,
                EVEX_Vfmsub231pd_zmm_k1z_zmm_zmmm512b64_er,
                VEX_Vfmsub231ps_ymm_ymm_ymmm256,
                VEX_Vfmsub231pd_ymm_ymm_ymmm256
            ]
        ),
    }
}
