/** Where progress is written: `process.stdout` is one. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Tells how many of `total` are done: on a terminal in one line that is written over, else (a log, a pipe) in a line for
 * each tenth. Call it with `total` at the end.
 */
export function createProgress(total: number, what: string, output: ProgressOutput): (done: number) => void {
  let told = 0;
  return (done) => {
    const text = `${done} of ${total} ${what}`;
    if (output.isTTY === true) {
      output.write(`\r${text}`);
      return;
    }
    const tenths = Math.floor((done * 10) / total);
    if (tenths <= told) return;
    told = tenths;
    output.write(`${text}\n`);
  };
}
