// Recent drawings. They stay in this browser's own storage and go to no server until one is opened again.

import { say } from "../asking.js";
import { paint } from "./strokes.js";

const KEY = "mnistsite.recent-drawings";
const MOST = 12;
const MOST_POINTS = 2000; // A longer scribble is not worth the room.
const THUMBNAIL_PX = 112;

/** The list with this drawing at its head; the same drawing stands in it once. */
export function remember(list, drawing) {
  if (drawing.strokes.reduce((sum, { points }) => sum + points.length, 0) > MOST_POINTS) return list;
  return [drawing, ...list.filter(({ id }) => id !== drawing.id)].slice(0, MOST);
}

/** Strokes without needless decimals. */
export function compact(strokes) {
  const short = (number) => Math.round(number * 1000) / 1000;
  const point = ({ x, y, w }) => (w === undefined ? { x: short(x), y: short(y) } : { x: short(x), y: short(y), w: short(w) });
  return strokes.map(({ width, points }) => ({ width, points: points.map(point) }));
}

/** What the storage holds, if it is a list of drawings. */
export function parse(text) {
  try {
    const list = JSON.parse(text ?? "[]");
    return Array.isArray(list) ? list.filter(isDrawing) : [];
  } catch {
    return [];
  }
}

function isDrawing(entry) {
  const sound = (stroke) => stroke?.width > 0 && Array.isArray(stroke.points) && stroke.points.length > 0;
  return Array.isArray(entry?.strokes) && entry.strokes.length > 0 && entry.strokes.every(sound);
}

/** Show the list in an element; `open` gets the strokes of the one that is chosen. */
export function recentDrawings(element, words, open) {
  const shelf = element.querySelector("[data-recent-list]");

  function read() {
    try {
      return parse(localStorage.getItem(KEY));
    } catch {
      return []; // The browser forbids it.
    }
  }

  function write(list) {
    try {
      localStorage.setItem(KEY, JSON.stringify(list));
    } catch {
      return; // It is full or forbidden: then nothing is remembered.
    }
    show(list);
  }

  function thumbnail({ strokes, label }) {
    const item = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "recent__drawing" });
    const picture = Object.assign(document.createElement("canvas"), { width: THUMBNAIL_PX, height: THUMBNAIL_PX });
    picture.className = "recent__picture";
    paint(picture.getContext("2d"), strokes, THUMBNAIL_PX);
    button.setAttribute("aria-label", say(words.recent_drawing, { label }));
    button.append(picture, Object.assign(document.createElement("span"), { textContent: label }));
    button.addEventListener("click", () => open(strokes));
    item.append(button);
    return item;
  }

  function show(list) {
    shelf.replaceChildren(...list.map(thumbnail));
    element.hidden = !list.length;
  }

  element.querySelector("[data-recent-forget]").addEventListener("click", () => write([]));
  addEventListener("storage", ({ key }) => key === KEY && show(read()));
  show(read());

  return { add: (drawing) => write(remember(read(), { ...drawing, strokes: compact(drawing.strokes) })) };
}
