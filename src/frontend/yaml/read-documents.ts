import { Composer, Lexer, Parser, type Document, type ParsedNode } from 'yaml';
import { reportSyntaxErrors } from './syntax-errors.ts';
import { TokenWatch } from './token-watch.ts';
import type { YamlReport } from './yaml-report.ts';

/** The documents of a file that are valid YAML; everything else is reported. */
export function readDocuments(
  content: string,
  report: YamlReport,
): readonly Document.Parsed<ParsedNode>[] {
  const parser = new Parser();
  const composer = new Composer({
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    // The library compares every key with every other one.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const watch = new TokenWatch(report);
  const documents: Document.Parsed<ParsedNode>[] = [];
  for (const lexeme of new Lexer().lex(content)) {
    watch.see(lexeme);
    for (const token of parser.next(lexeme)) {
      watch.parsed(token, parser.stack.length);
      documents.push(...composer.next(token));
    }
    watch.parsed(undefined, parser.stack.length);
    if (watch.stopped || report.isFull) break;
  }
  if (!watch.stopped) {
    for (const token of parser.end()) documents.push(...composer.next(token));
    watch.end();
  }
  // Errors outside documents belong to one that is made for them.
  documents.push(...composer.end(true, content.length));
  return documents.filter((document) => {
    reportSyntaxErrors(document.errors, content, watch, report);
    return document.errors.length === 0;
  });
}
