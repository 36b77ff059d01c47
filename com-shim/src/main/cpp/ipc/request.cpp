// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Requests and the messages of the handshake that the shim sends.
#include <nlohmann/json.hpp>

#include "gnomon/message.h"

namespace gnomon {

namespace {

using Json = nlohmann::ordered_json;

/** Lone surrogates were replaced before; "replace" is here so that dump cannot throw on anything. */
std::string textOf(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string hexOf(const Digest& digest) {
    static const char kDigits[] = "0123456789abcdef";
    std::string text;
    text.reserve(digest.size() * 2);
    for (const std::uint8_t byte : digest) {
        text.push_back(kDigits[byte >> 4]);
        text.push_back(kDigits[byte & 15]);
    }
    return text;
}

struct ToJson {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(bool value) const { return value; }
    Json operator()(std::int64_t value) const { return value; }
    Json operator()(const Guid& value) const { return guidText(value); }
    Json operator()(const std::u16string& value) const { return toUtf8(value); }
    Json operator()(const PropertyValue& value) const {
        Json json = Json::object();
        json["vt"] = value.vt;
        if (value.text) json["text"] = toUtf8(*value.text);
        if (value.number) json["number"] = *value.number;
        return json;
    }
};

/** Appends to a buffer that is known to be large enough. */
class Appender {
public:
    explicit Appender(char* out) noexcept : start_(out), at_(out) {}
    void text(std::string_view value) noexcept {
        for (const char c : value) *at_++ = c;
    }
    void number(std::uint64_t value) noexcept {
        char digits[20];
        int count = 0;
        do {
            digits[count++] = static_cast<char>('0' + value % 10);
            value /= 10;
        } while (value != 0);
        while (count > 0) *at_++ = digits[--count];
    }
    void guid(const Guid& value) noexcept {
        writeGuid(value, at_);
        at_ += kGuidTextLength;
    }
    std::size_t length() const noexcept { return static_cast<std::size_t>(at_ - start_); }

private:
    char* start_;
    char* at_;
};

}  // namespace

std::string requestText(const Request& request, std::uint64_t id, std::uint32_t withinMillis) {
    Json arguments = Json::object();
    for (const auto& [name, value] : request.arguments) arguments[name] = std::visit(ToJson(), value);
    Json json = Json::object();
    json["type"] = "request";
    json["id"] = id;
    json["object"] = request.object;
    json["context"] = request.context;
    json["call"] = nameOf(request.call);
    json["withinMillis"] = withinMillis;
    json["arguments"] = std::move(arguments);
    return textOf(json);
}

std::size_t commitText(char* out, std::uint64_t id, std::uint32_t object, std::int32_t context, std::uint32_t withinMillis,
                       const Guid& setId) noexcept {
    Appender appender(out);
    appender.text(R"({"type":"request","id":)");
    appender.number(id);
    appender.text(R"(,"object":)");
    appender.number(object);
    appender.text(R"(,"context":)");
    if (context < 0) appender.text("-");
    const std::int64_t wide = context;
    appender.number(static_cast<std::uint64_t>(wide < 0 ? -wide : wide));
    appender.text(R"(,"call":"CommitSnapshots","withinMillis":)");
    appender.number(withinMillis);
    appender.text(R"(,"arguments":{"setId":")");
    appender.guid(setId);
    appender.text(R"("}})");
    return appender.length();
}

std::string helloText(const Hello& hello) {
    Json json = Json::object();
    json["type"] = "hello";
    json["protocols"] = Json::array({kProtocol});
    json["shimVersion"] = hello.shimVersion;
    json["processId"] = hello.processId;
    if (hello.nonce) json["nonce"] = hexOf(*hello.nonce);
    return textOf(json);
}

std::string proofText(const Digest& proof) {
    Json json = Json::object();
    json["type"] = "proof";
    json["proof"] = hexOf(proof);
    return textOf(json);
}

}  // namespace gnomon
