// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/runtime.h"

#include <algorithm>
#include <new>

namespace gnomon {

namespace {

Mutex creation;
Runtime* instance = nullptr;

/** With nothing to do, the housekeeper ends after this time. */
constexpr std::uint32_t kIdleMillis = 10'000;

}  // namespace

std::atomic<long>& ModuleLock::count() noexcept {
    static std::atomic<long> count{0};
    return count;
}

Runtime& Runtime::get() {
    const Guard guard(creation);
    if (instance == nullptr) instance = new Runtime();
    return *instance;
}

void Runtime::destroy() noexcept {
    delete instance;
    instance = nullptr;
}

std::uint32_t Runtime::addProvider() noexcept {
    const Guard guard(mutex_);
    ++providers_;
    return nextObject_++;
}

void Runtime::removeProvider(std::uint32_t object, std::int32_t context) noexcept {
    if (channel_.connected()) {
        try {
            Request release;
            release.call = Call::Release;
            release.object = object;
            release.context = context;
            channel_.call(release);
        } catch (...) {
            // The service learns it from the connection, when it ends.
            channel_.abandon();
        }
    }
    bool last = false;
    {
        const Guard guard(mutex_);
        last = --providers_ == 0;
        changed_.wakeAll();
    }
    if (last) {
        channel_.abandon();
        window_.end();
        events_.flush();
    }
}

void Runtime::rememberCommit(const CommitTime& time) noexcept {
    const Guard guard(mutex_);
    lastCommit_ = time;
}

std::int64_t Runtime::commitMillis(const Guid& setId) noexcept {
    const Guard guard(mutex_);
    return lastCommit_.setId == setId ? lastCommit_.millis : 0;
}

void Runtime::keepHouse() noexcept {
    const Guard guard(mutex_);
    work_ = true;
    if (housekeeper_) {
        changed_.wakeAll();
    } else if (!window_.held()) {
        housekeeper_ = static_cast<bool>(startThread([](void* self) noexcept { static_cast<Runtime*>(self)->houseLoop(); }, this));
    }
}

/** Probes a service that did not answer, and writes events that VSS gave no occasion for. Ends when there is nothing to do. */
void Runtime::houseLoop() noexcept {
    while (true) {
        events_.flush();
        std::uint32_t next = channel_.tick();
        if (window_.active() || !events_.empty()) next = std::min(next, window_.remaining() + 1);
        const Guard guard(mutex_);
        const Deadline due = Deadline::in(std::min(next, kIdleMillis));
        while (!work_ && providers_ != 0 && !due.passed()) changed_.wait(mutex_, due);
        const bool idle = !work_ && next == INFINITE;
        work_ = false;
        if (providers_ == 0 || idle) {
            housekeeper_ = false;
            return;
        }
    }
}

}  // namespace gnomon
