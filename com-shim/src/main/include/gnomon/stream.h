// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// A byte stream to the service: TCP or a named pipe, with a deadline on every wait.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gnomon/handles.h"
#include "gnomon/sync.h"

namespace gnomon {

enum class IoResult { Done, TimedOut, Closed };

/**
 * One reader and one writer may use it at a time, from different threads; close() may come from any thread and wakes both. Events are made
 * with the stream, so that reading and writing later takes nothing from the system but the transfer itself.
 */
class Stream {
public:
    virtual ~Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /** Reads exactly {@code size} bytes; without a deadline it waits until they come or the stream is closed. */
    IoResult read(void* buffer, std::size_t size, const Deadline* deadline) noexcept;
    IoResult write(const void* buffer, std::size_t size, Deadline deadline) noexcept;
    /** Ends all transfers, now and later. The peer notices at once over TCP, over a pipe when the stream is destroyed. */
    void close() noexcept;

protected:
    Stream();
    /** Starts a transfer; 0, ERROR_IO_PENDING or why not. */
    virtual DWORD start(bool reading, void* buffer, DWORD size, OVERLAPPED* overlapped) noexcept = 0;
    virtual HANDLE handle() const noexcept = 0;
    virtual void disconnect() noexcept {}

private:
    IoResult transfer(bool reading, char* buffer, std::size_t size, const Deadline* deadline) noexcept;

    Handle readEvent_;
    Handle writeEvent_;
    Handle closed_;
};

/** Connects to 127.0.0.1; null, and why, if it did not work by the deadline. */
std::unique_ptr<Stream> openTcp(std::uint16_t port, Deadline deadline, std::wstring& why);

/**
 * Opens a named pipe of this machine so that its server may identify us and no more, and without the right to make another instance
 * of it. Answers null, and why.
 */
std::unique_ptr<Stream> openPipe(const std::wstring& path, Deadline deadline, std::wstring& why, HANDLE& pipe);

/** Sends a text as one frame: its length as four bytes, big-endian, then the text. */
IoResult writeFrame(Stream& stream, std::string_view text, Deadline deadline);

/**
 * Reads one frame into {@code frame}, by {@code by}. Without that deadline the first byte is waited for, for ever; from it on a frame has 5 s
 * in any case. Closed also if the frame is longer than 1 MiB.
 */
IoResult readFrame(Stream& stream, std::vector<char>& frame, const Deadline* by);

}  // namespace gnomon
