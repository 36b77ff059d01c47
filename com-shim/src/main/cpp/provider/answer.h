// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// What a method is going to return, and what of it belongs into the event log.
#pragma once

#include <new>

#include "gnomon/results.h"
#include "gnomon/runtime.h"

namespace gnomon {

/** What a call is about, for events: made into text only when there is one. Points to the method's arguments. */
struct Subject {
    const GUID* id = nullptr;
    const wchar_t* volume = nullptr;
};

struct Answer {
    HRESULT code = S_OK;
    /** An injected fault decided: the code leaves as it is, documented or not, and out-parameters stay empty. */
    bool injected = false;
    Failure failure = Failure::None;
    /** Why, if it failed. */
    std::wstring reason;
    Reply reply;

    /** Whether the service answered and nothing stands against handing its results on. */
    bool usable() const noexcept { return failure == Failure::None && !injected; }
};

/** An answer that the shim gives by itself. */
inline Answer ownAnswer(HRESULT code) {
    Answer answer;
    answer.code = code;
    return answer;
}

/** Does what an injected fault says: waits, ends the process, or replaces the answer. Holds no lock. */
void applyFault(const Fault& fault, Answer& answer);

/** The code that leaves {@code method}, with the event that it owes. */
HRESULT finish(Method method, const Answer& answer, const Subject& subject) noexcept;

/** The same after an exception, of which none may leave a method of COM. */
HRESULT finishAfterException(Method method, HRESULT code, const Subject& subject) noexcept;

/** Writes an event about a call, or keeps it while writes are held. */
void reportEvent(DWORD id, Method method, HRESULT code, const Subject& subject, std::wstring detail) noexcept;

/** Runs the body of a method, which answers an Answer. */
template <class Body>
HRESULT guarded(Method method, const Subject& subject, Body&& body) noexcept {
    try {
        return finish(method, body(), subject);
    } catch (const std::bad_alloc&) {
        return finishAfterException(method, E_OUTOFMEMORY, subject);
    } catch (...) {
        return finishAfterException(method, VSS_E_PROVIDER_VETO, subject);
    }
}

}  // namespace gnomon
