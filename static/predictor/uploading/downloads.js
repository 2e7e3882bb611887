// The answers as files. The CSV is the one that the server writes for browsers without scripts.

const HEADER = ["file", "label", "confidence", "accepted", "reason", "model", "version", "error"];

/** Keep a spreadsheet from reading a text, such as a file's name, as a formula. */
export function harmlessCell(text) {
  return /^[\t\r\n]|^\s*[=+\-@]/.test(text) ? `'${text}` : text;
}

/** The rows as comma-separated values with a header line. */
export function asCSV(rows) {
  return [HEADER, ...rows.map(cells)].map((line) => line.map(quoted).join(",")).join("\r\n") + "\r\n";
}

// Quoted throughout: some spreadsheets part cells at semicolons, which a file's name may hold.
function quoted(cell) {
  return `"${String(cell).replaceAll('"', '""')}"`;
}

function cells({ file, answer, problem }) {
  const name = harmlessCell(file.name);
  if (!answer) return [name, "", "", "", "", "", "", harmlessCell(problem ?? "")];
  const { label, confidence, accepted, reason, model } = answer;
  return [name, label, confidence, accepted ? "yes" : "no", reason ?? "", model.name, model.version, ""];
}

/** The rows as JSON, each as the API's batch has it. */
export function asJSON(rows) {
  const item = ({ file, answer, problem }) => {
    if (!answer) return { file: file.name, error: problem ?? "" };
    const { label, confidence, accepted, reason, probabilities, digits, model } = answer;
    return { file: file.name, label, confidence, accepted, reason, probabilities, digits, model };
  };
  return JSON.stringify({ items: rows.map(item) }, null, 1) + "\n";
}

/** Hand a text to the person as a file. */
export function download(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
