// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Text of the channel, without a channel.
#include <doctest/doctest.h>

#include "gnomon/message.h"
#include "gnomon/open.h"

namespace gnomon::test {

namespace {

ParsedReply parse(const std::string& text, std::optional<Call> call = Call::Probe) {
    return parseReply(text, [call](std::uint64_t) { return call; });
}

}  // namespace

TEST_CASE("proofsAreThoseOfAnotherImplementation") {
    // Made with Python's hmac, over label, zero, nonces 00..1f and 20..3f, port 40123.
    Digest secret{};
    Digest shim{};
    Digest service{};
    for (std::size_t i = 0; i < 32; ++i) {
        secret[i] = static_cast<std::uint8_t>((i % 16) * 0x11);
        shim[i] = static_cast<std::uint8_t>(i);
        service[i] = static_cast<std::uint8_t>(32 + i);
    }
    const auto hex = [&](const char* role) {
        Digest proof{};
        REQUIRE(proofOf(secret, role, shim, service, 40123, proof));
        return proofText(proof);
    };
    CHECK(hex(kServiceRole) == R"({"type":"proof","proof":"1d875811d85e31354671f38960304da0b38a51bceaf4275ed0ab8895342080d5"})");
    CHECK(hex(kShimRole) == R"({"type":"proof","proof":"06f64280f17a9bbc4439b6ccb62283da9bb84230c17f345f0c1c00a8974a098f"})");
}

TEST_CASE("requestHasTheFormOfTheProtocol") {
    Request request;
    request.call = Call::SetSnapshotProperty;
    request.object = 2;
    request.context = -1;
    PropertyValue value;
    value.vt = 8;
    value.text = u"X:\xD83D\xDE00\xD800";  // a pair, then half a pair
    request.arguments = {{"snapshotId", guidOf("3629d4ed-ee09-4e0e-9a5c-6d8ba2872aef")}, {"value", value}, {"volumeName", std::monostate()}};
    CHECK(requestText(request, 7, 1800) ==
          R"({"type":"request","id":7,"object":2,"context":-1,"call":"SetSnapshotProperty","withinMillis":1800,"arguments":)"
          "{\"snapshotId\":\"3629d4ed-ee09-4e0e-9a5c-6d8ba2872aef\",\"value\":{\"vt\":8,\"text\":\"X:\xF0\x9F\x98\x80\xEF\xBF\xBD\"},"
          "\"volumeName\":null}}");
}

TEST_CASE("commitTextIsThatOfAnOrdinaryRequest") {
    Request request;
    request.call = Call::CommitSnapshots;
    request.object = 4294967295u;
    request.context = -2147483647 - 1;
    const Guid set = guidOf("3629d4ed-ee09-4e0e-9a5c-6d8ba2872aef");
    request.arguments = {{"setId", set}};
    char buffer[kCommitTextBytes];
    const std::uint64_t id = 18446744073709551615u;
    const std::size_t length = commitText(buffer, id, request.object, request.context, 4294967295u, set);
    CHECK(length <= sizeof(buffer));
    CHECK(std::string(buffer, length) == requestText(request, id, 4294967295u));
}

TEST_CASE("repliesBeyondTheirBoundsAreInvalid") {
    CHECK(parse(R"({"type":"reply","id":1,"hresult":"0x00000000","result":{}})").kind == ReplyKind::Answer);
    CHECK(parse(R"({"type":"reply","id":1,"hresult":"0x00000000","result":{}})", std::nullopt).kind == ReplyKind::Late);
    CHECK(parse(R"({"type":"reply","id":1,"hresult":"0x00000000","result":{"new":[1,{}]},"other":null})").kind == ReplyKind::Answer);
    for (const char* text : {
             "", "{", "[]", "null", "7", R"({"type":"reply"})",
             R"({"type":"request","id":1,"hresult":"0x00000000","result":{}})",
             R"({"type":"reply","id":0,"hresult":"0x00000000","result":{}})",
             R"({"type":"reply","id":-1,"hresult":"0x00000000","result":{}})",
             R"({"type":"reply","id":1.5,"hresult":"0x00000000","result":{}})",
             R"({"type":"reply","id":18446744073709551615,"hresult":"0x00000000","result":{}})",
             R"({"type":"reply","id":1,"hresult":0,"result":{}})",
             R"({"type":"reply","id":1,"hresult":"0x0000000","result":{}})",
             R"({"type":"reply","id":1,"hresult":"0x8004230f","result":{}})",
             R"({"type":"reply","id":1,"hresult":"0x00000000","result":[]})",
             R"({"type":"reply","id":1,"hresult":"0x00000000"})",
             R"({"type":"reply","id":1,"hresult":"0x00000000","result":{},"more":true})",
             R"({"type":"reply","id":1,"hresult":"0x00000000","result":{},"fault":{"action":"explode"}})",
             R"({"type":"reply","id":1,"hresult":"0x00000000","result":{},"fault":{"action":"delay","millis":3600001}})",
             "{\"type\":\"reply\",\"id\":1,\"hresult\":\"0x00000000\",\"result\":{},\"reason\":\"\xC3\"}",
         }) {
        CAPTURE(text);
        CHECK(parse(text).kind == ReplyKind::Invalid);
    }
    const std::string head = R"({"type":"reply","id":1,"hresult":"0x00000000","result":{"a":)";
    CHECK(parse(head + "[[[[[[]]]]]]}}").kind == ReplyKind::Answer);
    CHECK(parse(head + "[[[[[[[]]]]]]]}}").kind == ReplyKind::Invalid);
    CHECK(parse(head + "\"" + std::string(1 << 20, 'x') + "\"}}").kind == ReplyKind::Invalid);
    CHECK(parse(std::string(1 << 20, '[')).kind == ReplyKind::Invalid);
    CHECK(parse(R"({"type":"reply","id":1,"hresult":"0x00000000","result":{}})", Call::IsVolumeSupported).kind == ReplyKind::Invalid);
    CHECK(parse(R"({"type":"reply","id":1,"hresult":"0x80042306","result":{}})", Call::IsVolumeSupported).kind == ReplyKind::Answer);
    const std::string longName(32768, 'x');
    CHECK(parse(R"({"type":"reply","id":1,"hresult":"0x80042306","result":{},"reason":")" + longName + "\"}").kind == ReplyKind::Invalid);
}

TEST_CASE("channelFileMustNameThisMachine") {
    const std::string secret(64, 'a');
    const auto file = [&](const std::string& address, const std::string& port) {
        return R"({"schemaVersion":1,"address":")" + address + R"(","port":)" + port + R"(,"secret":")" + secret + "\"}";
    };
    const auto good = parseChannelFile(file("127.0.0.1", "40123"));
    REQUIRE(good);
    CHECK(good->port == 40123);
    CHECK_FALSE(parseChannelFile(file("192.0.2.1", "40123")));
    CHECK_FALSE(parseChannelFile(file("127.0.0.1", "65536")));
    CHECK_FALSE(parseChannelFile(file("127.0.0.1", "0")));
    CHECK_FALSE(parseChannelFile("{}"));
}

TEST_CASE("textSurvivesTheWayThroughUtf8") {
    const std::u16string text = u"a\u00E9\u20AC\xD83D\xDE00z";
    CHECK(toUtf16(toUtf8(text)) == text);
    CHECK(toUtf16("\xC0\x80\xED\xA0\x80\xF8z") == u"\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDz");
    CHECK(toUtf8(std::u16string(1, char16_t(0xDC00))) == "\xEF\xBF\xBD");
}

}  // namespace gnomon::test
