import { defineCommand } from '../command.ts'
import { productVersion } from '../product.ts'

export const version = defineCommand({
  name: 'version',
  summary: 'Tell the version',
  description: [],
  options: {},
  examples: [],
  needsStore: false,

  async run(_given, { terminal, json }) {
    const number = await productVersion()
    const node = process.versions.node
    if (json) await terminal.json({ type: 'version', version: number, node })
    else
      await terminal.line(`tintype ${number} (Node ${node}, ${process.platform} ${process.arch})`)
    return 'done'
  },
})
