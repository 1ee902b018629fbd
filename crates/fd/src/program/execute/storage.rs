//! Where variables, arrays and profiles are in memory.
//!
//! Every variable on the whole grid has the same layout, so that one offset from the beginning of a group leads to the same
//! node of all its members: the distance between two members is a constant of the program. A variable of a region has the layout
//! of that region.

use super::super::statement::{Program, Region};
use super::boxes::{VECTOR, whole};
use super::trace::Place;
use crate::FdError;
use crate::time::Real;
use crate::time::buffer::Buffer;
use crate::time::frames::Frames;
use crate::time::layout::Layout;

/// Largest distance of a member from the beginning of its group, bytes: it has to fit in 31 bits with the reach of a stencil.
const GROUP: usize = 1 << 30;

/// A pointer that moves from row to row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Stream {
    /// Variables on the whole grid, by group.
    Variables(usize),
    /// Arrays, by group.
    Arrays(usize),
    /// Variables of a region, by its place among the regions.
    Strip(usize),
    /// Profiles along an axis.
    Profiles(usize),
    /// The operands of a step, on the whole grid.
    Frame,
    /// Sums over steps and temporary variables, by group. They are not part of the state.
    Outside(usize),
    /// What is kept of a step in a region, by its place among the regions.
    Edge(usize),
}

/// Variables that are not part of the state between steps.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Special {
    /// Variables that have memory for each step.
    pub(crate) operands: Vec<usize>,
    /// Variables of regions that have memory for each step.
    pub(crate) edges: Vec<usize>,
    /// Sums over steps.
    pub(crate) sums: Vec<usize>,
}

/// Where a member of a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Home {
    pub(crate) stream: Stream,
    /// Elements from the pointer to its value at the first node of a row.
    pub(crate) offset: isize,
}

/// The places of everything on a grid.
#[derive(Debug, Clone)]
pub(crate) struct Storage {
    pub(crate) layout: Layout,
    /// By variable; none if it is never in memory.
    variables: Vec<Option<Home>>,
    arrays: Vec<Home>,
    profiles: Vec<Home>,
    /// The offsets of the mask of nodes on the grid along x.
    inside: Home,
    pub(crate) regions: Vec<Region>,
    /// Elements of each group of variables and of arrays; of the strips and of the profiles of each axis.
    groups: Vec<usize>,
    array_groups: Vec<usize>,
    sum_groups: Vec<usize>,
    /// First element of each region's strips.
    strips: Vec<usize>,
    strip_len: usize,
    profile_len: [usize; 3],
    /// Elements of the operands of a step.
    frame: usize,
    /// Elements of what is kept of a step in regions.
    edge: usize,
}

/// The distance of two members of a group: whole pages and thirteen lines, so that their starts are spread over the lines of a
/// page, and the processor does not mistake a load for one that depends on a recent store to another member.
fn apart(len: usize) -> usize {
    len.next_multiple_of(64 * VECTOR) + 13 * VECTOR
}

impl Storage {
    /// `stored` tells which variables are in memory.
    pub(crate) fn new<T>(
        program: &Program,
        n: [usize; 3],
        stored: &dyn Fn(usize) -> bool,
        special: &Special,
    ) -> Self {
        let layout = Layout::new(program.axes.len(), n, program.order / 2);
        let most = (GROUP / size_of::<T>() / apart(layout.len)).max(1);
        let (mut groups, mut array_groups, mut sum_groups) = (Vec::new(), Vec::new(), Vec::new());
        let (mut count, mut sum_count) = (0, 0);
        let member = |groups: &mut Vec<usize>, count: &mut usize| {
            let group = *count / most;
            if groups.len() == group {
                groups.push(0);
            }
            let offset = groups[group] as isize;
            groups[group] += apart(layout.len);
            *count += 1;
            (group, offset)
        };
        let mut regions: Vec<Region> = Vec::new();
        let mut strip_counts: Vec<usize> = Vec::new();
        let (mut variables, mut frame, mut edge) = (Vec::new(), 0, 0);
        let mut place_of = |region: Region, counts: &mut Vec<usize>| {
            regions.iter().position(|other| *other == region).unwrap_or_else(|| {
                regions.push(region);
                counts.push(0);
                regions.len() - 1
            })
        };
        for (v, variable) in program.variables.iter().enumerate() {
            variables.push(match variable.region {
                _ if special.operands.contains(&v) => {
                    frame += apart(layout.len);
                    Some(Home { stream: Stream::Frame, offset: (frame - apart(layout.len)) as isize })
                }
                _ if !stored(v) => None,
                Some(region) if special.edges.contains(&v) => {
                    let place = place_of(region, &mut strip_counts);
                    let offset = edge as isize;
                    edge += strip_elements(region, &layout).next_multiple_of(VECTOR);
                    Some(Home { stream: Stream::Edge(place), offset })
                }
                None if special.sums.contains(&v) || variable.temporary => {
                    let (group, offset) = member(&mut sum_groups, &mut sum_count);
                    Some(Home { stream: Stream::Outside(group), offset })
                }
                None => {
                    let (group, offset) = member(&mut groups, &mut count);
                    Some(Home { stream: Stream::Variables(group), offset })
                }
                Some(region) => {
                    let place = place_of(region, &mut strip_counts);
                    let offset = (strip_counts[place] * strip_elements(region, &layout)) as isize;
                    strip_counts[place] += 1;
                    Some(Home { stream: Stream::Strip(place), offset })
                }
            });
        }
        let (mut strips, mut strip_len) = (Vec::new(), 0);
        for (region, count) in regions.iter().zip(&strip_counts) {
            strips.push(strip_len);
            strip_len += count * strip_elements(*region, &layout) + VECTOR;
        }
        let mut count = 0;
        let arrays = (0..program.arrays.len())
            .map(|_| {
                let (group, offset) = member(&mut array_groups, &mut count);
                Home { stream: Stream::Arrays(group), offset }
            })
            .collect();
        let mut profile_len = [0; 3];
        let mut profiles: Vec<Home> = Vec::new();
        let extent = [layout.row, n[1], n[2]];
        let mut profile = |axis: usize| {
            let offset = profile_len[axis] as isize;
            profile_len[axis] += extent[axis].next_multiple_of(VECTOR);
            Home { stream: Stream::Profiles(axis), offset }
        };
        profiles.extend(program.profiles.iter().map(|one| profile(one.region.axis)));
        let inside = profile(0);
        Self {
            layout,
            variables,
            arrays,
            profiles,
            inside,
            regions,
            groups,
            array_groups,
            sum_groups,
            strips,
            strip_len,
            profile_len,
            frame,
            edge,
        }
    }

    pub(crate) fn place(&self, place: Place) -> Home {
        match place {
            Place::Variable(v) => self.variables[v].expect("a variable that is stored"),
            Place::Array(a) => self.arrays[a],
        }
    }

    pub(crate) fn profile(&self, profile: usize) -> Home {
        self.profiles[profile]
    }

    pub(crate) fn inside(&self) -> Home {
        self.inside
    }

    /// Elements from one node to the next along x, y, z.
    pub(crate) fn stride(&self, stream: Stream) -> [isize; 3] {
        match stream {
            Stream::Variables(_) | Stream::Arrays(_) | Stream::Frame | Stream::Outside(_) => {
                self.layout.stride.map(|s| s as isize)
            }
            Stream::Strip(region) | Stream::Edge(region) => {
                let [row, plane] = self.strip_strides(self.regions[region]);
                [1, row as isize, plane as isize]
            }
            Stream::Profiles(axis) => std::array::from_fn(|a| isize::from(a == axis)),
        }
    }

    /// The index of the first element of a row (x = 0) of a stream in its memory.
    pub(crate) fn row(&self, stream: Stream, y: usize, z: usize) -> isize {
        let [_, sy, sz] = self.stride(stream);
        let (y, z) = (y as isize, z as isize);
        match stream {
            Stream::Variables(_) | Stream::Arrays(_) | Stream::Frame | Stream::Outside(_) => {
                self.layout.at(0, 0) as isize + y * sy + z * sz
            }
            Stream::Strip(place) | Stream::Edge(place) => {
                let region = self.regions[place];
                let from = whole(region, self.layout.n)[0] as isize;
                let back = from * [1, sy, sz][region.axis];
                // What is kept of a step has offsets of its own.
                let first = if stream == Stream::Strip(place) { self.strips[place] } else { 0 };
                first as isize + y * sy + z * sz - back
            }
            Stream::Profiles(_) => y * sy + z * sz,
        }
    }

    /// Elements from row to row and from plane to plane of a strip.
    fn strip_strides(&self, region: Region) -> [usize; 2] {
        strip_strides(region, &self.layout)
    }

    /// The memory of a state, all zeros.
    pub(crate) fn state<T: Real>(&self) -> Memory<T> {
        let new = |groups: &[usize]| groups.iter().map(|len| Buffer::new(*len)).collect();
        let (groups, sums, strips) = (new(&self.groups), new(&self.sum_groups), Buffer::new(self.strip_len));
        Memory { groups, sums, strips, frames: Frames::none(), edges: Buffer::new(0) }
    }

    /// Memory for what is kept of so many steps in regions.
    pub(crate) fn edges<T: Real>(&self, count: usize) -> Buffer<T> {
        Buffer::new(self.edge * count)
    }

    /// Where what is kept of a step in regions begins.
    pub(crate) fn edge(&self, step: usize) -> usize {
        self.edge * step
    }

    /// Memory for the operands of so many steps.
    pub(crate) fn frames<T: Real>(&self, count: usize) -> Frames<T> {
        Frames::in_memory(self.frame * count)
    }

    /// The same in a file.
    ///
    /// # Errors
    /// [`FdError::File`].
    pub(crate) fn frames_in_file<T: Real>(&self, count: usize) -> Result<Frames<T>, FdError> {
        Frames::in_file(self.frame * count)
    }

    /// Where the operands of a step begin.
    pub(crate) fn frame(&self, step: usize) -> usize {
        self.frame * step
    }

    /// Bytes of the operands of a step.
    pub(crate) fn frame_bytes<T>(&self) -> usize {
        self.frame * size_of::<T>()
    }

    /// Bytes of a state.
    pub(crate) fn state_bytes<T>(&self) -> usize {
        (self.groups.iter().sum::<usize>() + self.strip_len) * size_of::<T>()
    }

    /// The memory of the arrays, all zeros.
    pub(crate) fn medium<T: Real>(&self, program: &Program) -> Medium<T> {
        let groups = self.array_groups.iter().map(|len| Buffer::new(*len)).collect();
        let mut profiles = self.profile_len.map(|len| Buffer::new(len));
        for (profile, home) in program.profiles.iter().zip(&self.profiles) {
            for (k, value) in profile.values.iter().enumerate() {
                profiles[profile.region.axis][home.offset as usize + profile.region.from + k] =
                    T::from_f64(*value);
            }
        }
        let first = self.inside.offset as usize;
        profiles[0][first..first + self.layout.n[0]].fill(T::from_f64(1.0));
        Medium { groups, profiles }
    }
}

fn strip_strides(region: Region, layout: &Layout) -> [usize; 2] {
    let [from, to] = whole(region, layout.n);
    let along = to - from;
    match region.axis {
        0 => [along, along * layout.n[1]],
        1 => [layout.row, layout.row * along],
        _ => [layout.row, layout.row * layout.n[1]],
    }
}

fn strip_elements(region: Region, layout: &Layout) -> usize {
    let [from, to] = whole(region, layout.n);
    let n = [layout.row, layout.n[1], layout.n[2]];
    let along = |axis: usize| if axis == region.axis { to - from } else { n[axis] };
    (0..3).map(along).product()
}

/// The memory of a state, and of the operands of steps.
#[derive(Debug)]
pub(crate) struct Memory<T> {
    pub(super) groups: Vec<Buffer<T>>,
    pub(super) sums: Vec<Buffer<T>>,
    pub(super) strips: Buffer<T>,
    /// Operands of all steps that have memory.
    pub(crate) frames: Frames<T>,
    /// What is kept of all steps in regions.
    pub(crate) edges: Buffer<T>,
}

/// The memory of a medium.
#[derive(Debug, Clone)]
pub(crate) struct Medium<T> {
    pub(crate) groups: Vec<Buffer<T>>,
    pub(crate) profiles: [Buffer<T>; 3],
}

impl<T: Real> Memory<T> {
    /// A copy of the state.
    pub(crate) fn copy(&self) -> Self {
        let (groups, strips) = (self.groups.clone(), self.strips.clone());
        Self { groups, sums: Vec::new(), strips, frames: Frames::none(), edges: Buffer::new(0) }
    }

    /// All zeros; what is kept of steps stays.
    pub(crate) fn clear(&mut self) {
        self.groups.iter_mut().chain(&mut self.sums).for_each(|group| group.fill(T::ZERO));
        self.strips.fill(T::ZERO);
    }

    /// The state of another run; sums, and what is kept of steps, stay.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        for (group, from) in self.groups.iter_mut().zip(&other.groups) {
            group.copy_from_slice(from);
        }
        self.strips.copy_from_slice(&other.strips);
    }

    /// The buffer of a stream of variables.
    pub(crate) fn of(&self, stream: Stream) -> &[T] {
        match stream {
            Stream::Variables(group) => &self.groups[group],
            Stream::Outside(group) => &self.sums[group],
            Stream::Frame => &self.frames,
            Stream::Edge(_) => &self.edges,
            _ => &self.strips,
        }
    }
}

impl<T> Medium<T> {
    pub(crate) fn of(&self, stream: Stream) -> &Buffer<T> {
        match stream {
            Stream::Arrays(group) => &self.groups[group],
            Stream::Profiles(axis) => &self.profiles[axis],
            _ => unreachable!("not a stream of the medium"),
        }
    }
}
