import { describe, expect, it, test } from 'vitest'
import { leadsToGooglePhotos, remoteNames } from './remote-types.ts'

const photos = { type: 'google photos', token: '{}' }
const drive = { type: 'drive' }

test.for([
  { because: 'it is', sections: { x: photos } },
  {
    because: 'an alias leads there',
    sections: { x: { type: 'alias', remote: 'gp:album' }, gp: photos },
  },
  {
    because: 'an alias of an alias leads there',
    sections: {
      x: { type: 'alias', remote: 'y:' },
      y: { type: 'crypt', remote: 'gp:album' },
      gp: photos,
    },
  },
  {
    because: 'one part of a union is',
    sections: {
      x: { type: 'union', upstreams: 'd:a "gp 2:album x:ro"' },
      d: drive,
      'gp 2': photos,
    },
  },
  {
    because: 'one part of a combination is',
    sections: { x: { type: 'combine', upstreams: 'a=d: "photos=gp:"' }, d: drive, gp: photos },
  },
  {
    because: 'an alias makes one up',
    sections: { x: { type: 'alias', remote: ':gphotos,x=1:a' } },
  },
  {
    because: 'an alias wraps one that was made up',
    sections: { x: { type: 'alias', remote: ":crypt,remote='gp:a':b" }, gp: photos },
  },
  {
    because: 'the environment says so',
    sections: {},
    env: { RCLONE_CONFIG_X_TYPE: 'googlephotos' },
  },
  {
    because: 'the environment says so, whatever the file says',
    sections: { x: drive },
    env: { RCLONE_CONFIG_X_TYPE: 'google photos' },
  },
  {
    because: 'the environment leads an alias there',
    sections: { x: { type: 'alias', remote: 'd:' }, d: drive, gp: photos },
    env: { RCLONE_CONFIG_X_REMOTE: 'gp:' },
  },
  {
    because: 'the environment leads all aliases there',
    sections: { x: { type: 'alias' }, gp: photos },
    env: { RCLONE_ALIAS_REMOTE: 'gp:' },
  },
])('a remote is Google Photos when $because', ({ sections, env }) => {
  expect(leadsToGooglePhotos('x', sections, env ?? {})).toBe(true)
})

test.for([
  { because: 'it is something else', sections: { x: drive, gp: photos } },
  {
    because: 'an alias leads elsewhere',
    sections: { x: { type: 'alias', remote: '/gp:/x' }, gp: photos },
  },
  {
    because: 'an alias leads to itself',
    sections: { x: { type: 'alias', remote: 'y:' }, y: { type: 'alias', remote: 'x:' } },
  },
  { because: 'nothing is configured', sections: {} },
])('a remote is not Google Photos when $because', ({ sections }) => {
  expect(leadsToGooglePhotos('x', sections, {})).toBe(false)
})

describe('the remotes there are', () => {
  it('come from the file and from the environment', () => {
    const env = { RCLONE_CONFIG_DISK_TYPE: 'local', RCLONE_CONFIG: '/x', RCLONE_CONFIG_PASS: 'y' }

    expect(remoteNames({ gp: photos }, env)).toEqual(['disk', 'gp'])
  })
})
