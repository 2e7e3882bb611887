// The draw page. Strokes become a picture in the form's own file field, and the form is sent after each of them, so
// that a drawn and a chosen picture take the same way through the server. The answer's words come from the server too.

import { say } from "./asking.js";
import { answerView } from "./drawing/answer.js";
import { feedback } from "./drawing/feedback.js";
import { followPen } from "./drawing/pen.js";
import { questions } from "./drawing/questions.js";
import { recentDrawings } from "./drawing/recent.js";
import { BLANK, canRedo, canUndo, clear, draw, onPaper, redo, replace, undo } from "./drawing/steps.js";
import { paint } from "./drawing/strokes.js";

const PICTURE_SIDE_PX = 280;

/** A page's address that names the model, so that it can be shared. */
export function addressOf(address, model) {
  const url = new URL(address);
  url.searchParams.set("model", model);
  return url.href;
}

/** What a key does to the drawing; nothing while it types into a field. */
export function stepOf({ key, ctrlKey, metaKey, shiftKey, altKey }, typing) {
  if (typing || altKey) return null;
  const letter = key.toLowerCase();
  if (ctrlKey || metaKey) {
    if (letter === "y" || (letter === "z" && shiftKey)) return redo;
    return letter === "z" ? undo : null;
  }
  return key === "Delete" || key === "Backspace" ? clear : null;
}

const find = (name) => document.querySelector(`[data-${name}]`);
const data = (id) => JSON.parse(document.getElementById(id).textContent);

function start() {
  const [drawing, canvas, result, form] = ["drawing", "paper", "result", "form"].map(find);
  const { image, explain, model } = form.elements;
  const models = data("models");
  const words = data("words");
  const asked = () => model?.value ?? form.dataset.model;
  const labels = () => models[asked()].labels;
  const view = answerView(result, form.dataset.modelUrl, labels, words);
  const opinion = find("feedback") && feedback(find("feedback"), words);
  const recent = recentDrawings(find("recent"), words, (strokes) => change(replace(paperwork, strokes)));
  const context = canvas.getContext("2d");
  const picture = Object.assign(document.createElement("canvas"), { width: PICTURE_SIDE_PX, height: PICTURE_SIDE_PX });
  const { pose, drop } = questions(form, words, { answered, failed, busy: view.busy });
  let paperwork = BLANK;
  let drawingId = Date.now();

  function answered(answer) {
    view.show(answer);
    opinion?.about(answer, labels(), image.files[0]);
    const strokes = onPaper(paperwork);
    if (strokes.length) recent.add({ id: drawingId, strokes, label: answer.shows_no_label ? "?" : answer.label });
  }

  function failed(problem) {
    view.refuse(problem.message);
    opinion?.hide();
  }

  function repaint(unfinished) {
    paint(context, unfinished ? [...onPaper(paperwork), unfinished] : onPaper(paperwork), canvas.width);
    find("undo").disabled = !canUndo(paperwork);
    find("redo").disabled = !canRedo(paperwork);
    find("clear").disabled = !onPaper(paperwork).length;
    find("hint").hidden = Boolean(unfinished || onPaper(paperwork).length);
  }

  function fit() {
    const side = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
    canvas.width = canvas.height = side;
    repaint();
  }

  async function fillField() {
    paint(picture.getContext("2d"), onPaper(paperwork), PICTURE_SIDE_PX);
    const content = await new Promise((resolve) => picture.toBlob(resolve, "image/png"));
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], "drawing.png", { type: "image/png" }));
    image.files = transfer.files;
  }

  function change(next) {
    if (!onPaper(paperwork).length) drawingId = Date.now(); // A drawing begins.
    paperwork = next;
    repaint();
    if (onPaper(paperwork).length) return pose(fillField);
    drop();
    image.value = "";
    opinion?.hide();
    view.empty();
  }

  function sendChosen() {
    if (image.files.length) pose(async () => {});
  }

  /** The page speaks of the model that is chosen, and its address names it. */
  function turnTo(name) {
    const { subject, version } = models[name];
    for (const word of document.querySelectorAll("[data-subject]")) word.textContent = subject;
    document.title = say(words.title, { subject });
    history.replaceState(null, "", addressOf(location.href, name));
    form.action = addressOf(form.action, name);
    if (image.files.length) return;
    view.name({ name, version });
    view.empty();
  }

  followPen(canvas, {
    width: () => Number(drawing.querySelector("[name=pen]:checked").value),
    moved: repaint,
    finished: (stroke) => change(draw(paperwork, stroke)),
  });
  for (const [name, step] of Object.entries({ undo, redo, clear })) {
    find(name).addEventListener("click", () => change(step(paperwork)));
  }
  document.addEventListener("keydown", (event) => {
    const step = stepOf(event, event.target.closest?.("input:not([type=radio]), select, textarea"));
    if (!step || step(paperwork) === paperwork) return;
    event.preventDefault();
    change(step(paperwork));
  });
  // On the document, as some of the form's fields stand beside it.
  document.addEventListener("change", ({ target }) => {
    if (target.form !== form) return;
    if (target === explain && !explain.checked) return view.explain(null);
    if (target === model) turnTo(model.value);
    if (target === image) paperwork = BLANK; // A chosen picture takes the drawing's place.
    repaint();
    sendChosen();
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formaction")) return; // The drawing goes along to another page.
    event.preventDefault();
    sendChosen();
  });

  // A browser that fills the fields again after a reload may have chosen another model than the page speaks of.
  if (asked() !== form.dataset.model) turnTo(asked());
  if (result.hidden) view.empty();
  find("switch").append(find("explain"));
  drawing.hidden = result.hidden = false;
  find("submit").hidden = true;
  new ResizeObserver(fit).observe(canvas);
  fit();
}

if (typeof document !== "undefined") start();
