/**
 * Every command, in the order in which help lists them.
 * @module
 */
import type { AnyCommand } from '../command.ts'
import { albums } from './albums.ts'
import { archive } from './archive.ts'
import { backup } from './backup.ts'
import { cat } from './cat.ts'
import { check } from './check.ts'
import { completion } from './completion.ts'
import { create } from './create.ts'
import { diff } from './diff.ts'
import { digest } from './digest.ts'
import { doctor } from './doctor.ts'
import { drill } from './drill.ts'
import { dup } from './dup.ts'
import { help } from './help.ts'
import { history } from './history.ts'
import { hold } from './hold.ts'
import { info } from './info.ts'
import { inspect } from './inspect.ts'
import { items } from './items.ts'
import { locate } from './locate.ts'
import { ls } from './ls.ts'
import { maintenance } from './maintenance.ts'
import { prune } from './prune.ts'
import { ptar } from './ptar.ts'
import { recoveryKit } from './recovery-kit.ts'
import { repair } from './repair.ts'
import { report } from './report.ts'
import { restore } from './restore.ts'
import { rm } from './rm.ts'
import { sync } from './sync.ts'
import { tag } from './tag.ts'
import { takeout } from './takeout.ts'
import { vanished } from './vanished.ts'
import { version } from './version.ts'

export const commands: readonly AnyCommand[] = [
  inspect,
  create,
  backup,
  ls,
  locate,
  cat,
  items,
  albums,
  report,
  info,
  diff,
  history,
  vanished,
  takeout,
  digest,
  check,
  repair,
  drill,
  recoveryKit,
  restore,
  sync,
  hold,
  rm,
  prune,
  maintenance,
  ptar,
  archive,
  tag,
  dup,
  doctor,
  completion,
  version,
  help,
]
