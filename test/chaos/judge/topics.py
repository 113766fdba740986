"""Reads topics by librdkafka, read_committed, from their beginnings to their ends; schemas come from the registry."""

import base64
import collections
import hashlib
import io
import json
import urllib.request

import fastavro
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

# What makes a record of a topic the one it is.
ID_FIELDS = {
    "intake": ("source", "id"),
    "questions": ("questionId", "revision"),
    "raw-paths": ("pathId",),
    "verdicts": ("verdictId",),
    "triaged-easy": ("triagedId",),
    "triaged-medium": ("triagedId",),
    "triaged-difficult": ("triagedId",),
    "ranked": ("rankingId",),
    "escalated": ("escalatedId",),
    "kept": ("keptId",),
    "unsolved": ("unsolvedId",),
    "records": ("recordId",),
    "scores": ("scoreId",),
    "completions": ("paymentId",),
    "dead-letters": ("deadLetterId",),
    "redrive": ("redriveId",),
    "editions": ("edition",),
    "budget-events": ("eventId",),
    "score-intake": ("itemId",),
    "controls": ("controlId",),
}
# What a copy elsewhere must say, too, beside the id.
TEXT_FIELDS = {"records": ("cot", "response"), "kept": ("cot",), "verdicts": ("judgement",), "completions": ("text",)}
# What is chance: where the questions' topic ended at an edition's first start, transactions that were aborted included.
CHANCE_FIELDS = {"editions": ("inputs",)}
IDLE_SECONDS = 60


class Registry:
    """The writer schemas, by the id that stands before every record."""

    def __init__(self, url):
        self.url = url
        self.schemas = {}

    def schema(self, schema_id):
        if schema_id not in self.schemas:
            with urllib.request.urlopen(f"{self.url}/schemas/ids/{schema_id}") as answer:
                self.schemas[schema_id] = fastavro.parse_schema(json.loads(json.load(answer)["schema"]))
        return self.schemas[schema_id]

    def decode(self, value):
        """The record; None when it cannot be read."""
        try:
            if value[0] != 0:
                return None
            schema = self.schema(int.from_bytes(value[1:5], "big"))
            return fastavro.schemaless_reader(io.BytesIO(value[5:]), schema, None)
        except Exception:
            return None


def canonical(value):
    """JSON that is equal for equal values."""
    as_text = lambda raw: {"base64": base64.b64encode(raw).decode()}
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=as_text)


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def identify(topic, record):
    """A record's id, and a hash of what it says."""
    if topic == "triage-state":
        return identify_state(record)
    said = {field: value for field, value in record.items() if field not in CHANCE_FIELDS.get(topic, ())}
    return "/".join(str(record[field]) for field in ID_FIELDS[topic]), digest(canonical(said))


def identify_state(state):
    """
    A question has one state for each path that came, and one outcome. Which path came first, and where it stood, is
    chance: only the last state, without its offsets, must be the same.
    """
    samplers = [{k: v for k, v in sampler.items() if k != "offset"} for sampler in state["samplers"]]
    content = canonical({**state, "samplers": samplers}) if state["status"] == "decided" else ""
    return f"{state['questionId']}/{state['revision']} with {len(samplers)} paths", digest(content)


class Topic:
    """What a topic holds: how often each id, with which contents, and where."""

    def __init__(self):
        self.ids = collections.Counter()
        self.contents = collections.defaultdict(set)
        self.answered = collections.Counter()
        self.places = {}
        self.undecodable = 0
        self.open_ends = []

    def add(self, name, place, record):
        if record is None:
            self.undecodable += 1
            self.places[place] = None
            return
        record_id, content = identify(name, record)
        self.ids[record_id] += 1
        self.contents[record_id].add(content)
        self.places[place] = {field: record[field] for field in (*ID_FIELDS.get(name, ()), *TEXT_FIELDS.get(name, ()))}
        if name == "completions" and record["status"] == "answered":
            self.answered[record["requestHash"]] += 1

    def snapshot(self):
        """What another run can be compared with."""
        contents = {record_id: sorted(found) for record_id, found in self.contents.items()}
        return {"ids": self.ids, "contents": contents, "answered": self.answered}


def restored(snapshot):
    topic = Topic()
    topic.ids = collections.Counter(snapshot["ids"])
    topic.contents = collections.defaultdict(set, {i: set(found) for i, found in snapshot["contents"].items()})
    topic.answered = collections.Counter(snapshot["answered"])
    return topic


def consumer_of(brokers, isolation):
    return Consumer({
        "bootstrap.servers": brokers,
        "group.id": "ninefold-judge",
        "isolation.level": isolation,
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
        "enable.partition.eof": True,
        "check.crcs": True,
        "fetch.wait.max.ms": 20,
        "fetch.error.backoff.ms": 20,
    })


def partitions_of(probe, prefix):
    """Where every partition of a pipeline ends, open transactions included."""
    topics = probe.list_topics(timeout=30).topics
    places = [(name, p) for name, t in topics.items() if name.startswith(prefix) for p in t.partitions]
    return {place: probe.get_watermark_offsets(TopicPartition(*place), timeout=30)[1] for place in places}


def read_topics(brokers, registry, prefix):
    """All topics of a pipeline, by short name."""
    probe, reader = consumer_of(brokers, "read_uncommitted"), consumer_of(brokers, "read_committed")
    ends = partitions_of(probe, prefix)
    topics = {full[len(prefix):]: Topic() for full, _ in ends}
    waiting = set(ends)
    reader.assign([TopicPartition(topic, partition, 0) for topic, partition in ends])
    while waiting:
        message = reader.poll(IDLE_SECONDS)
        if message is None:
            raise TimeoutError(f"nothing was heard of {sorted(waiting)}")
        error, place = message.error(), (message.topic(), message.partition())
        name = (message.topic() or "")[len(prefix):]
        if error is None:
            topics[name].add(name, (message.partition(), message.offset()), registry.decode(message.value()))
        elif error.code() == KafkaError._PARTITION_EOF:
            waiting.discard(place)
            if message.offset() < ends[place]:
                topics[name].open_ends.append(message.partition())
        elif not error.retriable():
            raise KafkaException(error)
    reader.close()
    probe.close()
    return topics
