// The table of answers. Each row is made once, from the page's template, and then only filled and moved.

import { isUnsure } from "./rows.js";

/** Fill the table's body; `words` are the script's own. */
export function answerTable(body, template, words) {
  const elements = new Map();

  function element(row) {
    if (!elements.has(row)) elements.set(row, template.content.firstElementChild.cloneNode(true));
    return elements.get(row);
  }

  function picture(image, { answer }) {
    if (!answer) return;
    const boxed = Boolean(answer.boxed);
    Object.assign(image, { src: answer.boxed ?? answer.model_input, alt: boxed ? answer.boxed_alt : "", hidden: false });
    image.classList.toggle("thumbnail--boxed", boxed);
  }

  function state({ answer, problem, note }) {
    if (problem) return { text: problem, kind: "problem" };
    if (!answer) return { text: note ?? words.waiting, kind: "note" };
    return answer.accepted ? { text: words.sure, kind: "tag tag--good" } : { text: answer.doubt, kind: "tag tag--doubt" };
  }

  function fill(row) {
    const part = (name) => element(row).querySelector(`[data-${name}]`);
    const { answer } = row;
    const { text, kind } = state(row);
    picture(part("seen"), row);
    part("blank").hidden = Boolean(answer);
    part("file").textContent = row.file.name;
    part("answer").textContent = answer && !answer.shows_no_label ? answer.label : "–";
    part("confidence").textContent = answer && !answer.shows_no_label ? answer.percent : "–";
    Object.assign(part("state"), { textContent: text, className: kind });
    part("guess").textContent = answer && !answer.accepted ? answer.verdict.guess || answer.verdict.headline : "";
  }

  return {
    fill,
    /** Put the rows into this order; unsure ones alone, if so wished. */
    arrange(rows, onlyUnsure) {
      for (const row of rows) element(row).hidden = onlyUnsure && !isUnsure(row);
      body.replaceChildren(...rows.map(element));
    },
    append(rows) {
      rows.forEach(fill);
      body.append(...rows.map(element));
    },
    clear() {
      elements.clear();
      body.replaceChildren();
    },
  };
}
