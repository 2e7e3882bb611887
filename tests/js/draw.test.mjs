// node --test tests/js

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  BLANK,
  addressOf,
  clear,
  curves,
  draw,
  levelBars,
  onPaper,
  paint,
  problemOf,
  undo,
} from "../../static/predictor/draw.js";

const STROKE = { width: 0.1, points: [{ x: 0.2, y: 0.2 }, { x: 0.8, y: 0.2 }] };

test("undo takes the last stroke back", () => {
  const steps = draw(draw(BLANK, STROKE), { ...STROKE, width: 0.2 });

  assert.deepEqual(onPaper(undo(steps)), [STROKE]);
});

test("undo brings a cleared drawing back", () => {
  const cleared = clear(draw(BLANK, STROKE));

  assert.deepEqual(onPaper(cleared), []);
  assert.deepEqual(onPaper(undo(cleared)), [STROKE]);
});

test("empty paper cannot be undone or cleared any further", () => {
  assert.equal(undo(BLANK), BLANK);
  assert.equal(clear(BLANK), BLANK);
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

test("a problem is told in the server's words where it has some", () => {
  assert.equal(problemOf(422, { error: { message: "Nothing is drawn." } }), "Nothing is drawn.");
  assert.equal(problemOf(502, null), "The server gave no usable answer (502). Please try again.");
  assert.equal(problemOf(0), "The server cannot be reached. Your picture is kept; try again.");
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

/** A canvas context that remembers what was asked of it. */
function recorder() {
  const calls = [];
  const methods = ["fillRect", "beginPath", "moveTo", "quadraticCurveTo", "stroke"];
  return methods.reduce((context, name) => ({ ...context, [name]: (...args) => calls.push([name, ...args]) }), { calls });
}
