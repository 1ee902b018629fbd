//! The kernels of a step as CUDA C.
//!
//! One thread computes one node. Whole-grid variables have the padded layout of the other executors, so that rows begin at multiples of
//! 64 bytes and neighbours beyond the grid are zeros; a variable of a region has the nodes of the region alone. The same text is
//! compiled by NVRTC for a GPU and, behind a few definitions, by a C++ compiler for a test.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::super::difference::Derivative;
use super::super::statement::{Factor, Program, Region, Statement, Term, Value};
use super::stages::{Argument, Kernel, Stages};
use crate::time::layout::Layout;

/// What enters at points: one thread a node, with the points that reach it in a fixed order.
const INJECT: &str = "\
extern \"C\" __global__ void fwi_inject(float* v, const int* node, const int* first, const int* point, const float* weight,
    const float* samples, const int* step, int points, int count) {
  int k = blockIdx.x * blockDim.x + threadIdx.x;
  if (k >= count) return;
  const float* sample = samples + (long long)step[0] * points;
  float s = v[node[k]];
  for (int t = first[k]; t < first[k + 1]; ++t) s += weight[t] * sample[point[t]];
  v[node[k]] = s;
}
";

/// What leaves at points: one thread a point.
const RECORD: &str = "\
extern \"C\" __global__ void fwi_record(const float* v, const int* first, const int* node, const float* weight, float* samples,
    const int* step, int points) {
  int k = blockIdx.x * blockDim.x + threadIdx.x;
  if (k >= points) return;
  long long at = (long long)step[0] * points + k;
  float s = samples[at];
  for (int t = first[k]; t < first[k + 1]; ++t) s += weight[t] * v[node[t]];
  samples[at] = s;
}
";

/// The derivative by a factor of what leaves: one thread a tap, with what rounding takes from the sums beside them.
const SLOPES: &str = "\
extern \"C\" __global__ void fwi_slopes(const float* v, const int* node, const int* point, const float* weight,
    const float* forward, float* sums, const int* step, int points, int count) {
  int k = blockIdx.x * blockDim.x + threadIdx.x;
  if (k >= count) return;
  float more = weight[k] * forward[(long long)step[0] * points + point[k]] * v[node[k]] - sums[2 * k + 1];
  float sum = sums[2 * k] + more;
  sums[2 * k + 1] = (sum - sums[2 * k]) - more;
  sums[2 * k] = sum;
}
";

/// The clock: the number of the present step, its frame, the steps from one that is kept to the next, and the number of frames. It is on the
/// device so that launches do not change from step to step.
const ADVANCE: &str = "\
extern \"C\" __global__ void fwi_advance(int* clock, int by) {
  if (blockIdx.x * blockDim.x + threadIdx.x == 0) {
    clock[0] += by;
    clock[1] = clock[0] / clock[2] % clock[3];
  }
}
";

/// Where the values of variables are.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    pub(crate) layout: Layout,
    /// Variables with a frame for each step: their places in it.
    pub(crate) framed: Vec<usize>,
}

impl Places {
    /// The variables with frames that a kernel is given; it is given the clock too if there are any.
    pub(crate) fn framed_of(&self, kernel: &Kernel) -> Vec<usize> {
        let variable = |argument: &Argument| match argument {
            Argument::Variable(v) if self.framed.contains(v) => Some(*v),
            _ => None,
        };
        kernel.arguments.iter().filter_map(variable).collect()
    }

    /// Number of values of a variable.
    pub(crate) fn len(&self, program: &Program, variable: usize) -> usize {
        match compact(program, variable) {
            None => self.layout.len,
            Some(region) => extent(region, self.layout.n).iter().product(),
        }
    }
}

/// The region of a variable that has the memory of its region only.
pub(crate) fn compact(program: &Program, variable: usize) -> Option<Region> {
    program.variables[variable].region
}

/// Nodes along x, y, z of a region.
fn extent(region: Region, n: [usize; 3]) -> [usize; 3] {
    std::array::from_fn(|axis| if axis == region.axis { region.to - region.from } else { n[axis] })
}

/// The text of all kernels of some lists of statements.
pub(crate) fn text(program: &Program, lists: &[Stages], places: &Places) -> String {
    let mut out = String::new();
    for kernel in lists.iter().flat_map(Stages::kernels) {
        Writer { program, places, kernel, out: &mut out }.kernel();
    }
    out + INJECT + RECORD + SLOPES + ADVANCE
}

/// The names of the kernels of a text, and their parameters.
pub(crate) fn signatures(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("extern \"C\" __global__ void ").skip(1).filter_map(|part| {
        let (name, rest) = part.split_once('(')?;
        let (parameters, _) = rest.split_once(") {")?;
        Some((name, parameters))
    })
}

/// The name of an argument.
pub(crate) fn name(argument: Argument) -> String {
    match argument {
        Argument::Variable(v) => format!("v{v}"),
        Argument::Array(a) => format!("a{a}"),
        Argument::Profile(p) => format!("p{p}"),
    }
}

/// A number in single precision.
fn literal(number: f64) -> String {
    let number = number as f32;
    if number < 0.0 { format!("({number:?}f)") } else { format!("{number:?}f") }
}

struct Writer<'a> {
    program: &'a Program,
    places: &'a Places,
    kernel: &'a Kernel,
    out: &'a mut String,
}

const AXES: [&str; 3] = ["x", "y", "z"];

impl Writer<'_> {
    fn line(&mut self, text: &str) {
        self.out.push_str("  ");
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn kernel(mut self) {
        let kernel = self.kernel;
        let mut arguments: Vec<String> = kernel
            .arguments
            .iter()
            .map(|argument| {
                let changes = matches!(argument, Argument::Variable(v) if kernel.written.contains(v));
                let constant = if changes { "" } else { "const " };
                format!("{constant}float* __restrict__ {}", name(*argument))
            })
            .collect();
        let framed: Vec<usize> = self.places.framed_of(kernel);
        if !framed.is_empty() {
            arguments.push("const int* clock".to_owned());
        }
        let arguments = arguments.join(", ");
        let _ = writeln!(self.out, "extern \"C\" __global__ void {}({arguments}) {{", kernel.name);
        let layout = &self.places.layout;
        let [nx, ny, nz] = layout.n;
        let [_, row, plane] = layout.stride;
        let base = layout.at(0, 0);
        self.line("int x = blockIdx.x * blockDim.x + threadIdx.x;");
        self.line("int y = blockIdx.y * blockDim.y + threadIdx.y;");
        self.line("int z = blockIdx.z * blockDim.z + threadIdx.z;");
        self.line(&format!("if (x >= {nx} || y >= {ny} || z >= {nz}) return;"));
        self.line(&format!("int i = {base} + x + y * {row} + z * {plane};"));
        for v in framed {
            let frame = self.places.framed.len() * layout.len;
            self.line(&format!("v{v} += clock[1] * {frame}ll;"));
        }
        let regions: BTreeSet<Region> =
            kernel.arguments.iter().filter_map(|argument| self.region(*argument)).collect();
        for region in regions {
            let text = self.index(region);
            self.line(&text);
        }
        for v in &kernel.local {
            self.line(&format!("float v{v} = 0.0f;"));
        }
        for statement in &kernel.statements {
            self.statement(statement);
        }
        self.out.push_str("}\n");
    }

    fn region(&self, argument: Argument) -> Option<Region> {
        if let Argument::Variable(v) = argument { compact(self.program, v) } else { None }
    }

    /// The index of the node in the memory of a region.
    fn index(&self, region: Region) -> String {
        let [ex, ey, _] = extent(region, self.places.layout.n);
        let along = |axis: usize| match axis == region.axis && region.from > 0 {
            true => format!("({} - {})", AXES[axis], region.from),
            false => AXES[axis].to_owned(),
        };
        let [x, y, z] = [along(0), along(1), along(2)];
        format!("int {} = {x} + {ex} * ({y} + {ey} * {z});", index_name(region))
    }

    fn inside(region: Region) -> String {
        let axis = AXES[region.axis];
        format!("{axis} >= {} && {axis} < {}", region.from, region.to)
    }

    /// The value of a variable at the node, where a statement is executed in a region.
    fn value(&self, variable: usize, region: Option<Region>) -> String {
        if self.kernel.local.contains(&variable) {
            return format!("v{variable}");
        }
        match compact(self.program, variable) {
            None => format!("v{variable}[i]"),
            Some(own) if Some(own) == region => format!("v{variable}[{}]", index_name(own)),
            Some(own) => format!("(({}) ? v{variable}[{}] : 0.0f)", Self::inside(own), index_name(own)),
        }
    }

    /// Where the value of a variable is written.
    fn target(&self, variable: usize) -> String {
        match compact(self.program, variable) {
            _ if self.kernel.local.contains(&variable) => format!("v{variable}"),
            None => format!("v{variable}[i]"),
            Some(own) => format!("v{variable}[{}]", index_name(own)),
        }
    }

    /// A factor before what it multiplies; empty for 1.
    fn factor(&self, factor: Factor) -> String {
        let value = match factor.value {
            Value::One => None,
            Value::Array(array) => Some(format!("a{array}[i]")),
            Value::Profile(profile) => {
                Some(format!("p{profile}[{}]", AXES[self.program.profiles[profile].region.axis]))
            }
        };
        match (factor.number, value) {
            (1.0, None) => String::new(),
            (1.0, Some(value)) => format!("{value} * "),
            (number, None) => format!("{} * ", literal(number)),
            (number, Some(value)) => format!("{} * {value} * ", literal(number)),
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Update { into, keep, terms, region } => {
                // A variable of a region changes there at most.
                let guards: BTreeSet<Region> =
                    region.iter().copied().chain(compact(self.program, *into)).collect();
                let guard: Vec<String> = guards.into_iter().map(Self::inside).collect();
                self.line(&if guard.is_empty() {
                    "{".to_owned()
                } else {
                    format!("if ({}) {{", guard.join(" && "))
                });
                let kept = match keep.number {
                    0.0 => "0.0f".to_owned(),
                    _ => format!("{}{}", self.factor(*keep), self.value(*into, compact(self.program, *into))),
                };
                self.line(&format!("  float s = {kept};"));
                for term in terms {
                    self.term(term, *region);
                }
                let target = self.target(*into);
                self.line(&format!("  {target} = s;"));
                self.line("}");
            }
            Statement::Correlate { sum, number, left, right } => {
                let own = compact(self.program, *sum);
                let (left, right) = (self.value(*left, own), self.value(*right, own));
                let factor = self.factor(Factor::number(*number));
                let target = self.target(*sum);
                let guard = own.map_or(String::new(), |own| format!("if ({}) ", Self::inside(own)));
                self.line(&format!("{guard}{target} += {factor}{left} * {right};"));
            }
            _ => unreachable!("kernels have updates and correlations"),
        }
    }

    fn term(&mut self, term: &Term, region: Option<Region>) {
        let factor = self.factor(term.factor);
        let Some(derivative) = term.derivative else {
            let value = self.value(term.of, region);
            self.line(&format!("  s += {factor}{value};"));
            return;
        };
        let order = self.program.order;
        let rows = if derivative.axis == 2 { derivative.edge_rows(order) } else { 0 };
        let far = self.sum(term.of, derivative, &derivative.weights(order));
        if rows == 0 {
            self.line(&format!("  s += {factor}({far});"));
            return;
        }
        self.line("  { float d;");
        self.line("    switch (z) {");
        for row in 0..rows.min(self.places.layout.n[2]) {
            // Neighbours that are not on the grid are zeros.
            let on_grid = |(offset, _): &(isize, f64)| {
                row.checked_add_signed(*offset).is_some_and(|to| to < self.places.layout.n[2])
            };
            let taps: Vec<(isize, f64)> =
                derivative.weights_at(order, row).into_iter().filter(on_grid).collect();
            let sum = self.sum(term.of, derivative, &taps);
            self.line(&format!("      case {row}: d = {sum}; break;"));
        }
        self.line(&format!("      default: d = {far};"));
        self.line("    }");
        self.line(&format!("    s += {factor}d; }}"));
    }

    /// The weighted sum of neighbours of a variable on the whole grid.
    fn sum(&self, variable: usize, derivative: Derivative, taps: &[(isize, f64)]) -> String {
        let stride = self.places.layout.stride[derivative.axis] as isize;
        let tap = |(offset, weight): &(isize, f64)| {
            let at = match offset * stride {
                0 => "i".to_owned(),
                moved => format!("i {} {}", if moved < 0 { '-' } else { '+' }, moved.abs()),
            };
            format!("{} * v{variable}[{at}]", literal(*weight))
        };
        match taps.is_empty() {
            true => "0.0f".to_owned(),
            false => taps.iter().map(tap).collect::<Vec<_>>().join(" + "),
        }
    }
}

fn index_name(region: Region) -> String {
    format!("r{}_{}_{}", AXES[region.axis], region.from, region.to)
}
