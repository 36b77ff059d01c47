// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "com.h"

#include <cstdio>
#include <stdexcept>

namespace gnomon::conformance {
namespace {

struct Named {
  HRESULT hr;
  const char* name;
};

// E_UNEXPECTED and the RPC codes are here because a provider that lets them out should be told by name.
const Named NAMES[] = {
    {S_OK, "S_OK"},
    {S_FALSE, "S_FALSE"},
    {E_NOTIMPL, "E_NOTIMPL"},
    {E_NOINTERFACE, "E_NOINTERFACE"},
    {E_POINTER, "E_POINTER"},
    {E_ABORT, "E_ABORT"},
    {E_FAIL, "E_FAIL"},
    {E_UNEXPECTED, "E_UNEXPECTED"},
    {E_ACCESSDENIED, "E_ACCESSDENIED"},
    {E_OUTOFMEMORY, "E_OUTOFMEMORY"},
    {E_INVALIDARG, "E_INVALIDARG"},
    {CLASS_E_NOAGGREGATION, "CLASS_E_NOAGGREGATION"},
    {CLASS_E_CLASSNOTAVAILABLE, "CLASS_E_CLASSNOTAVAILABLE"},
    {REGDB_E_CLASSNOTREG, "REGDB_E_CLASSNOTREG"},
    {RPC_E_SERVERFAULT, "RPC_E_SERVERFAULT"},
    {RPC_E_DISCONNECTED, "RPC_E_DISCONNECTED"},
    {VSS_E_BAD_STATE, "VSS_E_BAD_STATE"},
    {VSS_E_UNEXPECTED, "VSS_E_UNEXPECTED"},
    {VSS_E_PROVIDER_VETO, "VSS_E_PROVIDER_VETO"},
    {VSS_E_OBJECT_NOT_FOUND, "VSS_E_OBJECT_NOT_FOUND"},
    {VSS_S_ASYNC_PENDING, "VSS_S_ASYNC_PENDING"},
    {VSS_S_ASYNC_FINISHED, "VSS_S_ASYNC_FINISHED"},
    {VSS_S_ASYNC_CANCELLED, "VSS_S_ASYNC_CANCELLED"},
    {VSS_E_VOLUME_NOT_SUPPORTED, "VSS_E_VOLUME_NOT_SUPPORTED"},
    {VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER, "VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER"},
    {VSS_E_UNEXPECTED_PROVIDER_ERROR, "VSS_E_UNEXPECTED_PROVIDER_ERROR"},
    {VSS_E_MAXIMUM_NUMBER_OF_SNAPSHOTS_REACHED, "VSS_E_MAXIMUM_NUMBER_OF_SNAPSHOTS_REACHED"},
    {VSS_E_UNSUPPORTED_CONTEXT, "VSS_E_UNSUPPORTED_CONTEXT"},
    {VSS_E_INSUFFICIENT_STORAGE, "VSS_E_INSUFFICIENT_STORAGE"},
    {VSS_E_REVERT_IN_PROGRESS, "VSS_E_REVERT_IN_PROGRESS"},
};

}  // namespace

VSS_ID newId() {
  GUID id = {};
  if (FAILED(CoCreateGuid(&id))) throw std::runtime_error("CoCreateGuid failed");
  return id;
}

std::string textOf(const VSS_ID& id) {
  char text[40];
  std::snprintf(text, sizeof text, "%08lx-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x", static_cast<unsigned long>(id.Data1),
                id.Data2, id.Data3, id.Data4[0], id.Data4[1], id.Data4[2], id.Data4[3], id.Data4[4], id.Data4[5], id.Data4[6],
                id.Data4[7]);
  return text;
}

VSS_ID idOf(const std::string& text) {
  std::wstring braced = wide(text.empty() || text.front() != '{' ? "{" + text + "}" : text);
  GUID id = {};
  if (FAILED(CLSIDFromString(braced.c_str(), &id))) throw std::invalid_argument("not a GUID: '" + text + "'");
  return id;
}

std::string textOfHr(HRESULT hr) {
  char hex[16];
  std::snprintf(hex, sizeof hex, "0x%08lX", static_cast<unsigned long>(hr));
  for (const Named& named : NAMES) {
    if (named.hr == hr) return std::string(named.name) + " " + hex;
  }
  return hex;
}

std::string utf8(const std::wstring& text) {
  if (text.empty()) return {};
  int size = WideCharToMultiByte(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), nullptr, 0, nullptr, nullptr);
  std::string out(static_cast<size_t>(size), '\0');
  WideCharToMultiByte(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), out.data(), size, nullptr, nullptr);
  return out;
}

std::wstring wide(const std::string& text) {
  if (text.empty()) return {};
  int size = MultiByteToWideChar(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), nullptr, 0);
  std::wstring out(static_cast<size_t>(size), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), out.data(), size);
  return out;
}

}  // namespace gnomon::conformance
