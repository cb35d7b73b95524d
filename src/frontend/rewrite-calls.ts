import type { AnyNode } from 'acorn';
import { callTree } from './call-tree.ts';
import type { Rewriter } from './rewriter.ts';
import { isFunction, propertyName } from './syntax-tree.ts';

const definers = new Set(['cube', 'view', 'context', 'asyncModule']);

/** Calls of the schema language get their number, functions handed to filters their text. */
export function rewriteCall(
  node: Extract<AnyNode, { type: 'CallExpression' }>,
  rewriter: Rewriter,
): string {
  const { callee } = node;
  const required = requiredFile(node, rewriter);
  if (required !== null) return required;
  const [first] = node.arguments;
  const rest = first && isFunction(first) ? first.params.at(-1) : undefined;
  const takesList = rest?.type === 'RestElement' && isQueryFilter(callee, rewriter);
  // The guest hands in one list, which stands for any number of values.
  if (takesList) rewriter.lists.add(rest);
  const values = node.arguments.map((item): [AnyNode, string] => [item, rewriter.rewrite(item)]);
  if (
    callee.type === 'Identifier' &&
    definers.has(callee.name) &&
    rewriter.scope.bindingOf(callee.name) === 'free'
  ) {
    const { start, end } = callee;
    const isAsync = callee.name === 'asyncModule';
    const tree = isAsync ? [start, end, [start, end]] : callTree(node.arguments);
    const call = rewriter.calls.push(tree) - 1;
    const cube = callee.name === 'cube' && node.arguments[0];
    const cubeName = cube ? propertyName(cube, true) : undefined;
    if (cubeName !== undefined) rewriter.table.cubes.add(cubeName);
    return rewriter.replace(node, [
      [callee, `${rewriter.guest}.d(${call}, ${rewriter.rewrite(callee)})`],
      ...values,
    ]);
  }
  if (callee.type === 'MemberExpression' && first && isFunction(first)) {
    const method = propertyName(callee.property, callee.computed);
    if (method === 'filter' || method === 'requiredFilter') {
      // What an error shows of the function is its own text, not the rewritten one.
      const text = JSON.stringify(
        rewriter.content.slice(first.start, Math.min(first.end, first.start + 200)),
      );
      values[0] = [first, `${rewriter.guest}.w(${text}, ${values[0]![1]}, ${takesList})`];
    }
  }
  return rewriter.replace(node, [[callee, rewriter.rewrite(callee)], ...values]);
}

/** `FILTER_PARAMS.Cube.member.filter`, as far as the text tells. */
function isQueryFilter(callee: AnyNode, rewriter: Rewriter): boolean {
  let node = callee;
  while (node.type === 'MemberExpression') node = node.object;
  return (
    node.type === 'Identifier' &&
    node.name === 'FILTER_PARAMS' &&
    rewriter.scope.bindingOf(node.name) === 'free'
  );
}

/** `require('./file')`; null for any other call. */
function requiredFile(
  node: Extract<AnyNode, { type: 'CallExpression' }>,
  rewriter: Rewriter,
): string | null {
  const { callee } = node;
  const [file] = node.arguments;
  const isRequire =
    callee.type === 'Identifier' &&
    callee.name === 'require' &&
    rewriter.scope.bindingOf('require') === 'free';
  const specifier = isRequire && file ? propertyName(file, true) : undefined;
  if (!file || specifier === undefined || node.arguments.length !== 1) return null;
  const { start, end } = file;
  const number = rewriter.table.imports.push({ specifier, start, end, names: [] }) - 1;
  return `${rewriter.guest}.r(${number})`;
}

export function rewriteNew(
  node: Extract<AnyNode, { type: 'NewExpression' }>,
  rewriter: Rewriter,
): string {
  // `new $.n('A')()` would construct what `$.n` is.
  const callee: [AnyNode, string] = [node.callee, `(${rewriter.rewrite(node.callee)})`];
  return rewriter.replace(node, [
    callee,
    ...node.arguments.map((item): [AnyNode, string] => [item, rewriter.rewrite(item)]),
  ]);
}

export function rewriteDeclarator(
  node: Extract<AnyNode, { type: 'VariableDeclarator' }>,
  rewriter: Rewriter,
): string {
  const { id, init } = node;
  if (!init) return rewriter.replace(node, [[id, rewriter.pattern(id)]]);
  const isTop =
    rewriter.scope.names.size > 0 &&
    id.type === 'Identifier' &&
    rewriter.scope.bindingOf(id.name) === 'module';
  const [piece] = (isTop && rewriter.staticPieces(init)) || [];
  if (Array.isArray(piece) && piece[0] === 5) {
    rewriter.report(
      'schema/claim-outside-member',
      'a claim has no value while files are compiled',
      init,
      'write ${SECURITY_CONTEXT.x.unsafeValue()} inside the SQL text where the value belongs',
    );
  }
  return rewriter.replace(node, [
    [id, rewriter.pattern(id)],
    [init, rewriter.rewrite(init)],
  ]);
}

/** `a ||= b` tests what it assigns to. A claim is never false, so it is the result, or `b` is reached. */
export function rewriteAssignment(
  node: Extract<AnyNode, { type: 'AssignmentExpression' }>,
  rewriter: Rewriter,
): string {
  const { left, operator } = node;
  const target = rewriter.pattern(left);
  const value = rewriter.rewrite(node.right);
  const place = `${left.start}, ${left.end}`;
  const guarded =
    operator === '&&=' ? `(${rewriter.guest}.c(${target}, ${place}), ${value})` : value;
  const text = rewriter.replace(node, [
    [left, target],
    [node.right, guarded],
  ]);
  return operator === '||=' || operator === '??=' ? `${rewriter.guest}.c(${text}, ${place})` : text;
}
