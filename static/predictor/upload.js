// The upload page: dropped and pasted pictures fill the form's own file field, and the table can be kept as CSV.

// --- Pure functions, tested under Node

/** Why so many files cannot be sent at once; empty where they can. */
export function tooMuch(files, { maxFiles, maxBytes }) {
  if (files.length > maxFiles) return `These are ${files.length} pictures; at most ${maxFiles} go at a time.`;
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  if (bytes > maxBytes) return `These pictures have ${megabytes(bytes)} MB; at most ${megabytes(maxBytes)} MB go at a time.`;
  return "";
}

function megabytes(bytes) {
  return Math.ceil(bytes / 1024 / 1024);
}

// --- The page

function start() {
  const form = document.querySelector("[data-form]");
  const problem = form.querySelector("[data-problem]");
  const limits = { maxFiles: Number(form.dataset.maxFiles), maxBytes: Number(form.dataset.maxBytes) };

  function check() {
    problem.textContent = tooMuch([...form.elements.images.files], limits);
    problem.hidden = !problem.textContent;
    return problem.hidden;
  }

  function take(event, transfer) {
    if (!transfer?.files.length) return;
    event.preventDefault();
    form.elements.images.files = transfer.files;
    if (check()) form.requestSubmit();
  }

  function hover(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // Without it the browser would open the file instead.
    form.classList.add("drop--over");
  }

  document.addEventListener("dragover", hover);
  document.addEventListener("dragleave", () => form.classList.remove("drop--over"));
  document.addEventListener("drop", (event) => {
    form.classList.remove("drop--over");
    take(event, event.dataTransfer);
  });
  document.addEventListener("paste", (event) => take(event, event.clipboardData));
  form.addEventListener("change", check);
  form.elements.model?.addEventListener("change", ({ target }) => {
    const address = new URL(location.href);
    address.searchParams.set("model", target.value); // A link to this page keeps the choice.
    history.replaceState(null, "", address);
    form.action = address.href;
  });
  form.addEventListener("submit", (event) => check() || event.preventDefault());
  form.querySelector("[data-drop-hint]").hidden = false;
  offerDownload(document.querySelector("[data-download]"), document.getElementById("answers-csv"));
}

function offerDownload(button, csv) {
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const address = URL.createObjectURL(new Blob([JSON.parse(csv.textContent)], { type: "text/csv" }));
    Object.assign(document.createElement("a"), { href: address, download: "predictions.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  });
}

if (typeof document !== "undefined") start();
