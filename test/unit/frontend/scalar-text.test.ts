import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Document, isScalar, parseDocument, Scalar } from 'yaml';
import { scalarText } from '../../../src/frontend/yaml/scalar-text.ts';

const styles = ['PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'] as const;
const parts = [
  'a',
  'b',
  'é',
  '😀',
  ' ',
  '  ',
  '\n',
  '\n\n',
  '\n  ',
  "'",
  '"',
  '\\',
  '{',
  '}',
  '\t',
];

const scalars = fc.record({
  text: fc.array(fc.constantFrom(...parts), { maxLength: 40 }).map((list) => list.join('')),
  style: fc.constantFrom(...styles),
  lineWidth: fc.constantFrom(0, 20, 30),
  breaks: fc.constantFrom('\n', '\r\n'),
});

test('every part of a scalar has its place, in every style', () => {
  fc.assert(
    fc.property(scalars, ({ text, style, lineWidth, breaks }) => {
      const scalar = new Scalar(text);
      scalar.type = style;
      const content = new Document({ list: [{ key: scalar }] })
        .toString({ lineWidth })
        .replaceAll('\n', breaks);
      const node = parseDocument(content, { schema: 'core' }).getIn(['list', 0, 'key'], true);
      if (!isScalar(node) || typeof node.value !== 'string') return;
      const read = node.value;
      const value = scalarText(node, content);
      const joined = value
        .pieces(0, read.length)
        .map((piece) =>
          typeof piece === 'string' ? piece : content.slice(piece[1] as number, piece[2] as number),
        );
      expect(joined.join('')).toBe(read);
      for (const [index, letter] of [...read].entries()) {
        if (!/[abé]/.test(letter)) continue;
        const at = [...read].slice(0, index).join('').length;
        const [start, end] = value.rangeOf(at, at + 1);
        expect(content.slice(start, end)).toMatch(new RegExp(`^(${letter}|\\\\.*)$`));
      }
    }),
    { numRuns: 500 },
  );
});
