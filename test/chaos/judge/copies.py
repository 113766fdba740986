"""What was made of the topics elsewhere: ClickHouse's tables, asked over HTTP, and the exported files."""

import collections
import json
import os
import re
import urllib.request

from topics import ID_FIELDS, TEXT_FIELDS

# Its rows may be lost by compaction: no table is made of it.
WITHOUT_TABLE = {"triage-state"}
FILES = {
    "cotmed.jsonl": lambda record: record["cot"],
    "responsemed.jsonl": lambda record: record["response"],
    "reasonmed.jsonl": lambda record: f"<think>{record['cot']}</think>{record['response']}",
}


class ClickHouse:
    def __init__(self, url, database):
        self.url = url
        self.database = database

    def rows(self, query):
        # Not an argument: those can be read by everybody on this machine.
        headers = {"X-ClickHouse-Key": os.environ.get("CLICKHOUSE_TOKEN", "")}
        request = urllib.request.Request(self.url, f"{query} FORMAT JSONCompactEachRow".encode(), headers)
        with urllib.request.urlopen(request) as answer:
            return [json.loads(line) for line in answer.read().decode().splitlines()]

    def columns(self):
        """The columns of every table that holds records, by table."""
        tables = collections.defaultdict(set)
        for table, column in self.rows(
            f"SELECT c.table, c.name FROM system.columns c JOIN system.tables t ON t.database = c.database AND t.name = c.table "
            f"WHERE c.database = '{self.database}' AND t.engine LIKE '%MergeTree'"
        ):
            tables[table].add(column)
        return {table: columns for table, columns in tables.items() if "_offset" in columns}


def snake(name):
    return re.sub(r"([A-Z])", lambda match: f"_{match[1].lower()}", name)


def judge_tables(clickhouse, edition, topics):
    """Every record of the topics must be a row, once, with its id and its texts."""
    expected = {
        (name, *place): fields
        for name, topic in topics.items() if name not in WITHOUT_TABLE
        for place, fields in topic.places.items()
    }
    rows, different, total = collections.Counter(), [], 0
    for table, columns in clickhouse.columns().items():
        fields = sorted({f for fields in (ID_FIELDS, TEXT_FIELDS) for names in fields.values() for f in names if snake(f) in columns})
        selected = ", ".join(["_topic", "_partition", "_offset", *(f"`{snake(field)}`" for field in fields)])
        found = clickhouse.rows(f"SELECT {selected} FROM `{clickhouse.database}`.`{table}` WHERE edition = '{edition}'")
        [[count, unique]] = clickhouse.rows(
            f"SELECT toUInt32(count()), toUInt32(uniqExact(_topic, _partition, _offset)) FROM `{clickhouse.database}`.`{table}` "
            f"WHERE edition = '{edition}'"
        )
        total += count - unique
        for topic, partition, offset, *values in found:
            place = (topic, int(partition), int(offset))
            rows[place] += 1
            said = expected.get(place) or {}
            if any(field in said and str(value) != str(said[field]) for field, value in zip(fields, values)):
                different.append(place)
    return {
        "records": len(expected),
        "rows": rows.total(),
        "lost": len(expected.keys() - rows.keys()),
        "doubled": max(total, rows.total() - len(rows)),
        "changed": len(set(different)),
        "foreign": len(rows.keys() - expected.keys()),
    }


def judge_export(folder, topics):
    """Every record must be a line of each file, once, in the order of the ids, saying what the record says."""
    expected = {fields["recordId"]: fields for fields in topics["records"].places.values() if fields is not None}
    counts = collections.Counter(records=len(expected))
    for file, output in FILES.items():
        with open(os.path.join(folder, file), encoding="utf-8") as lines:
            found = [json.loads(line) for line in lines]
        ids = [line["id"] for line in found]
        counts["lines"] += len(ids)
        counts["lost"] += len(expected.keys() - set(ids))
        counts["doubled"] += len(ids) - len(set(ids))
        counts["foreign"] += len(set(ids) - expected.keys())
        counts["changed"] += sum(line["id"] in expected and line["output"] != output(expected[line["id"]]) for line in found)
        counts["unsorted"] += ids != sorted(ids)
    return {name: counts[name] for name in ("records", "lines", "lost", "doubled", "changed", "foreign", "unsorted")}
