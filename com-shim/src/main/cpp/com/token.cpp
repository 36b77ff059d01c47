// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/token.h"

#include <cstring>

#include "gnomon/handles.h"
#include "gnomon/identities.h"

#include <sddl.h>

namespace gnomon {

namespace {

constexpr DWORD kNameUnits = 256;

struct LocalTextTraits {
    using Value = wchar_t*;
    static Value none() noexcept { return nullptr; }
    static void close(Value value) noexcept { LocalFree(value); }
};

/** Whether it is an account of this machine's or a domain's users, and none that every Windows has. */
bool isUsers(PSID account) noexcept {
    static constexpr SID_IDENTIFIER_AUTHORITY kWindows = {SECURITY_NT_AUTHORITY};
    return std::memcmp(GetSidIdentifierAuthority(account), &kWindows, sizeof(kWindows)) == 0 && *GetSidSubAuthorityCount(account) > 0 &&
           *GetSidSubAuthority(account, 0) == SECURITY_NT_NON_UNIQUE;
}

/** A well-known SID in place; empty if Windows does not make it. */
class WellKnownSid {
public:
    explicit WellKnownSid(WELL_KNOWN_SID_TYPE type) noexcept {
        DWORD size = sizeof(bytes_);
        valid_ = CreateWellKnownSid(type, nullptr, bytes_, &size) != FALSE;
    }
    bool valid() const noexcept { return valid_; }
    PSID get() noexcept { return bytes_; }

private:
    alignas(SID) BYTE bytes_[SECURITY_MAX_SID_SIZE] = {};
    bool valid_ = false;
};

/** Copies the SID of a token's account. Zero, or an error. */
DWORD readAccount(HANDLE token, BYTE (&account)[SECURITY_MAX_SID_SIZE]) noexcept {
    alignas(TOKEN_USER) BYTE buffer[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE] = {};
    DWORD size = 0;
    const bool read = GetTokenInformation(token, TokenUser, buffer, sizeof(buffer), &size) != FALSE &&
                      CopySid(sizeof(account), account, reinterpret_cast<const TOKEN_USER*>(buffer)->User.Sid) != FALSE;
    return read ? ERROR_SUCCESS : GetLastError();
}

bool isSystem(HANDLE token) noexcept {
    TokenFacts facts;
    WellKnownSid system(WinLocalSystemSid);
    return readAccount(token, facts.account) == ERROR_SUCCESS && system.valid() && EqualSid(facts.account, system.get()) != FALSE;
}

bool isImpersonation(HANDLE token) noexcept {
    TOKEN_TYPE type = TokenPrimary;
    DWORD size = 0;
    return GetTokenInformation(token, TokenType, &type, sizeof(type), &size) != FALSE && type == TokenImpersonation;
}

bool hasAdministrators(HANDLE token) noexcept {
    WellKnownSid administrators(WinBuiltinAdministratorsSid);
    if (!administrators.valid()) return false;
    Handle copy;
    if (!isImpersonation(token)) {
        // CheckTokenMembership takes impersonation tokens only; to identify is enough for it.
        if (!DuplicateTokenEx(token, TOKEN_QUERY, nullptr, SecurityIdentification, TokenImpersonation, copy.put())) return false;
        token = copy.get();
    }
    BOOL member = FALSE;
    return CheckTokenMembership(token, administrators.get(), &member) != FALSE && member != FALSE;
}

enum class Installed { Running, Stopped, No, Unknown };

/** The state of our service and its process id, if it runs. */
Installed serviceProcess(DWORD& processId) noexcept {
    ServiceHandle manager(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
    if (!manager) return Installed::Unknown;
    ServiceHandle service(OpenServiceW(manager.get(), GNOMON_WIDE(GNOMON_VSS_SERVICE_NAME), SERVICE_QUERY_STATUS));
    if (!service) return GetLastError() == ERROR_SERVICE_DOES_NOT_EXIST ? Installed::No : Installed::Unknown;
    SERVICE_STATUS_PROCESS status{};
    DWORD size = 0;
    if (!QueryServiceStatusEx(service.get(), SC_STATUS_PROCESS_INFO, reinterpret_cast<BYTE*>(&status), sizeof(status), &size)) {
        return Installed::Unknown;
    }
    processId = status.dwProcessId;
    return status.dwProcessId == 0 ? Installed::Stopped : Installed::Running;
}

bool processIsPrivileged(DWORD processId) noexcept {
    Handle process(OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, processId));
    Handle token;
    return process && OpenProcessToken(process.get(), TOKEN_QUERY | TOKEN_DUPLICATE, token.put()) && isSystemOrAdministrator(token.get());
}

}  // namespace

DWORD readToken(HANDLE token, TokenFacts& facts) noexcept {
    DWORD size = 0;
    if (!GetTokenInformation(token, TokenImpersonationLevel, &facts.level, sizeof(facts.level), &size)) return GetLastError();
    return readAccount(token, facts.account);
}

std::wstring accountText(const TokenFacts& facts) {
    const PSID account = const_cast<BYTE*>(facts.account);
    Owner<LocalTextTraits> sid;
    if (!ConvertSidToStringSidW(account, sid.put())) return L"an account without a SID";
    std::wstring text = sid.get();
    if (isUsers(account)) return text;
    wchar_t name[kNameUnits];
    wchar_t domain[kNameUnits];
    DWORD nameUnits = kNameUnits;
    DWORD domainUnits = kNameUnits;
    SID_NAME_USE use{};
    if (LookupAccountSidW(nullptr, account, name, &nameUnits, domain, &domainUnits, &use)) {
        text = std::wstring(domain) + L"\\" + name + L" (" + text + L")";
    }
    return text;
}

bool isSystemOrAdministrator(HANDLE token) noexcept { return isSystem(token) || hasAdministrators(token); }

bool processIsSystemOrAdministrator() noexcept {
    Handle token;
    return OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_DUPLICATE, token.put()) && isSystemOrAdministrator(token.get());
}

bool isTrustedServer(HANDLE pipe, std::wstring& why) {
    ULONG server = 0;
    if (!GetNamedPipeServerProcessId(pipe, &server)) {
        why = L"the process behind the pipe is not known: error " + std::to_wstring(GetLastError());
        return false;
    }
    DWORD service = 0;
    switch (serviceProcess(service)) {
        case Installed::Running:
            if (server == service) return true;
            why = L"the pipe belongs to process " + std::to_wstring(server) + L", the service is process " + std::to_wstring(service);
            return false;
        case Installed::Stopped:
            why = L"the pipe belongs to process " + std::to_wstring(server) + L", but the installed service does not run";
            return false;
        case Installed::No:
            if (processIsPrivileged(server)) return true;
            why = L"the pipe belongs to process " + std::to_wstring(server) + L", which is neither SYSTEM nor an administrator's";
            return false;
        case Installed::Unknown: break;
    }
    why = L"the state of the service cannot be asked: error " + std::to_wstring(GetLastError());
    return false;
}

}  // namespace gnomon
