//! `report.html`: one builder for the pages of all kinds of scenario. A page is a verdict and a list of sections, and
//! loads nothing from elsewhere.

pub mod pictures;
mod script;
mod style;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::tables::{Compared, Sentence};

/// A page: its subject, the verdict, the sections, and facts about the run.
#[derive(Debug, Clone, Default)]
pub struct Page<'a> {
    /// The kind of report, over the title.
    pub kind: &'static str,
    /// The name of the scenario.
    pub title: String,
    /// A paragraph on what the scenario is about.
    pub description: String,
    /// Tables, verdicts and failures.
    pub results: &'a [Compared],
    /// The sections, in the order shown.
    pub sections: Vec<Section>,
    /// Facts about the run, as pairs of name and text.
    pub facts: Vec<(String, String)>,
    /// The scenario, resolved.
    pub scenario: String,
    /// Units and definitions, at the foot of the page.
    pub remark: &'static str,
}

/// A heading, a caption and content.
#[derive(Debug, Clone)]
pub struct Section {
    heading: String,
    caption: String,
    content: Markup,
}

impl Section {
    /// A section; the caption is plain text and may be empty.
    pub fn new(heading: impl Into<String>, caption: impl Into<String>, content: Markup) -> Section {
        Section { heading: heading.into(), caption: caption.into(), content }
    }

    /// The section of a table of results, where all members are compared.
    pub fn results(caption: impl Into<String>, results: &[Compared]) -> Section {
        Section::new("Results", caption, html! { @for compared in results { (compared.table.html()) } })
    }

    fn html(&self) -> Markup {
        html! { section {
            h2 { (self.heading) }
            @if !self.caption.is_empty() { p.caption { (self.caption) } }
            (self.content)
        } }
    }
}

impl Page<'_> {
    /// The whole document. Sections without content are left out.
    pub fn html(&self) -> String {
        let sections = self.sections.iter().filter(|section| !section.content.0.is_empty());
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width,initial-scale=1";
                    title { (self.title) " \u{2013} " (self.kind) }
                    style { (PreEscaped(style::SHEET)) }
                }
                body {
                    main {
                        header {
                            p.kicker { (self.kind) }
                            h1 { (self.title) }
                            @if !self.description.is_empty() { p.lede { (self.description) } }
                        }
                        (self.verdict())
                        @for section in sections { (section.html()) }
                        (self.about())
                        footer { (self.remark) " Made by fwi " (env!("CARGO_PKG_VERSION")) "." }
                    }
                    script { (PreEscaped(script::TEXT)) }
                }
            }
        };
        page.into_string() + "\n"
    }

    /// The verdict and the failures.
    fn verdict(&self) -> Markup {
        let sentences = |compared: &Compared| {
            let words = |s: &Sentence| match compared.what.as_str() {
                "" => html! { strong { (s.about) } (s.text) },
                what => html! { "Fits of the " (what) ": " strong { (s.about) } (s.text) },
            };
            html! {
                @for s in &compared.verdict { p { (words(s)) } }
                @for s in &compared.table.troubles() { p.trouble { strong { (s.about) } (s.text) } }
            }
        };
        let all = html! { @for compared in self.results { (sentences(compared)) } };
        html! { @if !all.0.is_empty() { section.verdict aria-label="Verdict" { (all) } } }
    }

    /// Facts and the scenario; nothing without any.
    fn about(&self) -> Markup {
        if self.facts.is_empty() && self.scenario.is_empty() {
            return html! {};
        }
        let content = html! {
            dl { @for (name, text) in &self.facts { dt { (name) } dd { (text) } } }
            @if !self.scenario.is_empty() {
                details { summary { "The scenario, resolved" } pre { (self.scenario) } }
            }
        };
        Section::new("About this run", "", content).html()
    }
}

/// Content below a line of text that opens and closes it.
pub fn folded(title: &str, content: &Markup) -> Markup {
    html! { details { summary { (title) } (content) } }
}
