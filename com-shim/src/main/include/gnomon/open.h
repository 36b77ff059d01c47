// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// From settings to a stream whose other end is known to be the service.
#pragma once

#include <memory>
#include <string>

#include "gnomon/message.h"
#include "gnomon/stream.h"

namespace gnomon {

/** Why a call got no answer of the service. */
enum class Failure {
    None,
    Unreachable,  // nothing to connect to, or the connection broke
    TimedOut,     // no answer in time, or none recently
    Untrusted,    // the other end is not the service, or refused us
    Protocol,     // what came is not what the protocol allows
};

struct Opened {
    std::unique_ptr<Stream> stream;
    Failure failure = Failure::None;
    std::wstring detail;
};

/** Connects as the settings say, checks the other end and shakes hands; all by the deadline, the handshake within 5 s. */
Opened openService(Deadline deadline);

/** HMAC-SHA-256 of {@code role}, a zero byte, the two nonces and the port: a proof of docs/vss-protocol.md. */
bool proofOf(const Digest& secret, const char* role, const Digest& shimNonce, const Digest& serviceNonce, std::uint16_t port,
             Digest& proof) noexcept;

constexpr const char* kServiceRole = "gnomon-vss service";
constexpr const char* kShimRole = "gnomon-vss shim";

}  // namespace gnomon
