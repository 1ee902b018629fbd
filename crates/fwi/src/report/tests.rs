//! The page: complete, self-contained, and honest about what is missing.

use super::*;
use crate::test_support::sample::comparison;

/// Every part is there, and nothing is loaded from elsewhere: no scripts, no links but data.
#[test]
fn the_page_is_whole_and_alone() {
    let page = html(&comparison(41));
    for part in ["Results", "Velocity models", "Profiles", "Convergence", "Wavefields", "About this run"] {
        assert!(page.contains(&format!("<h2>{part}</h2>")), "no section {part}");
    }
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    assert!(!page.contains("<script") && !page.contains("http") && !page.contains("<link"));
    assert!(
        !page.contains("href=\"")
            || page.matches("href=\"").count() == page.matches("href=\"data:image/png").count()
    );
    assert!(page.contains("# &lt;card F&gt;"), "text of the scenario is escaped");
    // Images are noise in base64; in what is left, no number may be missing.
    let without: String =
        page.split("base64,").map(|p| p.split_once('"').map_or(p, |(_, rest)| rest)).collect();
    assert!(!without.contains("NaN") && !without.contains("inf"));
    // Three inversions: true, start and three models; true, three wavefields and three differences; two bars.
    assert_eq!(page.matches("<image ").count(), 5 + 7 + 2);
}

/// Tags are closed: every `<x` of the elements used has its `</x`.
#[test]
fn elements_are_closed() {
    let page = html(&comparison(21));
    for element in [
        "section", "figure", "svg", "table", "tr", "td", "th", "div", "dl", "p", "text", "details", "h3",
        "strong",
    ] {
        let open =
            page.matches(&format!("<{element}>")).count() + page.matches(&format!("<{element} ")).count();
        assert_eq!(open, page.matches(&format!("</{element}>")).count(), "{element}");
    }
}

/// Without truth, models, wavefields and histories the page still says what there is.
#[test]
fn what_is_missing_is_left_out() {
    let mut run = comparison(21);
    run.truth = None;
    run.initial = None;
    run.true_wavefield = None;
    run.information.disc = None;
    for o in &mut run.outcomes {
        o.model = None;
        o.wavefield = None;
        o.history.clear();
    }
    let page = html(&run);
    for part in ["Velocity models", "Profiles", "Convergence", "Wavefields"] {
        assert!(!page.contains(part), "{part}");
    }
    assert!(page.contains("<table>") && page.contains("joint"));
    assert!(html(&Comparison::default()).contains("nothing to compare"));
}
