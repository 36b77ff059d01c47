// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

// Windows and VSS headers, in the one order that works, and small owners of what COM hands out.

#ifndef UNICODE
#define UNICODE
#endif
#ifndef _UNICODE
#define _UNICODE
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wpedantic"
#endif
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <objbase.h>
#include <oleauto.h>
#include <vss.h>
#include <vsprov.h>
#include <vsserror.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#include <string>
#include <utility>

namespace gnomon::conformance {

/** Holds one reference to a COM object. Copies share it. */
template <typename T>
class Com {
 public:
  Com() = default;
  /** Takes over the reference that the caller owns. */
  static Com owning(T* pointer) {
    Com com;
    com.pointer_ = pointer;
    return com;
  }
  Com(const Com& other) : pointer_(other.pointer_) {
    if (pointer_ != nullptr) pointer_->AddRef();
  }
  Com(Com&& other) noexcept : pointer_(std::exchange(other.pointer_, nullptr)) {}
  Com& operator=(Com other) noexcept {
    std::swap(pointer_, other.pointer_);
    return *this;
  }
  ~Com() { reset(); }
  void reset() {
    if (T* old = std::exchange(pointer_, nullptr)) old->Release();
  }
  T* get() const { return pointer_; }
  T* operator->() const { return pointer_; }
  explicit operator bool() const { return pointer_ != nullptr; }
  /** Releases what is held and returns where a call may put the next one. */
  T** put() {
    reset();
    return &pointer_;
  }
  void** putVoid() { return reinterpret_cast<void**>(put()); }

 private:
  T* pointer_ = nullptr;
};

/** A BSTR that is freed at the end. */
class Bstr {
 public:
  explicit Bstr(const std::wstring& text) : text_(SysAllocStringLen(text.data(), static_cast<UINT>(text.size()))) {}
  Bstr(const Bstr&) = delete;
  Bstr& operator=(const Bstr&) = delete;
  ~Bstr() { SysFreeString(text_); }
  BSTR get() const { return text_; }

 private:
  BSTR text_;
};

/** One use of COM by this thread, in the multi-threaded apartment. */
class ComApartment {
 public:
  ComApartment() : result_(CoInitializeEx(nullptr, COINIT_MULTITHREADED)) {}
  ComApartment(const ComApartment&) = delete;
  ComApartment& operator=(const ComApartment&) = delete;
  ~ComApartment() {
    if (SUCCEEDED(result_)) CoUninitialize();
  }

 private:
  HRESULT result_;
};

/** Makes a GUID that nobody has seen. */
VSS_ID newId();

/** "3629d4ed-ee09-...", lower case, without braces. */
std::string textOf(const VSS_ID& id);

/** Reads a GUID with or without braces; throws std::invalid_argument. */
VSS_ID idOf(const std::string& text);

/** "VSS_E_PROVIDER_VETO 0x80042306". */
std::string textOfHr(HRESULT hr);

std::string utf8(const std::wstring& text);
std::wstring wide(const std::string& text);

}  // namespace gnomon::conformance
