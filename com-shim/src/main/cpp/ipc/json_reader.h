// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Reading of JSON fields with their bounds: every getter says which field was wrong. Included by the parsers only, because the library's
// header is large.
#pragma once

#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "gnomon/message.h"

namespace gnomon::json {

using Json = nlohmann::json;

/** What the other side sent is not what the protocol allows. */
class ProtocolError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

[[noreturn]] inline void fail(const char* field, const char* problem) {
    throw ProtocolError(std::string("field '") + field + "' " + problem);
}

/** Parses one object; ProtocolError if it is too long, too deep or no JSON. */
inline Json parseObject(std::string_view text) {
    if (text.size() > kMaxFrameBytes) throw ProtocolError("message of " + std::to_string(text.size()) + " bytes, at most 1048576");
    const auto limitDepth = [](int depth, Json::parse_event_t event, const Json&) {
        const bool starts = event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
        if (starts && depth >= kMaxDepth) throw ProtocolError("nested deeper than 8");
        return true;
    };
    Json json;
    try {
        json = Json::parse(text.begin(), text.end(), limitDepth);
    } catch (const Json::exception&) {
        throw ProtocolError("not JSON");
    }
    if (!json.is_object()) throw ProtocolError("not a JSON object");
    return json;
}

/** The field, or null where there is none or it is JSON's null. */
inline const Json* find(const Json& object, const char* field) {
    const auto found = object.find(field);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

inline const Json& need(const Json& object, const char* field) {
    const Json* value = find(object, field);
    if (value == nullptr) fail(field, "is missing");
    return *value;
}

inline std::string_view text(const Json& value, const char* field) {
    if (!value.is_string()) fail(field, "is not text");
    return value.get_ref<const std::string&>();
}

/** Text for Windows: at most 32,767 units and no NUL inside, which would cut it short where it is used. */
inline std::u16string wide(const Json& value, const char* field) {
    std::u16string result = toUtf16(text(value, field));
    if (result.size() > kMaxTextUnits) fail(field, "is longer than 32767 units");
    if (result.find(u'\0') != std::u16string::npos) fail(field, "holds a NUL");
    return result;
}

inline bool flag(const Json& value, const char* field) {
    if (!value.is_boolean()) fail(field, "is not true or false");
    return value.get<bool>();
}

inline std::int64_t integer(const Json& value, const char* field, std::int64_t least, std::int64_t most) {
    if (!value.is_number_integer()) fail(field, "is not a whole number");
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        fail(field, "is out of range");
    }
    const auto number = value.get<std::int64_t>();
    if (number < least || number > most) fail(field, "is out of range");
    return number;
}

inline std::int32_t int32(const Json& value, const char* field) {
    return static_cast<std::int32_t>(
        integer(value, field, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()));
}

inline Guid guid(const Json& value, const char* field) {
    Guid result;
    if (!readGuid(text(value, field), result)) fail(field, "is not a GUID");
    return result;
}

/** "0x" and eight digits, upper case. */
inline std::int32_t hresult(const Json& value, const char* field) {
    const std::string_view digits = text(value, field);
    if (digits.size() != 10 || digits.substr(0, 2) != "0x") fail(field, "is not an HRESULT");
    std::uint32_t bits = 0;
    for (const char c : digits.substr(2)) {
        const int digit = c >= 'a' && c <= 'f' ? -1 : detail::hexDigit(c);
        if (digit < 0) fail(field, "is not an HRESULT");
        bits = bits * 16 + static_cast<std::uint32_t>(digit);
    }
    return static_cast<std::int32_t>(bits);
}

inline Digest digest(const Json& value, const char* field) {
    const std::string_view digits = text(value, field);
    Digest result{};
    if (digits.size() != result.size() * 2) fail(field, "is not 64 hexadecimal digits");
    for (std::size_t i = 0; i < result.size(); ++i) {
        const int high = detail::hexDigit(digits[2 * i]);
        const int low = detail::hexDigit(digits[2 * i + 1]);
        if (high < 0 || low < 0) fail(field, "is not 64 hexadecimal digits");
        result[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return result;
}

}  // namespace gnomon::json
