// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "bridge.h"

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <thread>

#include "com.h"

namespace gnomon::conformance {
namespace {

constexpr DWORD BUFFER_BYTES = 64 * 1024;
constexpr DWORD BUSY_WAIT_MILLIS = 5000;
constexpr int BUSY_TRIES = 3;

/** One client and its connection to the pipe. */
class Link {
 public:
  Link(SOCKET socket, HANDLE pipe) : socket_(socket), pipe_(pipe) {}
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() {
    closesocket(socket_);
    CloseHandle(pipe_);
  }

  void toPipe() {
    char buffer[BUFFER_BYTES];
    for (int got; (got = recv(socket_, buffer, sizeof buffer, 0)) > 0;) {
      for (DWORD sent = 0, part; sent < static_cast<DWORD>(got); sent += part) {
        if (!move(&WriteFile, buffer + sent, static_cast<DWORD>(got) - sent, &part)) return end();
      }
    }
    end();
  }

  void toSocket() {
    char buffer[BUFFER_BYTES];
    for (DWORD got; move(&ReadFile, buffer, sizeof buffer, &got) && got > 0;) {
      for (int sent = 0, part; sent < static_cast<int>(got); sent += part) {
        part = send(socket_, buffer + sent, static_cast<int>(got) - sent, 0);
        if (part <= 0) return end();
      }
    }
    end();
  }

 private:
  /** Reads or writes, overlapped: a synchronous handle would let a reader keep the writer out. */
  template <typename F, typename B>
  bool move(F call, B* bytes, DWORD count, DWORD* moved) {
    OVERLAPPED overlapped = {};
    overlapped.hEvent = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    *moved = 0;
    bool ok = call(pipe_, bytes, count, nullptr, &overlapped) != FALSE || GetLastError() == ERROR_IO_PENDING;
    ok = ok && GetOverlappedResult(pipe_, &overlapped, moved, TRUE) != FALSE;
    CloseHandle(overlapped.hEvent);
    return ok;
  }

  /** Lets the other direction end too. */
  void end() {
    shutdown(socket_, SD_BOTH);
    CancelIoEx(pipe_, nullptr);
  }

  SOCKET socket_;
  HANDLE pipe_;
};

/** Opens the server's pipe; between two clients there may be a moment in which none waits. */
HANDLE openPipe(const std::wstring& path) {
  for (int tries = BUSY_TRIES;; tries--) {
    HANDLE pipe = CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                              FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr);
    if (pipe != INVALID_HANDLE_VALUE || GetLastError() != ERROR_PIPE_BUSY || tries == 1) return pipe;
    WaitNamedPipeW(path.c_str(), BUSY_WAIT_MILLIS);
  }
}

void serve(SOCKET client, const std::wstring& pipeName) {
  std::wstring path = L"\\\\.\\pipe\\" + pipeName;
  HANDLE pipe = openPipe(path);
  if (pipe == INVALID_HANDLE_VALUE) {
    // The client sees its connection reset, which does not say why.
    std::fprintf(stderr, "bridge: cannot open %ls: error %lu\n", path.c_str(), GetLastError());
    std::fflush(stderr);
    closesocket(client);
    return;
  }
  auto link = std::make_shared<Link>(client, pipe);
  std::thread([link] { link->toPipe(); }).detach();
  std::thread([link] { link->toSocket(); }).detach();
}

}  // namespace

int bridge(uint16_t port, const std::wstring& pipeName) {
  SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int length = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), length) != 0 || listen(listener, 8) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("cannot listen on 127.0.0.1:" + std::to_string(port));
  }
  std::printf("port %d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  for (;;) {
    SOCKET client = accept(listener, nullptr, nullptr);
    if (client == INVALID_SOCKET) throw std::runtime_error("accept failed");
    serve(client, pipeName);
  }
}

}  // namespace gnomon::conformance
