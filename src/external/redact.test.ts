import { expect, it } from 'vitest'
import { redact, secretsIn } from './redact.ts'

it('what other programs say is shown without secrets', () => {
  const env = {
    RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: 'abcdefgh',
    RCLONE_CONFIG_PASS: 'abcdefghijk',
    RCLONE_CONFIG_X_TYPE: 'local-disk',
    SHORT_TOKEN: 'no',
  }
  const said = 'no local-disk: abcdefghijk, abcdefgh at https://ann:hunter@host/x'

  expect(redact(said, secretsIn(env))).toBe('no local-disk: ***, *** at https://***@host/x')
})
