//! How a page looks.

/// The style sheet: one column of text, figures side by side where they fit, for light and dark screens and for
/// paper.
pub(crate) const SHEET: &str = r"
:root{color-scheme:light dark;--bg:#fff;--ink:#1c1e21;--muted:#5c626b;--frame:#878d96;--grid:#e4e7eb;--card:#f5f7f9;
--rule:#dde1e6;--accent:#0072b2;--best:#e4f1ea;--best-ink:#0b5a3e;--trouble:#a33a00;--start:#8c929b;
--s0:#0072b2;--s1:#d55e00;--s2:#009e73;--s3:#cc79a7;--s4:#a6761d;--s5:#56b4e9;--s6:#754ca3;--s7:#7a7e14}
@media (prefers-color-scheme:dark){:root{--bg:#15171b;--ink:#e7e9ec;--muted:#a1a7b1;--frame:#757c87;--grid:#2a2e35;
--card:#1d2026;--rule:#31363e;--accent:#6cb6ee;--best:#17382b;--best-ink:#8fe0bd;--trouble:#ff9d66;--start:#8c929b;
--s0:#5eb0ee;--s1:#ff9250;--s2:#35c799;--s3:#e9a2ca;--s4:#d8a94c;--s5:#97d4f7;--s6:#b795e0;--s7:#bfc34e}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',
'Helvetica Neue',Arial,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:1120px;margin:0 auto;padding:40px 24px 56px}
header{border-bottom:1px solid var(--rule);padding-bottom:18px;margin-bottom:24px}
.kicker{margin:0;color:var(--muted);font-size:14px;letter-spacing:.02em}
h1{margin:.1em 0 .25em;font-size:34px;line-height:1.2;letter-spacing:-.01em}
h3{margin:18px 0 6px;font-size:16px}
h2{margin:0 0 4px;font-size:21px;line-height:1.3}
.lede,.caption{color:var(--muted);margin:0;max-width:72ch}
.caption{font-size:14px;margin-bottom:12px}
section{margin:36px 0 0}
.verdict{background:var(--card);border-left:4px solid var(--accent);border-radius:0 6px 6px 0;padding:14px 20px;font-size:17px}
.verdict p{margin:.25em 0;max-width:84ch}
.verdict .trouble{color:var(--trouble);font-size:15px}
.maps{display:grid;gap:14px 18px;align-items:start}
.in-1{grid-template-columns:minmax(0,1fr)}
.in-2{grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr))}
.in-3{grid-template-columns:repeat(auto-fill,minmax(min(100%,310px),1fr))}
.in-4{grid-template-columns:repeat(auto-fill,minmax(min(100%,240px),1fr))}
.flip{background:var(--card);border-radius:6px;padding:12px 16px;margin:0 0 16px}
.flip p,.shots{display:flex;flex-wrap:wrap;align-items:center;gap:6px 8px;margin:0 0 10px;font-size:15px}
.flip .stage{cursor:pointer}
.flip svg{margin:0 auto}
.stage svg{max-width:calc(1.5*var(--w))}
select,button{max-width:100%;font:inherit;color:inherit;background:var(--bg);border:1px solid var(--frame);border-radius:4px;padding:2px 8px}
button{cursor:pointer}
select.on{border-color:var(--accent);outline:1px solid var(--accent)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:18px 28px;align-items:start}
.small{grid-template-columns:repeat(auto-fill,minmax(min(100%,160px),1fr));gap:10px 8px}
svg{display:block;width:100%;max-width:calc(1.25*var(--w));height:auto;overflow:visible;font-family:inherit}
svg text{font-variant-numeric:tabular-nums}
.bar{max-width:560px;margin:10px auto 0}
.scroll{overflow-x:auto;margin-bottom:20px}
table{border-collapse:separate;border-spacing:0;font-size:15px;font-variant-numeric:tabular-nums;min-width:min(100%,480px)}
th,td{padding:7px 16px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--rule)}
thead th{border-bottom:2px solid var(--frame);vertical-align:bottom;font-weight:600}
thead small{display:block;color:var(--muted);font-weight:400}
tbody th{text-align:left;font-weight:400;position:sticky;left:0;background:var(--bg)}
tbody th small,td small{color:var(--muted)}
small.line{display:block}
.upright thead th{white-space:normal;min-width:4.6em}
.upright th,.upright td{padding:7px 9px}
.upright td.truth{border-left:0}
.upright .words{white-space:normal;text-align:left;min-width:15em;font-size:14px}
p.trouble{color:var(--trouble)}
code{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
td.best small{font-weight:400}
thead th:first-child{text-align:left;position:sticky;left:0;background:var(--bg)}
td.best{background:var(--best);color:var(--best-ink);font-weight:600}
td.truth,th.truth{color:var(--muted);border-left:1px solid var(--rule)}
.swatch{padding:0 5.5px;border-radius:3px;margin-right:7px;font-size:9px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 20px;margin:8px 0 0;font-size:15px}
dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
details{margin-top:16px}summary{cursor:pointer;color:var(--accent)}
pre{background:var(--card);border-radius:6px;padding:14px 16px;overflow-x:auto;font:13px/1.5 ui-monospace,SFMono-Regular,
Menlo,Consolas,monospace}
footer{margin-top:44px;padding-top:12px;border-top:1px solid var(--rule);color:var(--muted);font-size:13px}
@media (max-width:700px){.in-1 figure,.stage.wide figure{overflow-x:auto}.in-1 svg,.stage.wide svg{min-width:640px}}
@media (max-width:560px){.charts text,.in-1 text,.in-2 text{font-size:13.5px}.small text{font-size:11px}.bar text{font-size:15px}main{padding:22px 16px 40px}h1{font-size:27px}.verdict{font-size:16px;padding:12px 14px}
table{font-size:14px}th,td{padding:7px 6px}thead th{white-space:normal}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}}
@media print{:root{color-scheme:light;--bg:#fff;--ink:#000;--muted:#444;--card:#f3f3f3;--grid:#ddd;--rule:#bbb;--frame:#777;
--accent:#0072b2;--best:#e4f1ea;--best-ink:#0b5a3e;--trouble:#a33a00;
--s0:#0072b2;--s1:#d55e00;--s2:#009e73;--s3:#cc79a7;--s4:#a6761d;--s5:#56b4e9;--s6:#754ca3;--s7:#7a7e14}
body{font-size:11pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}main{max-width:none;padding:0}
section{margin-top:22px}figure,.verdict,tr,h2{break-inside:avoid}h2,h3,.caption{break-after:avoid}
.in-3,.in-4{grid-template-columns:repeat(3,1fr)}.in-2{grid-template-columns:repeat(2,1fr)}.flip,.shots{display:none}.charts{grid-template-columns:repeat(2,1fr)}
details>pre{white-space:pre-wrap}}
figure{margin:0}
";
