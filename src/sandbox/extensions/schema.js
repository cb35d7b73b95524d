// `import 'cubewright/schema'` is for editors: it declares the words of schema files.
