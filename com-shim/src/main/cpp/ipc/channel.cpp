// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/channel.h"

#include <algorithm>

namespace gnomon {

namespace {

constexpr std::uint32_t kConnectMillis = 1800;
constexpr std::uint32_t kTrippedMillis = 30'000;
constexpr std::uint32_t kProbeEveryMillis = 1000;

Outcome failed(Failure failure, const wchar_t* detail) {
    Outcome outcome;
    outcome.failure = failure;
    outcome.detail = detail;
    return outcome;
}

}  // namespace

Outcome Channel::call(const Request& request, std::uint32_t extraMillis) {
    Patience patience = patienceOf(request.call);
    patience.limitMillis += extraMillis;
    const Deadline deadline = Deadline::in(patience.limitMillis);
    Outcome outcome;
    if (tripped()) {
        outcome = failed(Failure::TimedOut, L"the service did not answer lately");
    } else {
        const Deadline connectBy = Deadline::earlier(deadline, Deadline::in(kConnectMillis));
        const std::shared_ptr<Connection> link = connection(connectBy, outcome);
        if (link) outcome = link->exchange(request, patience, deadline);
    }
    settle(request, outcome);
    return outcome;
}

Outcome Channel::commit(const Request& request, const Guid& setId) {
    const Patience patience = patienceOf(Call::CommitSnapshots);
    const std::shared_ptr<Connection> link = current();
    Outcome outcome;
    if (!link) {
        outcome = failed(Failure::Unreachable, L"the connection broke");
    } else if (tripped()) {
        outcome = failed(Failure::TimedOut, L"the service did not answer lately");
    } else {
        outcome = link->exchangeCommit(request, setId, patience, Deadline::in(patience.limitMillis));
    }
    settle(request, outcome);
    return outcome;
}

void Channel::touchCommit(const Request& request, const Guid& setId) noexcept {
    const std::shared_ptr<Connection> link = current();
    if (link) link->touchCommit(request, setId);
}

/** What a failed call means for the calls after it. */
void Channel::settle(const Request& request, const Outcome& outcome) noexcept {
    const bool hung = outcome.failure == Failure::TimedOut && !outcome.alive;
    {
        const Guard guard(mutex_);
        lastObject_ = request.object;
        if (hung && trippedUntil_ <= nowMillis()) trippedUntil_ = nowMillis() + kTrippedMillis;
    }
    if (outcome.failure != Failure::None && isSetCall(request.call)) abandon();
}

bool Channel::tripped() noexcept {
    const Guard guard(mutex_);
    return nowMillis() < trippedUntil_;
}

std::shared_ptr<Connection> Channel::current() noexcept {
    const Guard guard(mutex_);
    return current_ && !current_->broken() ? current_ : nullptr;
}

bool Channel::connected() noexcept { return current() != nullptr; }

/** The connection; made by one caller if there is none, while others wait for it until their own deadline. */
std::shared_ptr<Connection> Channel::connection(Deadline deadline, Outcome& outcome) {
    std::shared_ptr<Connection> old;
    {
        const Guard guard(mutex_);
        while (true) {
            if (current_ && !current_->broken()) return current_;
            if (window_.held()) {
                outcome = failed(Failure::Unreachable, L"the connection broke while writes were held");
                return nullptr;
            }
            if (!connecting_) break;
            if (deadline.passed()) {
                outcome = failed(Failure::TimedOut, L"the service could not be reached in time");
                return nullptr;
            }
            changed_.wait(mutex_, deadline);
        }
        connecting_ = true;
        old = std::move(current_);
    }
    old.reset();  // joins its reader, outside the lock
    std::shared_ptr<Connection> made;
    try {
        made = connect(deadline, outcome);
    } catch (...) {
        const Guard guard(mutex_);
        connecting_ = false;
        changed_.wakeAll();
        throw;
    }
    const Guard guard(mutex_);
    connecting_ = false;
    current_ = made;
    changed_.wakeAll();
    return made;
}

std::shared_ptr<Connection> Channel::connect(Deadline deadline, Outcome& outcome) {
    Opened opened = openService(deadline);
    if (!opened.stream) {
        outcome.failure = opened.failure;
        outcome.detail = std::move(opened.detail);
        return nullptr;
    }
    std::shared_ptr<Connection> made = Connection::start(std::move(opened.stream));
    if (!made) outcome = failed(Failure::Unreachable, L"no memory or thread for the connection");
    return made;
}

void Channel::abandon() noexcept {
    std::shared_ptr<Connection> old;
    {
        const Guard guard(mutex_);
        old = std::move(current_);
        current_.reset();
    }
    if (old) old->close(L"the shim gave a call up");
}

std::uint32_t Channel::tick() noexcept {
    if (!tripped()) return INFINITE;
    if (window_.held()) return kProbeEveryMillis;
    Outcome outcome;
    try {
        const std::shared_ptr<Connection> link = connection(Deadline::in(kConnectMillis), outcome);
        if (!link) {
            // A service that is gone is known at once, so nobody has to be spared the wait.
            if (outcome.failure == Failure::TimedOut) return kProbeEveryMillis;
        } else {
            Request probe;
            {
                const Guard guard(mutex_);
                probe.object = lastObject_;
            }
            outcome = link->exchange(probe, patienceOf(Call::Probe), Deadline::in(patienceOf(Call::Probe).limitMillis));
            // Broken says nothing either: a call of a set that was given up closes the connection under the Probe.
            if (outcome.failure != Failure::None) return kProbeEveryMillis;
        }
    } catch (...) {
        return kProbeEveryMillis;
    }
    const Guard guard(mutex_);
    trippedUntil_ = 0;
    return INFINITE;
}

}  // namespace gnomon
