// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// The registry below HKEY_LOCAL_MACHINE, as the doubles need it. Failures throw the Windows error as an HRESULT (Failure).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gnomon/handles.h"

namespace gnomon::doubles {

/** Carries the HRESULT that a COM method is to return. */
struct Failure {
    HRESULT result;
};

/** Where the doubles keep what is theirs alone: settings, counters, the COM+ catalog. */
inline constexpr wchar_t kTestKey[] = L"SOFTWARE\\GnomonTest";

namespace registry {

bool exists(const std::wstring& path);
std::optional<std::wstring> text(const std::wstring& path, const wchar_t* name);
std::optional<DWORD> number(const std::wstring& path, const wchar_t* name);
/** Makes the key and those above it. */
void make(const std::wstring& path);
void setText(const std::wstring& path, const wchar_t* name, const std::wstring& content);
void setNumber(const std::wstring& path, const wchar_t* name, DWORD content);
/** Names of the keys right below; none if there is no such key. */
std::vector<std::wstring> children(const std::wstring& path);
/** Deletes a key with all below it; nothing to delete is success. */
void deleteTree(const std::wstring& path);
void deleteValue(const std::wstring& path, const wchar_t* name);

}  // namespace registry

std::string utf8(const std::wstring& text);
std::wstring wide(const std::string& text);
/** "{6D987AED-...}", as the registry and COM+ write it. */
std::wstring guidWithBraces(const GUID& guid);
std::wstring newGuid();
/** Whether both are the same but for the case of letters. */
bool same(const std::wstring& one, const std::wstring& other);

}  // namespace gnomon::doubles
