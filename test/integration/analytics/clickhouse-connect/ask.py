"""Asks as data scientists do: with clickhouse-connect, into a DataFrame. Prints JSON of what came of it.

usage: ask.py PORT DATABASE USER, the password in CLICKHOUSE_PASSWORD
"""

import json
import os
import sys

import clickhouse_connect
from clickhouse_connect.driver.exceptions import ClickHouseError


def refusal(action):
    try:
        action()
    except ClickHouseError as error:
        return str(error)
    return None


def main(port, database, user):
    def connect(password, **options):
        return clickhouse_connect.get_client(
            host="127.0.0.1", port=int(port), username=user, password=password, database=database, **options
        )

    password = os.environ["CLICKHOUSE_PASSWORD"]
    client = connect(password)
    frame = client.query_df(
        "SELECT role, model, calls, usd FROM costs WHERE role = {role:String} ORDER BY model", parameters={"role": "verify"}
    )
    return {
        "columns": list(frame.columns),
        "types": [str(kind) for kind in frame.dtypes],
        "rows": json.loads(frame.astype(str).to_json(orient="records")),
        "rowCount": client.query("SELECT count() FROM completions").first_row[0],
        "write": refusal(lambda: connect(password, compress=False).insert("redrive", [["x"]], column_names=["edition"])),
        "drop": refusal(lambda: client.command("DROP TABLE records")),
        "loosened": refusal(lambda: client.command("SET readonly = 0")),
        "settings": refusal(lambda: client.command("TRUNCATE TABLE completions", settings={"readonly": 0})),
        "noToken": refusal(lambda: connect("")),
        "wrongToken": refusal(lambda: connect("not the " + password)),
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
