// The history of a drawing. A step is what is on the paper then, a list of strokes, so that undo steps back over Clear.

/** Empty paper, with nothing to undo or redo. */
export const BLANK = { steps: [[]], at: 0 };

/** The strokes now on the paper. */
export function onPaper({ steps, at }) {
  return steps[at];
}

/** One stroke more; what was undone before is gone. */
export function draw(history, stroke) {
  return next(history, [...onPaper(history), stroke]);
}

/** Empty paper again; clearing empty paper is no step. */
export function clear(history) {
  return onPaper(history).length ? next(history, []) : history;
}

/** Another drawing in the place of this one. */
export function replace(history, strokes) {
  return next(history, strokes);
}

/** One step back; the first step stays. */
export function undo(history) {
  return canUndo(history) ? { ...history, at: history.at - 1 } : history;
}

/** One step forward again. */
export function redo(history) {
  return canRedo(history) ? { ...history, at: history.at + 1 } : history;
}

export function canUndo({ at }) {
  return at > 0;
}

export function canRedo({ steps, at }) {
  return at < steps.length - 1;
}

function next({ steps, at }, strokes) {
  return { steps: [...steps.slice(0, at + 1), strokes], at: at + 1 };
}
