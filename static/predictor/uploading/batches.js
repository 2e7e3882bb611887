// How many files go to the server in how many requests.

export const BATCH_FILES = 8;
export const BATCH_BYTES = 8 * 1024 * 1024;

/** Put rows into batches of few files and bytes, in their order; a row has a `file`. */
export function batchesOf(rows, mostFiles = BATCH_FILES, mostBytes = BATCH_BYTES) {
  const batches = [];
  let bytes = Infinity;
  for (const row of rows) {
    if (bytes + row.file.size > mostBytes || batches.at(-1).length >= mostFiles) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1).push(row);
    bytes += row.file.size;
  }
  return batches;
}

/** Wait, or stop waiting where it is called off. */
export function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

/** Send batches one after another; `send` may throw a Problem with a `pauseS`, which `paused` hears, and is asked again. */
export async function sendAll(batches, { send, paused, failed, signal }) {
  for (const batch of batches) {
    for (;;) {
      signal.throwIfAborted();
      try {
        await send(batch);
        break;
      } catch (problem) {
        signal.throwIfAborted();
        if (!problem.pauseS) {
          failed(batch, problem);
          break;
        }
        paused(problem);
        await pause(problem.pauseS, signal);
      }
    }
  }
}
