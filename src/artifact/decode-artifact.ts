import { isRestricted } from '../model/build-model.ts';
import { isIdentifier } from '../core/names.ts';
import type { Cube, Model } from '../model/model.ts';
import type { View } from '../model/view.ts';
import type { LexicalRules } from '../sql/dialects/dialect.ts';
import { ArtifactError } from './artifact-error.ts';
import { artifactFormat } from './artifact-format.ts';
import { ModelChecks } from './check-decoded.ts';
import type { Codec } from './codec.ts';
import { headerCodec, type ArtifactHeader, type ArtifactSection } from './contents.ts';
import { cubeCodec, viewCodec } from './cube-codec.ts';
import { DecodeContext } from './decode-context.ts';
import { LazyMap } from '../core/lazy-map.ts';
import { unseal, type ArtifactKey } from './seal.ts';

export interface DecodeOptions {
  readonly key: ArtifactKey | null;
  /** Most members of all cubes and views together. */
  readonly members: number;
  /** @throws ArtifactError for a dialect that is not known. */
  readonly lexicalOf: (dialect: string) => LexicalRules;
  /** Whether values that schema code computes for each user are refused. */
  readonly refusesDynamic: boolean;
}

export interface DecodedArtifact {
  /** Each cube and view is decoded and checked when it is first asked for, which throws an ArtifactError if it is wrong. */
  readonly model: Model;
  readonly header: ArtifactHeader;
}

/**
 * Opens an artifact. A cube is decoded, and its texts lexed under the schema's dialect again, before it is first used.
 *
 * @throws ArtifactError
 */
export function decodeArtifact(bytes: Buffer, options: DecodeOptions): DecodedArtifact {
  const body = unseal(bytes, artifactFormat(), options.key);
  const headerBytes = body.length < 4 ? -1 : body.readUInt32BE(0);
  if (headerBytes < 0 || headerBytes > body.length - 4) throw invalid('its header is cut off');
  const header = headerCodec.decode(
    parse(body.subarray(4, 4 + headerBytes), 'header'),
    new DecodeContext('header'),
  );
  if (header.dynamic.length > 0 && options.refusesDynamic) throw refuseDynamic(header.dynamic);
  const sections = new Sections(body, 4 + headerBytes);
  const cubes = sections.take(header.cubes, cubeCodec, 'cubes');
  const views = sections.take(header.views, viewCodec, 'views');
  sections.end();
  const members = [...header.cubes, ...header.views].reduce((sum, item) => sum + item.members, 0);
  if (members > options.members) {
    throw invalid(`it has more than ${options.members} members; raise it with sandbox.members`);
  }
  for (const name of cubes.keys()) if (views.has(name)) throw invalid(`${name} is in it twice`);
  checkContexts(header.contexts, (name) => cubes.has(name) || views.has(name));
  const checks = new ModelChecks(cubes, views, {
    lexical: options.lexicalOf(header.settings.dialect),
    dynamic: new Set(header.evaluation ? header.dynamic : []),
  });
  const model: Model = {
    cubes: lazily(cubes, (name) => checks.cube(name)),
    views: lazily(views, (name) => checks.view(name)),
    contexts: header.contexts,
    restricted: [...header.cubes, ...header.views]
      .flatMap(({ name, restricted }) => (restricted ? [name] : []))
      .sort(),
    quarantined: new Map(header.quarantined.map(({ name, reason }) => [name, reason])),
  };
  return { model, header };
}

function checkContexts(
  contexts: ReadonlyMap<string, readonly string[]>,
  isKnown: (name: string) => boolean,
): void {
  let last = '';
  for (const [name, members] of contexts) {
    if (!isIdentifier(name) || name <= last) throw invalid('its contexts are not in order');
    last = name;
    const unknown = members.find((member) => !isKnown(member));
    if (unknown !== undefined)
      throw invalid(`its context ${name} has ${unknown}, which is not in it`);
    if (new Set(members).size < members.length)
      throw invalid(`its context ${name} has a cube twice`);
  }
}

function lazily<T extends Cube | View>(
  sections: ReadonlyMap<string, unknown>,
  make: (name: string) => T,
): LazyMap<T> {
  return new LazyMap(new Map([...sections.keys()].map((name) => [name, () => make(name)])));
}

/** What a section's text is, decoded: the value, and what it referred to. */
export interface DecodedSection<T> {
  readonly value: T;
  readonly context: DecodeContext;
}

class Sections {
  readonly #body: Buffer;
  #at: number;

  constructor(body: Buffer, at: number) {
    this.#body = body;
    this.#at = at;
  }

  /** By name: what decodes a section. */
  take<T extends Cube | View>(
    sections: readonly ArtifactSection[],
    codec: Codec<T>,
    what: string,
  ): ReadonlyMap<string, () => DecodedSection<T>> {
    const found = new Map<string, () => DecodedSection<T>>();
    let last = '';
    for (const { name, bytes, members, restricted } of sections) {
      if (name <= last) throw invalid(`its ${what} are not in order`);
      last = name;
      if (!Number.isInteger(bytes) || bytes < 0 || bytes > this.#body.length - this.#at) {
        throw invalid(`${what}.${name} is cut off`);
      }
      if (!Number.isInteger(members) || members < 0)
        throw invalid(`${what}.${name} is not counted`);
      const text = this.#body.subarray(this.#at, this.#at + bytes);
      this.#at += bytes;
      found.set(name, () => {
        const context = new DecodeContext(`${what}.${name}`);
        const value = codec.decode(parse(text, context.place), context);
        const isAsTold = value.members.size === members && isRestricted(value) === restricted;
        if (value.name !== name || !isAsTold) {
          throw invalid(`${context.place} is not what its header says`);
        }
        return { value, context };
      });
    }
    return found;
  }

  end(): void {
    if (this.#at !== this.#body.length) throw invalid('it goes on after its end');
  }
}

function parse(bytes: Buffer, place: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw invalid(`${place} is no JSON text`);
  }
}

function refuseDynamic(members: readonly string[]): ArtifactError {
  const shown = members.slice(0, 5).join(', ');
  const message = `the artifact has values that schema code computes for each user: ${shown}`;
  const help = "load it with dynamic: 'evaluate', which runs that code in the sandbox";
  return new ArtifactError('artifact/dynamic', `${message}; ${help}`);
}

function invalid(what: string): ArtifactError {
  return new ArtifactError('artifact/invalid', `the artifact is not valid: ${what}`);
}
