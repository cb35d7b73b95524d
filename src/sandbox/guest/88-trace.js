/** What the files depended on beside their texts: each other's code, and names. */
function serializeTrace() {
  const pairs = [];
  setForEach(links, (pair) => push(pairs, `[${pair}]`));
  const asked = [];
  for (let file = 0; file < modules.length; file++) {
    if (lookups[file] === undefined) continue;
    const texts = [];
    setForEach(lookups[file], (name) => push(texts, jsonText(name)));
    push(asked, `[${file},${join(texts, ',')}]`);
  }
  const exporters = [];
  for (let file = 0; file < modules.length; file++) if (exportsAnything(modules[file])) push(exporters, StringOf(file));
  const failed = [];
  setForEach(failedFiles, (file) => {
    if (modules[file] !== undefined) push(failed, StringOf(file));
  });
  return `[[${join(pairs, ',')}],[${join(asked, ',')}],[${join(exporters, ',')}],[${join(failed, ',')}]]`;
}
