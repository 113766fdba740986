/** ClickHouse's own configuration, for one user on one machine that others may be on. */
import { totalmem } from 'node:os'

/**
 * Whoever may connect to loopback may ask the pipeline's tables, and nothing else of this machine: files, other
 * servers and programs are out of reach, and so are dictionaries, whose sources they would be.
 */
const GRANTS = [
  'CHECK, SHOW, SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, CREATE TEMPORARY TABLE',
  'CREATE FUNCTION, DROP, UNDROP TABLE, TRUNCATE, OPTIMIZE, KILL QUERY, INTROSPECTION',
  'SYSTEM FLUSH, SYSTEM MERGES, SYSTEM DROP CACHE',
].map((rights) => `GRANT ${rights} ON *.*`)

/** Engines whose rows lie in the engine's folder, or in memory. */
const TABLE_ENGINES = [
  ...['MergeTree', 'ReplacingMergeTree', 'AggregatingMergeTree', 'SummingMergeTree', 'CollapsingMergeTree'],
  ...['Memory', 'View', 'MaterializedView', 'Null', 'Log', 'TinyLog', 'StripeLog', 'Join', 'Set', 'Buffer'],
].map((engine) => `GRANT TABLE ENGINE ON ${engine}`)

/** An answer lies in a file until it is sent: one that would fill the disk is refused, bytes. */
const MAX_RESULT_BYTES = 16 * 1024 ** 3
/** A parameter may be a list of many thousands. */
const MAX_QUERY_BYTES = 16 * 1024 ** 2
const MARK_CACHE_BYTES = 256 * 1024 ** 2

/**
 * The configuration file, ClickHouse's for the server and for its users in one. All queries together may take half
 * of the machine's memory, one of them a quarter (Kafka and the workers are here, too); large aggregations and sorts
 * go on on disk before they reach it. Joins are done as they are written: the views have the side that is to be looked up
 * on the right, and ClickHouse, which does not know their sizes, would often change that for the worse.
 */
export function engineConfig(memoryBytes = totalmem()): string {
  const bytes = (part: number) => Math.floor(memoryBytes / part)
  const grants = [...GRANTS, ...TABLE_ENGINES].map((query) => `<query>${query}</query>`)
  return `<clickhouse>
  <max_server_memory_usage>${bytes(2)}</max_server_memory_usage>
  <mark_cache_size>${MARK_CACHE_BYTES}</mark_cache_size>
  <profiles>
    <default>
      <max_memory_usage>${bytes(4)}</max_memory_usage>
      <max_bytes_before_external_group_by>${bytes(16)}</max_bytes_before_external_group_by>
      <max_bytes_before_external_sort>${bytes(16)}</max_bytes_before_external_sort>
      <max_query_size>${MAX_QUERY_BYTES}</max_query_size>
      <max_result_bytes>${MAX_RESULT_BYTES}</max_result_bytes>
      <query_plan_join_swap_table>false</query_plan_join_swap_table>
    </default>
  </profiles>
  <quotas><default></default></quotas>
  <users>
    <default>
      <password></password>
      <networks><ip>::/0</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <grants>
        ${grants.join('\n        ')}
      </grants>
    </default>
  </users>
</clickhouse>
`
}
