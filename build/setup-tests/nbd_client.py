# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""A client of an export that stays connected, as whoever has mounted a volume does. One request at a time (docs/nbd.md)."""

import socket
import struct

# Of the protocol: the magic numbers, and the few codes that are used here.
GREETING = b"NBDMAGICIHAVEOPT"
FIXED_NEWSTYLE, NO_ZEROES = 1, 2
OPTION_EXPORT_NAME = 1
REQUEST, REPLY = 0x25609513, 0x67446698
READ, WRITE, FLUSH = 0, 1, 3
# Longer than any request takes, and than an engine that is told to stop waits for its clients.
LIMIT_SECONDS = 90


class Client:
    """Connected from its beginning until it is closed, or the server has enough."""

    def __init__(self, port, export):
        self.socket = socket.create_connection(("127.0.0.1", port), LIMIT_SECONDS)
        greeting = self.receive(18)
        if greeting[:16] != GREETING:
            raise ConnectionError(f"no greeting of NBD: {greeting}")
        name = export.encode()
        self.socket.sendall(struct.pack(">I8sII", FIXED_NEWSTYLE | NO_ZEROES, GREETING[8:], OPTION_EXPORT_NAME, len(name)) + name)
        self.size, _ = struct.unpack(">QH", self.receive(10))

    def receive(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise ConnectionError("the server has closed the connection")
            data += part
        return data

    def ask(self, command, offset=0, length=0, data=b""):
        self.socket.sendall(struct.pack(">IHHQQI", REQUEST, 0, command, 0, offset, length) + data)
        magic, error, _ = struct.unpack(">IIQ", self.receive(16))
        if magic != REPLY or error != 0:
            raise OSError(f"command {command} at {offset}: magic {magic:x}, error {error}")
        return self.receive(length) if command == READ else b""

    def read(self, offset, length):
        return self.ask(READ, offset, length)

    def write(self, offset, data):
        """Returns when it is durable."""
        self.ask(WRITE, offset, len(data), data)
        self.ask(FLUSH)

    def await_end(self):
        """Waits until the server ends the connection; fails if it does not."""
        try:
            rest = self.socket.recv(1)
        except ConnectionError:
            return
        if rest:
            raise ConnectionError("the server has sent what nobody has asked for")

    def close(self):
        self.socket.close()
