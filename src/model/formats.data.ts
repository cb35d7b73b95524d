/** Formats that clients know by their words. */
export const formatWords: ReadonlySet<string> = new Set([
  'percent',
  'currency',
  'number',
  'imageUrl',
  'link',
  'id',
]);

const digits = [0, 1, 2, 3, 4, 5, 6];

/** Words that stand for a d3 format: `percent_1`. */
export const namedFormats: ReadonlyMap<string, string> = new Map([
  ['decimal', ',.2~f'],
  ['abbr', '.2~s'],
  ['accounting', '(,.2~f'],
  ...series('number', ',', 'f'),
  ...series('decimal', ',', 'f'),
  ...series('percent', '', '%'),
  ...series('currency', '$,', 'f'),
  ...series('abbr', '', 's'),
  ...series('accounting', '(,', 'f'),
]);

function series(name: string, before: string, type: string): [string, string][] {
  return digits.map((count) => [
    `${name}_${count}`,
    `${before}.${count}${count === 0 ? '' : '~'}${type}`,
  ]);
}

/** A specifier of d3-format: `[[fill]align][sign][symbol][0][width][,][.precision][~][type]`. */
export const numericFormat =
  /^(?:.?[<>=^])?[+\-( ]?[$#]?0?\d{0,9},?(?:\.\d{1,9})?~?[efgrs%pbodxXcn]?$/u;

/** Letters after `%` that d3-time-format reads. */
export const timeSpecifiers: ReadonlySet<string> = new Set('aAbBcdHIjmMnpStUwWxXyYZ%efgGLqQsuV');
