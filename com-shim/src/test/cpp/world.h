// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// What the tests of the provider share.
#pragma once

#include <doctest/doctest.h>

#include "fake_service.h"
#include "gnomon/provider.h"
#include "gnomon/win_guid.h"

namespace gnomon::test {

constexpr HRESULT kVeto = VSS_E_PROVIDER_VETO;
constexpr HRESULT kNotFound = VSS_E_OBJECT_NOT_FOUND;

const VSS_ID kSet = toWindows(guidOf("bbbbbbbb-0000-4000-8000-000000000001"));
const VSS_ID kCopy = toWindows(guidOf("aaaaaaaa-0000-4000-8000-000000000001"));

inline wchar_t* volumeName() {
    static wchar_t name[] = L"\\\\?\\Volume{00000000-0000-0000-0000-000000000043}\\";
    return name;
}

/** A provider object, through its three interfaces. */
struct Object {
    ComPtr<IVssSoftwareSnapshotProvider> copies;
    ComPtr<IVssProviderCreateSnapshotSet> sets;
    ComPtr<IVssProviderNotifications> notifications;

    Object() {
        REQUIRE(Provider::create(__uuidof(IVssSoftwareSnapshotProvider), copies.putVoid()) == S_OK);
        REQUIRE(copies->QueryInterface(__uuidof(IVssProviderCreateSnapshotSet), sets.putVoid()) == S_OK);
        REQUIRE(copies->QueryInterface(__uuidof(IVssProviderNotifications), notifications.putVoid()) == S_OK);
    }
    void release() {
        notifications.reset();
        sets.reset();
        copies.reset();
    }
};

class Stopwatch {
public:
    std::uint64_t millis() const { return nowMillis() - start_; }

private:
    std::uint64_t start_ = nowMillis();
};

/** Whether a request's text holds this part. */
inline bool holds(const Received& request, const std::string& part) { return request.text.find(part) != std::string::npos; }

/** Keeps the events of this process while it lives. */
class Events {
public:
    Events() {
        list().clear();
        // That the tests call from this process is no news in any of them.
        Runtime::get().callersTold().isNew(callerText(askCaller(kComCaller)));
        Runtime::get().events().setSink([](const Event& event) noexcept {
            const std::lock_guard<std::mutex> guard(mutex());
            list().push_back(event);
        });
    }
    ~Events() { Runtime::get().events().setSink([](const Event&) noexcept {}); }
    Events(const Events&) = delete;
    Events& operator=(const Events&) = delete;

    std::vector<Event> all() const {
        const std::lock_guard<std::mutex> guard(mutex());
        return list();
    }
    std::size_t count() const { return all().size(); }
    /** Those with one id. */
    std::vector<Event> of(DWORD id) const {
        std::vector<Event> found;
        for (const Event& event : all()) {
            if (event.id == id) found.push_back(event);
        }
        return found;
    }

private:
    static std::mutex& mutex() {
        static std::mutex instance;
        return instance;
    }
    static std::vector<Event>& list() {
        static std::vector<Event> instance;
        return instance;
    }
};

/** Waits until the shim asks the service again after a hang. */
inline bool recovers(FakeService& service, Object& object, int millis = 8000) {
    service.hang(false);
    service.on("IsVolumeSupported", ok(R"({"supported":true})"));
    const Stopwatch watch;
    BOOL supported = FALSE;
    while (!supported && watch.millis() < static_cast<std::uint64_t>(millis)) {
        CHECK(object.copies->IsVolumeSupported(volumeName(), &supported) == S_OK);
        if (!supported) Sleep(50);
    }
    return supported != FALSE;
}

/** Counts what is allocated for COM, and fails an allocation on demand. */
class MallocSpy final : public IMallocSpy {
public:
    MallocSpy() { REQUIRE(CoRegisterMallocSpy(this) == S_OK); }
    ~MallocSpy() { CoRevokeMallocSpy(); }
    MallocSpy(const MallocSpy&) = delete;
    MallocSpy& operator=(const MallocSpy&) = delete;

    /** The allocation with this number from now on, from 0, finds no memory. */
    void failAt(long number) {
        allocations_ = 0;
        failAt_ = number;
    }
    long live() const { return live_; }

    STDMETHODIMP QueryInterface(REFIID iid, void** object) override {
        *object = iid == IID_IUnknown || iid == IID_IMallocSpy ? this : nullptr;
        return *object == nullptr ? E_NOINTERFACE : S_OK;
    }
    STDMETHODIMP_(ULONG) AddRef() override { return 2; }
    STDMETHODIMP_(ULONG) Release() override { return 1; }
    STDMETHODIMP_(SIZE_T) PreAlloc(SIZE_T size) override { return allocations_++ == failAt_ ? 0 : size; }
    STDMETHODIMP_(void*) PostAlloc(void* actual) override {
        if (actual != nullptr) ++live_;
        return actual;
    }
    STDMETHODIMP_(void*) PreFree(void* request, BOOL spied) override {
        if (request != nullptr && spied) --live_;
        return request;
    }
    STDMETHODIMP_(void) PostFree(BOOL) override {}
    STDMETHODIMP_(SIZE_T) PreRealloc(void* request, SIZE_T size, void** newRequest, BOOL) override {
        *newRequest = request;
        return size;
    }
    STDMETHODIMP_(void*) PostRealloc(void* actual, BOOL) override { return actual; }
    STDMETHODIMP_(void*) PreGetSize(void* request, BOOL) override { return request; }
    STDMETHODIMP_(SIZE_T) PostGetSize(SIZE_T actual, BOOL) override { return actual; }
    STDMETHODIMP_(void*) PreDidAlloc(void* request, BOOL) override { return request; }
    STDMETHODIMP_(int) PostDidAlloc(void*, BOOL, int actual) override { return actual; }
    STDMETHODIMP_(void) PreHeapMinimize() override {}
    STDMETHODIMP_(void) PostHeapMinimize() override {}

private:
    std::atomic<long> allocations_{0};
    std::atomic<long> failAt_{-1};
    std::atomic<long> live_{0};
};

}  // namespace gnomon::test
