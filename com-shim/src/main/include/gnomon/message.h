// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Text of the channel: requests to JSON, JSON to replies. Portable, allocates on the heap only, and no exception leaves a function that is
// noexcept: what the service sends is hostile until it has been read.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gnomon/call.h"

namespace gnomon {

/** Bounds of docs/vss-protocol.md, section Frames. */
constexpr std::size_t kMaxFrameBytes = 1024 * 1024;
constexpr int kMaxDepth = 8;
constexpr std::size_t kMaxTextUnits = 32767;
constexpr std::size_t kMaxRequestsInProgress = 128;
constexpr int kProtocol = 1;
/** Snapshots that the parts of one reply to Query may hold together: 64 volumes of 512 copies each, four times over. */
constexpr std::size_t kMaxSnapshotsOfQuery = 4 * 64 * 512;

using Digest = std::array<std::uint8_t, 32>;

/** A request as JSON text, without the length. Throws std::bad_alloc only. */
std::string requestText(const Request& request, std::uint64_t id, std::uint32_t withinMillis);

/** Bytes that a Commit request may take: a bound on what commitText writes. */
constexpr std::size_t kCommitTextBytes = 256;

/** Writes the text of a Commit request to {@code out}, which holds kCommitTextBytes, and answers its length. Allocates nothing. */
std::size_t commitText(char* out, std::uint64_t id, std::uint32_t object, std::int32_t context, std::uint32_t withinMillis,
                       const Guid& setId) noexcept;

/** Tells which call a request id belongs to: nothing, if it is none that waits. */
using CallOfId = std::function<std::optional<Call>(std::uint64_t id)>;

enum class ReplyKind {
    Answer,   // to a request that waits
    Late,     // to one that was given up: to be ignored
    Invalid,  // the connection is to be closed
};

struct ParsedReply {
    ReplyKind kind = ReplyKind::Invalid;
    Reply reply;
    /** What was wrong, if invalid: for the event log. */
    std::string error;
};

ParsedReply parseReply(std::string_view text, const CallOfId& callOfId) noexcept;

struct Hello {
    std::string shimVersion;
    std::uint32_t processId = 0;
    /** Over TCP only. */
    std::optional<Digest> nonce;
};

std::string helloText(const Hello& hello);
std::string proofText(const Digest& proof);

enum class HandshakeKind { Challenge, Welcome, Refused, Invalid };

struct HandshakeMessage {
    HandshakeKind kind = HandshakeKind::Invalid;
    Digest nonce{};
    Digest proof{};
    /** Why, if refused or invalid. */
    std::string message;
};

HandshakeMessage parseHandshake(std::string_view text) noexcept;

struct ChannelAddress {
    std::uint16_t port = 0;
    Digest secret{};
};

/** Reads vss-channel.json; nothing if it is not one, or names another address than 127.0.0.1. */
std::optional<ChannelAddress> parseChannelFile(std::string_view text) noexcept;

/** UTF-16 to UTF-8; a lone surrogate becomes U+FFFD. */
std::string toUtf8(std::u16string_view text);
/** UTF-8 to UTF-16; a byte that is none becomes U+FFFD. */
std::u16string toUtf16(std::string_view text);

}  // namespace gnomon
