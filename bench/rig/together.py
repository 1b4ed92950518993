"""Times a statement over several shards against its shards: each alone, and all of them at the same time,
both past the proxy and through it.

    python3 bench/rig/together.py SERVER_PORT PROXY_PORT SECONDS NAME=SQL ...

The databases s0, s1, s2 of the server are the shards of the proxy's database "sharded", and have the same
names there, as databases of their own. All are asked in turn, ten times
each, so that whatever else the machine does meets all alike; medians. Where the shards have fewer cores than they are,
the time of all at once, of which the slowest counts, says what they themselves need for it: the proxy can add to that only.
Through the proxy, but each by itself, they say what any process between costs that passes a statement on and its answer back.
"""

import selectors
import socket
import statistics
import struct
import sys
import time

SHARDS = 3
TURNS = 10
# Of whose clients one is asked, the next one each time.
ONE_OF = ("one", "one_forwarded")


class Client:
    """A connection of the simple protocol, which is trusted."""

    def __init__(self, port, database):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        body = struct.pack("!I", 3 << 16) + b"user\0postgres\0database\0%s\0\0" % database.encode()
        self.socket.sendall(struct.pack("!I", len(body) + 4) + body)
        self.pending = b""
        while not self.answered():
            pass

    def ask(self, sql):
        text = sql.encode() + b"\0"
        self.socket.sendall(b"Q" + struct.pack("!I", len(text) + 4) + text)

    def answered(self):
        """Reads once; whether ReadyForQuery has come."""
        data = self.pending + self.socket.recv(1 << 18)
        at = 0
        while at + 5 <= len(data):
            tag, length = data[at : at + 1], struct.unpack_from("!I", data, at + 1)[0]
            if at + 1 + length > len(data):
                break
            if tag == b"E":
                raise SystemExit(data[at + 5 : at + length].replace(b"\0", b" ").decode())
            at += 1 + length
            if tag == b"Z":
                self.pending = data[at:]
                return True
        self.pending = data[at:]
        return False


def seconds(clients, sql):
    """Until all that are asked at the same time have answered."""
    with selectors.DefaultSelector() as waiting:
        for client in clients:
            waiting.register(client.socket, selectors.EVENT_READ, client)
        begun = time.perf_counter()
        for client in clients:
            client.ask(sql)
        while waiting.get_map():
            for key, _ in waiting.select():
                if key.data.answered():
                    waiting.unregister(key.fileobj)
        return time.perf_counter() - begun


def measure(asked, sql, limit):
    """Milliseconds of each in the median, the first fifth left out."""
    times = {name: [] for name in asked}
    end = time.monotonic() + limit
    turn = 0
    while time.monotonic() < end:
        for name, clients in asked.items():
            for _ in range(TURNS):
                chosen = [clients[turn % SHARDS]] if name in ONE_OF else clients
                times[name].append(seconds(chosen, sql))
                turn += 1
    return {name: 1000 * statistics.median(all_[len(all_) // 5 :]) for name, all_ in times.items()}


def each_shard(port):
    return [Client(port, "s%d" % i) for i in range(SHARDS)]


def main(arguments):
    server, proxy, limit = int(arguments[0]), int(arguments[1]), float(arguments[2])
    direct, forwarded = each_shard(server), each_shard(proxy)
    asked = {
        "scatter": [Client(proxy, "sharded")],
        "one": direct,
        "all": direct,
        "one_forwarded": forwarded,
        "all_forwarded": forwarded,
    }
    for named in arguments[3:]:
        name, sql = named.split("=", 1)
        took = measure(asked, sql, limit)
        times = " ".join("%.3f" % took[each] for each in asked)
        ratios = " ".join("%.2f" % (took["scatter"] / took[each]) for each in asked)
        print(name, times, ratios, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
