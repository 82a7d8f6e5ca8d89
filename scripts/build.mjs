/**
 * Builds `dist/`: the WebAssembly kernels (AssemblyScript, `kernels/`) and the program (TypeScript,
 * `src/`). Runs after `npm ci` through the `prepare` script; needs no network.
 *
 *   node scripts/build.mjs
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const require = createRequire(import.meta.url)

/** Path of a tool that a development dependency brings. */
function tool(packageName, path) {
  return join(dirname(require.resolve(`${packageName}/package.json`)), path)
}

function run(script, args) {
  execFileSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' })
}

rmSync(join(root, 'dist'), { recursive: true, force: true })
mkdirSync(join(root, 'dist/kloset/kernels'), { recursive: true })
if (existsSync(join(root, 'kernels/index.ts'))) {
  run(tool('assemblyscript', 'bin/asc.js'), [
    'kernels/index.ts',
    '--config',
    'kernels/asconfig.json',
    '--target',
    'release',
  ])
}
run(tool('typescript', 'bin/tsc'), ['-p', 'tsconfig.build.json'])
if (existsSync(join(root, 'bin/tintype'))) chmodSync(join(root, 'bin/tintype'), 0o755)
