import type { AnyNode, ObjectExpression, Property, TemplateLiteral } from 'acorn';
import {
  namedReferences,
  referenceLists,
  referenceProperties,
} from './reference-properties.data.ts';
import type { Rewriter } from './rewriter.ts';
import { isFunction, lineBreaks, patternNames, propertyName } from './syntax-tree.ts';

/** An object literal: the values of its reference properties become sites. */
export function rewriteObject(node: ObjectExpression, rewriter: Rewriter): string {
  checkDuplicates(node, rewriter);
  let text = '';
  let from = node.start;
  for (const property of node.properties) {
    text += rewriter.content.slice(from, property.start);
    text +=
      property.type === 'SpreadElement'
        ? rewriter.rewrite(property)
        : rewriteProperty(property, rewriter);
    from = property.end;
  }
  return text + rewriter.content.slice(from, node.end);
}

/** The guest cannot see them: the last one wins silently. */
function checkDuplicates(node: ObjectExpression, rewriter: Rewriter): void {
  const seen = new Set<string>();
  for (const property of node.properties) {
    if (property.type === 'SpreadElement' || property.kind !== 'init') continue;
    const name = propertyName(property.key, property.computed);
    if (name === undefined) continue;
    if (seen.has(name)) {
      rewriter.report(
        'schema/duplicate-key',
        `the property '${name.slice(0, 100)}' is defined twice`,
        property.key,
        'keep one of them; the first is lost',
      );
    }
    seen.add(name);
  }
}

function rewriteProperty(property: Property, rewriter: Rewriter): string {
  const { key, value } = property;
  const { content } = rewriter;
  const name = propertyName(key, property.computed);
  const isReference =
    name !== undefined &&
    property.kind === 'init' &&
    (referenceProperties.has(name) ||
      (referenceLists.has(name) && value.type === 'ArrayExpression') ||
      (namedReferences.has(name) && namesReferences(value, rewriter)));
  if (isReference || property.shorthand) {
    const keyText = property.computed
      ? `[${rewriter.rewrite(key)}]`
      : content.slice(key.start, key.end);
    const text = isReference
      ? referenceValue(value, property.method, rewriter)
      : rewriter.rewrite(value);
    const isAlone = property.shorthand;
    const before = isAlone ? '' : breaksIn(key.end, value.start, rewriter);
    const after = isAlone ? '' : breaksIn(value.end, property.end, rewriter);
    return `${keyText}:${before} ${text}${after}`;
  }
  const before = content.slice(property.start, property.computed ? key.start : key.end);
  const between = content.slice(key.end, value.start);
  // A bracket around the value ends behind it.
  const after = content.slice(value.end, property.end);
  const keyText = property.computed ? rewriter.rewrite(key) : '';
  return before + keyText + between + rewriter.rewrite(value) + after;
}

/** Whether a value is made of names alone that no file binds, or a list with such. */
function namesReferences(value: AnyNode, rewriter: Rewriter): boolean {
  if (value.type === 'ArrayExpression')
    return value.elements.some((item) => item !== null && namesReferences(item, rewriter));
  const pieces = rewriter.staticPieces(value);
  return pieces?.some((piece) => Array.isArray(piece) && piece[0] !== 0) ?? false;
}

/** SQL or references: told by the syntax tree where it can be, else evaluated when all cubes are known. */
function referenceValue(value: AnyNode, isMethod: boolean, rewriter: Rewriter): string {
  if (isFunction(value)) return functionSite(value, isMethod, rewriter);
  if (value.type === 'Literal' || value.type === 'ObjectExpression') return rewriter.rewrite(value);
  if (value.type === 'ArrayExpression') {
    const items = value.elements.map((item) => {
      if (!item) return '';
      return item.type === 'SpreadElement'
        ? rewriter.rewrite(item)
        : referenceValue(item, false, rewriter);
    });
    return `[${items.join(', ')}]`;
  }
  if (value.type === 'TemplateLiteral' && value.expressions.length === 0)
    return rewriter.rewrite(value);
  const pieces = rewriter.staticPieces(value);
  if (pieces)
    return rewriter.staticSite(value, pieces) + breaksIn(value.start, value.end, rewriter);
  if (value.type === 'TemplateLiteral') return templateSite(value, rewriter);
  return rewriter.evaluatedSite(value, 'v', null, () => `() => (${rewriter.rewrite(value)})`);
}

/** Later lines keep their numbers. */
function breaksIn(start: number, end: number, rewriter: Rewriter): string {
  return '\n'.repeat(lineBreaks(rewriter.content, start, end));
}

function templateSite(node: TemplateLiteral, rewriter: Rewriter): string {
  const quasis = node.quasis.map((quasi): [string, number] => {
    const cooked = quasi.value.cooked ?? '';
    const isVerbatim = rewriter.content.slice(quasi.start, quasi.end) === cooked;
    return [cooked, isVerbatim ? quasi.start : -1];
  });
  const spans = node.expressions.map((item): [number, number] => [item.start, item.end]);
  return rewriter.evaluatedSite(node, 't', [quasis, spans], () => {
    let text = '';
    let from = node.start;
    for (const item of node.expressions) {
      text += breaksIn(from, item.start, rewriter);
      text += `() => (${rewriter.rewrite(item)}), `;
      from = item.end;
    }
    return `[${text}]${breaksIn(from, node.end, rewriter)}`;
  });
}

/** `sql: (CUBE, count) => ...`: called with what its parameters are named after. */
function functionSite(node: AnyNode, isMethod: boolean, rewriter: Rewriter): string {
  if (!isFunction(node)) return rewriter.rewrite(node);
  const names = node.params.map((param) => {
    const found = new Set<string>();
    patternNames(param, found);
    return param.type === 'Identifier' ? param.name : ([...found][0] ?? '');
  });
  return rewriter.evaluatedSite(node, 'f', null, () => {
    const text = rewriter.function(node);
    const prefix = isMethod
      ? `${node.async ? 'async ' : ''}function${node.generator ? '*' : ''} `
      : '';
    return `${JSON.stringify(names)}, ${prefix}${text}`;
  });
}
