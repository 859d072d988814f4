// Rows of a list: a click opens the record, ticks are counted and a bar says what can be done with the chosen.
let lastTicked = null;

export function watchRows() {
  document.addEventListener("click", openRow);
  document.addEventListener("click", tickBeside);
  document.addEventListener("click", tickRange);
  document.addEventListener("change", tick);
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-choose]").forEach(count));
}

function openRow(event) {
  const row = event.target.closest("tr[data-href]");
  if (!row || event.target.closest("a, button, input, label, select, .pick") || String(getSelection())) return;
  if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
  else location.assign(row.dataset.href);
}

// A finger is larger than the box: its whole cell ticks it.
function tickBeside(event) {
  if (event.target.matches?.(".pick")) event.target.querySelector("input").click();
}

function boxes(form) {
  return [...form.querySelectorAll("tbody .pick input[type=checkbox]")];
}

function tick(event) {
  const form = event.target.form;
  if (!form || !("choose" in form.dataset)) return;
  if ("all" in event.target.dataset) boxes(form).forEach((box) => (box.checked = event.target.checked));
  count(form);
}

// Shift and click ticks everything between, as in a file manager.
function tickRange(event) {
  const box = event.target;
  if (!box.matches?.("form[data-choose] tbody .pick input")) return;
  const all = boxes(box.form);
  const [from, to] = [all.indexOf(lastTicked), all.indexOf(box)].sort((a, b) => a - b);
  if (event.shiftKey && from >= 0) all.slice(from, to + 1).forEach((each) => (each.checked = box.checked));
  lastTicked = box;
  count(box.form);
}

function count(form) {
  const all = boxes(form);
  const chosen = all.filter((box) => box.checked);
  all.forEach((box) => box.closest("tr").classList.toggle("chosen", box.checked));
  const head = form.querySelector("[data-all]");
  if (head) head.checked = chosen.length > 0 && chosen.length === all.length;
  if (head) head.indeterminate = chosen.length > 0 && chosen.length < all.length;
  const bar = form.querySelector(".choice-bar");
  if (!bar) return;
  bar.hidden = chosen.length === 0;
  bar.querySelector("[data-count]").textContent = chosen.length;
}
