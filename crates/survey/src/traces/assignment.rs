//! The assignment problem: the cheapest pairing of rows and columns.

/// The column of each row in a cheapest pairing.
///
/// # Shapes
/// `cost` is `[row, column]`, `n` by `n`.
///
/// # Source
/// Shortest augmenting paths from a reduced cost matrix: Jonker and Volgenant, Computing 38 (1987), 325-340. The work
/// is of order n^2 for each row that the reduction leaves unpaired, which are few if the rows are nearly in order.
#[must_use]
pub fn assign(cost: &[f64], n: usize) -> Vec<usize> {
    const FREE: usize = usize::MAX;
    let row = |i: usize| &cost[i * n..(i + 1) * n];
    // Prices such that cost - u - v >= 0 everywhere, and = 0 on the pairs.
    let mut v = vec![f64::INFINITY; n];
    for i in 0..n {
        v.iter_mut().zip(row(i)).for_each(|(v, c)| *v = v.min(*c));
    }
    let mut u = vec![0.0; n];
    let (mut column_of, mut row_of) = (vec![FREE; n], vec![FREE; n]);
    for i in 0..n {
        let (mut best, mut at) = (f64::INFINITY, i);
        for (j, (c, v)) in row(i).iter().zip(&v).enumerate() {
            if c - v < best || (c - v == best && row_of[at] != FREE && row_of[j] == FREE) {
                (best, at) = (c - v, j);
            }
        }
        u[i] = best;
        if row_of[at] == FREE {
            (column_of[i], row_of[at]) = (at, i);
        }
    }
    let unpaired: Vec<usize> = (0..n).filter(|i| column_of[*i] == FREE).collect();
    let mut from = vec![0; n];
    for start in unpaired {
        // Dijkstra's search for the nearest free column, by reduced costs.
        let mut distance = vec![f64::INFINITY; n];
        let mut open: Vec<usize> = (0..n).collect();
        let mut settled = Vec::new();
        let (mut i, mut reached) = (start, 0.0);
        let end = loop {
            let (mut nearest, mut place) = (f64::INFINITY, 0);
            for (k, &j) in open.iter().enumerate() {
                let through = reached + row(i)[j] - u[i] - v[j];
                if through < distance[j] {
                    (distance[j], from[j]) = (through, i);
                }
                if distance[j] < nearest || (distance[j] == nearest && row_of[j] == FREE) {
                    (nearest, place) = (distance[j], k);
                }
            }
            let j = open.swap_remove(place);
            (reached, i) = (nearest, row_of[j]);
            if i == FREE {
                break j;
            }
            settled.push(j);
        };
        u[start] += reached;
        for j in settled {
            let gain = reached - distance[j];
            v[j] -= gain;
            u[row_of[j]] += gain;
        }
        let mut j = end;
        loop {
            let i = from[j];
            row_of[j] = i;
            std::mem::swap(&mut column_of[i], &mut j);
            if i == start {
                break;
            }
        }
    }
    column_of
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(cost: &[f64], n: usize, columns: &[usize]) -> f64 {
        columns.iter().enumerate().map(|(i, j)| cost[i * n + j]).sum()
    }

    /// The cheapest of all 720 permutations of six, for many matrices, some of them with ties.
    #[test]
    fn cheapest_of_all_permutations() {
        fn cheapest(cost: &[f64], n: usize, taken: &mut Vec<usize>) -> f64 {
            let i = taken.len();
            if i == n {
                return total(cost, n, taken);
            }
            let mut least = f64::INFINITY;
            for j in 0..n {
                if !taken.contains(&j) {
                    taken.push(j);
                    least = least.min(cheapest(cost, n, taken));
                    taken.pop();
                }
            }
            least
        }
        for case in 0..60 {
            let n = 1 + case % 6;
            let value = |k: usize| (0.7 + (k * k + 13 * case) as f64 * 1.37).sin().abs();
            let coarse = |k: usize| if case % 2 == 0 { value(k) } else { (5.0 * value(k)).round() };
            let cost: Vec<f64> = (0..n * n).map(coarse).collect();
            let columns = assign(&cost, n);
            let mut sorted = columns.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..n).collect::<Vec<_>>());
            let (found, least) = (total(&cost, n, &columns), cheapest(&cost, n, &mut Vec::new()));
            assert!((found - least).abs() < 1e-12, "{case} {found} {least}");
        }
    }

    /// Points on a line are paired in order, however far the two sets are apart.
    #[test]
    fn points_on_a_line_keep_their_order() {
        let n = 60;
        let cost: Vec<f64> = (0..n * n).map(|k| ((k / n) as f64 - (k % n) as f64 - 40.3).powi(2)).collect();
        assert_eq!(assign(&cost, n), (0..n).collect::<Vec<_>>());
    }
}
