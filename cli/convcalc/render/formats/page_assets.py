"""What every page has in it: its style and its script."""

STYLE = """
:root { color-scheme: light dark; --ink: #1f2730; --soft: #5c6773; --line: #d5dbe1; --paper: #ffffff;
  --bar: #6f9bd1; --hover: #f2f5f8 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9aa7b4; --line: #30363d; --paper: #0d1117; --bar: #4d7fbd;
    --hover: #161b22 }
}
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 14px/1.45 Inter, Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif }
main { max-width: 1360px; margin: 0 auto; padding: 24px 16px }
h1 { font-size: 22px; margin: 0 0 4px; overflow-wrap: anywhere }
h2 { font-size: 17px; margin: 32px 0 4px; overflow-wrap: anywhere }
.details, .note { color: var(--soft); margin: 4px 0 }
.answer { font-weight: bold; margin: 8px 0 }
.scroll, .picture { overflow-x: auto; margin: 12px 0 }
.picture { border: 1px solid var(--line); border-radius: 6px; text-align: center }
.picture svg { max-width: 100%; height: auto; min-width: min(100%, 720px) }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: 4px 10px; text-align: left; white-space: nowrap; border-bottom: 1px solid var(--line) }
.text { white-space: normal; overflow-wrap: break-word; min-width: 10em; max-width: 34em }
.text:first-child { min-width: 4em }
thead th { position: relative; font-weight: bold }
thead tr:last-child > * { border-bottom-width: 2px }
th[colspan] { text-align: center; border-bottom: 0 }
tfoot td { font-weight: bold; border-top: 2px solid var(--line) }
tbody tr:hover { background: var(--hover) }
.number, .number button { text-align: right }
.bold { font-weight: bold }
.dim { color: var(--soft) }
.bar { fill: var(--bar); vertical-align: middle }
button { all: unset; cursor: pointer }
button:focus-visible, input:focus-visible { outline: 2px solid var(--bar); outline-offset: 2px }
th[aria-sort=ascending] button::after { content: " \\2191" }
th[aria-sort=descending] button::after { content: " \\2193" }
input { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line);
  border-radius: 4px; padding: 4px 8px; width: 240px; max-width: 100% }
@media screen and (max-width: 800px) {
  .scroll tr > :first-child { position: sticky; left: 0; background: var(--paper); max-width: 10em }
  .picture svg { max-width: none }
}
@media print {
  @page { margin: 12mm }
  body { font-size: 10px }
  main { max-width: none; padding: 0 }
  input { display: none }
  .scroll, .picture { overflow: visible }
  .picture { border: 0 }
  .picture svg { min-width: 0; max-width: 100%; max-height: 260mm; break-inside: avoid }
  th, td { padding: 2px 5px }
  tr { break-inside: avoid }
  tfoot { display: table-row-group }
}
"""

# A click, or Enter and the space bar, sorts by that column: the largest first where it has numbers,
# then the other way round, then as it was.
SCRIPT = """
"use strict";
const value = (row, column) => row.cells[column].textContent.trim();
const number = (text) => {
  const plain = text.replace(/[,\\s%]/g, "").replace("\\u2212", "-");
  return /^[+-]?\\d+(\\.\\d+)?$/.test(plain) ? Number(plain) : null;
};
const compare = (a, b) => {
  const [x, y] = [number(a), number(b)];
  if (x !== null && y !== null) return x - y;
  if (x !== null || y !== null) return x !== null ? 1 : -1;
  if (!a || !b) return (a ? 1 : 0) - (b ? 1 : 0);
  return a.localeCompare(b, "en", { numeric: true });
};
for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0], written = [...body.rows];
  const heads = [...table.querySelectorAll("th[aria-sort]")];
  for (const head of heads) {
    const column = head.cellIndex;
    head.querySelector("button").addEventListener("click", () => {
      const numbers = written.some((row) => number(value(row, column)) !== null);
      const orders = ["none", ...(numbers ? ["descending", "ascending"] : ["ascending", "descending"])];
      const order = orders[(orders.indexOf(head.getAttribute("aria-sort")) + 1) % 3];
      for (const other of heads) other.setAttribute("aria-sort", other === head ? order : "none");
      const rows = [...written], sign = order === "ascending" ? 1 : -1;
      if (order !== "none") rows.sort((a, b) => sign * compare(value(a, column), value(b, column)));
      body.append(...rows);
    });
  }
  const input = table.closest("section").querySelector("input");
  if (input) input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    for (const row of written) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
}
"""
