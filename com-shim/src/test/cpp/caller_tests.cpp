// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Who calls: who is admitted, and what the event log is told of it.
#include "gnomon/handles.h"
#include "world.h"

#include <sddl.h>

namespace gnomon::test {

namespace {

constexpr HRESULT kCallComplete = static_cast<HRESULT>(0x80010117L);
constexpr HRESULT kServerFault = static_cast<HRESULT>(0x80010105L);

const auto kNoCall = []() noexcept { return kCallComplete; };
const auto kImpersonated = []() noexcept { return S_OK; };
const auto kBroken = []() noexcept { return kServerFault; };
const auto kYes = []() noexcept { return true; };
const auto kNo = []() noexcept { return false; };

Caller callerOf(const wchar_t* account, SECURITY_IMPERSONATION_LEVEL level, bool privileged) noexcept {
    Caller caller;
    PSID sid = nullptr;
    if (ConvertStringSidToSidW(account, &sid)) CopySid(sizeof(caller.token.account), caller.token.account, sid);
    LocalFree(sid);
    caller.token.level = level;
    caller.authentication = RPC_C_AUTHN_LEVEL_PKT_PRIVACY;
    caller.privileged = privileged;
    return caller;
}

const auto kSystem = []() noexcept { return callerOf(L"S-1-5-18", SecurityIdentification, true); };
const auto kSystemImpersonated = []() noexcept { return callerOf(L"S-1-5-18", SecurityImpersonation, true); };
const auto kService = []() noexcept { return callerOf(L"S-1-5-19", SecurityIdentification, false); };
const auto kAnonymous = []() noexcept {
    Caller caller;
    caller.error = ERROR_CANT_OPEN_ANONYMOUS;
    return caller;
};

/** A copy of this process's token, to be put on a thread. */
Handle ownToken(SECURITY_IMPERSONATION_LEVEL level) {
    Handle process;
    Handle copy;
    REQUIRE(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_DUPLICATE, process.put()));
    REQUIRE(DuplicateTokenEx(process.get(), TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_IMPERSONATE, nullptr, level, TokenImpersonation, copy.put()));
    return copy;
}

}  // namespace

TEST_CASE("callersAreChecked") {
    FakeService service;
    const Events events;
    setSetting(L"CallerCheck", nullptr);
    ComPtr<IVssSoftwareSnapshotProvider> provider;
    REQUIRE(Provider::create(__uuidof(IVssSoftwareSnapshotProvider), provider.putVoid()) == S_OK);
    LONG deleted = 0;
    VSS_ID rest{};
    VARIANT value{};
    const auto all = [&](HRESULT expected) {
        CHECK(provider->BeginPrepareSnapshot(kSet, kCopy, volumeName(), 0) == expected);
        CHECK(provider->DeleteSnapshots(kCopy, VSS_OBJECT_SNAPSHOT, FALSE, &deleted, &rest) == expected);
        CHECK(provider->SetSnapshotProperty(kCopy, VSS_SPROPID_EXPOSED_NAME, value) == expected);
        CHECK(provider->RevertToSnapshot(kCopy) == expected);
    };
    service.on("DeleteSnapshots", ok(R"({"deleted":0,"nondeletedId":"00000000-0000-0000-0000-000000000000"})"));
    auto* const object = static_cast<Provider*>(provider.get());

    all(S_OK);  // as Wine has it: a call from this process, whose token has Administrators
    const std::size_t asked = service.received().size();
    const CallerSource foreign[] = {
        {kNoCall, kSystem, kNo}, {kImpersonated, kService, kYes}, {kImpersonated, kAnonymous, kYes}, {kBroken, kSystem, kYes}};
    for (const CallerSource& source : foreign) {
        object->setCallerSource(source);
        all(E_ACCESSDENIED);
        CHECK(service.received().size() == asked);
    }
    const std::vector<Event> refused = events.of(GNOMON_EVENT_CALLER_REFUSED);
    REQUIRE(refused.size() == 16);
    CHECK(refused[0].detail == L"this process is neither SYSTEM nor an administrator's");
    CHECK(refused[4].detail.find(L"the caller is neither SYSTEM nor an administrator: ") == 0);
    CHECK(refused[4].detail.find(L"S-1-5-19") != std::wstring::npos);
    CHECK(refused[8].detail == L"the caller is not known, for its impersonation level is anonymous");
    CHECK(refused[12].detail == L"the caller is not known: CoImpersonateClient failed with 0x80010105");
    CHECK(events.of(GNOMON_EVENT_CALLER_REPORTED).empty());
    setSetting(L"CallerCheck", L"report");
    all(S_OK);
    CHECK(events.of(GNOMON_EVENT_CALLER_REPORTED).size() == 4);
    setSetting(L"CallerCheck", L"anything else");
    all(E_ACCESSDENIED);
    setSetting(L"CallerCheck", nullptr);
    const CallerSource good{kImpersonated, kSystem, kNo};
    object->setCallerSource(good);
    all(S_OK);
    object->setCallerSource(kComCaller);
}

TEST_CASE("whoLoadsAndCallsIsToldOnceForEachAccountAndLevel") {
    const FakeService service;
    const Events events;
    Object object;
    auto* const provider = static_cast<Provider*>(object.copies.get());
    const auto told = [&](const CallerSource& source) {
        const std::size_t before = events.of(GNOMON_EVENT_CALLER_TOLD).size();
        provider->setCallerSource(source);
        CHECK(object.notifications->OnLoad(nullptr) == S_OK);
        object.copies->BeginPrepareSnapshot(kSet, kCopy, volumeName(), 0);
        const std::vector<Event> all = events.of(GNOMON_EVENT_CALLER_TOLD);
        CHECK(all.size() <= before + 1);
        return all.size() == before ? std::wstring() : all.back().what + L" " + all.back().detail;
    };
    // None of the texts is that of another test: what was told once in this process is not told again.
    const auto delegate = []() noexcept { return callerOf(L"S-1-5-18", SecurityDelegation, true); };
    const auto user = []() noexcept { return callerOf(L"S-1-5-21-1-2-3-1001", SecurityIdentification, false); };
    const auto lost = []() noexcept {
        Caller caller;
        caller.error = ERROR_NO_TOKEN;
        return caller;
    };
    const auto notAllowed = []() noexcept { return static_cast<HRESULT>(E_ACCESSDENIED); };

    CHECK(told(kComCaller).empty());
    CHECK(told({kImpersonated, kSystemImpersonated, kNo}) ==
          L"OnLoad NT AUTHORITY\\SYSTEM (S-1-5-18), impersonation level impersonate, authentication level packet privacy; the check admits it");
    CHECK(told({kImpersonated, kSystemImpersonated, kNo}).empty());
    CHECK(told({kImpersonated, delegate, kNo}).find(L"impersonation level delegate") != std::wstring::npos);
    CHECK(told({kImpersonated, user, kNo}) ==
          L"OnLoad S-1-5-21-1-2-3-1001, impersonation level identify, authentication level packet privacy; the check does not admit it");
    CHECK(told({kImpersonated, lost, kYes}) == L"OnLoad not known: its access token gave error 1008; the check does not admit it");
    CHECK(told({notAllowed, kSystem, kYes}) ==
          L"OnLoad not known: CoImpersonateClient failed with 0x80070005; the check does not admit it");
    CHECK(told({kImpersonated, kSystemImpersonated, kNo}).empty());
    provider->setCallerSource(kComCaller);
}

TEST_CASE("onlySoManyCallersAreTold") {
    CallersTold told;
    for (int i = 0; i < 16; ++i) {
        CHECK(told.isNew(std::to_wstring(i)));
        CHECK_FALSE(told.isNew(std::to_wstring(i)));
    }
    CHECK_FALSE(told.isNew(L"one more"));
}

TEST_CASE("aTokenTellsItsAccountAndItsLevel") {
    for (const SECURITY_IMPERSONATION_LEVEL level : {SecurityIdentification, SecurityImpersonation}) {
        TokenFacts facts;
        CHECK(readToken(ownToken(level).get(), facts) == ERROR_SUCCESS);
        CHECK(facts.level == level);
        CHECK(accountText(facts).find(L"S-1-5-") != std::wstring::npos);
    }
    TokenFacts facts;
    CHECK(readToken(nullptr, facts) != ERROR_SUCCESS);
}

TEST_CASE("aCallerThatCannotBeOpenedOrGivenBackIsNotAdmitted") {
    // Outside of a call CoRevertToSelf fails, so the thread still is whom it was made.
    struct Case {
        SECURITY_IMPERSONATION_LEVEL level;
        DWORD error;
    };
    for (const Case each : {Case{SecurityAnonymous, ERROR_CANT_OPEN_ANONYMOUS}, Case{SecurityImpersonation, static_cast<DWORD>(kCallComplete)}}) {
        REQUIRE(SetThreadToken(nullptr, ownToken(each.level).get()));
        const Caller caller = kComCaller.caller();
        REQUIRE(RevertToSelf());
        CHECK(caller.error == each.error);
        CHECK_FALSE(caller.privileged);
        std::wstring why;
        CHECK(checkCaller(caller, why) == E_ACCESSDENIED);
        CHECK(why.find(L"the caller is not known") == 0);
    }
}

}  // namespace gnomon::test
