// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// A GUID as the channel writes it: text in lower case, without braces. Portable: the fuzz driver is no Windows program.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gnomon {

struct Guid {
    std::uint32_t data1 = 0;
    std::uint16_t data2 = 0;
    std::uint16_t data3 = 0;
    std::uint8_t data4[8] = {};

    friend constexpr bool operator==(const Guid& left, const Guid& right) {
        bool same = left.data1 == right.data1 && left.data2 == right.data2 && left.data3 == right.data3;
        for (int i = 0; i < 8; ++i) same = same && left.data4[i] == right.data4[i];
        return same;
    }
    friend constexpr bool operator!=(const Guid& left, const Guid& right) { return !(left == right); }
};

constexpr std::size_t kGuidTextLength = 36;

namespace detail {
/** The value of one hexadecimal digit, lower or upper case; -1 for everything else. */
constexpr int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}
}  // namespace detail

/** Reads the 36 characters of a GUID without braces into {@code guid}; false, and {@code guid} undefined, if they are none. */
constexpr bool readGuid(std::string_view text, Guid& guid) {
    if (text.size() != kGuidTextLength) return false;
    std::uint8_t bytes[16] = {};
    std::size_t at = 0;
    for (std::size_t i = 0; i < kGuidTextLength;) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text[i] != '-') return false;
            ++i;
            continue;
        }
        const int high = detail::hexDigit(text[i]);
        const int low = detail::hexDigit(text[i + 1]);
        if (high < 0 || low < 0) return false;
        bytes[at++] = static_cast<std::uint8_t>(high * 16 + low);
        i += 2;
    }
    guid.data1 = (std::uint32_t{bytes[0]} << 24) | (std::uint32_t{bytes[1]} << 16) | (std::uint32_t{bytes[2]} << 8) | bytes[3];
    guid.data2 = static_cast<std::uint16_t>((bytes[4] << 8) | bytes[5]);
    guid.data3 = static_cast<std::uint16_t>((bytes[6] << 8) | bytes[7]);
    for (std::size_t i = 0; i < 8; ++i) guid.data4[i] = bytes[8 + i];
    return true;
}

/** A GUID known at compile time. */
constexpr Guid guidOf(std::string_view text) {
    Guid guid;
    if (!readGuid(text, guid)) return Guid{};
    return guid;
}

/** Writes 36 characters, and no terminator, to {@code out}. Allocates nothing: the Commit request is built with it. */
inline void writeGuid(const Guid& guid, char* out) {
    static const char kDigits[] = "0123456789abcdef";
    const std::uint8_t bytes[16] = {
        static_cast<std::uint8_t>(guid.data1 >> 24), static_cast<std::uint8_t>(guid.data1 >> 16),
        static_cast<std::uint8_t>(guid.data1 >> 8), static_cast<std::uint8_t>(guid.data1),
        static_cast<std::uint8_t>(guid.data2 >> 8), static_cast<std::uint8_t>(guid.data2),
        static_cast<std::uint8_t>(guid.data3 >> 8), static_cast<std::uint8_t>(guid.data3),
        guid.data4[0], guid.data4[1], guid.data4[2], guid.data4[3],
        guid.data4[4], guid.data4[5], guid.data4[6], guid.data4[7]};
    for (int i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
        *out++ = kDigits[bytes[i] >> 4];
        *out++ = kDigits[bytes[i] & 15];
    }
}

inline std::string guidText(const Guid& guid) {
    std::string text(kGuidTextLength, '0');
    writeGuid(guid, text.data());
    return text;
}

}  // namespace gnomon
