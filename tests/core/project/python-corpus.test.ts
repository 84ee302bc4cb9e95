import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createModuleReader } from '../../../core/project/module-facts.ts'
import { loadPythonSyntax } from '../../../core/project/python-syntax.ts'
import { temporaryFolder } from '../../builders/temporary-file.ts'

/** Python's own judgement: equal syntax trees but for docstrings, and no used name that we missed. */
const judge = `
import ast, json, symtable, sys

def tree(text):
    parsed = ast.parse(text)
    for node in ast.walk(parsed):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            bare = lambda s: isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant) and isinstance(s.value.value, str)
            node.body = [s for s in body if not bare(s)] or [ast.Pass()]
    return ast.dump(parsed)

def used(text):
    names = set()
    def visit(table):
        for symbol in table.get_symbols():
            # A function called "top" is taken for the module by symtable itself.
            if table.get_type() != "module" and table.get_name() != "top" and symbol.is_global() and symbol.is_referenced():
                names.add(symbol.get_name())
        for child in table.get_children():
            visit(child)
    visit(symtable.symtable(text, "module", "exec"))
    return names - {"__class__", "__debug__"}

wrong, count = [], 0
for line in open(sys.argv[1], encoding="utf-8"):
    one = json.loads(line)
    count += 1
    try:
        same = tree(one["text"]) == tree(one["normal"])
    except SyntaxError as error:
        same = str(error)
    missed = sorted(used(one["text"]) - set(one["uses"]) - set(one["binds"]))
    if same is not True or missed:
        wrong.append([one["file"], one["text"][:80], same, missed])
print(json.dumps([count, wrong]))
`

describe('reading Python', () => {
  it("means what Python means, over a part of Python's own library", async () => {
    const library = execFileSync('python3', ['-I', '-c', 'import os; print(os.path.dirname(os.__file__))'], {
      encoding: 'utf8',
    }).trim()
    const names = readdirSync(library).filter((name, index) => name.endsWith('.py') && index % 3 === 0)
    const reader = createModuleReader(await loadPythonSyntax())
    const lines = names.flatMap((name) =>
      reader.read(name, readFileSync(join(library, name), 'utf8')).statements.map(({ statement }) =>
        JSON.stringify({
          file: name,
          text: statement.text,
          normal: statement.normalText,
          uses: statement.uses.map((use) => use.name),
          binds: statement.binds,
        }),
      ),
    )
    const file = join(temporaryFolder('slipway-corpus-'), 'statements.jsonl')
    writeFileSync(file, lines.join('\n'))
    const [count, wrong] = JSON.parse(execFileSync('python3', ['-I', '-c', judge, file], { encoding: 'utf8' }))
    expect(count).toBeGreaterThan(500)
    expect(wrong).toEqual([])
  })
})
