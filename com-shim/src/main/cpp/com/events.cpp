// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/events.h"

#include "gnomon/identities.h"

namespace gnomon {

namespace {

void writeToApplicationLog(const Event& event) noexcept {
    const HANDLE log = RegisterEventSourceW(nullptr, GNOMON_WIDE(GNOMON_VSS_EVENT_SOURCE));
    if (log == nullptr) return;
    const wchar_t* inserts[] = {event.what.c_str(), event.subject.c_str(), event.result.c_str(), event.detail.c_str()};
    // The severity of a message is in its two highest bits.
    static constexpr WORD kTypes[] = {EVENTLOG_SUCCESS, EVENTLOG_INFORMATION_TYPE, EVENTLOG_WARNING_TYPE, EVENTLOG_ERROR_TYPE};
    ReportEventW(log, kTypes[event.id >> 30], 0, event.id, nullptr, 4, 0, inserts, nullptr);
    DeregisterEventSource(log);
}

}  // namespace

void EventLog::report(Event event) noexcept {
    try {
        const Guard guard(mutex_);
        if (kept_.size() < kMostKept) {
            kept_.push_back(std::move(event));
        } else {
            ++dropped_;
        }
    } catch (...) {
        const Guard guard(mutex_);
        ++dropped_;
    }
    flush();
}

void EventLog::flush() noexcept {
    const Sink write = sink_ != nullptr ? sink_ : &writeToApplicationLog;
    while (!window_.active()) {
        Event event;
        {
            const Guard guard(mutex_);
            if (kept_.empty()) break;
            event = std::move(kept_.front());
            kept_.pop_front();
            if (kept_.empty() && dropped_ != 0) {
                try {
                    event.detail += L" (and " + std::to_wstring(dropped_) + L" more events that were not kept)";
                } catch (...) {
                    event.detail.clear();
                }
                dropped_ = 0;
            }
        }
        write(event);
    }
}

bool EventLog::empty() noexcept {
    const Guard guard(mutex_);
    return kept_.empty();
}

}  // namespace gnomon
