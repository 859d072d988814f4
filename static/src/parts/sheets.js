// Sheets over and beside the page: a question asked with the words of the button that opened it, filters folded away, paper.
import Modal from "bootstrap/js/src/modal.js";

const FOLD = "filters-folded";

export function watchSheets() {
  document.addEventListener("show.bs.modal", fillQuestion);
  document.addEventListener("shown.bs.modal", (event) => event.target.querySelector("textarea, select, input:not([type=hidden])")?.focus());
  document.addEventListener("click", pressed);
  document.addEventListener("submit", closeAfterDownload);
  document.documentElement.classList.toggle("folded", remembered() === "yes");
  document.querySelectorAll(".path .now").forEach(bringIntoView);
}

// On a phone the path is wider than the page; where one is now must be what one sees.
function bringIntoView(step) {
  const frame = step.closest(".path-scroll");
  frame.scrollLeft = step.offsetLeft - frame.offsetLeft - (frame.clientWidth - step.clientWidth) / 2;
}

// One dialog serves many buttons: the button brings the address and the words.
function fillQuestion(event) {
  const button = event.relatedTarget;
  if (!button?.dataset.action) return;
  event.target.querySelector("form").action = button.dataset.action;
  event.target.querySelectorAll("[data-slot=what]").forEach((slot) => (slot.textContent = button.dataset.what || ""));
}

// The file comes while the page stays: the question has been answered, so it goes away.
function closeAfterDownload(event) {
  const sheet = "download" in event.target.dataset && event.target.closest(".modal");
  if (sheet && !event.defaultPrevented) Modal.getInstance(sheet)?.hide();
}

function pressed(event) {
  const button = event.target.closest("[data-does]");
  if (button?.dataset.does === "print") window.print();
  if (button?.dataset.does === "fold") fold();
  if (button?.dataset.does === "back") history.back();
}

function fold() {
  const folded = document.documentElement.classList.toggle("folded");
  try {
    localStorage.setItem(FOLD, folded ? "yes" : "no");
  } catch {
    // A browser that keeps nothing still folds for this page.
  }
}

function remembered() {
  try {
    return localStorage.getItem(FOLD);
  } catch {
    return null;
  }
}
