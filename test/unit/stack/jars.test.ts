import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureJars, jarCacheFolder } from '../../../stack/jars.ts'
import { generatePom, VERSIONS } from '../../../stack/pom.ts'

const { PATH } = process.env
let folder: string
let calls: string

/** Puts a `mvn` first on the path that does as told when asked for the jars, and counts how often it is. */
function fakeMaven(script: string): void {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  const lines = ['#!/bin/sh', '[ "$1" = --version ] && exit 0', `echo run >> '${calls}'`, script]
  writeFileSync(join(bin, 'mvn'), lines.join('\n'))
  chmodSync(join(bin, 'mvn'), 0o755)
  process.env.PATH = `${bin}:${PATH}`
}

const runs = () => readFileSync(calls, 'utf8').trim().split('\n').length
const GOOD = 'sleep 0.2; mkdir kafka registry; echo jar > kafka/kafka.jar'

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ninefold-jars-'))
  calls = join(folder, 'calls')
})

afterEach(() => {
  process.env.PATH = PATH
  rmSync(folder, { recursive: true })
})

describe('ensureJars', () => {
  it('downloads once, however many ask at once, and says so', async () => {
    fakeMaven(GOOD)
    const cache = join(folder, 'cache')
    const lines: string[] = []
    const all = await Promise.all([1, 2, 3].map(() => ensureJars((line) => lines.push(line), cache)))
    expect(runs()).toBe(1)
    expect(lines.filter((line) => line.startsWith(`downloading Kafka ${VERSIONS.kafka}`))).toHaveLength(1)
    for (const { kafka } of all) expect(existsSync(join(kafka, 'kafka.jar'))).toBe(true)
    await ensureJars(() => {}, cache)
    expect(runs()).toBe(1)
  })

  it('keeps nothing of a download that failed, and starts clean after it', async () => {
    const cache = join(folder, 'cache')
    fakeMaven('mkdir kafka; echo half > kafka/half.jar; echo "no route to host"; exit 1')
    await expect(ensureJars(() => {}, cache)).rejects.toMatchObject({
      code: 'NF_STACK_DOWNLOAD',
      message: expect.stringContaining('no route to host'),
    })
    fakeMaven(GOOD)
    const { kafka } = await ensureJars(() => {}, cache)
    expect(existsSync(join(kafka, 'kafka.jar'))).toBe(true)
    expect(existsSync(join(kafka, 'half.jar'))).toBe(false)
    expect(readdirSync(cache).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('names the remedy when there is no Maven', async () => {
    process.env.PATH = folder
    await expect(ensureJars(() => {}, join(folder, 'cache'))).rejects.toMatchObject({
      code: 'NF_STACK_NO_MAVEN',
      remedy: expect.stringContaining('apt-get install maven'),
    })
  })

  it('caches a user, where the desktop says so', () => {
    expect(jarCacheFolder({ XDG_CACHE_HOME: '/x' })).toBe('/x/ninefold/jars')
    expect(jarCacheFolder({})).toMatch(/\/\.cache\/ninefold\/jars$/)
  })
})

describe('generatePom', () => {
  const pom = generatePom()

  it('asks for each part at its pinned version', () => {
    for (const [artifact, version] of [
      ['kafka_2.13', '4.1.0'],
      ['kafka-tools', '4.1.0'],
      ['log4j-slf4j-impl', VERSIONS.log4j],
      ['apicurio-registry-app', '2.6.13.Final'],
      ['maven-dependency-plugin', VERSIONS.dependencyPlugin],
    ]) {
      expect(pom).toMatch(new RegExp(`<artifactId>${artifact}</artifactId>\\s*<version>${version}</version>`))
    }
    const versions = [...pom.matchAll(/<version>(.*)<\/version>/g)].map((match) => match[1])
    for (const version of versions) expect(version).toMatch(/^\d[\w.]*$/)
  })

  it('closes every element it opens, and leaves the folders to Maven', () => {
    const open: string[] = []
    for (const [, closing, name] of pom.matchAll(/<(\/?)([A-Za-z]+)[^>]*>/g)) {
      if (closing) expect(open.pop()).toBe(name)
      else open.push(name!)
    }
    expect(open).toEqual([])
    expect(pom.match(/<outputDirectory>\$\{project\.basedir\}\/(kafka|registry)</g)).toHaveLength(2)
  })
})
