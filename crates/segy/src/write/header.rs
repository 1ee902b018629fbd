//! The header of a trace that is written.
//!
//! # Source
//! SEG-Y revision 1, table 3, "Standard trace header".

use super::error::WriteError;
use super::scalars::Scalars;
use crate::byte_order::ByteOrder;
use crate::field::Field;
use crate::layout::TRACE_HEADER;
use crate::options::Kind;

/// The facts of a trace: of a gather, or of a column of a model, whose source and receiver are at its position.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceFacts {
    /// The field record number (FFID); also the energy source point.
    pub record: i32,
    /// The number of the trace within its record, from 1.
    pub channel: i32,
    /// The ensemble number (CDP), or 0.
    pub ensemble: i32,
    /// The position of the ensemble `[x, y]` in m, for sections and models; 0 if absent.
    pub ensemble_at: Option<[f64; 2]>,
    /// Whether the trace is marked as dead.
    pub dead: bool,
    /// The source `[x, y, z]` in m, z down.
    pub source: [f64; 3],
    /// The receiver `[x, y, z]` in m, z down.
    pub receiver: [f64; 3],
    /// The time of the first sample in s.
    pub start: f64,
    /// Stored numbers of other fields; they replace those above.
    pub others: Vec<(Field, i64)>,
}

/// Facts that all traces have in common.
#[derive(Clone, Copy)]
pub(super) struct Common {
    pub kind: Kind,
    pub order: ByteOrder,
    pub scalars: Scalars,
    pub samples: u16,
    pub interval: u16,
}

/// The bytes of a trace header; `trace` counts from 1.
///
/// # Errors
/// [`WriteError`] for facts that do not fit.
pub(super) fn bytes(
    common: &Common,
    trace: usize,
    facts: &TraceFacts,
) -> Result<[u8; TRACE_HEADER], WriteError> {
    let scalars = common.scalars;
    let [x, y] = [0, 1].map(|axis| facts.receiver[axis] - facts.source[axis]);
    let ([sx, sy, sz], [gx, gy, gz]) = (facts.source, facts.receiver);
    // A source above the datum is at a surface above it.
    let (selev, sdepth) = if sz < 0.0 { (-sz, 0.0) } else { (0.0, sz) };
    let [scalel, scalco] = scalars.header();
    let [cdpx, cdpy] = facts.ensemble_at.unwrap_or([0.0; 2]);
    let (delay, time_scalar) = delay(common.kind, trace, facts.start)?;
    let fields = [
        (Field::Tracl, trace as i64),
        (Field::Tracr, trace as i64),
        (Field::Fldr, i64::from(facts.record)),
        (Field::Tracf, i64::from(facts.channel)),
        (Field::Ep, i64::from(facts.record)),
        (Field::Cdp, i64::from(facts.ensemble)),
        (Field::Trid, if facts.dead { 2 } else { 1 }),
        (Field::Duse, 1),
        (Field::Offset, x.hypot(y).round() as i64),
        (Field::Gelev, scalars.elevation(0.0 - gz)?),
        (Field::Selev, scalars.elevation(selev)?),
        (Field::Sdepth, scalars.elevation(sdepth)?),
        (Field::Scalel, scalel),
        (Field::Scalco, scalco),
        (Field::Sx, scalars.coordinate(sx)?),
        (Field::Sy, scalars.coordinate(sy)?),
        (Field::Gx, scalars.coordinate(gx)?),
        (Field::Gy, scalars.coordinate(gy)?),
        (Field::Counit, 1),
        (Field::Delrt, delay),
        (Field::Ns, i64::from(common.samples)),
        (Field::Dt, i64::from(common.interval)),
        (Field::Cdpx, scalars.coordinate(cdpx)?),
        (Field::Cdpy, scalars.coordinate(cdpy)?),
        (Field::Sctrh, time_scalar),
    ];
    let mut header = [0; TRACE_HEADER];
    // SU has other numbers at the bytes of these.
    let since_revision_1 = [Field::Cdpx, Field::Cdpy, Field::Sctrh];
    let fields = fields
        .into_iter()
        .filter(|(field, _)| common.kind == Kind::SegY || !since_revision_1.contains(field));
    for (field, found) in fields.chain(facts.others.iter().copied()) {
        let definition = field.definition();
        let put = definition.number.put(common.order, &mut header, definition.byte, found);
        put.ok_or(WriteError::Field { trace, field, found })?;
    }
    Ok(header)
}

/// The delay in milliseconds as stored, and the scalar of times.
fn delay(kind: Kind, trace: usize, start: f64) -> Result<(i64, i64), WriteError> {
    let milliseconds = start * 1e3;
    let factors: &[i64] = if kind == Kind::Su { &[1] } else { &[1, 10, 100, 1000, 10_000] };
    let fitting = factors.iter().find_map(|factor| {
        let scaled = milliseconds * *factor as f64;
        let whole = (scaled - scaled.round()).abs() < 1e-6 && scaled.abs() <= f64::from(i16::MAX);
        whole.then_some((scaled.round() as i64, if *factor == 1 { 0 } else { -factor }))
    });
    let expected = match kind {
        Kind::Su => "whole milliseconds from -32.767 s to 32.767 s, as SU has no scalar of times",
        Kind::SegY => "at most five digits, down to 0.1 microseconds",
    };
    fitting.ok_or(WriteError::Start { trace, found: start, expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_have_a_scalar_where_they_need_one() {
        for (start, stored) in
            [(0.0, (0, 0)), (-0.1, (-100, 0)), (0.0125, (125, -10)), (1.2345, (12345, -10))]
        {
            assert_eq!(delay(Kind::SegY, 1, start).unwrap(), stored);
        }
        assert!(delay(Kind::Su, 1, 0.0125).is_err());
        assert!(delay(Kind::SegY, 1, 40.0).is_err() && delay(Kind::SegY, 1, f64::NAN).is_err());
        assert!(delay(Kind::SegY, 1, 1.0 / 3.0).is_err());
    }
}
