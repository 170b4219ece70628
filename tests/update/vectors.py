#!/usr/bin/env python3
"""Makes tests/update/vectors/: signatures and certificates for the tests of `vigie packs update`.

Written after the description of the minisign formats (https://jedisct1.github.io/minisign/), with the Ed25519 of the
Python package `cryptography` and the BLAKE2b of hashlib; the program under test verifies with another implementation.
The keys are made of a fixed text, so that signatures come out the same each time. They protect nothing. The
certificates are made anew each run (ECDSA is random); the tests do not depend on their bytes.

    python3 tests/update/vectors.py
"""

import base64
import datetime
import hashlib
import ipaddress
import json
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

OUT = pathlib.Path(__file__).parent / "vectors"


def key(seed_text):
    seed = hashlib.sha256(seed_text.encode()).digest()
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes_raw()
    return hashlib.sha256(public).digest()[:8], private, public


def public_file(k):
    key_id, _, public = k
    line = base64.b64encode(b"Ed" + key_id + public).decode()
    return f"untrusted comment: minisign public key for tests of vigie\n{line}\n"


def sign(k, data, comment, prehashed=True):
    key_id, private, _ = k
    signature = private.sign(hashlib.blake2b(data).digest() if prehashed else data)
    line = base64.b64encode((b"ED" if prehashed else b"Ed") + key_id + signature).decode()
    last = base64.b64encode(private.sign(signature + comment.encode())).decode()
    return f"untrusted comment: signature from a test key of vigie\n{line}\ntrusted comment: {comment}\n{last}\n"


def pack(number, modified, domains):
    objects = []
    for i, domain in enumerate(domains):
        objects.append({
            "type": "indicator", "spec_version": "2.1",
            "id": f"indicator--00000000-0000-4000-8000-{number:04x}{i:08x}",
            "created": "2024-01-01T00:00:00Z", "modified": modified, "valid_from": "2024-01-01T00:00:00Z",
            "pattern_type": "stix", "pattern": f"[domain-name:value = '{domain}']",
        })
    bundle = {"type": "bundle", "id": f"bundle--00000000-0000-4000-8000-{number:012x}", "objects": objects}
    return (json.dumps(bundle, indent=1) + "\n").encode()


def write(name, data):
    (OUT / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def certificates():
    def make(subject, issuer, issuer_key, own_key, extensions):
        builder = (x509.CertificateBuilder()
                   .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
                   .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
                   .public_key(own_key.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(datetime.datetime(2020, 1, 1)).not_valid_after(datetime.datetime(2120, 1, 1)))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    ca_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = "vigie test CA, protects nothing"
    write("ca.pem", make(ca, ca, ca_key, ca_key, [(x509.BasicConstraints(ca=True, path_length=0), True)]))
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    write("server.pem", make("127.0.0.1", ca, ca_key, server_key,
                             [(x509.BasicConstraints(ca=False, path_length=None), True), (names, False)]))
    write("server-key.pem", server_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


def main():
    OUT.mkdir(exist_ok=True)
    good, other = key("vigie test key: good"), key("vigie test key: other")
    write("good.pub", public_file(good))
    write("other.pub", public_file(other))
    signed = pack(1, "2026-03-01T00:00:00Z", ["signed-one.example", "signed-two.example"])
    write("pack.stix2", signed)
    write("pack.stix2.minisig", sign(good, signed, "pack"))
    write("pack.stix2.other.minisig", sign(other, signed, "pack"))
    write("pack.stix2.legacy.minisig", sign(good, signed, "pack", prehashed=False))
    index = (f"version: 2\nindicators:\n  - type: download\n    name: Signed pack\n    download_url: pack.stix2\n"
             f"    sha256: \"{hashlib.sha256(signed).hexdigest()}\"\n    size: {len(signed)}\n"
             f"    minisig: pack.stix2.minisig\n").encode()
    write("index.yaml", index)
    write("index.yaml.minisig", sign(good, index, "index version 2"))
    old = index.replace(b"version: 2", b"version: 1")
    write("index-old.yaml", old)
    write("index-old.yaml.minisig", sign(good, old, "index version 1"))
    certificates()


main()
