/** How the page looks, in light, in dark and on paper. The series' colours can be told apart by the colour-blind. */
export const STYLE_SHEET = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --text: #1b1f24; --soft: #59636e; --rule: #d5dae0; --band: #f5f7f9; --link: #0b5cad;
  --series-1: #0f6cbd; --series-2: #d9730d; --series-3: #17876d; --series-4: #a33d8f; --series-5: #8a7a00; --series-6: #6b7280;
  --series-7: #b3261e; --series-8: #6f42c1; --series-9: #5d7a16; --series-10: #8b5e3c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --text: #e6e9ed; --soft: #9aa4af; --rule: #363d46; --band: #1b2026; --link: #79b8ff;
    --series-1: #5aa9f0; --series-2: #f0a04b; --series-3: #4fc3a1; --series-4: #d98acb; --series-5: #d6c54a; --series-6: #a0a8b3;
    --series-7: #ff8a80; --series-8: #b79bf7; --series-9: #a9c65c; --series-10: #cfa27e;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 68rem; background: var(--paper); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 0 0 .25rem; }
a { color: var(--link); }
section { margin-top: 2.75rem; padding-top: 1.25rem; border-top: 1px solid var(--rule); }
.why, .note, .made { color: var(--soft); margin: 0 0 1rem; max-width: 48rem; }
.note { margin: .6rem 0 0; font-size: .875rem; }
.missing { margin: 0; }
nav ul { columns: 3 15rem; column-gap: 1.5rem; margin: 1.25rem 0 0; padding: 0; list-style: none; }
figure { margin: 0 0 1.25rem; break-inside: avoid; }
figcaption { font-weight: 600; font-size: .9rem; margin-bottom: .5rem; }
svg { display: block; width: 100%; height: auto; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
th, td { padding: .3rem .6rem; text-align: left; vertical-align: top; white-space: nowrap; border-bottom: 1px solid var(--rule); }
th { vertical-align: bottom; font-weight: 600; border-bottom-width: 2px; }
tbody tr:nth-child(even) { background: var(--band); }
.number { text-align: right; }
th.number { white-space: normal; }
@media print {
  :root { --paper: #ffffff; --text: #000000; --soft: #444444; --rule: #bbbbbb; --band: #ffffff;
    --series-1: #0f6cbd; --series-2: #d9730d; --series-3: #17876d; --series-4: #a33d8f; --series-5: #8a7a00; --series-6: #6b7280;
    --series-7: #b3261e; --series-8: #6f42c1; --series-9: #5d7a16; --series-10: #8b5e3c; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  .scroll { overflow: visible; }
  table { font-size: 8pt; }
  th, td { padding: .2rem .35rem; white-space: normal; }
  td.number { white-space: nowrap; }
  h2, .why, figcaption { break-after: avoid; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
}
`
