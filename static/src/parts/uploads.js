// Files dropped or picked are sent one by one, so a bad file does not stop the good ones and each shows its own progress.
// The server answers {"url": …} for a file it took and {"error": …} for one it refused. Without this script the form is sent whole.
import { sizeInWords } from "./forms.js";

export function watchUploads() {
  document.querySelectorAll("form[data-upload]").forEach(prepare);
}

function prepare(form) {
  const zone = form.querySelector(".drop");
  const input = zone.querySelector("input[type=file]");
  for (const kind of ["dragenter", "dragover"]) zone.addEventListener(kind, (event) => hover(event, zone, true));
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, (event) => hover(event, zone, false));
  zone.addEventListener("drop", (event) => send(form, [...event.dataTransfer.files]));
  input.addEventListener("change", () => {
    send(form, [...input.files]);
    input.value = "";
  });
}

function hover(event, zone, over) {
  event.preventDefault();
  zone.classList.toggle("over", over);
}

async function send(form, files) {
  const board = document.getElementById(form.dataset.upload);
  board.hidden = false;
  const lines = files.map((file) => announce(board.querySelector("tbody"), file));
  const links = [];
  for (const [index, file] of files.entries()) links.push(await sendOne(form, file, lines[index]));
  if (links.length && links.every(Boolean)) location.assign(links.length === 1 ? links[0] : form.dataset.then);
}

function announce(body, file) {
  const row = body.insertRow();
  const name = document.createElement("th");
  name.scope = "row";
  name.textContent = file.name;
  row.append(name);
  row.insertCell().textContent = sizeInWords(file.size);
  const progress = document.createElement("progress");
  Object.assign(progress, { max: 100, value: 0 });
  progress.setAttribute("aria-label", `${file.name} 上传进度`);
  row.insertCell().append(progress);
  row.insertCell().textContent = "等待上传";
  return row;
}

async function sendOne(form, file, row) {
  const refusal = refuseEarly(form, file);
  const answer = refusal ? { error: refusal } : await post(form, file, row.querySelector("progress"));
  conclude(row, answer);
  return answer.url;
}

function refuseEarly(form, file) {
  const suffixes = form.dataset.suffixes.split(",");
  const limit = Number(form.dataset.limit);
  if (!suffixes.some((suffix) => file.name.toLowerCase().endsWith(suffix))) return `只收 ${suffixes.join("、")} 文件，请另存后再传`;
  if (limit && file.size > limit) return `文件超过 ${sizeInWords(limit)}，请拆分后再传`;
  return file.size ? "" : "文件是空的，请检查后再传";
}

function post(form, file, progress) {
  const body = new FormData(form);
  body.delete("files");
  body.append("files", file);
  if (body.has("once")) body.set("once", freshKey());
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.getAttribute("action"));
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => (progress.value = (100 * event.loaded) / event.total);
    request.onload = () => resolve(understand(request));
    request.onerror = () => resolve({ error: "网络不通，没有传上，请稍后重传" });
    request.send(body);
  });
}

function understand(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return { error: request.status === 413 ? "文件太大，请拆分后再传" : "没有传上，请刷新页面后重传" };
  }
}

// randomUUID exists only over https; offices run this on plain http inside their own network.
function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function conclude(row, { url, error }) {
  const cell = row.cells[3];
  row.querySelector("progress").value = error ? 0 : 100;
  cell.className = error ? "bad" : "ok";
  cell.textContent = error || "";
  if (!url) return;
  const link = document.createElement("a");
  link.href = url;
  link.textContent = "已收到，查看核对结果";
  cell.append(link);
}
