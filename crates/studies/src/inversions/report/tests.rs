//! The page is complete, self-contained, and shows what is missing.

use super::*;
use crate::spine::table::tables;
use crate::test_support::sample::{comparison, summary};

fn page(run: &Comparison) -> String {
    html(run, &tables(&summary(run)))
}

/// Every part is there, and nothing is loaded from elsewhere: one script in the page, no links but data.
#[test]
fn the_page_is_whole_and_alone() {
    let page = page(&comparison(41));
    let parts =
        ["Results", "Velocity models", "Profiles", "Convergence", "Wavefields", "Gathers", "About this run"];
    for part in parts {
        assert!(page.contains(&format!("<h2>{part}</h2>")), "no section {part}");
    }
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    assert_eq!(page.matches("<script>").count(), 1);
    assert!(!page.contains("<script ") && !page.contains("http") && !page.contains("<link"));
    assert!(
        !page.contains("href=\"")
            || page.matches("href=\"").count() == page.matches("href=\"data:image/png").count()
    );
    assert!(page.contains("# &lt;card F&gt;"), "text of the scenario is escaped");
    // Images are random text in base64; in the rest, no number may be missing.
    let without: String =
        page.split("base64,").map(|p| p.split_once('"').map_or(p, |(_, rest)| rest)).collect();
    assert!(!without.contains("NaN") && !without.contains("inf"));
    // Three inversions: true, start and three models, four changes from the start, four differences from the truth; true, three
    // wavefields and three errors; in each of three shots observed, four synthetic and four residual gathers. Models, differences,
    // wavefields, errors, gathers and residuals have a bar.
    let models = (5 + 1) + 2 * (4 + 1);
    assert_eq!(page.matches("<image ").count(), models + (4 + 1) + (3 + 1) + 3 * ((5 + 1) + (4 + 1)));
    assert!(page.contains("joint \u{2212} start") && page.contains("Energy of the data that is explained"));
    // One diamond a curve where the stage changes: two charts of the misfit and two of the error, three curves each.
    let convergence = page.split("<h2>").find(|part| part.starts_with("Convergence")).unwrap();
    assert_eq!(convergence.matches("<polygon ").count(), 4 * 3);
    assert!(page.contains("offset (m)"));
    // One shot is open, and every shot can be opened without the script.
    assert_eq!(page.matches("<details name=\"shot\"").count(), 3);
    assert_eq!(page.matches("<details name=\"shot\" open>").count(), 1);
}

/// Tags are closed: every `<x` of the elements used has its `</x`.
#[test]
fn elements_are_closed() {
    let page = page(&comparison(21));
    for element in [
        "section", "figure", "svg", "table", "tr", "td", "th", "div", "dl", "p", "text", "details", "h3",
        "strong",
    ] {
        let open =
            page.matches(&format!("<{element}>")).count() + page.matches(&format!("<{element} ")).count();
        assert_eq!(open, page.matches(&format!("</{element}>")).count(), "{element}");
    }
}

/// Without truth, models, wavefields and histories the page still shows what there is.
#[test]
fn what_is_missing_is_left_out() {
    let mut run = comparison(21);
    run.truth = None;
    run.initial = None;
    run.true_wavefield = None;
    run.information.disc = None;
    run.observed.clear();
    for o in &mut run.outcomes {
        o.model = None;
        o.wavefield = None;
        o.history.clear();
        o.gathers.clear();
    }
    let page = page(&run);
    for part in ["Velocity models", "Profiles", "Convergence", "Wavefields", "Gathers"] {
        assert!(!page.contains(part), "{part}");
    }
    assert!(page.contains("<table>") && page.contains("joint"));
    assert!(
        html(&Comparison::default(), &tables(&summary(&Comparison::default())))
            .contains("nothing to compare")
    );
}
