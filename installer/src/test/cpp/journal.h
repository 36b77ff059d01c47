// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Every call of a double: counted over all processes, made to fail if a test asked for it, and logged as one line of JSON.
//
// Registry values below HKLM\SOFTWARE\GnomonTest, all optional:
//   Log       the file that lines are appended to: {"double":"COMAdmin","call":7,"member":"Applications.Add","arguments":[],"result":"0x00000000"}
//   FailAt    what is to fail: "COMAdmin:7:0x80110408", "VssAdmin:2+:0x80042307" (from the second on), several joined by ';'
//   Calls     the counters, one DWORD for each double
#pragma once

#include <functional>
#include <initializer_list>
#include <string>

#include "registry.h"

namespace gnomon::doubles {

/** What a call was given, in words. */
using Arguments = std::initializer_list<std::wstring>;

/**
 * Runs one call: returns what a test asked for without running the body, or what the body returned or threw. One call of each process runs
 * at a time; a call inside a call (DllRegisterServer calls IVssAdmin) is logged before the outer one.
 */
HRESULT traced(const char* name, const std::wstring& member, Arguments arguments, const std::function<HRESULT()>& body) noexcept;

/** What a caller's text says in the log; a null BSTR is an empty one, as everywhere in COM. */
std::wstring said(const wchar_t* text);
std::wstring said(const VARIANT& value);

}  // namespace gnomon::doubles
