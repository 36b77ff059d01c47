// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Life, identity and notifications of the provider, and how it asks.
#include "gnomon/provider.h"

#include <new>

#include "answer.h"

namespace gnomon {

namespace {

std::wstring wideOf(const std::u16string& text) { return std::wstring(text.begin(), text.end()); }

}  // namespace

HRESULT Provider::create(REFIID iid, void** object) noexcept {
    *object = nullptr;
    Runtime* runtime = nullptr;
    try {
        runtime = &Runtime::get();
    } catch (...) {
        return E_OUTOFMEMORY;
    }
    auto* provider = new (std::nothrow) Provider(*runtime);
    if (provider == nullptr) return E_OUTOFMEMORY;
    const HRESULT result = provider->QueryInterface(iid, object);
    provider->Release();
    return result;
}

Provider::Provider(Runtime& runtime) noexcept : runtime_(runtime), object_(runtime.addProvider()) {}

Provider::~Provider() { runtime_.removeProvider(object_, context_.load()); }

STDMETHODIMP Provider::QueryInterface(REFIID iid, void** object) {
    if (object == nullptr) return E_POINTER;
    *object = nullptr;
    // One base stands for IUnknown, always: COM compares objects by that pointer.
    if (iid == __uuidof(IUnknown) || iid == __uuidof(IVssSoftwareSnapshotProvider)) {
        *object = static_cast<IVssSoftwareSnapshotProvider*>(this);
    } else if (iid == __uuidof(IVssProviderCreateSnapshotSet)) {
        *object = static_cast<IVssProviderCreateSnapshotSet*>(this);
    } else if (iid == __uuidof(IVssProviderNotifications)) {
        *object = static_cast<IVssProviderNotifications*>(this);
    } else {
        return E_NOINTERFACE;
    }
    references_.add();
    return S_OK;
}

STDMETHODIMP_(ULONG) Provider::AddRef() { return references_.add(); }

STDMETHODIMP_(ULONG) Provider::Release() {
    const ULONG left = references_.remove();
    if (left == 0) delete this;
    return left;
}

STDMETHODIMP Provider::OnLoad(IUnknown*) {
    // The argument is reserved: neither used nor kept. A service that is down must not keep VSS from loading the provider.
    return guarded(Method::OnLoad, Subject{}, [this] {
        // Here VSS itself calls, before anything else.
        caller(Method::OnLoad, Subject{});
        return ask(Call::OnLoad, {}, S_OK);
    });
}

STDMETHODIMP Provider::OnUnload(BOOL force) {
    const HRESULT result = guarded(Method::OnUnload, Subject{}, [this, force] {
        Answer answer = ask(Call::OnUnload, {{"force", force != FALSE}}, S_OK);
        // Unfinished sets must go, whether or not the service heard of it.
        if (force && answer.failure != Failure::None) runtime_.channel().abandon();
        if (force && !answer.injected) answer.code = S_OK;
        return answer;
    });
    if (force) {
        runtime_.window().end();
        runtime_.events().flush();
    }
    return result;
}

Request Provider::request(Call call) const noexcept {
    Request request;
    request.call = call;
    request.object = object_;
    request.context = context_.load();
    return request;
}

Answer Provider::ask(Call call, Arguments arguments, HRESULT otherwise, std::uint32_t extraMillis) {
    Request asked = request(call);
    asked.arguments = std::move(arguments);
    return answerOf(runtime_.channel().call(asked, extraMillis), otherwise);
}

Caller Provider::caller(Method method, const Subject& subject) {
    const Caller caller = askCaller(*caller_);
    std::wstring text = callerText(caller);
    if (runtime_.callersTold().isNew(text)) {
        text += caller.privileged ? L"; the check admits it" : L"; the check does not admit it";
        reportEvent(GNOMON_EVENT_CALLER_TOLD, method, S_OK, subject, std::move(text));
    }
    return caller;
}

Answer Provider::answerOf(Outcome&& outcome, HRESULT otherwise) {
    Answer answer;
    answer.failure = outcome.failure;
    if (outcome.failure != Failure::None) {
        answer.code = otherwise;
        answer.reason = std::move(outcome.detail);
        return answer;
    }
    answer.code = outcome.reply.hresult;
    if (!outcome.reply.reason.empty()) answer.reason = wideOf(outcome.reply.reason);
    const std::optional<Fault> fault = outcome.reply.fault;
    answer.reply = std::move(outcome.reply);
    if (fault) applyFault(*fault, answer);
    return answer;
}

}  // namespace gnomon
