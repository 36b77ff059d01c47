// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "answer.h"

#include <cwchar>

#include "gnomon/win_guid.h"

namespace gnomon {

namespace {

constexpr DWORD kHangMillis = 3'600'000;
/** Failures that do not show in the result are told this often at most. */
constexpr std::uint64_t kQuietMillis = 60'000;

const wchar_t* const kNames[] = {
    L"SetContext", L"GetSnapshotProperties", L"Query", L"DeleteSnapshots", L"BeginPrepareSnapshot", L"IsVolumeSupported",
    L"IsVolumeSnapshotted", L"SetSnapshotProperty", L"RevertToSnapshot", L"QueryRevertStatus", L"EndPrepareSnapshots",
    L"PreCommitSnapshots", L"CommitSnapshots", L"PostCommitSnapshots", L"PreFinalCommitSnapshots", L"PostFinalCommitSnapshots",
    L"AbortSnapshots", L"OnLoad", L"OnUnload", L"Next", L"Skip", L"Reset", L"Clone", L"Cancel", L"Wait", L"QueryStatus"};
static_assert(sizeof(kNames) / sizeof(kNames[0]) == kMethods, "one name for each method");

std::wstring subjectText(const Subject& subject) {
    if (subject.volume != nullptr) return std::wstring(subject.volume, wcsnlen(subject.volume, kMaxTextUnits));
    if (subject.id != nullptr) return registryText(fromWindows(*subject.id));
    return L"-";
}

DWORD eventOf(Failure failure) {
    switch (failure) {
        case Failure::Unreachable: return GNOMON_EVENT_UNREACHABLE;
        case Failure::TimedOut: return GNOMON_EVENT_NO_ANSWER;
        case Failure::Untrusted: return GNOMON_EVENT_UNTRUSTED;
        case Failure::Protocol: return GNOMON_EVENT_PROTOCOL;
        case Failure::None: break;
    }
    return GNOMON_EVENT_REFUSED;
}

/** Codes behind which an administrator finds a cause to remove. Not NOT_FOUND: VSS asks every provider about every id. */
bool needsEvent(HRESULT code) {
    switch (code) {
        case VSS_E_PROVIDER_VETO:
        case VSS_E_UNEXPECTED:
        case VSS_E_INSUFFICIENT_STORAGE:
        case VSS_E_MAXIMUM_NUMBER_OF_SNAPSHOTS_REACHED:
        case E_OUTOFMEMORY: return true;
        default: return false;
    }
}

/** Whether something is wrong with the channel that the result does not show, as with IsVolumeSupported; not too often. */
bool needsQuietEvent(Failure failure) {
    if (failure != Failure::Untrusted && failure != Failure::Protocol) return false;
    static std::atomic<std::uint64_t> next{0};
    const std::uint64_t now = nowMillis();
    std::uint64_t due = next.load();
    return now >= due && next.compare_exchange_strong(due, now + kQuietMillis);
}

}  // namespace

void reportEvent(DWORD id, Method method, HRESULT code, const Subject& subject, std::wstring detail) noexcept {
    try {
        Event event;
        event.id = id;
        event.what = kNames[static_cast<int>(method)];
        event.subject = subjectText(subject);
        event.result = codeText(code);
        event.detail = std::move(detail);
        Runtime::get().events().report(std::move(event));
    } catch (...) {
        // No memory for an event: the call's result says at least that it failed.
        return;
    }
}

void applyFault(const Fault& fault, Answer& answer) {
    switch (fault.action) {
        case FaultAction::Delay: Sleep(fault.millis); break;
        case FaultAction::Hang: Sleep(kHangMillis); break;
        case FaultAction::Kill: TerminateProcess(GetCurrentProcess(), ERROR_PROCESS_ABORTED); break;
        case FaultAction::Fail:
            answer.code = fault.hresult;
            answer.injected = true;
            answer.reason = L"an injected fault";
            break;
    }
}

HRESULT finish(Method method, const Answer& answer, const Subject& subject) noexcept {
    const HRESULT code = answer.injected ? answer.code : permitted(method, answer.code);
    // An abort is never an entry in the log (contract 9.2, 44).
    if (method == Method::AbortSnapshots) return code;
    try {
        if (needsEvent(code) || needsQuietEvent(answer.failure)) {
            std::wstring detail = answer.reason;
            if (code != answer.code) detail += L" (the service said " + codeText(answer.code) + L")";
            reportEvent(eventOf(answer.failure), method, code, subject, std::move(detail));
        }
        if (answer.failure != Failure::None) Runtime::get().keepHouse();
    } catch (...) {
        // The event is lost; the result is not.
        return code;
    }
    return code;
}

HRESULT finishAfterException(Method method, HRESULT code, const Subject& subject) noexcept {
    const HRESULT result = permitted(method, code);
    reportEvent(GNOMON_EVENT_INTERNAL, method, result, subject, code == E_OUTOFMEMORY ? L"memory is short" : L"an unexpected exception");
    return result;
}

}  // namespace gnomon
