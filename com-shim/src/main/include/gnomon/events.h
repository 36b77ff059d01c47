// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Events for the Application log. Collected while writes are held, because the log lies on a volume that may be in the set, and written
// after.
#pragma once

#include <deque>
#include <string>

#include "gnomon/freeze_window.h"
#include "gnomon_events.h"

namespace gnomon {

/** One event; the texts are the inserts %1 to %4 of its message. */
struct Event {
    DWORD id = 0;
    std::wstring what;
    std::wstring subject;
    std::wstring result;
    std::wstring detail;
};

class EventLog {
public:
    /** Writes one event; the default writes to the Application log. Tests put their own here. */
    using Sink = void (*)(const Event& event) noexcept;

    explicit EventLog(const FreezeWindow& window) noexcept : window_(window) {}
    EventLog(const EventLog&) = delete;
    EventLog& operator=(const EventLog&) = delete;

    void setSink(Sink sink) noexcept { sink_ = sink; }
    /** Writes the event, or keeps it until writes are no longer held. Never throws: an event that finds no memory is lost, not the call. */
    void report(Event event) noexcept;
    /** Writes what was kept, unless writes are held. */
    void flush() noexcept;
    bool empty() noexcept;

private:
    /** More than a set of 64 volumes can cause; those beyond it are counted. */
    static constexpr std::size_t kMostKept = 256;

    const FreezeWindow& window_;
    Sink sink_ = nullptr;
    Mutex mutex_;
    std::deque<Event> kept_;
    std::size_t dropped_ = 0;
};

}  // namespace gnomon
