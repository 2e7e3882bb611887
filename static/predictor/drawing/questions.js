// One question at a time: a new one calls the one before off, and an answer that comes too late is dropped.

import { ask } from "../asking.js";

const BUSY_AFTER_MS = 200; // A faster answer shows no sign of waiting, which would only flicker.

/** Ask for what the form holds; `answered` or `failed` follows, and `busy` hears whether it takes long. */
export function questions(form, words, { answered, failed, busy }) {
  let current = new AbortController();
  let again = 0;

  function drop() {
    current.abort();
    clearTimeout(again);
    busy(false);
  }

  async function pose(prepare) {
    drop();
    const mine = (current = new AbortController());
    const waiting = setTimeout(() => busy(!mine.signal.aborted), BUSY_AFTER_MS);
    try {
      await prepare();
      if (mine.signal.aborted) return;
      const answer = await ask(form.action, new FormData(form), words, mine.signal);
      if (!mine.signal.aborted) answered(answer);
    } catch (problem) {
      if (!mine.signal.aborted) fail(problem, prepare);
    } finally {
      clearTimeout(waiting);
      if (!mine.signal.aborted) busy(false);
    }
  }

  /** What passes by itself is tried again by itself: a lost connection, and too many questions in a minute. */
  function fail(problem, prepare) {
    failed(problem);
    if (!problem.pauseS) return;
    const mine = current;
    const retry = () => mine === current && !mine.signal.aborted && pose(prepare);
    again = setTimeout(retry, problem.pauseS * 1000);
    if (problem.kind === "offline") addEventListener("online", retry, { once: true, signal: mine.signal });
  }

  return { pose, drop };
}
