import type { SourceFile } from '../../core/source.ts';
import type { CompiledFile } from '../compile-file.ts';
import { emptyModuleTable } from '../module-table.ts';
import { checkText } from './check-text.ts';
import { DefinitionWriter, type YamlOutput } from './definition-writer.ts';
import { NodeReader } from './node-reader.ts';
import { readDocuments } from './read-documents.ts';
import { ScalarWriter } from './scalar-writer.ts';
import { YamlReport } from './yaml-report.ts';

/**
 * A YAML schema file as the program, the sites and the places that a JavaScript file with the same
 * cubes would have. What is wrong with it is in `diagnostics`.
 *
 * @throws RangeError when it nests deeper than the stack.
 */
export function compileYamlFile({ path, content }: SourceFile, index: number): CompiledFile {
  const report = new YamlReport(index);
  const scalars = new ScalarWriter(content, report);
  const output: YamlOutput = { scalars, statements: [], calls: [[0, 0, [0, 0]]] };
  if (checkText(content, report)) {
    for (const document of readDocuments(content, report)) {
      const nodes = new NodeReader(document, content, report);
      new DefinitionWriter(nodes, report, output).document(document.contents);
    }
  }
  return {
    path,
    program: `(function ($) { 'use strict';\n${output.statements.join('\n')}\n})`,
    sites: scalars.sites,
    templates: scalars.sites.map(() => null),
    calls: JSON.stringify(output.calls),
    diagnostics: report.diagnostics,
    table: emptyModuleTable(),
    isBroken: false,
    content,
  };
}
