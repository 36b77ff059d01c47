// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <string>

namespace gnomon::conformance {

/**
 * Passes bytes between clients of a TCP port on 127.0.0.1 and a named pipe, one pipe connection for each client, until the process is
 * ended. With it a driver on the Linux side of Wine reaches the control pipe of a service that runs as a Windows process. Prints one
 * line, "port N", when it listens. Only for tests: whoever reaches the port has the rights of this process.
 */
int bridge(uint16_t port, const std::wstring& pipeName);

}  // namespace gnomon::conformance
