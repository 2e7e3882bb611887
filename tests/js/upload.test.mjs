// node --test tests/js

import assert from "node:assert/strict";
import { test } from "node:test";

import { tooMuch } from "../../static/predictor/upload.js";

const LIMITS = { maxFiles: 2, maxBytes: 3 * 1024 * 1024 };
const FILE = { size: 1024 * 1024 };

test("as many pictures as are allowed may go", () => {
  assert.equal(tooMuch([FILE, FILE], LIMITS), "");
});

test("one picture too many is told before it is sent", () => {
  assert.equal(tooMuch([FILE, FILE, FILE], LIMITS), "These are 3 pictures; at most 2 go at a time.");
});

test("too many bytes are told before they are sent", () => {
  const large = { size: 2.5 * 1024 * 1024 };

  assert.equal(tooMuch([FILE, large], LIMITS), "These pictures have 4 MB; at most 3 MB go at a time.");
});
