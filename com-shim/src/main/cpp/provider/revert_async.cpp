// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// IVssAsync of a revert that runs in the service.
#include <algorithm>
#include <new>

#include "answer.h"
#include "gnomon/provider.h"

namespace gnomon {

namespace {

/** How long the service may hold one RevertProgress. */
constexpr std::uint32_t kSliceMillis = 2000;
/** Between two attempts while the service does not answer. */
constexpr DWORD kPauseMillis = 500;
/** A revert goes on over a restart of the service; after this long without any answer Wait gives up waiting. */
constexpr std::uint32_t kLostMillis = 60'000;

class RevertAsync final : public IVssAsync {
public:
    RevertAsync(Provider& provider, const Guid& revertId) noexcept
        : provider_(ComPtr<Provider>::share(&provider)), revertId_(revertId) {}
    RevertAsync(const RevertAsync&) = delete;
    RevertAsync& operator=(const RevertAsync&) = delete;

    STDMETHODIMP QueryInterface(REFIID iid, void** object) override {
        if (object == nullptr) return E_POINTER;
        *object = nullptr;
        if (iid != __uuidof(IUnknown) && iid != __uuidof(IVssAsync)) return E_NOINTERFACE;
        *object = static_cast<IVssAsync*>(this);
        references_.add();
        return S_OK;
    }
    STDMETHODIMP_(ULONG) AddRef() override { return references_.add(); }
    STDMETHODIMP_(ULONG) Release() override {
        const ULONG left = references_.remove();
        if (left == 0) delete this;
        return left;
    }

    /** A revert cannot be cancelled: that it has ended, or the only failure that the reference has. */
    STDMETHODIMP Cancel() override {
        return guarded(Method::AsyncCancel, Subject{}, [this] {
            Answer answer = progress(0);
            if (answer.injected) return answer;
            const bool ended = answer.usable() && answer.code == S_OK && answer.reply.status != VSS_S_ASYNC_PENDING;
            return ownAnswer(ended ? VSS_S_ASYNC_FINISHED : VSS_E_UNEXPECTED);
        });
    }

    /** S_OK says that it waited, not how the revert ended. */
    STDMETHODIMP Wait(DWORD millis) override {
        return guarded(Method::AsyncWait, Subject{}, [this, millis] {
            const bool forever = millis == INFINITE;
            const Deadline deadline = Deadline::in(forever ? 0 : millis);
            Deadline lost = Deadline::in(kLostMillis);
            do {
                const std::uint32_t slice = forever ? kSliceMillis : std::min(kSliceMillis, deadline.remaining());
                const Answer answer = progress(slice);
                if (answer.injected) return answer;
                if (answer.usable()) {
                    if (answer.code != S_OK || answer.reply.status != VSS_S_ASYNC_PENDING) break;
                    lost = Deadline::in(kLostMillis);
                } else if (lost.passed()) {
                    break;
                } else {
                    Sleep(forever ? kPauseMillis : std::min<DWORD>(kPauseMillis, deadline.remaining()));
                }
            } while (forever || !deadline.passed());
            return ownAnswer(S_OK);
        });
    }

    STDMETHODIMP QueryStatus(HRESULT* status, INT* reserved) override {
        if (reserved != nullptr) *reserved = 0;
        if (status == nullptr) return E_INVALIDARG;
        *status = VSS_E_PROVIDER_VETO;
        return guarded(Method::AsyncQueryStatus, Subject{}, [this, status] {
            Answer answer = progress(0);
            if (answer.injected) return answer;
            // A revert that nobody can be asked about is neither pending nor finished.
            if (answer.usable()) *status = answer.code == S_OK ? answer.reply.status : answer.code;
            return ownAnswer(S_OK);
        });
    }

private:
    ~RevertAsync() = default;

    Answer progress(std::uint32_t waitMillis) {
        return provider_->ask(Call::RevertProgress, {{"revertId", revertId_}, {"waitMillis", std::int64_t{waitMillis}}},
                              VSS_E_PROVIDER_VETO, waitMillis);
    }

    RefCount references_;
    const ComPtr<Provider> provider_;
    const Guid revertId_;
};

}  // namespace

IVssAsync* newRevertAsync(Provider& provider, const Guid& revertId) noexcept {
    return new (std::nothrow) RevertAsync(provider, revertId);
}

}  // namespace gnomon
