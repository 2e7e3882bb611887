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

/** The answer's part of the page. */
function answerView(section, modelUrl) {
  const part = (name) => section.querySelector(`[data-${name}]`);
  const bars = part("bars");
  const blankBar = bars.firstElementChild.cloneNode(true);

  function say({ lead, headline = "", certainty = "", problem = "" }) {
    section.classList.remove("answer--empty");
    part("lead").textContent = lead;
    part("headline").textContent = headline;
    part("headline").classList.toggle("verdict__headline--words", headline.length > 2);
    part("certainty").textContent = certainty;
    part("problem").textContent = problem;
    part("problem").hidden = !problem;
  }

  function see(picture) {
    part("model-input").hidden = !picture;
    if (picture) part("model-input").src = picture;
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
    for (const bar of bars.children) {
      fill(bar, { label: bar.querySelector(".bar__label").textContent, probability: 0, percent: "" }, null);
    }
  }

  return {
    busy: (busy) => section.setAttribute("aria-busy", String(busy)),
    empty() {
      say({ lead: "Waiting for your first stroke", headline: "?" });
      section.classList.add("answer--empty");
      see(null);
      level();
    },
    refuse(problem) {
      say({ lead: "No answer", problem });
      see(null);
      level();
    },
    show({ verdict, label, bars: shares, model, model_input: modelInput }) {
      say(verdict);
      see(modelInput);
      raise(shares, label);
      part("model").textContent = `${model.name} ${model.version}`;
      part("model").href = modelUrl.replace("NAME", encodeURIComponent(model.name));
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
  const view = answerView(result, form.dataset.modelUrl);
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
    form.elements.image.files = transfer.files;
  }

  function change(next) {
    steps = next;
    repaint();
    if (onPaper(steps).length) return pose(fillField);
    drop();
    form.elements.image.value = "";
    view.empty();
  }

  function sendChosen() {
    if (form.elements.image.files.length) pose(async () => {});
  }

  followPen(canvas, {
    width: () => Number(drawing.querySelector("[name=pen]:checked").value),
    moved: repaint,
    finished: (stroke) => change(draw(steps, stroke)),
  });
  find("undo").addEventListener("click", () => change(undo(steps)));
  find("clear").addEventListener("click", () => change(clear(steps)));
  form.addEventListener("change", (event) => {
    if (event.target === form.elements.image) steps = BLANK; // A chosen picture takes the drawing's place.
    repaint();
    sendChosen();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sendChosen();
  });

  if (result.hidden) view.empty();
  drawing.hidden = result.hidden = false;
  find("submit").hidden = true;
  new ResizeObserver(fit).observe(canvas);
  fit();
}

if (typeof document !== "undefined") start();
