// node --test tests/js

import assert from "node:assert/strict";
import { test } from "node:test";

import { isExpired, pauseOf, problemOf, say } from "../../static/predictor/asking.js";
import { addressOf, stepOf } from "../../static/predictor/draw.js";
import { levelBars } from "../../static/predictor/drawing/answer.js";
import { mayDraw } from "../../static/predictor/drawing/pen.js";
import { compact, parse, remember } from "../../static/predictor/drawing/recent.js";
import { BLANK, canRedo, canUndo, clear, draw, onPaper, redo, undo } from "../../static/predictor/drawing/steps.js";
import { curves, paint, widthFactor } from "../../static/predictor/drawing/strokes.js";

const STROKE = { width: 0.1, points: [{ x: 0.2, y: 0.2 }, { x: 0.8, y: 0.2 }] };
const WORDS = { offline: "No network.", throttled: "In {seconds} s.", expired: "Too old.", unusable: "Status {status}." };

test("undo takes the last stroke back, and redo brings it again", () => {
  const drawn = draw(draw(BLANK, STROKE), { ...STROKE, width: 0.2 });

  assert.deepEqual(onPaper(undo(drawn)), [STROKE]);
  assert.deepEqual(onPaper(redo(undo(drawn))), onPaper(drawn));
});

test("undo brings a cleared drawing back", () => {
  const cleared = clear(draw(BLANK, STROKE));

  assert.deepEqual(onPaper(cleared), []);
  assert.deepEqual(onPaper(undo(cleared)), [STROKE]);
});

test("a new stroke ends what could be redone", () => {
  const undone = undo(draw(BLANK, STROKE));

  assert.equal(canRedo(undone), true);
  assert.equal(canRedo(draw(undone, STROKE)), false);
});

test("empty paper cannot be undone, redone or cleared any further", () => {
  assert.equal(undo(BLANK), BLANK);
  assert.equal(redo(BLANK), BLANK);
  assert.equal(clear(BLANK), BLANK);
  assert.equal(canUndo(BLANK), false);
});

test("a line runs through the halfway points and ends where the pen did", () => {
  const corner = [{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 1, y: 1 }];

  assert.deepEqual(curves(corner), [
    { control: { x: 1, y: 0 }, end: { x: 1, y: 0.5 } },
    { control: { x: 1, y: 1 }, end: { x: 1, y: 1 } },
  ]);
});

test("a mere touch leaves a dot", () => {
  assert.deepEqual(curves([{ x: 0.5, y: 0.5 }]), [{ control: { x: 0.5, y: 0.5 }, end: { x: 0.5, y: 0.5 } }]);
});

test("the paper is painted white and a stroke in its share of the side", () => {
  const context = recorder();

  paint(context, [STROKE], 280);

  assert.deepEqual(context.calls[0], ["fillRect", 0, 0, 280, 280]);
  assert.deepEqual(context.calls[2], ["moveTo", 56, 56]);
  assert.deepEqual(context.calls[3], ["quadraticCurveTo", 224, 56, 224, 56]);
  assert.equal(context.fillStyle, "#ffffff");
  assert.equal(context.strokeStyle, "#000000");
  assert.equal(context.lineWidth, 28);
});

test("each piece of a pressed stroke has its own width", () => {
  const context = recorder();
  const points = [{ x: 0, y: 0, w: 0.5 }, { x: 1, y: 0, w: 1.5 }];

  paint(context, [{ width: 0.5, points }], 100);

  assert.equal(context.lineWidth, 75);
});

test("only a pen's pressure changes the width", () => {
  assert.equal(widthFactor("mouse", 0.5), 1);
  assert.equal(widthFactor("touch", 1), 1);
  assert.equal(widthFactor("pen", 0.5), 1);
  assert.equal(widthFactor("pen", 0), 1);
  assert.ok(widthFactor("pen", 1) > 1.3);
});

test("a pen takes over from the palm, and a palm never from the pen", () => {
  const touch = { pointerType: "touch", isPrimary: true, button: 0 };
  const pen = { pointerType: "pen", isPrimary: true, button: 0 };

  assert.equal(mayDraw(touch, { pointerType: null, penSeenAt: -Infinity, now: 0 }), true);
  assert.equal(mayDraw(touch, { pointerType: null, penSeenAt: 500, now: 1000 }), false);
  assert.equal(mayDraw(pen, { pointerType: "touch", penSeenAt: -Infinity, now: 0 }), true);
  assert.equal(mayDraw({ ...touch, isPrimary: false }, { pointerType: null, penSeenAt: -Infinity, now: 0 }), false);
  assert.equal(mayDraw({ ...touch, button: 2 }, { pointerType: null, penSeenAt: -Infinity, now: 0 }), false);
});

test("keys step through the drawing, but not while somebody types", () => {
  const key = (name, more = {}) => ({ key: name, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });

  assert.equal(stepOf(key("z", { ctrlKey: true })), undo);
  assert.equal(stepOf(key("Z", { metaKey: true, shiftKey: true })), redo);
  assert.equal(stepOf(key("y", { ctrlKey: true })), redo);
  assert.equal(stepOf(key("Delete")), clear);
  assert.equal(stepOf(key("Delete"), true), null);
  assert.equal(stepOf(key("z")), null);
});

test("a problem is told in the server's words where it has some", () => {
  assert.equal(problemOf(422, { error: { message: "Nothing is drawn." } }, null, WORDS).message, "Nothing is drawn.");
  assert.equal(problemOf(502, null, null, WORDS).message, "Status 502.");
});

test("what passes by itself has a pause after which it is tried again", () => {
  const limited = problemOf(429, null, "7", WORDS);

  assert.deepEqual([limited.kind, limited.pauseS, limited.message], ["throttled", 7, "In 7 s."]);
  assert.deepEqual([problemOf(0, null, null, WORDS).kind, problemOf(422, null, null, WORDS).pauseS], ["offline", 0]);
});

test("a pause is never none, nor longer than a minute", () => {
  assert.deepEqual([pauseOf(null), pauseOf("0"), pauseOf("900"), pauseOf("soon")], [1, 1, 60, 1]);
});

test("an expired token is told from other refusals", () => {
  assert.equal(isExpired(403, { error: { code: "csrf_failed" } }), true);
  assert.equal(isExpired(403, { error: { code: "feedback_off" } }), false);
});

test("values are put into a sentence, and what is missing stays", () => {
  assert.equal(say("{n} of {all}", { n: 0 }), "0 of {all}");
});

test("an address names one model, whatever else it says", () => {
  assert.equal(addressOf("https://x.example/", "fashion-cnn"), "https://x.example/?model=fashion-cnn");
  assert.equal(addressOf("https://x.example/?model=old&b=1#choose", "new"), "https://x.example/?model=new&b=1#choose");
});

test("a model that has not answered has a level bar for each of its labels", () => {
  assert.deepEqual(levelBars(["Bag", "Ankle boot"]), [
    { label: "Bag", probability: 0, percent: "" },
    { label: "Ankle boot", probability: 0, percent: "" },
  ]);
});

test("a drawing is remembered once, at the head, and no more than twelve are", () => {
  const list = Array.from({ length: 12 }, (_, id) => ({ id, strokes: [STROKE] }));

  assert.deepEqual(remember(list, { id: 3, strokes: [STROKE] }).map(({ id }) => id), [3, 0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11]);
  assert.equal(remember(list, { id: 99, strokes: [STROKE] }).length, 12);
});

test("a storage that holds something else is an empty shelf", () => {
  for (const text of [null, "", "{", "{}", '[{"strokes": 1}]', '[{"strokes": [{"width": 1, "points": []}]}]']) {
    assert.deepEqual(parse(text), []);
  }
});

test("strokes are kept without needless decimals", () => {
  const [stroke] = compact([{ width: 0.07, points: [{ x: 0.123456, y: 1 / 3, w: 1.23456 }] }]);

  assert.deepEqual(stroke.points, [{ x: 0.123, y: 0.333, w: 1.235 }]);
});

/** A canvas context that remembers what was asked of it. */
function recorder() {
  const calls = [];
  const methods = ["fillRect", "beginPath", "moveTo", "quadraticCurveTo", "stroke"];
  return methods.reduce((context, name) => ({ ...context, [name]: (...args) => calls.push([name, ...args]) }), { calls });
}
