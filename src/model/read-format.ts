import { didYouMean } from '../core/suggest.ts';
import { reportModel } from './diagnostics.ts';
import { formatWords, namedFormats, numericFormat, timeSpecifiers } from './formats.data.ts';
import type { LinkContext } from './link-fragment.ts';
import type { DimensionType, Format } from './model.ts';
import type { PropertyReader } from './property-reader.ts';

/** How clients show values: a word, a d3 format, or `{ type: 'link', label }`; null after reporting. */
export function readFormat(
  reader: PropertyReader,
  type: DimensionType | null,
  context: LinkContext,
): Format | null {
  const child = reader.child('format', 'format');
  if (child) return readObject(child);
  const text = reader.text('format');
  if (text === null || formatWords.has(text)) return text;
  const named = namedFormats.get(text);
  if (named !== undefined) return { type: 'custom-numeric', value: named, alias: text };
  if (type === 'time' && isTimeFormat(text)) return { type: 'custom-time', value: text };
  if (type === 'number' && text !== '' && numericFormat.test(text))
    return { type: 'custom-numeric', value: text };
  const span = context.locate(reader.get('format')!.place);
  const help = didYouMean(text, [...formatWords, ...namedFormats.keys()]);
  reader.report(reportModel('model/bad-format', { format: text.slice(0, 100) }, { span, help }));
  return null;
}

function readObject(reader: PropertyReader): Format | null {
  const type = reader.text('type');
  const label = reader.text('label');
  const value = reader.text('value');
  if (type === 'link') {
    if (label === null) reader.missing('label');
    return label === null ? null : { type, label };
  }
  if ((type === 'custom-numeric' || type === 'custom-time') && value !== null)
    return { type, value };
  if (type !== null) {
    const expected = "'link', with a label";
    reader.bad('type', expected, reader.get('type')!);
  }
  return null;
}

/** At least one specifier, and only known ones. */
function isTimeFormat(text: string): boolean {
  const found = text.match(/%./gu) ?? [];
  const isWhole = !/%$/.test(text.replace(/%./gu, ''));
  return (
    isWhole &&
    found.some((item) => item !== '%%') &&
    found.every((item) => timeSpecifiers.has(item[1]!))
  );
}

/** A code of ISO 4217. */
export function readCurrency(reader: PropertyReader, context: LinkContext): string | null {
  const text = reader.text('currency');
  if (text === null) return null;
  if (currencies.has(text.toUpperCase())) return text.toUpperCase();
  const span = context.locate(reader.get('currency')!.place);
  const help = didYouMean(text, currencies);
  const parameters = { code: text.slice(0, 100) };
  reader.report(reportModel('model/bad-currency', parameters, { span, help }));
  return null;
}

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
