/** The look of a report: light and dark, on a screen and on paper. Names nothing outside of the page. */
export const REPORT_STYLE = `
  :root {
    color-scheme: light dark;
    --ink: #1c1b1a; --faint: #5f5b56; --page: #fbfaf8; --card: #fff; --line: #ddd8d0;
    --good: #17693a; --warn: #9a5400; --bad: #a3211c; --good-bg: #e7f4ea; --warn-bg: #fdf1dd; --bad-bg: #fbe6e4;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --ink: #ece8e2; --faint: #a8a29a; --page: #171614; --card: #201f1c; --line: #3a3732;
      --good: #7fd39a; --warn: #f0b664; --bad: #f08e86; --good-bg: #17301f; --warn-bg: #382a12; --bad-bg: #3a1b19;
    }
  }
  * { box-sizing: border-box; }
  body {
    margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; background: var(--page); color: var(--ink);
    font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
  }
  h1 { font-size: 1.6rem; line-height: 1.2; margin: 0; }
  h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
  p { margin: .4rem 0; }
  .faint { color: var(--faint); }
  .path { overflow-wrap: anywhere; unicode-bidi: isolate; }
  .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .8rem; margin-top: 1.2rem; }
  .card { border: 1px solid var(--line); border-left-width: .4rem; border-radius: .4rem; padding: .8rem 1rem; background: var(--card); }
  .card h2 { margin: 0; font-size: .85rem; font-weight: 500; color: var(--faint); }
  .card strong { display: block; font-size: 1.2rem; line-height: 1.3; margin: .15rem 0; }
  .card p { margin: 0; font-size: .9rem; overflow-wrap: anywhere; }
  .good { border-left-color: var(--good); background: var(--good-bg); } .good strong { color: var(--good); }
  .warn { border-left-color: var(--warn); background: var(--warn-bg); } .warn strong { color: var(--warn); }
  .bad { border-left-color: var(--bad); background: var(--bad-bg); } .bad strong { color: var(--bad); }
  .sums { display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); gap: 0 2.5rem; align-items: start; }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
  caption { text-align: left; font-weight: 600; padding: .6rem 0 .3rem; }
  td, th { padding: .22rem 0; text-align: left; font-weight: 400; vertical-align: top; }
  td.sign { width: 1.2rem; color: var(--faint); }
  td.number { text-align: right; padding-right: .8rem; white-space: nowrap; width: 1%; }
  tr.total > * { border-top: 1px solid var(--ink); font-weight: 600; }
  ul { margin: .3rem 0; padding-left: 1.3rem; }
  li { margin: .2rem 0; }
  details { border: 1px solid var(--line); border-radius: .4rem; background: var(--card); margin: .6rem 0; }
  summary { padding: .65rem .9rem; cursor: pointer; font-weight: 600; }
  summary code { font-weight: 400; color: var(--faint); }
  summary:focus-visible { outline: 2px solid var(--warn); outline-offset: 2px; }
  .inside { padding: 0 .9rem .8rem; }
  ol { margin: .4rem 0 0; padding-left: 0; list-style: none; }
  ol li { padding: .35rem 0; border-top: 1px solid var(--line); margin: 0; content-visibility: auto; contain-intrinsic-size: auto 2.2rem; }
  ol p { margin: 0; font-size: .9rem; color: var(--faint); overflow-wrap: anywhere; }
  code, .path { overflow-wrap: anywhere; font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .88em; }
  @media print {
    :root { --page: #fff; --card: #fff; --good-bg: #fff; --warn-bg: #fff; --bad-bg: #fff; }
    body { max-width: none; padding: 0; font-size: 10pt; }
    .cards, .sums { grid-template-columns: 1fr 1fr; }
    .card, tr, ol li { break-inside: avoid; }
    ol li { content-visibility: visible; }
    h2, summary { break-after: avoid; }
    details { border: 0; } .inside { padding: 0; } summary { padding: .3rem 0; list-style: none; }
    details::details-content { content-visibility: visible; display: block; block-size: auto; }
    .screen { display: none; }
  }`
