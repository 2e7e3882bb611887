// The order and choice of rows. A row has a place, a file, and an answer or a problem once it has been looked at.

/** Whether the model does not stand by the row's answer, or it has none at all. */
export function isUnsure({ answer, problem }) {
  return Boolean(problem) || (Boolean(answer) && !answer.accepted);
}

const CONFIDENCE_OF_NONE = -1;

const ORDERS = {
  file: (a, b) => a.place - b.place,
  name: (a, b) => a.file.name.localeCompare(b.file.name, undefined, { numeric: true }) || a.place - b.place,
  unsure: (a, b) => confidence(a) - confidence(b) || a.place - b.place,
  answer: (a, b) => labelOf(a).localeCompare(labelOf(b), undefined, { numeric: true }) || a.place - b.place,
};

function confidence({ answer }) {
  return answer?.confidence ?? CONFIDENCE_OF_NONE;
}

function labelOf({ answer }) {
  return answer?.label ?? "\uffff"; // Behind every label.
}

/** The rows in one of the orders "file", "name", "unsure" and "answer". */
export function sorted(rows, order) {
  return [...rows].sort(ORDERS[order]);
}

/** How far it is: rows done, unsure ones among the answers, and problems. */
export function tally(rows) {
  const answered = rows.filter(({ answer }) => answer);
  const problems = rows.filter(({ problem }) => problem).length;
  return {
    all: rows.length,
    done: answered.length + problems,
    unsure: answered.filter(({ answer }) => !answer.accepted).length,
    problems,
  };
}
