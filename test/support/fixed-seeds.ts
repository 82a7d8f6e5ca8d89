/**
 * Properties look at the same examples in every run, so that a red run tells of the change at hand;
 * `SLOW=1` looks at others each time. A failure prints its seed either way.
 * @module
 */
import fc from 'fast-check'

if (process.env.SLOW !== '1') fc.configureGlobal({ seed: 20_260_601 })
