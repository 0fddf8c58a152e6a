// Charts are drawn for two widths of screens; beside a name, a strip would be too short on a narrow one.
const narrow = '(max-width: 44rem)';

/** The style of the page: for light and dark screens of any width, and for paper. */
export const style = `
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --soft: #595959; --line: #c8c8c8; --strip: #00457c; --gap: #d9d9d9;
  --border: #767676; --mark: #7a3b00; --mark-paper: #fff3d6; --head: #f2f2f2; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #ececec; --paper: #16181c; --soft: #b4b4b4; --line: #454a52;
  --strip: #e9d66b; --gap: #3a3f47; --border: #8c8c8c; --mark: #ffd479; --mark-paper: #3b2e0c; --head: #24282e; }
  /* What is slow stands out, as it does on a light screen. */
  .chart image, .scale { filter: invert(.86) hue-rotate(180deg); } }
@media print { :root { color-scheme: light; --ink: #000; --paper: #fff; --soft: #333; --line: #999; --border: #555; --mark: #000;
  --mark-paper: #fff; --head: #fff; } h2 { break-after: avoid; } figure, tr, li { break-inside: avoid; } output { display: none; }
  * { print-color-adjust: exact; } table { font-size: 11px; } .wide { overflow: visible; } th button::after { content: none !important; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 64rem; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p, figcaption { margin: .3rem 0; } figure { margin: 0 0 1rem; } figcaption, .note { color: var(--soft); font-size: .9rem; }
.state { font-weight: 600; } .warning { color: var(--mark); background: var(--mark-paper); border-left: 4px solid var(--mark);
  padding: .3rem .6rem; } ul { list-style: none; margin: 0; padding: 0; } li { margin: .3rem 0; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .8rem 0; } dt { color: var(--soft); } dd { grid-column: 2; margin: 0;
  overflow-wrap: anywhere; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .15rem .5rem; text-align: left; vertical-align: middle; border-bottom: 1px solid var(--line); }
th { background: var(--head); font-weight: 600; white-space: nowrap; } tbody th { background: none; font-weight: 400; }
tbody th:not(.number) { overflow-wrap: anywhere; white-space: normal; min-width: 8rem; }
.number { text-align: right; white-space: nowrap; } td.along { width: 60%; padding: .2rem 0; }
.along span { display: flex; justify-content: space-between; gap: 1rem; } tr.warning td, tr.warning th { color: var(--mark); font-weight: 600;
  background: var(--mark-paper); }
th button { all: unset; cursor: pointer; } th button::after { content: ' \\2195'; color: var(--soft); }
th[aria-sort=ascending] button::after { content: ' \\2191'; } th[aria-sort=descending] button::after { content: ' \\2193'; }
:focus-visible { outline: 2px solid var(--strip); outline-offset: 1px; }
svg { display: block; max-width: 100%; height: auto; color: var(--ink); } td.along svg { height: 32px; }
td.along line { vector-effect: non-scaling-stroke; stroke-opacity: .35; } svg.chart { width: 100%; } svg.narrow { display: none; }
.scale { vertical-align: middle; margin: 0 .4rem; height: 12px; width: 180px; } output { display: block; min-height: 1.5em; }
@media screen and ${narrow} { table { font-size: 13px; } th, td { padding: .15rem .35rem; } }
@media ${narrow} { svg.wide { display: none; } svg.narrow { display: block; }
  /* All rows have the columns of the table, so that numbers stand below their heads; a browser without subgrids gives each row its own. */
  .strips, .strips thead, .strips tbody, .strips tr { display: grid; grid-template-columns: 1fr repeat(3, max-content); }
  .strips thead, .strips tbody, .strips tr { grid-column: 1 / -1; grid-template-columns: subgrid; }
  .strips tr { border-bottom: 1px solid var(--line); }
  /* Beside four numbers, a name would have no room. */
  .with-records th:first-child { grid-column: 1 / -1; }
  .strips th, .strips td { border: 0; } .strips .along { grid-column: 1 / -1; width: auto; } .strips tbody th { min-width: 0; } }
`;
