// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/stream.h"

namespace gnomon {

namespace {

/** Winsock counts its users; this is one. */
class WinsockUse {
public:
    WinsockUse() noexcept { started_ = WSAStartup(MAKEWORD(2, 2), &data_) == 0; }
    ~WinsockUse() {
        if (started_) WSACleanup();
    }
    WinsockUse(const WinsockUse&) = delete;
    WinsockUse& operator=(const WinsockUse&) = delete;
    bool started() const noexcept { return started_; }

private:
    WSADATA data_{};
    bool started_ = false;
};

class TcpStream final : public Stream {
public:
    bool connect(std::uint16_t port, Deadline deadline, std::wstring& why);

protected:
    DWORD start(bool reading, void* buffer, DWORD size, OVERLAPPED* overlapped) noexcept override {
        WSABUF part{};
        part.len = size;
        part.buf = static_cast<char*>(buffer);
        DWORD flags = 0;
        const int failed = reading ? WSARecv(socket_.get(), &part, 1, nullptr, &flags, overlapped, nullptr)
                                   : WSASend(socket_.get(), &part, 1, nullptr, 0, overlapped, nullptr);
        return failed == 0 ? 0 : static_cast<DWORD>(WSAGetLastError());
    }
    HANDLE handle() const noexcept override { return reinterpret_cast<HANDLE>(socket_.get()); }
    void disconnect() noexcept override {
        if (socket_) shutdown(socket_.get(), SD_BOTH);
    }

private:
    WinsockUse winsock_;  // before the socket, which must be closed first
    Socket socket_;
};

static_assert(WSA_IO_PENDING == ERROR_IO_PENDING, "Stream::start answers codes of Winsock and of Windows alike");

bool TcpStream::connect(std::uint16_t port, Deadline deadline, std::wstring& why) {
    const auto failed = [&why](const wchar_t* what) {
        why = std::wstring(what) + L": error " + std::to_wstring(WSAGetLastError());
        return false;
    };
    if (!winsock_.started()) return failed(L"Winsock cannot be started");
    socket_.reset(WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
    if (!socket_) return failed(L"no socket");
    u_long nonBlocking = 1;
    ioctlsocket(socket_.get(), static_cast<long>(FIONBIO), &nonBlocking);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        if (WSAGetLastError() != WSAEWOULDBLOCK) return failed(L"connecting to the service failed");
        const std::uint32_t left = deadline.remaining();
        timeval wait{static_cast<long>(left / 1000), static_cast<long>(left % 1000) * 1000};
        fd_set writable{};
        fd_set broken{};
        FD_SET(socket_.get(), &writable);
        FD_SET(socket_.get(), &broken);
        const int ready = select(0, nullptr, &writable, &broken, &wait);
        if (ready <= 0 || FD_ISSET(socket_.get(), &broken)) {
            why = L"nothing listens on port " + std::to_wstring(port) + L" of 127.0.0.1";
            return false;
        }
    }
    nonBlocking = 0;
    ioctlsocket(socket_.get(), static_cast<long>(FIONBIO), &nonBlocking);
    const BOOL noDelay = TRUE;
    setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&noDelay), sizeof(noDelay));
    return true;
}

}  // namespace

std::unique_ptr<Stream> openTcp(std::uint16_t port, Deadline deadline, std::wstring& why) {
    auto stream = std::make_unique<TcpStream>();
    if (!stream->connect(port, deadline, why)) return nullptr;
    return stream;
}

}  // namespace gnomon
