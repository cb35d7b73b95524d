import { isRestricted } from '../model/build-model.ts';
import type { Cube, Model } from '../model/model.ts';
import type { View } from '../model/view.ts';
import { artifactFormat } from './artifact-format.ts';
import type { Codec } from './codec.ts';
import { headerCodec, type ArtifactHeader, type ArtifactSection } from './contents.ts';
import { cubeCodec, viewCodec } from './cube-codec.ts';
import { seal, type ArtifactKey } from './seal.ts';

/** A model and what belongs to it as bytes: the same ones for the same model, settings and key. */
export function encodeArtifact(
  model: Model,
  facts: Omit<ArtifactHeader, 'contexts' | 'cubes' | 'views'>,
  key: ArtifactKey | null,
): Uint8Array {
  const cubes = encodeSections(model.cubes, cubeCodec);
  const views = encodeSections(model.views, viewCodec);
  const header = headerCodec.encode({
    ...facts,
    contexts: model.contexts,
    cubes: cubes.sections,
    views: views.sections,
  });
  const headerText = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(headerText.length);
  const body = Buffer.concat([length, headerText, ...cubes.texts, ...views.texts]);
  return new Uint8Array(seal(body, artifactFormat(), key));
}

function encodeSections<T extends Cube | View>(
  values: ReadonlyMap<string, T>,
  codec: Codec<T>,
): { sections: ArtifactSection[]; texts: Buffer[] } {
  const texts: Buffer[] = [];
  const sections = [...values].map(([name, value]) => {
    const text = Buffer.from(JSON.stringify(codec.encode(value)));
    texts.push(text);
    const restricted = isRestricted(value);
    return { name, bytes: text.length, members: value.members.size, restricted };
  });
  return { sections, texts };
}
