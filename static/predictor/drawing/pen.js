// Following the pen: one pointer at a time draws, and the hand that rests on the screen does not.

import { widthFactor } from "./strokes.js";

const PALM_MS = 1000; // So long after a pen was seen, fingers do not draw.

/** Whether a pointer that comes down now may draw. */
export function mayDraw({ pointerType, isPrimary, button }, { pointerType: drawing, penSeenAt, now }) {
  if (button !== 0) return false;
  if (pointerType === "pen") return drawing !== "pen"; // The pen takes over from the palm that came first.
  const penIsNear = pointerType === "touch" && now - penSeenAt < PALM_MS;
  return drawing === null && isPrimary && !penIsNear;
}

/** Follow pointers over the canvas; `moved` gets the stroke so far (nothing if it was dropped), `finished` a whole one. */
export function followPen(canvas, { width, moved, finished }) {
  let stroke = null;
  let pointer = null;
  let pointerType = null;
  let penSeenAt = -Infinity;

  function point(event) {
    const paper = canvas.getBoundingClientRect();
    const place = { x: (event.clientX - paper.left) / paper.width, y: (event.clientY - paper.top) / paper.height };
    const factor = widthFactor(event.pointerType, event.pressure);
    return factor === 1 ? place : { ...place, w: factor };
  }

  function lift() {
    const done = stroke;
    stroke = pointer = pointerType = null;
    return done;
  }

  canvas.addEventListener("pointerdown", (event) => {
    const allowed = mayDraw(event, { pointerType, penSeenAt, now: event.timeStamp });
    if (event.pointerType === "pen") penSeenAt = event.timeStamp;
    if (!allowed) return;
    canvas.setPointerCapture(event.pointerId);
    pointer = event.pointerId;
    pointerType = event.pointerType;
    stroke = { width: width(), points: [point(event)] };
    moved(stroke);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerType === "pen") penSeenAt = event.timeStamp;
    if (event.pointerId !== pointer) return;
    const between = event.getCoalescedEvents?.() ?? [];
    stroke.points.push(...(between.length ? between : [event]).map(point));
    moved(stroke);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (event.pointerId === pointer) finished(lift());
  });
  // The system took the finger for a gesture of its own: what it drew was not meant.
  canvas.addEventListener("pointercancel", (event) => {
    if (event.pointerId === pointer) moved(void lift());
  });
  // A long press would open a menu over the drawing.
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
}
