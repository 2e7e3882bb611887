// The upload page. Chosen, dropped, pasted and photographed pictures are sent in small batches, one after another, and
// each answer is shown as it comes. Without this script the form is sent as it is, and the table comes with the page.

import { ask, say } from "./asking.js";
import { batchesOf, sendAll } from "./uploading/batches.js";
import { asCSV, asJSON, download } from "./uploading/downloads.js";
import { sorted, tally } from "./uploading/rows.js";
import { shrunk } from "./uploading/shrink.js";
import { answerTable } from "./uploading/table.js";

const MEGABYTE = 1024 * 1024;
const PICTURE_NAME = /\.(png|jpe?g|jpe|webp|gif|bmp|tiff?|heic|heif)$/i;

/** Why a file is not even sent; empty where it is. */
export function refusal(file, maxBytes, words) {
  if (file.type && !file.type.startsWith("image/") && !PICTURE_NAME.test(file.name)) return words.no_picture;
  if (file.size <= maxBytes) return "";
  return say(words.too_large, { size: Math.ceil(file.size / MEGABYTE), limit: words.limit });
}

const find = (name) => document.querySelector(`[data-${name}]`);

function start() {
  const form = find("form");
  const { images, model, several } = form.elements;
  const words = JSON.parse(document.getElementById("words").textContent);
  const table = answerTable(find("rows"), find("row"), words);
  const maxBytes = Number(form.dataset.maxImageBytes);
  let rows = [];
  let work = null;
  let queue = Promise.resolve();

  function take(files) {
    const fresh = [...files].map((file, i) => ({ file, place: rows.length + i }));
    if (!fresh.length) return;
    rows = [...rows, ...fresh];
    find("answers").hidden = false;
    table.append(fresh);
    report();
    if (!work || work.signal.aborted) work = new AbortController();
    const { signal } = work;
    queue = queue.then(() => read(fresh, signal)).catch(() => {}).then(report);
  }

  async function read(fresh, signal) {
    const sound = [];
    for (const row of fresh) {
      if (signal.aborted) break;
      row.content = await shrunk(row.file);
      row.problem = refusal(row.content, maxBytes, words);
      if (row.problem) table.fill(row);
      else sound.push(row);
    }
    report();
    const batches = batchesOf(sound.map((row) => ({ row, file: row.content })));
    const failed = (batch, problem) => settle(batch, () => ({ problem: problem.message }));
    try {
      await sendAll(batches, { send: (batch) => send(batch, signal), paused, failed, signal });
    } finally {
      for (const row of fresh) delete row.content;
      if (signal.aborted) leaveOut(fresh);
    }
  }

  async function send(batch, signal) {
    const fields = new FormData();
    fields.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    if (model) fields.set("model", model.value);
    if (several?.checked) fields.set("several", "on");
    for (const { file } of batch) fields.append("images", file, file.name || "picture");
    for (const { row } of batch) table.fill(Object.assign(row, { note: words.sending }));
    const { items } = await ask(form.action, fields, words, signal);
    settle(batch, (i) => items[i]);
  }

  function settle(batch, outcome) {
    batch.forEach(({ row }, i) => {
      const { answer, problem } = outcome(i);
      table.fill(Object.assign(row, { answer, problem }));
    });
    report();
  }

  function paused(problem) {
    find("progress-text").textContent = problem.message;
  }

  function leaveOut(fresh) {
    for (const row of fresh.filter(({ answer, problem }) => !answer && !problem)) {
      table.fill(Object.assign(row, { problem: words.left_out }));
    }
  }

  function report() {
    const counts = tally(rows);
    const finished = counts.done === counts.all;
    find("progress").value = counts.all ? counts.done / counts.all : 0;
    find("progress-text").textContent = say(finished ? words.finished : words.progress, counts);
    find("cancel").hidden = finished;
    if (finished) arrange();
  }

  function arrange() {
    table.arrange(sorted(rows, find("sort").value), find("only-unsure").checked);
  }

  function hover(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // Without it the browser would open the file instead.
    form.classList.add("drop--over");
  }

  function drop(event) {
    form.classList.remove("drop--over");
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  }

  /** What a field holds is taken; the same file may be chosen again after. */
  function takeFrom(field) {
    take(field.files);
    field.value = "";
  }

  document.addEventListener("dragover", hover);
  document.addEventListener("dragleave", () => form.classList.remove("drop--over"));
  document.addEventListener("drop", drop);
  document.addEventListener("paste", (event) => {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    take(event.clipboardData.files);
  });
  images.addEventListener("change", () => takeFrom(images));
  find("camera").addEventListener("change", () => takeFrom(find("camera")));
  find("cancel").addEventListener("click", () => work.abort());
  find("sort").addEventListener("change", arrange);
  find("only-unsure").addEventListener("change", arrange);
  find("clear").addEventListener("click", () => {
    work?.abort();
    rows = [];
    table.clear();
    find("answers").hidden = true;
  });
  find("csv").addEventListener("click", () => download("predictions.csv", "text/csv", asCSV(rows)));
  find("json").addEventListener("click", () => download("predictions.json", "application/json", asJSON(rows)));
  model?.addEventListener("change", () => {
    const address = new URL(location.href);
    address.searchParams.set("model", model.value); // A link to this page keeps the choice.
    history.replaceState(null, "", address);
    form.action = address.href;
  });
  form.addEventListener("submit", (event) => event.preventDefault());

  find("submit").hidden = true;
  find("drop-hint").hidden = false;
  find("camera-button").hidden = navigator.maxTouchPoints === 0; // Phones and tablets have a camera in the hand.
}

if (typeof document !== "undefined") start();
