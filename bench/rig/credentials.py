"""What lets clients in: a user with a SCRAM verifier, a TLS certificate."""

import base64
import hashlib
import hmac
import os

from rig import programs
from rig.processes import hand_over, run

SCRAM_USER = "bench_scram"
SCRAM_PASSWORD = "correct horse"
# PostgreSQL's default.
ITERATIONS = 4096


def scram_verifier(password, salt=b"sixteen bytes ok", iterations=ITERATIONS):
    """A verifier as pg_authid has it: no pooler then has to derive a key for a login."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    client = hmac.digest(salted, b"Client Key", "sha256")
    stored = hashlib.sha256(client).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    parts = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${iterations}:{parts[0]}${parts[1]}:{parts[2]}"


def certificate(directory):
    """Makes a self-signed certificate as PostgreSQL's manual does, with RSA of 2048 bits."""
    paths = os.path.join(directory, "server.crt"), os.path.join(directory, "server.key")
    if not os.path.exists(paths[0]):
        openssl = programs.find("openssl", "openssl")
        run([openssl, "req", "-new", "-x509", "-days", "30", "-nodes", "-newkey", "rsa:2048",
             "-subj", "/CN=localhost", "-out", paths[0], "-keyout", paths[1]])
        os.chmod(paths[1], 0o600)
        for path in paths:
            hand_over(path)
    return paths
