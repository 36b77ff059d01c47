// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Owners of what Windows and COM hand out. Each frees in its destructor and is moved, never copied.
#pragma once

#include <utility>

#include "gnomon/win.h"

namespace gnomon {

/** Owns a value that {@code Traits::close} frees; {@code Traits::none()} is the empty value. */
template <class Traits>
class Owner {
public:
    using Value = typename Traits::Value;

    Owner() noexcept = default;
    explicit Owner(Value value) noexcept : value_(value) {}
    Owner(Owner&& other) noexcept : value_(std::exchange(other.value_, Traits::none())) {}
    Owner& operator=(Owner&& other) noexcept {
        if (this != &other) reset(std::exchange(other.value_, Traits::none()));
        return *this;
    }
    Owner(const Owner&) = delete;
    Owner& operator=(const Owner&) = delete;
    ~Owner() { reset(); }

    Value get() const noexcept { return value_; }
    explicit operator bool() const noexcept { return value_ != Traits::none(); }
    /** For functions that fill a handle in; what was owned before is freed. */
    Value* put() noexcept {
        reset();
        return &value_;
    }
    Value release() noexcept { return std::exchange(value_, Traits::none()); }
    void reset(Value value = Traits::none()) noexcept {
        const Value old = std::exchange(value_, value);
        if (old != Traits::none()) Traits::close(old);
    }

private:
    Value value_ = Traits::none();
};

struct HandleTraits {
    using Value = HANDLE;
    static Value none() noexcept { return nullptr; }
    static void close(Value value) noexcept {
        if (value != INVALID_HANDLE_VALUE) CloseHandle(value);
    }
};
using Handle = Owner<HandleTraits>;

/** INVALID_HANDLE_VALUE, what CreateFile answers on failure, becomes the empty handle. */
inline Handle fileHandle(HANDLE value) noexcept { return Handle(value == INVALID_HANDLE_VALUE ? nullptr : value); }

struct SocketTraits {
    using Value = SOCKET;
    static Value none() noexcept { return INVALID_SOCKET; }
    static void close(Value value) noexcept { closesocket(value); }
};
using Socket = Owner<SocketTraits>;

struct KeyTraits {
    using Value = HKEY;
    static Value none() noexcept { return nullptr; }
    static void close(Value value) noexcept { RegCloseKey(value); }
};
using RegistryKey = Owner<KeyTraits>;

struct ServiceTraits {
    using Value = SC_HANDLE;
    static Value none() noexcept { return nullptr; }
    static void close(Value value) noexcept { CloseServiceHandle(value); }
};
using ServiceHandle = Owner<ServiceTraits>;

struct TaskMemoryTraits {
    using Value = wchar_t*;
    static Value none() noexcept { return nullptr; }
    static void close(Value value) noexcept { CoTaskMemFree(value); }
};
using TaskString = Owner<TaskMemoryTraits>;

template <class Interface>
struct ComTraits {
    using Value = Interface*;
    static Value none() noexcept { return nullptr; }
    static void close(Value value) noexcept { value->Release(); }
};
/** One reference to a COM object. */
template <class Interface>
class ComPtr : public Owner<ComTraits<Interface>> {
public:
    using Owner<ComTraits<Interface>>::Owner;
    Interface* operator->() const noexcept { return this->get(); }
    void** putVoid() noexcept { return reinterpret_cast<void**>(this->put()); }
    /** Another reference to the same object. */
    static ComPtr share(Interface* object) noexcept {
        if (object != nullptr) object->AddRef();
        return ComPtr(object);
    }
};

}  // namespace gnomon
