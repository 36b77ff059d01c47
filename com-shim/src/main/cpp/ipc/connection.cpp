// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/connection.h"

#include <algorithm>
#include <new>

namespace gnomon {

namespace {

constexpr std::size_t kUsualFrameBytes = 64 * 1024;
/** The service gets this much less than the shim waits, so that an answer at its very end still arrives. */
constexpr std::uint32_t kCommitMarginMillis = 500;

void putLength(char* frame, std::size_t length) noexcept {
    for (int i = 0; i < 4; ++i) frame[i] = static_cast<char>((length >> (24 - 8 * i)) & 0xFF);
}

std::wstring wideOf(const std::string& text) {
    const std::u16string units = toUtf16(text);
    return std::wstring(units.begin(), units.end());
}

}  // namespace

/** The place of a call in the table; gives it up however the call ends. */
class Connection::Place {
public:
    Place(Connection& connection, Pending& pending) noexcept : connection_(connection), pending_(pending) {}
    ~Place() {
        const Guard guard(connection_.mutex_);
        for (Pending*& place : connection_.table_) {
            if (place == &pending_) place = nullptr;
        }
        connection_.changed_.wakeAll();
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

private:
    Connection& connection_;
    Pending& pending_;
};

std::shared_ptr<Connection> Connection::start(std::unique_ptr<Stream> stream) {
    std::shared_ptr<Connection> connection(new (std::nothrow) Connection(std::move(stream)));
    if (!connection) return nullptr;
    connection->reader_ = startThread([](void* self) noexcept { static_cast<Connection*>(self)->read(); }, connection.get());
    if (!connection->reader_) return nullptr;
    return connection;
}

Connection::~Connection() {
    close(L"no longer used");
    // The stream is closed, so the reader is on its way out: this wait has no other party.
    if (reader_) WaitForSingleObject(reader_.get(), INFINITE);
}

bool Connection::broken() noexcept {
    const Guard guard(mutex_);
    return broken_;
}

void Connection::close(const wchar_t* why) noexcept {
    try {
        breakWith(Failure::Unreachable, why);
    } catch (...) {
        breakWith(Failure::Unreachable, std::wstring());
    }
}

void Connection::breakWith(Failure failure, std::wstring detail) noexcept {
    {
        const Guard guard(mutex_);
        if (!broken_) {
            broken_ = true;
            failure_ = failure;
            detail_ = std::move(detail);
        }
        changed_.wakeAll();
    }
    stream_->close();
}

Outcome Connection::exchange(const Request& request, const Patience& patience, Deadline deadline) {
    std::string frame;
    const auto encode = [&frame, &request](std::uint64_t id, std::uint32_t withinMillis) {
        frame.assign(4, '\0');
        frame.append(requestText(request, id, withinMillis));
        putLength(frame.data(), frame.size() - 4);
        return std::string_view(frame);
    };
    return exchange(request.call, request.object, encode, patience, deadline);
}

Outcome Connection::exchangeCommit(const Request& request, const Guid& setId, const Patience& patience, Deadline deadline) {
    // One captured pointer fits into std::function without an allocation.
    const struct {
        Connection& self;
        const Request& request;
        const Guid& setId;
    } commit{*this, request, setId};
    const auto encode = [&commit](std::uint64_t id, std::uint32_t withinMillis) {
        const std::uint32_t within = withinMillis > kCommitMarginMillis ? withinMillis - kCommitMarginMillis : 1;
        return commit.self.encodeCommit(id, commit.request, commit.setId, within);
    };
    return exchange(Call::CommitSnapshots, request.object, encode, patience, deadline);
}

void Connection::touchCommit(const Request& request, const Guid& setId) noexcept {
    const Guard guard(mutex_);
    if (!writing_) encodeCommit(nextId_, request, setId, patienceOf(Call::CommitSnapshots).limitMillis);
}

std::string_view Connection::encodeCommit(std::uint64_t id, const Request& request, const Guid& setId,
                                          std::uint32_t withinMillis) noexcept {
    const std::size_t length = commitText(commitFrame_.data() + 4, id, request.object, request.context, withinMillis, setId);
    putLength(commitFrame_.data(), length);
    return std::string_view(commitFrame_.data(), length + 4);
}

Outcome Connection::exchange(Call call, std::uint32_t object, const Encoder& encode, const Patience& patience,
                             Deadline deadline) {
    Outcome outcome;
    Pending pending;
    pending.call = call;
    const Place place(*this, pending);
    if (!send(pending, encode, deadline, outcome)) return outcome;
    while (true) {
        const Deadline sign = patience.probeAfterMillis == 0 ? deadline : Deadline::in(patience.probeAfterMillis);
        if (await(pending, Deadline::earlier(deadline, sign), outcome)) return outcome;
        const bool over = deadline.passed();
        if (!over && probe(patience, object)) {
            outcome.alive = true;
            continue;
        }
        // The answer may have come while the sign of life was waited for.
        if (await(pending, Deadline::in(0), outcome)) return outcome;
        outcome.failure = Failure::TimedOut;
        outcome.detail = std::wstring(L"the service did not answer in time") + (over ? L"" : L" and gives no sign of life");
        outcome.alive = outcome.alive && over;
        return outcome;
    }
}

bool Connection::probe(const Patience& patience, std::uint32_t object) {
    Request request;
    request.call = Call::Probe;
    request.object = object;
    return exchange(request, Patience{patience.probeMillis, 0, 0}, Deadline::in(patience.probeMillis)).failure == Failure::None;
}

bool Connection::send(Pending& pending, const Encoder& encode, Deadline deadline, Outcome& outcome) {
    {
        const Guard guard(mutex_);
        auto place = table_.end();
        while (!broken_) {
            place = std::find(table_.begin(), table_.end(), nullptr);
            if (!writing_ && place != table_.end()) break;
            if (deadline.passed()) {
                outcome.failure = Failure::TimedOut;
                outcome.detail = L"too many requests are in progress";
                return false;
            }
            changed_.wait(mutex_, deadline);
        }
        if (broken_) {
            outcome.failure = failure_;
            outcome.detail = detail_;
            return false;
        }
        pending.id = nextId_++;
        *place = &pending;
        writing_ = true;
    }
    IoResult written = IoResult::Closed;
    try {
        const std::string_view frame = encode(pending.id, std::max<std::uint32_t>(1, deadline.remaining()));
        written = stream_->write(frame.data(), frame.size(), deadline);
    } catch (...) {
        finishWriting();
        throw;
    }
    if (written == IoResult::TimedOut) {
        // Half a request may be out: nothing can follow it.
        outcome.failure = Failure::TimedOut;
        outcome.detail = L"the service does not read";
        breakWith(Failure::TimedOut, outcome.detail);
    } else if (written == IoResult::Closed) {
        breakWith(Failure::Unreachable, L"the connection broke");
    }
    finishWriting();
    return written != IoResult::TimedOut;
}

void Connection::finishWriting() noexcept {
    const Guard guard(mutex_);
    writing_ = false;
    changed_.wakeAll();
}

/** Waits for the reply; true if the outcome is known: a reply, or broken. */
bool Connection::await(Pending& pending, Deadline until, Outcome& outcome) {
    const Guard guard(mutex_);
    while (!pending.done && !broken_ && !until.passed()) changed_.wait(mutex_, until);
    if (pending.done) {
        outcome.failure = Failure::None;
        outcome.reply = std::move(pending.reply);
        return true;
    }
    if (broken_) {
        outcome.failure = failure_;
        outcome.detail = detail_;
        return true;
    }
    return false;
}

void Connection::read() noexcept {
    try {
        std::vector<char> frame;
        frame.reserve(kUsualFrameBytes);
        while (readFrame(*stream_, frame, nullptr) == IoResult::Done) {
            if (!handle(frame)) return;
        }
        breakWith(Failure::Unreachable, L"the connection broke");
    } catch (...) {
        breakWith(Failure::Unreachable, std::wstring());
    }
}

/** False if the frame was none of the protocol; the connection is then broken. */
bool Connection::handle(const std::vector<char>& frame) {
    const auto callOfId = [this](std::uint64_t id) -> std::optional<Call> {
        const Guard guard(mutex_);
        Pending** place = find(id);
        if (place == nullptr) return std::nullopt;
        return (*place)->call;
    };
    ParsedReply parsed = parseReply(std::string_view(frame.data(), frame.size()), callOfId);
    if (parsed.kind == ReplyKind::Answer && deliver(std::move(parsed.reply))) return true;
    if (parsed.kind == ReplyKind::Late) {
        const Guard guard(mutex_);
        if (parsed.reply.id < nextId_) return true;
    }
    breakWith(Failure::Protocol, L"unexpected message of the service: " + wideOf(parsed.error));
    return false;
}

/** Hands a reply, or a part of one, to who waits for it; false if the parts are too many. */
bool Connection::deliver(Reply&& reply) {
    const Guard guard(mutex_);
    Pending** place = find(reply.id);
    if (place == nullptr) return true;  // given up meanwhile
    Pending& pending = **place;
    std::vector<Snapshot>& parts = pending.reply.snapshots;
    if (parts.size() + reply.snapshots.size() > kMaxSnapshotsOfQuery) return false;
    if (!parts.empty()) {
        parts.insert(parts.end(), std::make_move_iterator(reply.snapshots.begin()), std::make_move_iterator(reply.snapshots.end()));
        reply.snapshots = std::move(parts);
    }
    pending.done = !reply.more;
    pending.reply = std::move(reply);
    if (pending.done) changed_.wakeAll();
    return true;
}

Connection::Pending** Connection::find(std::uint64_t id) noexcept {
    const auto waits = [id](const Pending* pending) { return pending != nullptr && pending->id == id && !pending->done; };
    const auto place = std::find_if(table_.begin(), table_.end(), waits);
    return place == table_.end() ? nullptr : &*place;
}

}  // namespace gnomon
