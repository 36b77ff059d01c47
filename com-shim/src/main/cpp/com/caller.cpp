// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/caller.h"

#include "gnomon/handles.h"
#include "gnomon/token.h"

namespace gnomon {

namespace {

// RPC_E_CALL_COMPLETE: there is no call on this thread.
constexpr HRESULT kNoCall = static_cast<HRESULT>(0x80010117L);

HRESULT impersonate() noexcept { return CoImpersonateClient(); }

bool callerIsPrivileged() noexcept {
    Handle token;
    // OpenAsSelf: the caller need not be allowed to open its own token.
    const bool opened = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY | TOKEN_DUPLICATE, TRUE, token.put()) != FALSE;
    const HRESULT reverted = CoRevertToSelf();
    return opened && SUCCEEDED(reverted) && isSystemOrAdministrator(token.get());
}

bool processIsPrivileged() noexcept { return processIsSystemOrAdministrator(); }

}  // namespace

const CallerSource kComCaller = {&impersonate, &callerIsPrivileged, &processIsPrivileged};

HRESULT checkCaller(const CallerSource& source, std::wstring& why) {
    const HRESULT impersonated = source.impersonate();
    if (impersonated == kNoCall) {
        if (source.processIsPrivileged()) return S_OK;
        why = L"this process is neither SYSTEM nor an administrator's";
        return E_ACCESSDENIED;
    }
    if (FAILED(impersonated)) {
        why = L"who calls is not known: CoImpersonateClient failed with " + std::to_wstring(static_cast<unsigned long>(impersonated));
        return E_ACCESSDENIED;
    }
    if (source.callerIsPrivileged()) return S_OK;
    why = L"the caller is neither SYSTEM nor an administrator";
    return E_ACCESSDENIED;
}

}  // namespace gnomon
