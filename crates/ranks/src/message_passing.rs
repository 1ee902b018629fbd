//! Messages over MPI, by the library of the system.

use mpi::collective::SystemOperation;
use mpi::environment::Universe;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives, Destination, Root, Source};

use crate::transport::Transport;

/// Membership in the run, until it is dropped.
pub(crate) struct Membership {
    _universe: Universe,
}

/// All processes that the launcher has started.
pub(crate) struct World;

/// Joins the processes that the launcher has started; `None` the second time.
pub(crate) fn join() -> Option<(World, Membership)> {
    // Only one thread at a time sends, but not always the same one.
    let (universe, _) = mpi::initialize_with_threading(mpi::Threading::Serialized)?;
    Some((World, Membership { _universe: universe }))
}

/// The name of the machine.
pub(crate) fn host() -> String {
    mpi::environment::processor_name().unwrap_or_else(|_| "an unknown machine".to_owned())
}

fn world() -> SimpleCommunicator {
    SimpleCommunicator::world()
}

impl Transport for World {
    fn rank(&self) -> usize {
        world().rank() as usize
    }

    fn count(&self) -> usize {
        world().size() as usize
    }

    fn send(&self, to: usize, numbers: &[f64]) {
        world().process_at_rank(to as i32).send(numbers);
    }

    fn receive(&self, from: usize) -> Vec<f64> {
        world().process_at_rank(from as i32).receive_vec().0
    }

    fn exchange(&self, to: usize, numbers: &[f64], from: usize, expected: usize) -> Vec<f64> {
        let world = world();
        let (to, from) = (world.process_at_rank(to as i32), world.process_at_rank(from as i32));
        let mut received = vec![0.0; expected];
        mpi::point_to_point::send_receive_into(numbers, &to, &mut received[..], &from);
        received
    }

    fn broadcast(&self, numbers: &mut Vec<f64>) {
        let world = world();
        let root = world.process_at_rank(0);
        let mut length = numbers.len() as u64;
        root.broadcast_into(&mut length);
        numbers.resize(length as usize, 0.0);
        root.broadcast_into(&mut numbers[..]);
    }

    fn largest(&self, value: usize) -> usize {
        let (value, mut largest) = (value as u64, 0_u64);
        world().all_reduce_into(&value, &mut largest, SystemOperation::max());
        largest as usize
    }

    fn abort(&self, code: i32) -> ! {
        world().abort(code)
    }
}
