// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "export.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <vector>

#include "registry.h"

namespace gnomon::doubles {

namespace {

// The registry's own limits of names, in characters and with the zero at the end.
constexpr DWORD kKeyName = 256;
constexpr DWORD kValueName = 16384;

void check(LSTATUS status) {
    if (status != ERROR_SUCCESS) throw Failure{HRESULT_FROM_WIN32(static_cast<DWORD>(status))};
}

void appendHex(std::string& out, const BYTE* bytes, std::size_t count) {
    constexpr char kDigits[] = "0123456789abcdef";
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out += ',';
        out += kDigits[bytes[i] >> 4];
        out += kDigits[bytes[i] & 15];
    }
}

/** Appends UTF-16 as UTF-8; returns false, and appends nothing, if it has control characters or half a surrogate pair. */
bool appendText(std::string& out, const wchar_t* text, std::size_t length) {
    if (std::any_of(text, text + length, [](wchar_t unit) { return unit < L' ' || unit == 0x7f; })) return false;
    const std::size_t before = out.size();
    // No unit of UTF-16 takes more than three bytes.
    out.resize(before + 3 * length);
    const int bytes = length == 0 ? 0
                                  : WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, text, static_cast<int>(length), out.data() + before,
                                                        static_cast<int>(3 * length), nullptr, nullptr);
    out.resize(before + static_cast<std::size_t>(bytes));
    return length == 0 || bytes > 0;
}

void appendName(std::string& out, const wchar_t* name, std::size_t length) {
    if (!appendText(out, name, length)) {
        out += "hex:";
        appendHex(out, reinterpret_cast<const BYTE*>(name), length * sizeof(wchar_t));
    }
}

void escapeFrom(std::string& out, std::size_t begin) {
    if (out.find_first_of("\\\"", begin) == std::string::npos) return;
    const std::string plain = out.substr(begin);
    out.resize(begin);
    for (const char each : plain) {
        if (each == '\\' || each == '"') out += '\\';
        out += each;
    }
}

/** Appends a REG_SZ in quotes; returns false, and appends nothing, unless it is one text with its zero. */
bool appendQuoted(std::string& out, const BYTE* bytes, DWORD count) {
    if (count % sizeof(wchar_t) != 0 || count == 0) return false;
    const auto* text = reinterpret_cast<const wchar_t*>(bytes);
    const std::size_t length = count / sizeof(wchar_t) - 1;
    const std::size_t before = out.size();
    out += '"';
    if (text[length] != 0 || !appendText(out, text, length)) {
        out.resize(before);
        return false;
    }
    escapeFrom(out, before + 1);
    out += '"';
    return true;
}

void appendData(std::string& out, DWORD type, const BYTE* bytes, DWORD count) {
    char words[24];
    if (type == REG_SZ && appendQuoted(out, bytes, count)) return;
    if (type == REG_DWORD && count == sizeof(DWORD)) {
        DWORD number = 0;
        std::memcpy(&number, bytes, sizeof number);
        std::snprintf(words, sizeof words, "dword:%08lx", number);
        out += words;
        return;
    }
    std::snprintf(words, sizeof words, type == REG_BINARY ? "hex:" : "hex(%lx):", type);
    out += words;
    appendHex(out, bytes, count);
}

class Exporter {
 public:
    Exporter(std::string& out, SeenKeys& seen) : out_(out), seen_(seen), name_(kValueName), data_(1 << 16) {}

    void tree(HKEY key, const std::string& path) {
        out_ += '[';
        out_ += path;
        out_ += "]\n";
        DWORD children = 0;
        FILETIME written{};
        const LSTATUS known = RegQueryInfoKeyW(key, nullptr, nullptr, nullptr, &children, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, &written);
        // The texts of performance counters have a key whose handle is none (Perflib).
        if (known == ERROR_INVALID_HANDLE) return;
        check(known);
        valuesUnlessSeen(key, path, written);
        for (DWORD index = 0; index < children; ++index) {
            wchar_t name[kKeyName];
            DWORD length = kKeyName;
            const LSTATUS status = RegEnumKeyExW(key, index, name, &length, nullptr, nullptr, nullptr, nullptr);
            if (status == ERROR_NO_MORE_ITEMS) return;
            check(status);
            std::string below = path + '\\';
            appendName(below, name, length);
            RegistryKey child;
            const LSTATUS opened = RegOpenKeyExW(key, name, 0, KEY_READ, child.put());
            if (opened == ERROR_SUCCESS) {
                tree(child.get(), below);
            } else {
                // One that was there for a moment, or that nobody may read: it is there all the same.
                out_ += '[' + below + "]\n@=cannot be opened: " + std::to_string(opened) + '\n';
            }
        }
    }

 private:
    void valuesUnlessSeen(HKEY key, const std::string& path, const FILETIME& written) {
        const auto [seen, isNew] = seen_.try_emplace(path);
        if (!isNew && CompareFileTime(&seen->second.written, &written) == 0) {
            out_ += seen->second.values;
            return;
        }
        const std::size_t before = out_.size();
        values(key);
        seen->second = {written, out_.substr(before)};
    }

    void values(HKEY key) {
        for (DWORD index = 0;; ++index) {
            DWORD length = kValueName;
            DWORD type = 0;
            DWORD count = static_cast<DWORD>(data_.size());
            const LSTATUS status = RegEnumValueW(key, index, name_.data(), &length, nullptr, &type, data_.data(), &count);
            if (status == ERROR_NO_MORE_ITEMS) return;
            if (status == ERROR_MORE_DATA) {
                data_.resize(2 * std::max<std::size_t>(count, data_.size()));
                --index;
                continue;
            }
            check(status);
            value(length, type, count);
        }
    }

    void value(DWORD length, DWORD type, DWORD count) {
        if (length == 0) {
            out_ += '@';
        } else {
            out_ += '"';
            const std::size_t begin = out_.size();
            appendName(out_, name_.data(), length);
            escapeFrom(out_, begin);
            out_ += '"';
        }
        out_ += '=';
        appendData(out_, type, data_.data(), count);
        out_ += '\n';
    }

    std::string& out_;
    SeenKeys& seen_;
    std::vector<wchar_t> name_;
    std::vector<BYTE> data_;
};

}  // namespace

void exportTree(std::string& out, HKEY key, const std::string& path, SeenKeys& seen) { Exporter(out, seen).tree(key, path); }

void exportServices(std::string& out) {
    const ServiceHandle manager(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_ENUMERATE_SERVICE));
    if (!manager) throw Failure{HRESULT_FROM_WIN32(GetLastError())};
    std::vector<BYTE> buffer(1 << 16);
    DWORD needed = 0;
    DWORD count = 0;
    while (!EnumServicesStatusExW(manager.get(), SC_ENUM_PROCESS_INFO, SERVICE_WIN32, SERVICE_ACTIVE, buffer.data(),
                                  static_cast<DWORD>(buffer.size()), &needed, &count, nullptr, nullptr)) {
        if (GetLastError() != ERROR_MORE_DATA) throw Failure{HRESULT_FROM_WIN32(GetLastError())};
        buffer.resize(2 * buffer.size());
    }
    out += "[services]\n";
    const auto* services = reinterpret_cast<const ENUM_SERVICE_STATUS_PROCESSW*>(buffer.data());
    for (DWORD i = 0; i < count; ++i) {
        out += '"';
        appendName(out, services[i].lpDisplayName, std::wcslen(services[i].lpDisplayName));
        out += "\"=" + std::to_string(services[i].ServiceStatusProcess.dwCurrentState) + '\n';
    }
}

}  // namespace gnomon::doubles
