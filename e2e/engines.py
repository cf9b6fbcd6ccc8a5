"""What a check's hub is made of beside its data directory: nothing, or the servers that `cargo xtask test --only engines` names.
There each data directory has a database and a collection of its own; keys in Redis carry the hub's name already."""

import contextlib
import os
import pathlib
import subprocess
import tempfile
import urllib.parse

POSTGRES = os.environ.get("LABKEEPER_TEST_DATABASE_URL")
REDIS = os.environ.get("LABKEEPER_TEST_REDIS_URL")
QDRANT = os.environ.get("LABKEEPER_TEST_QDRANT_URL")
# What would configure a hub.
OURS = ("LABKEEPER_", "HOMELAB_", "MCP_", "QDRANT_", "S3_")
OURS_WHOLE = ("API_TOKEN", "DATABASE_URL", "REDIS_URL")


@contextlib.contextmanager
def data_directory(prefix):
    """An empty one, and what the programs on it are told; both gone afterwards, with what they had on servers."""
    with tempfile.TemporaryDirectory(prefix=prefix) as directory:
        if not POSTGRES:
            yield directory, {}
            return
        name = pathlib.Path(directory).name
        tell(f'CREATE DATABASE "{name}"')
        variables = {"DATABASE_URL": urllib.parse.urlsplit(POSTGRES)._replace(path=f"/{name}").geturl()}
        if REDIS:
            variables["REDIS_URL"] = REDIS
        if QDRANT:
            variables |= {"QDRANT_URL": QDRANT, "QDRANT_COLLECTION": name}
        try:
            yield directory, variables
            # One that quietly kept to its directory would prove nothing.
            if pathlib.Path(directory, "labkeeper.db").exists():
                raise RuntimeError("the hub made a file of SQLite")
        finally:
            tell(f'DROP DATABASE "{name}" WITH (FORCE)')


def clean_environment():
    """Ours, without what would configure a hub."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(OURS) and name not in OURS_WHOLE
    }


def tell(statement):
    words = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--command", statement, POSTGRES]
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL)
