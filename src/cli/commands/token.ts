import { SignJWT } from 'jose';
import { readArguments } from '../arguments.ts';
import { CliError } from '../cli-error.ts';
import { loadEnvironmentFile } from '../environment.ts';

const options = {
  expiry: { type: 'string', short: 'e' },
  secret: { type: 'string', short: 's' },
  payload: { type: 'string', short: 'p', multiple: true },
  'user-context': { type: 'string', short: 'u', multiple: true },
  json: { type: 'boolean' },
} as const;

const defaultExpiry = '30 days';

export async function token(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, options);
  if (positionals.length > 0) throw new CliError(`token takes no operand '${positionals[0]}'`);
  loadEnvironmentFile();
  const secret = values.secret ?? process.env['CUBEJS_API_SECRET'];
  if (secret === undefined || secret === '') {
    throw new CliError('No app secret found: pass -s, or set CUBEJS_API_SECRET', 1);
  }
  const payload: Record<string, unknown> = pairs(values.payload ?? [], '-p');
  const context = pairs(values['user-context'] ?? [], '-u');
  if (Object.keys(context).length > 0) payload['u'] = context;
  const expiry = values.expiry ?? defaultExpiry;
  const seconds = secondsOf(expiry);
  const now = Math.floor(Date.now() / 1000);
  const unsigned = new SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(now);
  if (seconds > 0) unsigned.setExpirationTime(now + seconds);
  const signed = await unsigned.sign(new TextEncoder().encode(secret));
  if (values.json) {
    const expiresIn = seconds === 0 ? null : seconds;
    process.stdout.write(`${JSON.stringify({ token: signed, payload, expiresIn })}\n`);
    return 0;
  }
  const lines = [
    'Generating Cubewright JWT token',
    '',
    'Use it for development and tests; in production let your own server sign tokens for its users.',
    '',
    `Expires in: ${seconds === 0 ? 'never' : /^\d+$/.test(expiry) ? `${expiry} seconds` : expiry}`,
    `Payload: ${JSON.stringify(payload)}`,
    '',
    `Token: ${signed}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

/** `key=value` pairs. The value goes to the end: it may have `=` in it. */
function pairs(list: readonly string[], flag: string): Record<string, string> {
  return Object.fromEntries(
    list.map((item) => {
      const at = item.indexOf('=');
      if (at < 1 || at === item.length - 1)
        throw new CliError(`${flag} takes key=value, not '${item}'`);
      return [item.slice(0, at), item.slice(at + 1)];
    }),
  );
}

const units = new Map([
  ['', 1],
  ['s', 1],
  ['sec', 1],
  ['second', 1],
  ['m', 60],
  ['min', 60],
  ['minute', 60],
  ['h', 3_600],
  ['hour', 3_600],
  ['d', 86_400],
  ['day', 86_400],
  ['w', 604_800],
  ['week', 604_800],
  ['y', 31_557_600],
  ['year', 31_557_600],
]);

/** A bare number is seconds; 0 is for ever. */
function secondsOf(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,6})?) *([a-z]*)$/.exec(text.trim().toLowerCase());
  const unit = match?.[2] ?? '?';
  const factor = units.get(unit) ?? units.get(unit.replace(/s$/, ''));
  if (match && factor !== undefined) return Math.floor(Number(match[1]) * factor);
  throw new CliError(`-e takes a time such as '1 day', 12h or a number of seconds, not '${text}'`);
}
