//! Sums over ranks that are threads of this process.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Barrier, Mutex};

use proptest::prelude::*;

use super::*;
use crate::collect::collect_over;
use crate::fault::Elsewhere;
use crate::team::{Team, team_of};
use crate::transport::Alone;

/// What the ranks of one test share.
struct Shared {
    barrier: Barrier,
    largest: AtomicUsize,
    /// Numbers that were sent, over all ranks.
    sent: AtomicUsize,
}

/// A rank that is a thread.
struct Thread<'a> {
    rank: usize,
    shared: &'a Shared,
    /// By rank.
    to: Vec<Sender<Vec<f64>>>,
    from: Vec<Mutex<Receiver<Vec<f64>>>>,
}

impl Transport for Thread<'_> {
    fn rank(&self) -> usize {
        self.rank
    }

    fn count(&self) -> usize {
        self.to.len()
    }

    fn send(&self, to: usize, numbers: &[f64]) {
        self.shared.sent.fetch_add(numbers.len(), Ordering::SeqCst);
        self.to[to].send(numbers.to_vec()).unwrap();
    }

    fn receive(&self, from: usize) -> Vec<f64> {
        self.from[from].lock().unwrap().recv().unwrap()
    }

    fn exchange(&self, to: usize, numbers: &[f64], from: usize, expected: usize) -> Vec<f64> {
        self.send(to, numbers);
        let received = self.receive(from);
        assert_eq!(received.len(), expected, "from {from} to {}", self.rank);
        received
    }

    fn broadcast(&self, numbers: &mut Vec<f64>) {
        if self.rank == 0 {
            (1..self.count()).for_each(|to| self.to[to].send(numbers.clone()).unwrap());
        } else {
            *numbers = self.receive(0);
        }
    }

    fn largest(&self, value: usize) -> usize {
        self.shared.largest.fetch_max(value, Ordering::SeqCst);
        self.shared.barrier.wait();
        let largest = self.shared.largest.load(Ordering::SeqCst);
        self.shared.barrier.wait();
        self.shared.largest.store(0, Ordering::SeqCst);
        self.shared.barrier.wait();
        largest
    }

    fn abort(&self, code: i32) -> ! {
        panic!("aborted with {code}")
    }
}

/// Runs `work` on so many ranks; its answers by rank, and how many numbers were sent for sums.
fn on_ranks<T: Send>(count: usize, work: impl Fn(&dyn Transport) -> T + Sync) -> (Vec<T>, usize) {
    let shared =
        Shared { barrier: Barrier::new(count), largest: AtomicUsize::new(0), sent: AtomicUsize::new(0) };
    // `ends[from][to]`.
    let ends: Vec<Vec<_>> = (0..count).map(|_| (0..count).map(|_| channel()).collect()).collect();
    let (mut to, mut from): (Vec<Vec<_>>, Vec<Vec<_>>) =
        ((0..count).map(|_| Vec::new()).collect(), (0..count).map(|_| Vec::new()).collect());
    for (sender, row) in ends.into_iter().enumerate() {
        for (receiver, (tx, rx)) in row.into_iter().enumerate() {
            to[sender].push(tx);
            from[receiver].push(Mutex::new(rx));
        }
    }
    let answers = std::thread::scope(|scope| {
        let started: Vec<_> = to
            .into_iter()
            .zip(from)
            .enumerate()
            .map(|(rank, (to, from))| {
                let (shared, work) = (&shared, &work);
                scope.spawn(move || work(&Thread { rank, shared, to, from }))
            })
            .collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    (answers, shared.sent.load(Ordering::SeqCst))
}

/// The contribution of an item: numbers of very different size, so that the order of additions matters.
fn contribution(item: usize, length: usize) -> Vec<f64> {
    let value = |k: usize| {
        let x = (item * 7919 + k * 104_729 + 1) as f64;
        (x * 0.618_033_988_749).fract() * 10.0_f64.powi((item % 9) as i32 * 3 - 12)
    };
    (0..length).map(value).collect()
}

fn summed(world: &dyn Transport, items: usize, length: usize) -> Vec<f64> {
    let compute = |range: Range<usize>, add: &mut dyn FnMut(Vec<f64>)| -> Result<(), String> {
        range.for_each(|item| add(contribution(item, length)));
        Ok(())
    };
    sum_over(world, items, |_| 0, compute).unwrap()
}

/// Each item belongs to exactly one rank, and ranks differ by at most one item.
#[test]
fn items_are_dealt() {
    for count in 1..12 {
        for items in 0..40 {
            let all: Vec<usize> = (0..count).flat_map(|rank| own(rank, count, items)).collect();
            assert_eq!(all, (0..items).collect::<Vec<_>>());
            let sizes: Vec<usize> = (0..count).map(|rank| own(rank, count, items).len()).collect();
            let spread = sizes.iter().max().unwrap() - sizes.iter().min().unwrap();
            assert!(spread <= 1, "{items} items on {count} ranks: {sizes:?}");
            assert!(items == 0 || !own(0, count, items).is_empty(), "rank 0 has the root of the tree");
        }
    }
}

/// The total of one rank is the sum, and that of any number of ranks is the same to the bit, on each of them.
#[test]
fn the_same_to_the_bit() {
    let mut differs = false;
    for items in 1..=33 {
        let alone = summed(&Alone, items, 3);
        let mut plain = vec![0.0; 3];
        (0..items).for_each(|item| plain = added(plain.clone(), &contribution(item, 3)));
        for (a, b) in alone.iter().zip(&plain) {
            assert!((a - b).abs() <= 1e-14 * items as f64 * b.abs(), "{items} items: {a} {b}");
        }
        differs |= alone != plain;
        for count in [1, 2, 3, 4, 5, 7, 8, 16] {
            let (totals, _) = on_ranks(count, |world| summed(world, items, 3));
            for total in totals {
                assert_eq!(total, alone, "{items} items on {count} ranks");
            }
        }
    }
    assert!(differs, "the numbers show the order of additions");
}

/// What is counted beforehand is what is sent. On a power of two of ranks, each sends and receives less than four lists in all.
#[test]
fn what_is_sent() {
    for items in [32, 12, 100, 9] {
        for count in 2..=8 {
            let (_, sent) = on_ranks(count, |world| summed(world, items, 840));
            let traffic = traffic(count, items);
            for side in [0, 1] {
                let all: f64 = traffic.iter().map(|lists| lists[side]).sum();
                assert!(
                    (840.0 * all - sent as f64).abs() < 1e-6,
                    "{items} items, {count} ranks: {all} {sent}"
                );
            }
            let most = if count.is_power_of_two() { 4.0 } else { 10.0 };
            let lists = traffic.iter().map(|[sent, received]| sent + received).fold(0.0, f64::max);
            assert!(lists < most, "{lists} lists of each of {count} ranks with {items} items");
        }
    }
}

/// Ranks in teams find what one rank finds, if there are more ranks than items: each team adds the parts of its item, and the first rank
/// of a team, which has the item, adds it to the others. Errors of a part reach all ranks.
#[test]
fn teams_share_items() {
    let (items, parts) = (3, 5);
    let nested = |world: &dyn Transport, bad: Option<[usize; 2]>| {
        let of_item = |inner: &dyn Transport, item: usize| {
            let compute = |range: Range<usize>, add: &mut dyn FnMut(Vec<f64>)| {
                for part in range {
                    if bad == Some([item, part]) {
                        return Err(format!("no part {part} of {item}"));
                    }
                    add(contribution(item * parts + part, 7));
                }
                Ok(())
            };
            sum_over(inner, parts, |_| 0, compute).map_err(|fault| match fault {
                Fault::Own(message) | Fault::Elsewhere(Elsewhere { message, .. }) => message,
            })
        };
        let count = world.count();
        let mut own_sums: Vec<Result<Vec<f64>, String>> = Vec::new();
        if count > items {
            let item = (0..items).find(|i| team_of(*i, items, count).contains(&world.rank())).unwrap();
            let sum = of_item(&Team::new(world, team_of(item, items, count)), item);
            if own(world.rank(), count, items).contains(&item) {
                own_sums.push(sum);
            }
        } else {
            own_sums.extend(own(world.rank(), count, items).map(|item| of_item(&Alone, item)));
        }
        sum_over(world, items, |_| 0, |_, add| own_sums.into_iter().try_for_each(|sum| sum.map(&mut *add)))
    };
    let alone = nested(&Alone, None).unwrap();
    for count in [2, 3, 4, 5, 8, 15, 20] {
        let (answers, _) = on_ranks(count, |world| nested(world, None));
        assert!(answers.into_iter().all(|answer| answer.as_ref() == Ok(&alone)), "{count} ranks");
        let (answers, _) = on_ranks(count, |world| nested(world, Some([1, 3])));
        for answer in answers {
            let (Err(Fault::Own(message)) | Err(Fault::Elsewhere(Elsewhere { message, .. }))) = answer else {
                panic!("no error on {count} ranks");
            };
            assert_eq!(message, "no part 3 of 1");
        }
    }
}

/// Lists of any length reach all ranks in the order of their items, and so does an error.
#[test]
fn lists_are_collected() {
    let list = |item: usize| contribution(item, item % 4);
    for items in [0, 1, 5, 12] {
        for count in [1, 2, 3, 8] {
            let (answers, _) = on_ranks(count, |world| {
                let compute = |range: Range<usize>, add: &mut dyn FnMut(Vec<f64>)| -> Result<(), String> {
                    range.for_each(|item| add(list(item)));
                    Ok(())
                };
                collect_over(world, items, |_| 0, compute)
            });
            let expected: Vec<Vec<f64>> = (0..items).map(list).collect();
            assert!(answers.into_iter().all(|answer| answer.as_ref() == Ok(&expected)));
        }
    }
    let (answers, _) = on_ranks(3, |world| {
        collect_over(
            world,
            3,
            |_| 2,
            |range, _| match range.start {
                1 => Err("none".to_owned()),
                _ => Ok(()),
            },
        )
    });
    let elsewhere = Err(Fault::Elsewhere(Elsewhere { rank: 1, message: "none".to_owned(), class: 2 }));
    assert_eq!(answers, [elsewhere.clone(), Err(Fault::Own("none".to_owned())), elsewhere]);
}

/// The error of the lowest item reaches every rank, with its class, and only its own rank has it as it was.
#[test]
fn errors_reach_every_rank() {
    for count in [2, 3, 8] {
        for bad in [vec![0], vec![5], vec![9, 2], vec![11, 6, 7]] {
            let (answers, _) = on_ranks(count, |world| {
                let compute = |range: Range<usize>, add: &mut dyn FnMut(Vec<f64>)| {
                    for item in range {
                        if bad.contains(&item) {
                            return Err(format!("no item {item}, m\u{b2}"));
                        }
                        add(contribution(item, 2));
                    }
                    Ok(())
                };
                sum_over(world, 12, |_| 7, compute)
            });
            let lowest = *bad.iter().min().unwrap();
            let rank = (0..count).find(|rank| own(*rank, count, 12).contains(&lowest)).unwrap();
            let message = format!("no item {lowest}, m\u{b2}");
            for (here, answer) in answers.into_iter().enumerate() {
                let expected = match here == rank {
                    true => Fault::Own(message.clone()),
                    false => Fault::Elsewhere(Elsewhere { rank, message: message.clone(), class: 7 }),
                };
                assert_eq!(answer, Err(expected), "{bad:?} on {count} ranks");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any number of items on any number of ranks, more of them than items among others.
    #[test]
    fn any_number(items in 0_usize..70, count in 1_usize..12) {
        let (totals, _) = on_ranks(count, |world| summed(world, items, 2));
        let alone = summed(&Alone, items, 2);
        prop_assert!(totals.into_iter().all(|total| total == alone));
    }
}
