"""
Judges a pipeline by a client that is not ours: librdkafka, read_committed, every topic from its beginning, every record
read through the registry; ClickHouse asked over HTTP; the exported files read as files. Two pipelines that were given
the same questions must hold the same records, each exactly once, whatever was done to one of them.

    judge.py --brokers HOST:PORT --registry URL --run PIPELINE.EDITION
             [--reference FILE] [--save FILE] [--clickhouse URL --database NAME] [--export FOLDER] [--leaves JSON]

--save writes down what the run holds, for other runs to be compared with as --reference. --leaves names what must stand
in the topics beside that: { "undecodable": { topic: count }, "deadLetters": count }.

Prints JSON: what was lost, doubled, changed and foreign (should not be there), in sum, by topic and by copy; requests
paid twice; findings in words. No finding: nothing was lost, doubled or changed.
"""

import argparse
import json

from copies import ClickHouse, judge_export, judge_tables
from topics import Registry, Topic, read_topics, restored

EXAMPLES = 3
DAMAGES = ("lost", "doubled", "changed", "foreign")


def some(ids):
    return ", ".join(sorted(ids)[:EXAMPLES])


def judge_topic(name, reference, run):
    """
    How a topic differs from what it should hold, in numbers and in words. Of completions only the requests can be the
    same; dead letters are counted apart.
    """
    expected, found = (t.answered if name == "completions" else t.ids for t in (reference, run))
    doubled = [i for i, count in run.ids.items() if count > 1]
    lost, foreign = expected.keys() - found.keys(), found.keys() - expected.keys()
    changed = [] if name == "completions" else [
        i for i in expected.keys() & found.keys() if reference.contents[i] != run.contents[i]
    ]
    words = [
        (doubled, "ids stand there more than once"),
        (lost, "are missing"),
        (foreign, "should not be there"),
        (changed, "say something else"),
        (run.open_ends, "partitions have an open transaction"),
    ]
    numbers = {
        "records": run.ids.total(),
        "lost": len(lost),
        "doubled": sum(run.ids[i] - 1 for i in doubled),
        "changed": len(changed),
        "foreign": len(foreign),
    }
    return numbers, [f"{name}: {len(ids)} {what}: {some(map(str, ids))}" for ids, what in words if ids]


def judge_leftovers(topics, leaves):
    """Whether there is exactly what the faults left behind, of records that cannot be read and of dead letters."""
    letters = topics.get("dead-letters", Topic()).ids
    if letters.total() != leaves.get("deadLetters", 0):
        yield f"dead-letters: {letters.total()} records failed, {leaves.get('deadLetters', 0)} should have: {some(letters)}"
    for name, topic in topics.items():
        wanted = leaves.get("undecodable", {}).get(name, 0)
        if topic.undecodable != wanted:
            yield f"{name}: {topic.undecodable} records cannot be read, {wanted} should be so"


def judge(topics, reference, leaves):
    by_topic, findings = {}, list(judge_leftovers(topics, leaves))
    for name in sorted(topics.keys() | reference.keys()):
        if name == "dead-letters":
            continue
        by_topic[name], found = judge_topic(name, reference.get(name, Topic()), topics.get(name, Topic()))
        findings.extend(found)
    answered = topics["completions"].answered
    paid_twice = [request for request, count in answered.items() if count > 1]
    if paid_twice:
        findings.append(f"completions: {len(paid_twice)} requests were answered more than once: {some(paid_twice)}")
    if not reference["records"].ids:
        findings.append("there is nothing to compare with")
    return by_topic, sum(answered[request] - 1 for request in paid_twice), findings


def judge_copies(options, topics):
    copies = {}
    if options.clickhouse:
        clickhouse = ClickHouse(options.clickhouse, options.database)
        copies["clickhouse"] = judge_tables(clickhouse, options.run.rsplit(".", 1)[1], topics)
    if options.export:
        copies["export"] = judge_export(options.export, topics)
    findings = [
        f"{copy}: {numbers[damage]} {damage}"
        for copy, numbers in copies.items() for damage in (*DAMAGES, "unsorted") if numbers.get(damage)
    ]
    return copies, findings


def main(options):
    topics = read_topics(options.brokers, Registry(options.registry), f"{options.run}.")
    snapshot = {name: topic.snapshot() for name, topic in topics.items()}
    if options.save:
        with open(options.save, "w", encoding="utf-8") as file:
            json.dump(snapshot, file)
    if options.reference:
        with open(options.reference, encoding="utf-8") as file:
            snapshot = json.load(file)
    reference = {name: restored(held) for name, held in snapshot.items()}
    by_topic, paid_twice, findings = judge(topics, reference, json.loads(options.leaves))
    copies, copy_findings = judge_copies(options, topics)
    parts = [*by_topic.values(), *copies.values()]
    return {
        **{damage: sum(part[damage] for part in parts) for damage in DAMAGES},
        "paidTwice": paid_twice,
        "deadLetters": topics["dead-letters"].ids.total(),
        "topics": by_topic,
        "copies": copies,
        "findings": [*findings, *copy_findings],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Judges a pipeline from outside.")
    for option in ("brokers", "registry", "run"):
        parser.add_argument(f"--{option}", required=True)
    for option in ("reference", "save", "clickhouse", "database", "export"):
        parser.add_argument(f"--{option}")
    parser.add_argument("--leaves", default="{}")
    print(json.dumps(main(parser.parse_args()), indent=2))
