// The draw page. Strokes become a picture in the form's own file field, and the form is sent after each of them, so
// that a drawn and a chosen picture take the same way through the server. The answer's words come from the server too.

const PICTURE_SIDE_PX = 280;
const PAPER = "#ffffff";
const INK = "#000000";
const BUSY_AFTER_MS = 200; // A faster answer shows no sign of waiting, which would only flicker.

// --- Pure functions, tested under Node

/** The steps of a drawing, first the empty paper; each is a list of strokes, so that undo steps back over Clear too. */
export const BLANK = [[]];

/** The strokes now on the paper. */
export function onPaper(steps) {
  return steps.at(-1);
}

/** One stroke more. */
export function draw(steps, stroke) {
  return [...steps, [...onPaper(steps), stroke]];
}

/** Empty paper again; clearing empty paper is no step. */
export function clear(steps) {
  return onPaper(steps).length ? [...steps, []] : steps;
}

/** One step back; the first step stays. */
export function undo(steps) {
  return steps.length > 1 ? steps.slice(0, -1) : steps;
}

/** A smooth line through a stroke's points: each inner point bends the line towards it, and joints lie halfway. */
export function curves(points) {
  const joint = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const inner = points.slice(1, -1);
  const bends = inner.map((point, i) => ({ control: point, end: joint(point, points[i + 2]) }));
  return [...bends, { control: points.at(-1), end: points.at(-1) }];
}

/** Paint strokes, whose lengths are shares of the paper's side, on a context of that many pixels. */
export function paint(context, strokes, sidePx) {
  context.fillStyle = PAPER;
  context.fillRect(0, 0, sidePx, sidePx);
  context.strokeStyle = INK;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const { points, width } of strokes) {
    context.lineWidth = width * sidePx;
    context.beginPath();
    context.moveTo(points[0].x * sidePx, points[0].y * sidePx);
    for (const { control, end } of curves(points)) {
      context.quadraticCurveTo(control.x * sidePx, control.y * sidePx, end.x * sidePx, end.y * sidePx);
    }
    context.stroke();
  }
}

/** What to tell a person when no answer came. */
export function problemOf(status, body) {
  if (body?.error?.message) return body.error.message;
  if (status === 0) return "The server cannot be reached. Your picture is kept; try again.";
  return `The server gave no usable answer (${status}). Please try again.`;
}

/** A page's address that names the model, so that it can be shared. */
export function addressOf(address, model) {
  const url = new URL(address);
  url.searchParams.set("model", model);
  return url.href;
}

/** The bars of a model that has not answered. */
export function levelBars(labels) {
  return labels.map((label) => ({ label, probability: 0, percent: "" }));
}

// --- The page

/** Send the form; returns the answer, or throws an Error whose message is for people. */
async function ask(form, signal) {
  let response;
  try {
    const request = { method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, signal };
    response = await fetch(form.action, request);
  } catch (error) {
    throw error.name === "AbortError" ? error : new Error(problemOf(0));
  }
  const body = await response.json().catch(() => null);
  if (!response.ok || !body) throw new Error(problemOf(response.status, body));
  return body;
}

/** The answer's part of the page; `labels` gives those of the model that is asked. */
function answerView(section, modelUrl, labels) {
  const part = (name) => section.querySelector(`[data-${name}]`);
  const bars = part("bars");
  const blankBar = bars.firstElementChild.cloneNode(true);

  function say({ lead, headline = "", certainty = "", guess = "", problem = "" }) {
    section.classList.remove("answer--empty", "answer--none");
    part("lead").textContent = lead;
    part("headline").textContent = headline;
    part("headline").classList.toggle("verdict__headline--words", headline.length > 2);
    part("certainty").textContent = certainty;
    part("guess").textContent = guess;
    part("problem").textContent = problem;
    part("problem").hidden = !problem;
  }

  function see(src, alt) {
    part("model-input").hidden = !src;
    if (src) Object.assign(part("model-input"), { src, alt });
  }

  function explain(src, label) {
    part("decided").hidden = !src;
    if (!src) return;
    part("decided-picture").src = src;
    part("decided-label").textContent = label;
  }

  function name({ name, version }) {
    part("model").textContent = `${name} ${version}`;
    part("model").href = modelUrl.replace("NAME", encodeURIComponent(name));
  }

  function fill(bar, { label, probability, percent }, best) {
    bar.classList.toggle("bar--best", label === best);
    bar.querySelector(".bar__label").textContent = label;
    bar.querySelector(".bar__meter").value = probability;
    bar.querySelector(".bar__percent").textContent = percent;
  }

  /** Bars stay in place and only change, so that they move instead of flickering. */
  function raise(shares, best) {
    while (bars.children.length > shares.length) bars.lastElementChild.remove();
    while (bars.children.length < shares.length) bars.append(blankBar.cloneNode(true));
    shares.forEach((share, i) => fill(bars.children[i], share, best));
  }

  function level() {
    see(null);
    explain(null);
    raise(levelBars(labels()), null);
  }

  return {
    name,
    explain,
    busy: (busy) => section.setAttribute("aria-busy", String(busy)),
    empty() {
      say({ lead: "Waiting for your first stroke", headline: "?" });
      section.classList.add("answer--empty");
      level();
    },
    refuse(problem) {
      say({ lead: "No answer", problem });
      level();
    },
    show(answer) {
      say(answer.verdict);
      section.classList.toggle("answer--none", answer.shows_no_label);
      see(answer.model_input, answer.model_input_alt);
      explain(answer.explanation_picture, answer.label);
      raise(answer.bars, answer.label);
      name(answer.model);
    },
  };
}

/** Ask for one picture at a time: a new question drops the answer to the one before. */
function questions(form, view) {
  let current = new AbortController();

  function drop() {
    current.abort();
    view.busy(false);
  }

  async function pose(prepare) {
    current.abort();
    const mine = (current = new AbortController());
    const waiting = setTimeout(() => view.busy(!mine.signal.aborted), BUSY_AFTER_MS);
    try {
      await prepare();
      if (mine.signal.aborted) return;
      const answer = await ask(form, mine.signal);
      if (!mine.signal.aborted) view.show(answer);
    } catch (error) {
      if (!mine.signal.aborted) view.refuse(error.message);
    } finally {
      clearTimeout(waiting);
      if (!mine.signal.aborted) view.busy(false);
    }
  }

  return { pose, drop };
}

/** Follow one pointer at a time over the canvas and hand each finished stroke on. */
function followPen(canvas, { width, moved, finished }) {
  let stroke = null;
  let pointer = null;

  function at(event) {
    const paper = canvas.getBoundingClientRect();
    return { x: (event.clientX - paper.left) / paper.width, y: (event.clientY - paper.top) / paper.height };
  }

  function lift() {
    const done = stroke;
    stroke = pointer = null;
    return done;
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (stroke || !event.isPrimary || event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    pointer = event.pointerId;
    stroke = { width: width(), points: [at(event)] };
    moved(stroke);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const between = event.getCoalescedEvents?.() ?? [];
    stroke.points.push(...(between.length ? between : [event]).map(at));
    moved(stroke);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (event.pointerId === pointer) finished(lift());
  });
  // The system took the finger for a gesture of its own: what it drew was not meant.
  canvas.addEventListener("pointercancel", (event) => {
    if (event.pointerId === pointer) moved(void lift());
  });
}

function start() {
  const find = (name) => document.querySelector(`[data-${name}]`);
  const [drawing, canvas, result, form] = ["drawing", "paper", "result", "form"].map(find);
  const { image, explain, model } = form.elements;
  const models = JSON.parse(document.getElementById("models").textContent);
  const asked = () => model?.value ?? form.dataset.model;
  const view = answerView(result, form.dataset.modelUrl, () => models[asked()].labels);
  const { pose, drop } = questions(form, view);
  const context = canvas.getContext("2d");
  const picture = Object.assign(document.createElement("canvas"), { width: PICTURE_SIDE_PX, height: PICTURE_SIDE_PX });
  let steps = BLANK;

  function repaint(unfinished) {
    paint(context, unfinished ? [...onPaper(steps), unfinished] : onPaper(steps), canvas.width);
    find("undo").disabled = steps.length === 1;
    find("clear").disabled = !onPaper(steps).length;
    find("hint").hidden = Boolean(unfinished || onPaper(steps).length);
  }

  function fit() {
    const side = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
    canvas.width = canvas.height = side;
    repaint();
  }

  async function fillField() {
    paint(picture.getContext("2d"), onPaper(steps), PICTURE_SIDE_PX);
    const content = await new Promise((resolve) => picture.toBlob(resolve, "image/png"));
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], "drawing.png", { type: "image/png" }));
    image.files = transfer.files;
  }

  function change(next) {
    steps = next;
    repaint();
    if (onPaper(steps).length) return pose(fillField);
    drop();
    image.value = "";
    view.empty();
  }

  function sendChosen() {
    if (image.files.length) pose(async () => {});
  }

  /** The page speaks of the model that is chosen, and its address names it. */
  function turnTo(name) {
    const { subject, version } = models[name];
    for (const word of document.querySelectorAll("[data-subject]")) word.textContent = subject;
    document.title = `Draw a ${subject} · mnistsite`;
    history.replaceState(null, "", addressOf(location.href, name));
    form.action = addressOf(form.action, name);
    if (image.files.length) return;
    view.name({ name, version });
    view.empty();
  }

  followPen(canvas, {
    width: () => Number(drawing.querySelector("[name=pen]:checked").value),
    moved: repaint,
    finished: (stroke) => change(draw(steps, stroke)),
  });
  find("undo").addEventListener("click", () => change(undo(steps)));
  find("clear").addEventListener("click", () => change(clear(steps)));
  // On the document, as some of the form's fields stand beside it.
  document.addEventListener("change", ({ target }) => {
    if (target.form !== form) return;
    if (target === explain && !explain.checked) return view.explain(null);
    if (target === model) turnTo(model.value);
    if (target === image) steps = BLANK; // A chosen picture takes the drawing's place.
    repaint();
    sendChosen();
  });
  form.addEventListener("submit", (event) => {
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
