const mostTold = 300;
/** What stands behind an error without saying anything of it. */
const trailing = /^(?:Node\.js v\d|\s*at |\s*[{}[\]]|\s+\w+: |npm error A complete log|npm error *$)/;

/** Of what a program printed before it ended, the line that says why: its last error, else the last that says something. */
export function lastWords(printed: string): string {
  const lines = printed.split(/\r?\n/).filter((line) => line.trim() !== "");
  // npm says what happened first, and then at length what to do about it.
  const ofNpm = lines.find((line) =>
    /^npm (?:error|ERR!) (?!(?:code|syscall|errno|type|path|address|port) )\S/.test(line),
  );
  const error = lines.findLast((line) => /^(?:Uncaught )?[\w.]*(?:Error|Exception)(?: \[\w+\])?: /.test(line.trim()));
  const said = ofNpm ?? error ?? lines.findLast((line) => !trailing.test(line)) ?? lines.at(-1) ?? "";
  return said.trim().slice(0, mostTold);
}
