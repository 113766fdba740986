"""Reads an archive with fastavro, which is none of ours: for each file what its metadata say, and its records' places."""

import json
import sys
from pathlib import Path

import fastavro

for path in sorted(Path(sys.argv[1]).rglob("*.avro")):
    with path.open("rb") as file:
        reader = fastavro.reader(file)
        records = list(reader)
        print(
            json.dumps(
                {
                    "file": str(path.relative_to(sys.argv[1])),
                    "topic": reader.metadata["ninefold.topic"],
                    "partition": int(reader.metadata["ninefold.partition"]),
                    "codec": reader.codec,
                    "offsets": [record["offset"] for record in records],
                    "keys": [record["key"].decode() for record in records],
                    "values": [
                        record["value"] if isinstance(record["value"], dict) else None for record in records
                    ],
                },
                default=str,
            )
        )
