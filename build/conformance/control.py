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
    """Connects for each request, so that it does not matter how long the service was away."""

    def __init__(self, connect):
        self._connect = connect

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

    def ask(self, operation, **parameters):
        """Returns the result; of several replies the lists joined."""
        with self._connect() as connection:
            request = {"schemaVersion": 1, "id": 1, "operation": operation, "parameters": parameters}
            body = json.dumps(request).encode()
            connection.sendall(struct.pack(">I", len(body)) + body)
            whole = {}
            while True:
                reply = self._frame(connection)
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
