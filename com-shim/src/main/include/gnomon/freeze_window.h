// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// From PreCommitSnapshots to PostCommitSnapshots or AbortSnapshots: no event, no file, no new connection or thread in this process.
#pragma once

#include <atomic>

#include "gnomon/sync.h"

namespace gnomon {

class FreezeWindow {
public:
    /** Writers do not stay frozen longer than this (contract 2.3), whatever VSS fails to call. */
    static constexpr std::uint32_t kLongestMillis = 60'000;

    /** PreCommitSnapshots was called: events are kept from now on. */
    void begin(std::uint32_t longestMillis = kLongestMillis) noexcept { until_.store(nowMillis() + longestMillis); }
    /** PreCommitSnapshots returns: writes may be held from now on, so nothing is opened any more. */
    void hold() noexcept { held_.store(true); }
    void end() noexcept {
        held_.store(false);
        until_.store(0);
    }
    bool held() const noexcept { return held_.load() && active(); }
    bool active() const noexcept { return nowMillis() < until_.load(); }
    /** Milliseconds until it ends by itself; 0 if it is not open. */
    std::uint32_t remaining() const noexcept {
        const std::uint64_t until = until_.load();
        const std::uint64_t now = nowMillis();
        return now < until ? static_cast<std::uint32_t>(until - now) : 0;
    }

private:
    std::atomic<std::uint64_t> until_{0};
    std::atomic<bool> held_{false};
};

}  // namespace gnomon
