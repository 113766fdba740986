import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { findJava, parseJavaVersion } from '../../../stack/java.ts'

const folder = mkdtempSync(join(tmpdir(), 'ninefold-java-'))

afterAll(() => rmSync(folder, { recursive: true }))

function fakeJavaHome(version: string): string {
  const home = mkdtempSync(join(folder, 'home-'))
  mkdirSync(join(home, 'bin'))
  const java = join(home, 'bin', 'java')
  writeFileSync(java, `#!/bin/sh\necho 'openjdk version "${version}" 2025-01-01' >&2\n`)
  chmodSync(java, 0o755)
  return home
}

describe('parseJavaVersion', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_402"', 8],
    ['openjdk version "21" 2023-09-19', 21],
    ['openjdk version "25-ea" 2025-09-16', 25],
    ['Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "17.0.2"', 17],
    ['command not found', null],
  ])('%s is %s', (output, version) => {
    expect(parseJavaVersion(output)).toBe(version)
  })
})

describe('findJava', () => {
  it('prefers JAVA_HOME', () => {
    const home = fakeJavaHome('17.0.1')
    expect(findJava({ ...process.env, JAVA_HOME: home })).toBe(join(home, 'bin', 'java'))
  })

  it('refuses a Java that is too old, and names it', () => {
    const home = fakeJavaHome('11.0.22')
    expect(() => findJava({ ...process.env, JAVA_HOME: home })).toThrow(
      expect.objectContaining({ code: 'NF_STACK_OLD_JAVA', message: expect.stringContaining('Java 11') }),
    )
  })

  it('says what to install when there is none', () => {
    expect(() => findJava({ PATH: '/nowhere' })).toThrow(
      expect.objectContaining({ code: 'NF_STACK_NO_JAVA', remedy: expect.stringContaining('JDK 17') }),
    )
  })
})
