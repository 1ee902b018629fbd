//! A network whose points ranks share.

use std::cell::RefCell;
use std::convert::Infallible;
use std::ops::Range;

use burn::tensor::{Tensor, TensorData};
use fields::{Evaluation, JetOrder, Network};

use crate::dealt::Named;

/// Most blocks of points, which is how many ranks have points.
pub const BLOCKS: usize = 16;

/// Fewest points of a block, a multiple of those that are computed at a time.
const POINTS: usize = 192;

/// The blocks of so many points. They do not depend on the number of ranks, so neither does the order in which gradients are added.
fn blocks(points: usize) -> Vec<Range<usize>> {
    let each = points.div_ceil(BLOCKS).next_multiple_of(POINTS);
    (0..points).step_by(each).map(|first| first..(first + each).min(points)).collect()
}

/// Two numbers in single precision in the place of one.
fn packed(values: &[f32]) -> Vec<f64> {
    let bits = |value: Option<&f32>| u64::from(value.map_or(0, |value| value.to_bits()));
    values.chunks(2).map(|pair| f64::from_bits(bits(pair.first()) | bits(pair.get(1)) << 32)).collect()
}

fn unpacked(numbers: &[f64], count: usize) -> Vec<f32> {
    let pair = |number: &f64| [0, 32].map(|shift| f32::from_bits((number.to_bits() >> shift) as u32));
    numbers.iter().flat_map(pair).take(count).collect()
}

/// The numbers `[stream, point, channel]` of a block among those of all points, as places of `[point, channel]` rows.
fn rows(block: &Range<usize>, points: usize, channels: usize, streams: usize) -> Vec<Range<usize>> {
    let row = |stream: usize| {
        let first = (stream * points + block.start) * channels;
        first..first + block.len() * channels
    };
    (0..streams).map(row).collect()
}

/// [`Network::evaluate`], of which each rank computes some blocks of points. Values and gradients are the same to the bit on all ranks,
/// and for any number of them. All ranks pull back the result, in the same order.
pub(super) fn evaluate(network: &Network, points: &Tensor<2>, order: JetOrder) -> Evaluation {
    let [count, inputs] = points.dims();
    let (channels, streams) = (network.architecture().outputs, order.streams(inputs));
    let blocks = blocks(count);
    let of_block = |block: &Range<usize>| network.evaluate(points.clone().slice([block.clone()]), order);
    let own = RefCell::new(Vec::new());
    let all = ranks::collect_over(
        share(blocks.len()),
        blocks.len(),
        |never: &Infallible| match *never {},
        |range, add| {
            for block in &blocks[range] {
                let evaluation = of_block(block);
                add(packed(evaluation.values()));
                own.borrow_mut().push(evaluation);
            }
            Ok(())
        },
    );
    let all = all.expect("no network has an error");
    let mut values = vec![0.0; streams * count * channels];
    for (block, numbers) in blocks.iter().zip(&all) {
        let each = block.len() * channels;
        let of_block = unpacked(numbers, streams * each);
        for (row, from) in rows(block, count, channels, streams).into_iter().zip(of_block.chunks(each)) {
            values[row].copy_from_slice(from);
        }
    }
    let (own, parameters) = (own.into_inner(), network.parameters());
    Evaluation::assembled(values, [count, channels], move |upstream| {
        let shapes: Vec<[usize; 2]> = parameters.iter().map(Tensor::dims).collect();
        let sum = ranks::sum_over(
            share(blocks.len()),
            blocks.len(),
            |never: &Infallible| match *never {},
            |range, add| {
                for (block, evaluation) in blocks[range].iter().zip(own) {
                    let rows = rows(block, count, channels, streams);
                    let upstream = rows.into_iter().flat_map(|row| upstream[row].iter().copied()).collect();
                    let gradient = evaluation.pull_back(upstream);
                    add(gradient.into_iter().flat_map(numbers).map(f64::from).collect());
                }
                Ok(())
            },
        );
        let mut sum = &sum.expect("no network has an error")[..];
        let gradient = |(parameter, shape): (&Tensor<2>, [usize; 2])| {
            let (own, rest) = sum.split_at(shape[0] * shape[1]);
            sum = rest;
            let own: Vec<f32> = own.iter().map(|value| *value as f32).collect();
            Tensor::from_data(TensorData::new(own, shape), &parameter.clone().inner().device())
        };
        parameters.iter().zip(shapes).map(gradient).collect()
    })
}

/// All ranks, which share so many blocks from now on.
fn share(blocks: usize) -> &'static dyn ranks::Transport {
    Named::new("point block", 0..blocks).share();
    ranks::world()
}

fn numbers(tensor: Tensor<2>) -> Vec<f32> {
    tensor.into_data_as::<f32>().try_into_vec::<f32>().expect("converted to f32")
}

#[cfg(test)]
mod tests {
    use fields::{Architecture, device};

    use super::*;

    /// Values and gradients are those of the network; blocks cover all points.
    #[test]
    fn blocks_give_what_the_network_gives() {
        let device = device::parse("cpu").unwrap();
        let network = Network::init(&Architecture::siren(16, 2, 3), 3, &device).unwrap();
        for count in [1, 191, 192, 500, 4000] {
            let covered: Vec<usize> = blocks(count).into_iter().flatten().collect();
            assert_eq!(covered, (0..count).collect::<Vec<_>>());
            assert!(blocks(count).len() <= BLOCKS);
            let at = |i: usize| [(i as f64 * 0.618).fract() - 0.5, (i as f64 * 0.755).fract() - 0.5];
            let points: Vec<[f64; 2]> = (0..count).map(at).collect();
            let points = fields::collocation::to_tensor(&points, &device);
            let whole = network.evaluate(points.clone(), JetOrder::Mixed);
            let dealt = evaluate(&network, &points, JetOrder::Mixed);
            assert_eq!(dealt.values(), whole.values(), "a kernel sees one point at a time");
            let upstream: Vec<f32> = whole.values().iter().map(|v| 0.1 + v * v).collect();
            let [whole, dealt] = [whole, dealt].map(|of| of.pull_back(upstream.clone()));
            for (whole, dealt) in whole.into_iter().zip(dealt) {
                assert_eq!(whole.dims(), dealt.dims());
                let (whole, dealt) = (numbers(whole), numbers(dealt));
                let largest = whole.iter().fold(0.0_f32, |a, g| a.max(g.abs()));
                // Sums of up to 4000 terms in single precision.
                let close = |(a, b): (&f32, &f32)| (a - b).abs() <= 2e-4 * largest;
                assert!(whole.iter().zip(&dealt).all(close), "{count} points");
            }
        }
    }

    /// Every pair of numbers comes back as it was, also those that are not numbers.
    #[test]
    fn packing_keeps_all_bits() {
        let values = [
            1.5_f32,
            f32::NAN,
            -0.0,
            f32::INFINITY,
            f32::MIN_POSITIVE / 8.0,
            -7.25,
            f32::from_bits(0x7f80_0001),
        ];
        for count in 0..=values.len() {
            let back = unpacked(&packed(&values[..count]), count);
            let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&back), bits(&values[..count]));
        }
    }
}
