// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "journal.h"

#include <cstdio>
#include <mutex>
#include <new>
#include <nlohmann/json.hpp>

namespace gnomon::doubles {

namespace {

/** Held by one process at a time. */
class Turn {
public:
    Turn() : mutex_(CreateMutexW(nullptr, FALSE, L"GnomonTestDoubles")) { WaitForSingleObject(mutex_.get(), INFINITE); }
    ~Turn() { ReleaseMutex(mutex_.get()); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    Handle mutex_;
};

std::recursive_mutex& calls() {
    static std::recursive_mutex mutex;
    return mutex;
}

DWORD nextNumber(const char* name) {
    const Turn turn;
    const std::wstring key = std::wstring(kTestKey) + L"\\Calls";
    const DWORD number = registry::number(key, wide(name).c_str()).value_or(0) + 1;
    registry::setNumber(key, wide(name).c_str(), number);
    return number;
}

/** What the setting FailAt says of the call; S_OK if nothing. A setting that cannot be read must not look like none. */
HRESULT askedFor(const char* name, DWORD number) {
    const std::string all = utf8(registry::text(kTestKey, L"FailAt").value_or(L""));
    for (std::size_t begin = 0; begin < all.size();) {
        const std::size_t end = std::min(all.find(';', begin), all.size());
        const std::string one = all.substr(begin, end - begin);
        begin = end + 1;
        char whose[16] = {};
        char from[2] = {};
        unsigned at = 0;
        unsigned result = 0;
        const bool each = std::sscanf(one.c_str(), "%15[^:]:%u%1[+]:%x", whose, &at, from, &result) == 4;
        if (!each && std::sscanf(one.c_str(), "%15[^:]:%u:%x", whose, &at, &result) != 3) throw Failure{E_UNEXPECTED};
        if (std::string(whose) == name && (number == at || (each && number > at))) return static_cast<HRESULT>(result);
    }
    return S_OK;
}

void log(const char* name, DWORD number, const std::wstring& member, Arguments arguments, HRESULT result) {
    const auto path = registry::text(kTestKey, L"Log");
    if (!path) return;
    char code[16];
    std::snprintf(code, sizeof(code), "0x%08lX", static_cast<unsigned long>(result));
    nlohmann::ordered_json line{{"double", name}, {"call", number}, {"member", utf8(member)}};
    line["arguments"] = nlohmann::json::array();
    for (const std::wstring& argument : arguments) line["arguments"].push_back(utf8(argument));
    line["result"] = code;
    const std::string text = line.dump() + "\n";
    const Turn turn;
    const Handle file = fileHandle(
        CreateFileW(path->c_str(), FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr));
    DWORD written = 0;
    if (!file || !WriteFile(file.get(), text.data(), static_cast<DWORD>(text.size()), &written, nullptr)) throw Failure{E_UNEXPECTED};
}

HRESULT guarded(const std::function<HRESULT()>& body) noexcept {
    try {
        return body();
    } catch (const Failure& failure) {
        return failure.result;
    } catch (const std::bad_alloc&) {
        return E_OUTOFMEMORY;
    } catch (...) {
        return E_UNEXPECTED;
    }
}

}  // namespace

HRESULT traced(const char* name, const std::wstring& member, Arguments arguments, const std::function<HRESULT()>& body) noexcept {
    return guarded([&] {
        const std::lock_guard<std::recursive_mutex> lock(calls());
        const DWORD number = nextNumber(name);
        HRESULT result = guarded([&] { return askedFor(name, number); });
        if (SUCCEEDED(result)) result = guarded(body);
        log(name, number, member, arguments, result);
        return result;
    });
}

std::wstring said(const wchar_t* text) { return text == nullptr ? L"" : text; }

std::wstring said(const VARIANT& value) {
    switch (value.vt) {
        case VT_BSTR: return said(value.bstrVal);
        case VT_BOOL: return value.boolVal == VARIANT_FALSE ? L"false" : L"true";
        case VT_I2: return std::to_wstring(value.iVal);
        case VT_I4: return std::to_wstring(value.lVal);
        default: return L"variant of type " + std::to_wstring(value.vt);
    }
}

}  // namespace gnomon::doubles
