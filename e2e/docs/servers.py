"""Servers at the addresses that pages name. Each is started when the first page speaks of it, and is there for the rest of the run."""

import json
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import machine

PATIENCE = 60


class Servers:
    def __init__(self, postgres, weed, qdrant):
        """PostgreSQL's directory of programs, SeaweedFS and the double of Qdrant."""
        self.programs = {"postgres": postgres, "weed": weed, "qdrant": qdrant}
        self.place = Path(tempfile.mkdtemp(prefix="labkeeper-docs-servers-"))
        # PostgreSQL's own user has to come through.
        self.place.chmod(0o755)
        # By what a page says when it speaks of one.
        self.known = {
            "db.lan": self.postgres,
            "cache.lan": self.redis,
            "@redis:": self.redis_with_password,
            "redis.lab": self.redis_with_tls,
            "qdrant:6333": self.qdrant,
            "s3.example.net": self.s3,
            "collector:4318": self.collector,
        }
        self.running, self.started = [], set()
        # What hidden commands of pages reach them by.
        self.environment = {
            "PGHOST": str(self.place / "postgres"),
            "PGUSER": "postgres",
            "AUTHORITIES": str(self.place / "authority.pem"),
            "SPANS": str(self.place / "spans"),
        }

    def open_for(self, text):
        for name, start in self.known.items():
            if name in text and name not in self.started:
                self.started.add(name)
                start()

    def close(self):
        for server in reversed(self.running):
            # PostgreSQL ends at once by this one, and leaves no shared memory behind.
            server.send_signal(signal.SIGQUIT if server.args[0].endswith("/postgres") else signal.SIGKILL)
            server.wait(PATIENCE)
        shutil.rmtree(self.place)

    def postgres(self):
        """With a role that owns nothing yet; whoever comes by the socket is its administrator, without a password."""
        home = self.place / "postgres"
        home.mkdir()
        shutil.chown(home, "nobody")
        password = self.place / "password"
        password.write_text("not-a-secret")
        password.chmod(0o644)
        # It does not start for root.
        nobody = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
        made = ("--username=postgres", f"--pwfile={password}", "--auth-host=scram-sha-256", "--auth-local=trust", "--no-sync")
        programs = self.programs["postgres"]
        subprocess.run(
            [f"{programs}/initdb", *made, "--encoding=UTF8", "--locale=C.UTF-8", "--pgdata", home / "data"],
            cwd=home, stdout=subprocess.DEVNULL, check=True, **nobody,
        )
        with open(home / "data/pg_hba.conf", "a") as allowed:
            allowed.write("host all all 10.77.0.0/16 scram-sha-256\n")
        address = machine.address_of("db.lan")
        options = ("-k", home, "-h", address, "-c", "fsync=off", "-c", "full_page_writes=off")
        self.start("postgres", [f"{programs}/postgres", "-D", home / "data", *options], "ready to accept connections", **nobody)
        role = "CREATE ROLE labkeeper LOGIN PASSWORD 'password'"
        subprocess.run(["psql", "--host", home, "--username=postgres", "--quiet", "--command", role], check=True)

    def redis(self):
        self.start_redis("cache.lan", ["--port", "6379", "--protected-mode", "no"])

    def redis_with_password(self):
        self.start_redis("redis", ["--port", "6379", "--requirepass", "password"])

    def redis_with_tls(self):
        key, certificate = self.certified("redis.lab")
        tls = ["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", self.place / "authority.pem"]
        words = ["--port", "0", "--tls-port", "6379", "--tls-auth-clients", "no", *tls, "--requirepass", "password"]
        self.start_redis("redis.lab", words)

    def start_redis(self, name, words):
        address = machine.address_of(name)
        common = ["--bind", address, "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", self.place]
        self.start(name, ["redis-server", *common, *words], "Ready to accept connections")

    def qdrant(self):
        """The double asks for no key, so its door does."""
        server = subprocess.Popen([self.programs["qdrant"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.running.append(server)
        url = server.stdout.readline().strip()
        machine.forward((machine.address_of("qdrant"), 6333), machine.split(url.removeprefix("http://")), b"api-key: not-a-secret")

    def s3(self):
        """With a bucket `lab`, by TLS."""
        name, address = "s3.example.net", machine.address_of("s3.example.net")
        key, certificate = self.certified(name)
        who = {"name": "labkeeper", "credentials": [{"accessKey": "labkeeper", "secretKey": "not-a-secret"}], "actions": ["Admin"]}
        (self.place / "s3.json").write_text(json.dumps({"identities": [who]}))
        data = self.place / "s3"
        data.mkdir()
        words = [f"-dir={data}", f"-ip={address}", f"-ip.bind={address}", "-filer", "-s3", f"-s3.config={self.place}/s3.json"]
        words += ["-s3.port=8333", "-s3.port.https=443", f"-s3.key.file={key}", f"-s3.cert.file={certificate}"]
        words += ["-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false", "-master.volumeSizeLimitMB=64"]
        server = self.start(name, [self.programs["weed"], "server", *words])
        put = ["curl", "--silent", "--fail", "--cacert", self.place / "authority.pem", "--user", "labkeeper:not-a-secret"]
        put += ["--aws-sigv4", "aws:amz:us-east-1:s3", "--request", "PUT", f"https://{name}/lab"]
        self.until(server, name, lambda: subprocess.run(put).returncode == 0)

    def collector(self):
        """Writes down what it is sent, headers too, in the order in which it comes."""
        spans = open(self.place / "spans", "ab", buffering=0)

        class Collector(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                spans.write(f"POST {self.path}\n{self.headers}".encode() + body + b"\n")
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer((machine.address_of("collector"), 4318), Collector)
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def certified(self, name):
        """Key and certificate of that name, by an authority that this machine does not know."""
        request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

        def make(what, *more):
            paths = self.place / f"{what}.key", self.place / f"{what}.pem"
            subprocess.run([*request, "-keyout", paths[0], "-out", paths[1], *more], check=True, stderr=subprocess.DEVNULL)
            return paths

        authority = self.place / "authority.key", self.place / "authority.pem"
        if not authority[0].exists():
            make("authority", "-subj", "/CN=docs")
        signed = ["-CA", authority[1], "-CAkey", authority[0], "-extensions", "usr_cert"]
        return make(name, *signed, "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}")

    def start(self, name, words, ready=None, **who):
        """Waits until its log says that it is ready, if that is told."""
        with open(self.place / f"{name}.log", "w") as log:
            server = subprocess.Popen(words, stdout=log, stderr=log, cwd=self.place, **who)
        self.running.append(server)
        if ready:
            self.until(server, name, lambda: ready in (self.place / f"{name}.log").read_text())
        return server

    def until(self, server, name, holds):
        for _ in range(PATIENCE * 10):
            if holds():
                return
            if server.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"{name} does not come up:\n{(self.place / f'{name}.log').read_text()}")
