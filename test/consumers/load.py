"""Loads exported files as their consumers do, with Hugging Face's datasets and with PyArrow.

    load.py FOLDER             every .jsonl and .parquet file, each by both libraries, which must agree
    load.py FOLDER --as-repo   the folder as a dataset repository, every config and split that its card names

Prints JSON: by file, or by config and split, the number of rows, the columns, and the first row.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import datasets
import pyarrow.json
import pyarrow.parquet

READERS = {".jsonl": "json", ".parquet": "parquet"}


def described(rows: datasets.Dataset) -> dict:
    return {"rows": len(rows), "columns": rows.column_names, "first": rows[0] if len(rows) else None}


def by_pyarrow(path: Path) -> pyarrow.Table:
    if path.suffix == ".parquet":
        return pyarrow.parquet.read_table(path)
    # A record is longer than the default block of the reader.
    return pyarrow.json.read_json(path, pyarrow.json.ReadOptions(block_size=64 * 1024 * 1024))


def load_files(folder: Path, cache: str) -> dict:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix not in READERS or path.stat().st_size == 0:
            continue
        rows = datasets.load_dataset(READERS[path.suffix], data_files=str(path), split="train", cache_dir=cache)
        table = by_pyarrow(path)
        assert table.num_rows == len(rows), f"{path}: {table.num_rows} rows, not {len(rows)}"
        assert table.column_names == rows.column_names, f"{path}: {table.column_names}"
        assert table.to_pylist() == rows.to_list(), f"{path}: the libraries read different rows"
        found[str(path.relative_to(folder))] = described(rows)
    return found


def load_repository(folder: Path, cache: str) -> dict:
    found = {}
    for config in datasets.get_dataset_config_names(str(folder)):
        parts = datasets.load_dataset(str(folder), config, cache_dir=cache)
        found[config] = {name: described(rows) for name, rows in parts.items()}
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--as-repo", action="store_true")
    given = parser.parse_args()
    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as cache:
        load = load_repository if given.as_repo else load_files
        json.dump(load(given.folder.resolve(), cache), sys.stdout)


if __name__ == "__main__":
    main()
