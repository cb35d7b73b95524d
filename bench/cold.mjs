// One cold compile in a process of its own: prints milliseconds from before the import to the schema.
const [, , side, count] = process.argv;
const { generateFiles } = await import('./models.ts');
const files = generateFiles(Number(count));
const started = performance.now();
if (side === 'reference') {
  const { compile } = await import('./reference.mjs');
  const loaded = performance.now();
  await compile(files);
  console.log(
    JSON.stringify({ compile: performance.now() - loaded, whole: performance.now() - started }),
  );
} else {
  const { compileSchema } = await import('../dist/index.js');
  const { patient } = await import('./sides.ts');
  const loaded = performance.now();
  const schema = await compileSchema({ files }, patient);
  const cold = performance.now() - loaded;
  // The waiting runner is ready now, as in a server.
  await new Promise((resolve) => setTimeout(resolve, 400));
  const again = performance.now();
  const second = await compileSchema({ files }, patient);
  console.log(
    JSON.stringify({
      compile: cold,
      whole: cold + loaded - started,
      warm: performance.now() - again,
    }),
  );
  await schema.close();
  await second.close();
}
process.exit(0);
