// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Parsing of the handshake and of the file that tells where the service listens.
#include "json_reader.h"

namespace gnomon {

namespace {

using json::Json;

HandshakeMessage readHandshake(std::string_view text) {
    const Json object = json::parseObject(text);
    const std::string_view type = json::text(json::need(object, "type"), "type");
    HandshakeMessage message;
    if (type == "refused") {
        message.kind = HandshakeKind::Refused;
        if (const Json* why = json::find(object, "message")) message.message = std::string(json::text(*why, "message"));
        return message;
    }
    if (type != "challenge" && type != "welcome") json::fail("type", "is unknown");
    if (json::integer(json::need(object, "protocol"), "protocol", 0, 1'000'000) != kProtocol) json::fail("protocol", "was not offered");
    if (type == "challenge") {
        message.nonce = json::digest(json::need(object, "nonce"), "nonce");
        message.proof = json::digest(json::need(object, "proof"), "proof");
        message.kind = HandshakeKind::Challenge;
    } else {
        message.kind = HandshakeKind::Welcome;
    }
    return message;
}

ChannelAddress readChannelFile(std::string_view text) {
    const Json object = json::parseObject(text);
    if (json::integer(json::need(object, "schemaVersion"), "schemaVersion", 1, 1'000'000) != 1) json::fail("schemaVersion", "is unknown");
    // The secret must not go to another machine, whoever wrote the file.
    if (json::text(json::need(object, "address"), "address") != "127.0.0.1") json::fail("address", "is not 127.0.0.1");
    ChannelAddress address;
    address.port = static_cast<std::uint16_t>(json::integer(json::need(object, "port"), "port", 1, 65535));
    address.secret = json::digest(json::need(object, "secret"), "secret");
    return address;
}

}  // namespace

HandshakeMessage parseHandshake(std::string_view text) noexcept {
    HandshakeMessage invalid;
    try {
        try {
            return readHandshake(text);
        } catch (const std::exception& problem) {
            invalid.message = problem.what();
        } catch (...) {
            invalid.message = "not readable";
        }
    } catch (...) {
        invalid.message.clear();
    }
    return invalid;
}

std::optional<ChannelAddress> parseChannelFile(std::string_view text) noexcept {
    try {
        return readChannelFile(text);
    } catch (...) {
        return std::nullopt;
    }
}

}  // namespace gnomon
