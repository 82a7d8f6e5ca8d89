/**
 * Remotes of the real rclone that lie in folders of the test, configured by environment alone.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** Why tests with rclone are skipped, or undefined when they run. */
export const NO_RCLONE =
  spawnSync('rclone', ['version']).status === 0
    ? undefined
    : 'rclone is not installed: "apt install rclone"'

/** An environment in which rclone has the remotes `disk` (local), `folder` (alias) and `locked` (crypt). */
export function rcloneEnvironment(home: string): Record<string, string> {
  mkdirSync(join(home, 'remote'), { recursive: true })
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    RCLONE_CONFIG: join(home, 'rclone.conf'),
    RCLONE_CONFIG_DISK_TYPE: 'local',
    RCLONE_CONFIG_FOLDER_TYPE: 'alias',
    RCLONE_CONFIG_FOLDER_REMOTE: join(home, 'remote'),
    RCLONE_CONFIG_LOCKED_TYPE: 'crypt',
    RCLONE_CONFIG_LOCKED_REMOTE: 'folder:encrypted',
    RCLONE_CONFIG_LOCKED_PASSWORD: obscured('an outer password'),
  }
}

/** As rclone wants passwords in its configuration. */
function obscured(password: string): string {
  return spawnSync('rclone', ['obscure', password], { encoding: 'utf8' }).stdout.trim()
}
