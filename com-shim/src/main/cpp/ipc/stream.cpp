// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/stream.h"

#include <new>

#include "gnomon/message.h"

namespace gnomon {

namespace {

constexpr std::uint32_t kFrameMillis = 5000;

HANDLE newEvent() {
    const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    if (event == nullptr) throw std::bad_alloc();
    return event;
}

}  // namespace

Stream::Stream() : readEvent_(newEvent()), writeEvent_(newEvent()), closed_(newEvent()) {}

void Stream::close() noexcept {
    SetEvent(closed_.get());
    disconnect();
}

IoResult Stream::read(void* buffer, std::size_t size, const Deadline* deadline) noexcept {
    return transfer(true, static_cast<char*>(buffer), size, deadline);
}

IoResult Stream::write(const void* buffer, std::size_t size, Deadline deadline) noexcept {
    // The system does not change what it sends; its signature only does not say so.
    return transfer(false, static_cast<char*>(const_cast<void*>(buffer)), size, &deadline);
}

IoResult Stream::transfer(bool reading, char* buffer, std::size_t size, const Deadline* deadline) noexcept {
    const HANDLE done = reading ? readEvent_.get() : writeEvent_.get();
    while (size > 0) {
        if (WaitForSingleObject(closed_.get(), 0) == WAIT_OBJECT_0) return IoResult::Closed;
        OVERLAPPED overlapped{};
        overlapped.hEvent = done;
        ResetEvent(done);
        const DWORD started = start(reading, buffer, static_cast<DWORD>(size), &overlapped);
        if (started != 0 && started != ERROR_IO_PENDING) return IoResult::Closed;
        DWORD waited = WAIT_OBJECT_0;
        if (started == ERROR_IO_PENDING) {
            const HANDLE events[] = {done, closed_.get()};
            waited = WaitForMultipleObjects(2, events, FALSE, deadline == nullptr ? INFINITE : deadline->remaining());
            if (waited != WAIT_OBJECT_0) CancelIoEx(handle(), &overlapped);
        }
        DWORD bytes = 0;
        // Waits also after a cancel: the buffer and the OVERLAPPED are the system's until it says that the transfer is over.
        const bool moved = GetOverlappedResult(handle(), &overlapped, &bytes, TRUE) != FALSE && bytes > 0;
        if (!moved) return waited == WAIT_TIMEOUT ? IoResult::TimedOut : IoResult::Closed;
        buffer += bytes;
        size -= bytes;
    }
    return IoResult::Done;
}

IoResult writeFrame(Stream& stream, std::string_view text, Deadline deadline) {
    std::string frame(4, '\0');
    for (std::size_t i = 0; i < 4; ++i) frame[i] = static_cast<char>((text.size() >> (24 - 8 * i)) & 0xFF);
    frame.append(text);
    return stream.write(frame.data(), frame.size(), deadline);
}

IoResult readFrame(Stream& stream, std::vector<char>& frame, const Deadline* by) {
    std::uint8_t header[4];
    IoResult result = stream.read(header, 1, by);
    if (result != IoResult::Done) return result;
    const Deadline whole = Deadline::in(kFrameMillis);
    const Deadline rest = by == nullptr ? whole : Deadline::earlier(whole, *by);
    result = stream.read(header + 1, 3, &rest);
    if (result != IoResult::Done) return result;
    const std::size_t length = (std::size_t{header[0]} << 24) | (std::size_t{header[1]} << 16) | (std::size_t{header[2]} << 8) | header[3];
    if (length > kMaxFrameBytes) return IoResult::Closed;
    frame.resize(length);
    return stream.read(frame.data(), length, &rest);
}

}  // namespace gnomon
