import { describe, expect, it } from 'vitest'
import { databaseStatement, tableStatements, viewStatement } from '../../../analytics/ddl.ts'
import { migrations, migrationsTable } from '../../../analytics/migrations.ts'
import { literal } from '../../../analytics/sql/tokens.ts'
import { columnsOf, ID, MOMENT } from '../../../analytics/tables/column.ts'
import { table } from '../../../analytics/tables/table.ts'
import { TABLES } from '../../../analytics/tables/tables.ts'
import { VIEWS } from '../../../analytics/views/views.ts'

const SERVER = { database: 'ninefold_toys', cluster: null }
const CLUSTER = { database: 'ninefold_toys', cluster: '{cluster}' }
const { made } = columnsOf<object>('')
const toys = table<object>({
  name: 'toys',
  comment: "A row is a child's toy.",
  topics: [],
  orderBy: ['toy_id'],
  lookups: ['toy_id'],
  columns: [made('toy_id', ID, 'Which.', () => ''), made('made_at', MOMENT, 'When.', () => 0)],
})

const COLUMNS = `    \`edition\` LowCardinality(String) COMMENT 'The edition whose topic the record stands in.',
    \`_topic\` LowCardinality(String) COMMENT 'The topic, without pipeline and edition.',
    \`_partition\` UInt16 COMMENT 'The partition of the topic.',
    \`_offset\` UInt64 COMMENT 'The offset in the partition.' CODEC(T64, LZ4),
    \`_time\` DateTime64(3, 'UTC') COMMENT 'When the record was written to the topic, UTC.' CODEC(T64, LZ4),
    \`toy_id\` String COMMENT 'Which.' CODEC(ZSTD(1)),
    \`made_at\` DateTime64(3, 'UTC') COMMENT 'When.' CODEC(T64, LZ4),
    INDEX \`toy_id_lookup\` \`toy_id\` TYPE bloom_filter GRANULARITY 4`

describe('the statement that makes a table', () => {
  it('is one for a single server', () => {
    expect(tableStatements(toys, SERVER)[0]).toBe(`CREATE TABLE IF NOT EXISTS \`ninefold_toys\`.\`toys\`
(
${COLUMNS}
)
ENGINE = MergeTree
PARTITION BY edition
ORDER BY (\`toy_id\`, \`_topic\`, \`_partition\`, \`_offset\`)
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'A row is a child\\'s toy.'`)
  })

  it('is one for every server of a cluster, each of which has all rows', () => {
    expect(
      tableStatements(toys, CLUSTER)[0],
    ).toBe(`CREATE TABLE IF NOT EXISTS \`ninefold_toys\`.\`toys\` ON CLUSTER '{cluster}'
(
${COLUMNS}
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
PARTITION BY edition
ORDER BY (\`toy_id\`, \`_topic\`, \`_partition\`, \`_offset\`)
SETTINGS replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800
COMMENT 'A row is a child\\'s toy.'`)
  })

  it('has a number for an id, and as many as there are for several', () => {
    const keys = [
      { name: 'toy_key', of: 'toy_id', comment: 'One.' },
      { name: 'part_keys', of: 'part_ids', isMany: true, comment: 'Many.' },
    ] as const
    const [create] = tableStatements({ ...toys, keys }, SERVER)
    expect(create).toContain("`toy_key` UInt64 MATERIALIZED ifNull(sipHash64(`toy_id`), 0) COMMENT 'One.'")
    expect(create).toContain(
      "`part_keys` Array(UInt64) MATERIALIZED arrayMap(id -> ifNull(sipHash64(id), 0), `part_ids`) COMMENT 'Many.'",
    )
  })

  it('is followed by one that adds to an older table what it lacks', () => {
    const [, alter] = tableStatements(toys, CLUSTER)
    expect(alter).toMatch(/^ALTER TABLE `ninefold_toys`.`toys` ON CLUSTER '\{cluster\}'\n/)
    expect(alter?.match(/ADD COLUMN IF NOT EXISTS/g)).toHaveLength(7)
  })
})

describe('statements for a cluster', () => {
  it('are all given to all its servers', () => {
    const statements = [databaseStatement(CLUSTER), migrationsTable(CLUSTER)]
    statements.push(...migrations(CLUSTER).flatMap((one) => one.statements))
    for (const statement of statements) expect(statement.split('\n')[0]).toContain(" ON CLUSTER '{cluster}'")
  })

  it('name none where there is none', () => {
    const statements = migrations(SERVER).flatMap((one) => one.statements)
    expect(statements.filter((statement) => /CLUSTER|Replicated/.test(statement))).toEqual([])
  })
})

describe('migrations', () => {
  it('are numbered once each, in their order, tables before the views made of them', () => {
    const numbers = migrations(SERVER).map(({ version }) => version)
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
    expect(migrations(SERVER).map(({ name }) => name)).toEqual([
      ...TABLES.map(({ name }) => `table ${name}`),
      ...TABLES.flatMap(({ name, keys }) => (keys === undefined ? [] : `keys of ${name}`)),
      ...TABLES.flatMap(({ name, projections = [] }) =>
        projections.map((projection) => `projection ${name}.${projection.name}`),
      ),
      ...VIEWS.map(({ name }) => `view ${name}`),
    ])
  })

  it('are told from their former selves by what they say', () => {
    const sums = (layout: typeof SERVER) => new Set(migrations(layout).map(({ checksum }) => checksum))
    expect(sums(SERVER).size).toBe(migrations(SERVER).length)
    expect(sums(SERVER)).toEqual(sums({ ...SERVER }))
    expect(sums(SERVER).isDisjointFrom(sums({ database: 'other', cluster: null }))).toBe(true)
  })
})

describe('SQL', () => {
  it('quotes what would end a text', () => {
    expect(literal("a'b\\c")).toBe("'a\\'b\\\\c'")
  })

  it('makes a view anew', () => {
    const view = { name: 'v', comment: 'A row.', select: '\nSELECT 1 AS one' }
    expect(viewStatement(view, SERVER)).toBe(
      "CREATE OR REPLACE VIEW `ninefold_toys`.`v` AS\nSELECT 1 AS one\nCOMMENT 'A row.'",
    )
  })
})
