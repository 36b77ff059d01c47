# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""A control client: frames of docs/control.md over a Unix socket, or over a port that leads to a named pipe."""

import json
import socket
import struct


class ControlError(Exception):
    """What the service answered with an error."""

    def __init__(self, kind, message):
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class Control:
    """One connection, made again when it broke: the service ends silent ones, and may have been away. One thread uses it."""

    def __init__(self, connect):
        self._connect = connect
        self._connection = None

    @staticmethod
    def unix(path):
        def connect():
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(60)
            connection.connect(str(path))
            return connection

        return Control(connect)

    @staticmethod
    def tcp(port):
        return Control(lambda: socket.create_connection(("127.0.0.1", port), timeout=60))

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def ask(self, operation, **parameters):
        """Returns the result; of several replies the lists joined."""
        request = {"schemaVersion": 1, "id": 1, "operation": operation, "parameters": parameters}
        body = json.dumps(request).encode()
        fresh = self._connection is None
        try:
            return self._exchange(struct.pack(">I", len(body)) + body)
        except OSError:
            self.close()
            if fresh:
                raise
            # It was an old connection, whose end shows only now.
            return self._exchange(struct.pack(">I", len(body)) + body)

    def _exchange(self, frame):
        if self._connection is None:
            self._connection = self._connect()
        self._connection.sendall(frame)
        whole = {}
        while True:
            reply = self._frame(self._connection)
            if "error" in reply:
                raise ControlError(reply["error"]["kind"], reply["error"]["message"])
            for key, value in reply.get("result", {}).items():
                if isinstance(value, list) and isinstance(whole.get(key), list):
                    whole[key] += value
                else:
                    whole[key] = value
            if not reply.get("more"):
                return whole

    @staticmethod
    def _frame(connection):
        def receive(count):
            data = b""
            while len(data) < count:
                part = connection.recv(count - len(data))
                if not part:
                    raise ConnectionError("the service closed the connection")
                data += part
            return data

        return json.loads(receive(struct.unpack(">I", receive(4))[0]))
