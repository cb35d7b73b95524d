import type { AnyNode, BinaryExpression, UnaryExpression } from 'acorn';
import type { Rewriter } from './rewriter.ts';

/** `a === b`, where the one may be the value of a claim and the other a literal. */
export function rewriteEquality(node: BinaryExpression, rewriter: Rewriter): string {
  const { left, right, operator } = node;
  const not = operator === '!==' ? '!' : '';
  const typed = typeTest(left, right) ?? typeTest(right, left);
  if (typed) {
    const [value, type] = typed;
    if (!isRead(value, rewriter)) return rewriter.splice(node, [left, right]);
    return `${not}${rewriter.guest}.y(${rewriter.rewrite(value)}, ${type}, ${placeOf(value)})${breaks(node, [value], rewriter)}`;
  }
  if (!rewriter.canBeClaim(left) && !rewriter.canBeClaim(right))
    return rewriter.splice(node, [left, right]);
  const values = `${rewriter.rewrite(left)}, ${rewriter.rewrite(right)}`;
  return `${not}${rewriter.guest}.k(${values}, ${placeOf(left)}, ${placeOf(right)})${breaks(node, [left, right], rewriter)}`;
}

/** `typeof` anywhere else than beside a literal. */
export function rewriteTypeof(node: UnaryExpression, rewriter: Rewriter): string {
  const { argument } = node;
  if (!isRead(argument, rewriter)) return rewriter.slice(node);
  return rewriter.splice(node, [argument], [argument], 'o');
}

/** A name that nothing binds need not exist: `typeof` does not read it. */
function isRead(node: AnyNode, rewriter: Rewriter): boolean {
  return node.type !== 'Identifier' || rewriter.scope.bindingOf(node.name) !== 'free';
}

function typeTest(test: AnyNode, other: AnyNode): readonly [AnyNode, string] | null {
  const isType = test.type === 'UnaryExpression' && test.operator === 'typeof';
  if (!isType || other.type !== 'Literal' || typeof other.value !== 'string') return null;
  return [test.argument, JSON.stringify(other.value)];
}

function placeOf({ start, end }: AnyNode): string {
  return `${start}, ${end}`;
}

/** Line breaks between the parts, so that later lines keep their numbers. */
function breaks(node: AnyNode, parts: readonly AnyNode[], rewriter: Rewriter): string {
  const lines = (part: AnyNode): number => rewriter.slice(part).split('\n').length - 1;
  const inside = parts.reduce((total, part) => total + lines(part), 0);
  return '\n'.repeat(Math.max(0, lines(node) - inside));
}
