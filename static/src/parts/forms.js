// Forms: sent once, not left unsaved by mistake, and a file input says what was picked.
export function watchForms() {
  document.addEventListener("submit", sendOnce);
  document.addEventListener("input", markUnsaved);
  document.addEventListener("input", mirrorNumber);
  document.addEventListener("change", showPicked);
  document.addEventListener("change", ({ target }) => offerWithin(target));
  window.addEventListener("beforeunload", askBeforeLeaving);
  window.addEventListener("pageshow", forgetSent);
  document.querySelectorAll("input[type=file].form-control[id]").forEach(wordFileButton);
  document.querySelectorAll("select[id]").forEach(offerWithin);
}

// Choices that go with another answer (问题表现 with 问题类别) are offered with that answer only; before it is given, all.
function offerWithin(select) {
  if (!select.id) return;
  for (const box of document.querySelectorAll(`input[data-within="${select.id}"]`)) {
    const offered = !select.value || box.value.startsWith(`${select.value}.`);
    box.closest(".form-check").hidden = !offered;
    box.checked &&= offered;
  }
}

// A browser words its own file button in its own language; this one is in the page's.
function wordFileButton(input) {
  const label = Object.assign(document.createElement("label"), { className: "btn btn-plain", htmlFor: input.id, textContent: "选文件" });
  const list = Object.assign(document.createElement("ul"), { className: "picked", id: `${input.id}-picked` });
  input.classList.add("visually-hidden");
  input.dataset.picked = list.id;
  input.after(label, list);
}

// The server refuses a second copy by its once-key; this only spares people the refusal.
function sendOnce(event) {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  delete form.dataset.unsaved;
  // A download leaves the page where it is, so its button must come back.
  if ("download" in form.dataset || "download" in (event.submitter?.dataset ?? {})) setTimeout(() => delete form.dataset.sent, 3000);
}

function forgetSent() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
}

function markUnsaved(event) {
  const form = event.target.form;
  if (form && "guard" in form.dataset) form.dataset.unsaved = "yes";
}

function askBeforeLeaving(event) {
  if (!document.querySelector("form[data-unsaved]")) return;
  event.preventDefault();
  event.returnValue = "";
}

// A slider for the thumb and a box for the exact number say the same thing.
function mirrorNumber(event) {
  const twin = document.getElementById(event.target.dataset.mirror);
  if (twin) twin.value = event.target.value;
}

function showPicked(event) {
  const list = document.getElementById(event.target.dataset.picked);
  if (!list) return;
  const names = [...event.target.files].map((file) => `${file.name}（${sizeInWords(file.size)}）`);
  list.textContent = "";
  list.append(...names.map(asItem));
}

function asItem(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}

export function sizeInWords(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
