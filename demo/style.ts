/** How pieces of the output are set off: by colour in a terminal, not at all in a pipe. */
export interface Style {
  readonly title: (text: string) => string;
  readonly heading: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly warning: (text: string) => string;
}

/** https://no-color.org: any value of `NO_COLOR` that is not empty turns colours off. */
export function styleFor(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): Style {
  const coloured = stream.isTTY === true && !environment['NO_COLOR'];
  const paint = (code: string) => (text: string) =>
    coloured ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { title: paint('1'), heading: paint('1;36'), faint: paint('2'), warning: paint('33') };
}
