import fc from 'fast-check';
import { propertySeed } from './property-seed.ts';

/** The one place that configures fast-check, before each file of tests. */
fc.configureGlobal({ seed: propertySeed });
