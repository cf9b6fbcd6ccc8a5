"""Qdrant's own engine behind the part of its REST API that labkeeper uses, to try the contract on where no server can be had.

    pip install qdrant-edge-py==0.9.0 qdrant-client==1.20.0
    python serve.py 6399 &
    LABKEEPER_TEST_QDRANT_URL=http://127.0.0.1:6399 cargo nextest run -p labkeeper-qdrant on_a_live_server

qdrant-edge is the segment of the server as a library: it stores, filters, scrolls and searches. Requests and answers go through
the models of qdrant-client, which refuse an unknown field. Only routes, statuses and the envelope are written here.
"""

import json
import re
import shutil
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import qdrant_edge as edge
from pydantic import TypeAdapter, ValidationError
from qdrant_client.http import models as m

SCHEMAS = {"keyword": edge.PayloadSchemaType.Keyword}


class Refused(Exception):
    def __init__(self, status, words):
        super().__init__(words)
        self.status, self.words = status, words


class Collection:
    def __init__(self, vectors):
        self.vectors, self.schema, self.operations = vectors, {}, 0
        self.folder = tempfile.mkdtemp()
        params = edge.EdgeVectorParams(vectors.size, getattr(edge.Distance, vectors.distance.value))
        self.shard = edge.EdgeShard.create(self.folder, edge.EdgeConfig(params))

    def end(self):
        self.shard.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def update(self, operation):
        self.shard.update(operation)
        self.operations += 1
        return {"operation_id": self.operations, "status": "completed"}

    def count(self, filter=None):
        return self.shard.count(edge.CountRequest(True, filter))

    def info(self):
        params = {"vectors": self.vectors.model_dump(mode="json", exclude_none=True)}
        hnsw = {"m": 16, "ef_construct": 100, "full_scan_threshold": 10000, "max_indexing_threads": 0, "on_disk": False}
        optimizer = {"deleted_threshold": 0.2, "vacuum_min_vector_number": 1000, "default_segment_number": 0, "flush_interval_sec": 5}
        return {
            "status": "green", "optimizer_status": "ok", "points_count": self.count(), "segments_count": 1,
            "config": {"params": params, "hnsw_config": hnsw, "optimizer_config": optimizer},
            "payload_schema": {field: {"data_type": sort, "points": 0} for field, sort in self.schema.items()},
        }


def condition(one):
    if isinstance(one, m.HasIdCondition):
        return edge.HasIdCondition(set(one.has_id))
    if isinstance(one, m.Filter):
        return filter_of(one)
    match = one.match
    if isinstance(match, m.MatchAny):
        return edge.FieldCondition(one.key, edge.MatchAny(match.any))
    if isinstance(match, m.MatchValue):
        return edge.FieldCondition(one.key, edge.MatchValue(match.value))
    raise Refused(501, f"not translated: {one}")


def filter_of(given):
    if given is None:
        return None
    clause = lambda clause: None if clause is None else [condition(one) for one in (clause if isinstance(clause, list) else [clause])]
    return edge.Filter(clause(given.must), clause(given.should), clause(given.must_not))


def record(one):
    shown = {"id": str(one.id) if not isinstance(one.id, int) else one.id}
    if one.payload is not None:
        shown["payload"] = one.payload
    return shown


def check(collection, vector):
    if len(vector) != collection.vectors.size:
        raise Refused(400, f"Wrong input: Vector dimension error: expected dim: {collection.vectors.size}, got {len(vector)}")


def upsert(collection, asked):
    for point in asked.points:
        check(collection, point.vector)
    points = [edge.Point(point.id, point.vector, point.payload) for point in asked.points]
    return collection.update(edge.UpdateOperation.upsert_points(points))


def set_payload(collection, asked):
    for point in asked.points:
        if not collection.shard.retrieve([point], False, False):
            raise Refused(404, f"Not found: No point with id {point} found")
    return collection.update(edge.UpdateOperation.set_payload(asked.points, asked.payload))


def index(collection, asked):
    sort = asked.field_schema.value
    collection.schema[asked.field_name] = sort
    return collection.update(edge.UpdateOperation.create_field_index(asked.field_name, SCHEMAS[sort]))


def scroll(collection, asked):
    request = edge.ScrollRequest(
        offset=asked.offset, limit=asked.limit, filter=filter_of(asked.filter), with_payload=asked.with_payload, with_vector=False
    )
    points, following = collection.shard.scroll(request)
    return {"points": [record(one) for one in points], "next_page_offset": None if following is None else str(following)}


def batch(collection, asked):
    def search(one):
        check(collection, one.query)
        request = edge.QueryRequest(
            one.limit, query=edge.Query.Nearest(one.query), filter=filter_of(one.filter), with_payload=False,
            params=edge.SearchParams(exact=one.params.exact),
        )
        return {"points": [{**record(hit), "version": hit.version, "score": hit.score} for hit in collection.shard.query(request)]}

    return [search(one) for one in asked.searches]


BELOW = {
    ("PUT", "index"): (m.CreateFieldIndex, index, m.UpdateResult),
    ("PUT", "points"): (m.PointsList, upsert, m.UpdateResult),
    ("POST", "points"): (m.PointRequest, lambda c, a: [record(r) for r in c.shard.retrieve(a.ids, a.with_payload, False)], list[m.Record]),
    ("POST", "points/delete"): (m.PointIdsList, lambda c, a: c.update(edge.UpdateOperation.delete_points(a.points)), m.UpdateResult),
    ("POST", "points/payload"): (m.SetPayload, set_payload, m.UpdateResult),
    ("POST", "points/count"): (m.CountRequest, lambda c, a: {"count": c.count(filter_of(a.filter))}, m.CountResult),
    ("POST", "points/scroll"): (m.ScrollRequest, scroll, m.ScrollResult),
    ("POST", "points/query/batch"): (m.QueryRequestBatch, batch, list[m.QueryResponse]),
}

COLLECTIONS, LOCK = {}, threading.Lock()


def answer(method, path, body):
    name, rest = re.fullmatch(r"/collections/([^/]+)/?(.*)", path).groups()
    if not rest and method == "PUT":
        if name in COLLECTIONS:
            raise Refused(409, f"Wrong input: Collection `{name}` already exists!")
        COLLECTIONS[name] = Collection(m.CreateCollection.model_validate_json(body).vectors)
        return bool, True
    if not rest and method == "DELETE":
        gone = COLLECTIONS.pop(name, None)
        if gone:
            gone.end()
        return bool, gone is not None
    if name not in COLLECTIONS:
        raise Refused(404, f"Not found: Collection `{name}` doesn't exist!")
    collection = COLLECTIONS[name]
    if not rest:
        return m.CollectionInfo, collection.info()
    model, act, result = BELOW[(method, rest)]
    return result, act(collection, model.model_validate_json(body))


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def any(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            with LOCK:
                shape, result = answer(self.command, self.path.split("?")[0], body)
            TypeAdapter(shape).validate_python(result)
            self.say(200, {"result": result, "status": "ok", "time": 0.0001})
        except Refused as refused:
            self.say(refused.status, {"status": {"error": refused.words}, "time": 0.0001})
        except ValidationError as wrong:
            self.say(400, {"status": {"error": f"Format error in JSON body: {wrong}"}, "time": 0.0001})

    do_GET = do_PUT = do_POST = do_DELETE = any

    def say(self, status, answer):
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Door).serve_forever()
