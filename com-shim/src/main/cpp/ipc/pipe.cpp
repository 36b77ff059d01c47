// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "gnomon/stream.h"

namespace gnomon {

namespace {

class PipeStream final : public Stream {
public:
    explicit PipeStream(Handle pipe) : pipe_(std::move(pipe)) {}

protected:
    DWORD start(bool reading, void* buffer, DWORD size, OVERLAPPED* overlapped) noexcept override {
        const BOOL done = reading ? ReadFile(pipe_.get(), buffer, size, nullptr, overlapped)
                                  : WriteFile(pipe_.get(), buffer, size, nullptr, overlapped);
        return done ? 0 : GetLastError();
    }
    HANDLE handle() const noexcept override { return pipe_.get(); }

private:
    Handle pipe_;
};

// Read, write and attributes, as the pipe's descriptor admits. Not GENERIC_WRITE: that holds FILE_CREATE_PIPE_INSTANCE, the right to be
// a server of that pipe, which no client should have.
constexpr DWORD kAccess = FILE_GENERIC_READ | FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES;

}  // namespace

std::unique_ptr<Stream> openPipe(const std::wstring& path, Deadline deadline, std::wstring& why, HANDLE& pipe) {
    for (;;) {
        Handle opened = fileHandle(CreateFileW(path.c_str(), kAccess, 0, nullptr, OPEN_EXISTING,
                                               FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr));
        if (opened) {
            pipe = opened.get();
            return std::make_unique<PipeStream>(std::move(opened));
        }
        const DWORD error = GetLastError();
        const std::uint32_t left = deadline.remaining();
        if (error != ERROR_PIPE_BUSY || left == 0) {
            why = L"pipe " + path + L" cannot be opened: error " + std::to_wstring(error);
            return nullptr;
        }
        // 0 would mean the server's default, and all instances may be taken again before we come.
        WaitNamedPipeW(path.c_str(), std::max<DWORD>(1, std::min<DWORD>(left, 100)));
    }
}

}  // namespace gnomon
