// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/caller.h"

#include <algorithm>

#include "gnomon/handles.h"
#include "gnomon/results.h"

namespace gnomon {

namespace {

// RPC_E_CALL_COMPLETE: there is no call on this thread.
constexpr HRESULT kNoCall = static_cast<HRESULT>(0x80010117L);

HRESULT impersonate() noexcept { return CoImpersonateClient(); }

DWORD authenticationLevel() noexcept {
    DWORD level = 0;
    return SUCCEEDED(CoQueryClientBlanket(nullptr, nullptr, nullptr, &level, nullptr, nullptr, nullptr)) ? level : 0;
}

Caller impersonatedCaller() noexcept {
    Caller caller;
    caller.authentication = authenticationLevel();
    Handle token;
    // OpenAsSelf: the caller need not be allowed to open its own token.
    if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY | TOKEN_DUPLICATE, TRUE, token.put())) caller.error = GetLastError();
    const HRESULT reverted = CoRevertToSelf();
    if (caller.error == ERROR_SUCCESS && FAILED(reverted)) caller.error = static_cast<DWORD>(reverted);
    if (caller.error == ERROR_SUCCESS) caller.error = readToken(token.get(), caller.token);
    caller.privileged = caller.error == ERROR_SUCCESS && isSystemOrAdministrator(token.get());
    return caller;
}

bool processIsPrivileged() noexcept { return processIsSystemOrAdministrator(); }

const wchar_t* nameOf(SECURITY_IMPERSONATION_LEVEL level) noexcept {
    switch (level) {
        case SecurityAnonymous: return L"anonymous";
        case SecurityIdentification: return L"identify";
        case SecurityImpersonation: return L"impersonate";
        case SecurityDelegation: return L"delegate";
    }
    return L"unknown";
}

const wchar_t* authenticationName(DWORD level) noexcept {
    switch (level) {
        case RPC_C_AUTHN_LEVEL_NONE: return L"none";
        case RPC_C_AUTHN_LEVEL_CONNECT: return L"connect";
        case RPC_C_AUTHN_LEVEL_CALL: return L"call";
        case RPC_C_AUTHN_LEVEL_PKT: return L"packet";
        case RPC_C_AUTHN_LEVEL_PKT_INTEGRITY: return L"packet integrity";
        case RPC_C_AUTHN_LEVEL_PKT_PRIVACY: return L"packet privacy";
        default: return L"not told";
    }
}

bool isKnown(const Caller& caller) noexcept { return SUCCEEDED(caller.impersonated) && caller.error == ERROR_SUCCESS; }

}  // namespace

const CallerSource kComCaller = {&impersonate, &impersonatedCaller, &processIsPrivileged};

Caller askCaller(const CallerSource& source) noexcept {
    const HRESULT impersonated = source.impersonate();
    if (SUCCEEDED(impersonated)) return source.caller();
    Caller caller;
    caller.impersonated = impersonated;
    caller.privileged = impersonated == kNoCall && source.processIsPrivileged();
    return caller;
}

HRESULT checkCaller(const Caller& caller, std::wstring& why) {
    if (caller.privileged) return S_OK;
    if (caller.impersonated == kNoCall) {
        why = L"this process is neither SYSTEM nor an administrator's";
    } else if (isKnown(caller)) {
        why = L"the caller is neither SYSTEM nor an administrator: " + callerText(caller);
    } else {
        why = L"the caller is " + callerText(caller);
    }
    return E_ACCESSDENIED;
}

std::wstring callerText(const Caller& caller) {
    if (caller.impersonated == kNoCall) return L"this process itself, without RPC";
    if (FAILED(caller.impersonated)) return L"not known: CoImpersonateClient failed with " + codeText(caller.impersonated);
    if (caller.error == ERROR_CANT_OPEN_ANONYMOUS) return L"not known, for its impersonation level is anonymous";
    if (caller.error != ERROR_SUCCESS) return L"not known: its access token gave error " + std::to_wstring(caller.error);
    return accountText(caller.token) + L", impersonation level " + nameOf(caller.token.level) + L", authentication level " +
           authenticationName(caller.authentication);
}

bool CallersTold::isNew(const std::wstring& text) {
    const Guard guard(mutex_);
    if (told_.size() == kMost || std::find(told_.begin(), told_.end(), text) != told_.end()) return false;
    told_.push_back(text);
    return true;
}

}  // namespace gnomon
