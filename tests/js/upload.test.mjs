// node --test tests/js

import assert from "node:assert/strict";
import { test } from "node:test";

import { refusal } from "../../static/predictor/upload.js";
import { batchesOf, sendAll } from "../../static/predictor/uploading/batches.js";
import { asCSV, asJSON, harmlessCell } from "../../static/predictor/uploading/downloads.js";
import { isUnsure, sorted, tally } from "../../static/predictor/uploading/rows.js";
import { smallerSize } from "../../static/predictor/uploading/shrink.js";

const MB = 1024 * 1024;
const WORDS = { too_large: "{size} MB, limit {limit}", no_picture: "No picture.", limit: "5 MB" };

function row(place, name, confidence, accepted = true, label = "7") {
  const answer = { label, confidence, accepted, reason: accepted ? null : "unsure", model: { name: "m", version: "1" } };
  return { place, file: { name, size: 1 }, answer };
}

test("files go in batches of few files and bytes, in their order", () => {
  const sized = (sizes) => sizes.map((size) => ({ file: { size } }));

  assert.deepEqual(batchesOf(sized([1, 1, 1]), 2, 10).map((batch) => batch.length), [2, 1]);
  assert.deepEqual(batchesOf(sized([6, 6, 1, 30, 1]), 8, 10).map((batch) => batch.length), [1, 2, 1, 1]);
  assert.deepEqual(batchesOf([]), []);
});

test("a batch that met a pause is sent again, and one that failed is told", async () => {
  const seen = [];
  let refused = true;
  const send = async (batch) => {
    seen.push(batch);
    if (batch === "b" && refused) {
      refused = false;
      throw Object.assign(new Error("limit"), { pauseS: 0.001 });
    }
    if (batch === "c") throw new Error("broken");
  };
  const told = [];

  await sendAll(["a", "b", "c"], {
    send,
    paused: () => told.push("paused"),
    failed: (batch) => told.push(batch),
    signal: new AbortController().signal,
  });

  assert.deepEqual(seen, ["a", "b", "b", "c"]);
  assert.deepEqual(told, ["paused", "c"]);
});

test("nothing more is sent after it was called off", async () => {
  const work = new AbortController();
  const seen = [];
  const send = async (batch) => {
    seen.push(batch);
    work.abort();
  };

  await assert.rejects(sendAll(["a", "b"], { send, paused() {}, failed() {}, signal: work.signal }));
  assert.deepEqual(seen, ["a"]);
});

test("rows are sorted by place, name, confidence and answer", () => {
  const rows = [row(0, "10.png", 0.9, true, "3"), row(1, "9.png", 0.4, false, "8"), { place: 2, file: { name: "a" }, problem: "bad" }];
  const places = (order) => sorted(rows, order).map(({ place }) => place);

  assert.deepEqual(places("file"), [0, 1, 2]);
  assert.deepEqual(places("name"), [1, 0, 2]);
  assert.deepEqual(places("unsure"), [2, 1, 0]);
  assert.deepEqual(places("answer"), [0, 1, 2]);
});

test("unsure is what was not accepted, and what had a problem", () => {
  assert.deepEqual([row(0, "a", 1), row(0, "a", 1, false), { problem: "bad" }, {}].map(isUnsure), [false, true, true, false]);
});

test("the tally counts answers, unsure ones and problems", () => {
  const rows = [row(0, "a", 1), row(1, "b", 0.4, false), { problem: "bad" }, {}];

  assert.deepEqual(tally(rows), { all: 4, done: 3, unsure: 1, problems: 1 });
});

test("the CSV is the server's, quoted and without formulas", () => {
  const bad = { file: { name: "=1+1.png" }, problem: "Bad." };

  assert.equal(
    asCSV([row(0, 'a"b.png', 0.5), bad]),
    '"file","label","confidence","accepted","reason","model","version","error"\r\n' +
      '"a""b.png","7","0.5","yes","","m","1",""\r\n' +
      `"'=1+1.png","","","","","","","Bad."\r\n`,
  );
  assert.equal(harmlessCell(" =1"), "' =1");
});

test("the JSON has an item for each file", () => {
  const [item, bad] = JSON.parse(asJSON([row(0, "a.png", 0.5), { file: { name: "b" }, problem: "Bad." }])).items;

  assert.deepEqual([item.file, item.label, item.model.name], ["a.png", "7", "m"]);
  assert.deepEqual(bad, { file: "b", error: "Bad." });
});

test("what is no picture or too large is told before it is sent", () => {
  assert.equal(refusal({ name: "a.png", type: "image/png", size: 5 * MB }, 5 * MB, WORDS), "");
  assert.equal(refusal({ name: "a.png", type: "image/png", size: 6.5 * MB }, 5 * MB, WORDS), "7 MB, limit 5 MB");
  assert.equal(refusal({ name: "a.txt", type: "text/plain", size: 1 }, 5 * MB, WORDS), "No picture.");
  assert.equal(refusal({ name: "scan.tiff", type: "", size: 1 }, 5 * MB, WORDS), "");
});

test("a large photo keeps its proportions", () => {
  assert.deepEqual(smallerSize({ width: 4096, height: 3072 }), { width: 2048, height: 1536 });
  assert.deepEqual(smallerSize({ width: 100, height: 50 }), { width: 100, height: 50 });
});
