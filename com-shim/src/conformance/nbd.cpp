// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "nbd.h"

#include <cstring>
#include <stdexcept>

namespace gnomon::conformance {
namespace {

constexpr uint64_t INIT_MAGIC = 0x4e42444d41474943;  // "NBDMAGIC"
constexpr uint64_t OPTION_MAGIC = 0x49484156454F5054;  // "IHAVEOPT"
constexpr uint64_t OPTION_REPLY_MAGIC = 0x3e889045565a9;
constexpr uint32_t REQUEST_MAGIC = 0x25609513;
constexpr uint32_t REPLY_MAGIC = 0x67446698;
constexpr uint32_t OPTION_GO = 7;
constexpr uint32_t REPLY_ACK = 1;
constexpr uint32_t REPLY_INFO = 3;
constexpr uint16_t INFO_EXPORT = 0;
constexpr uint16_t COMMAND_READ = 0;
constexpr uint16_t COMMAND_WRITE = 1;
constexpr uint16_t COMMAND_DISCONNECT = 2;
constexpr uint16_t COMMAND_FLUSH = 3;
constexpr uint32_t LONGEST_OPTION_REPLY = 65536;
constexpr int TIMEOUT_MILLIS = 20000;
constexpr size_t BLOCK_BYTES = 4096;

/** Builds and takes apart big-endian messages. */
class Message {
 public:
  template <typename T>
  Message& put(T value) {
    for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<uint8_t>(static_cast<uint64_t>(value) >> shift));
    }
    return *this;
  }
  Message& put(const std::string& text) {
    bytes.insert(bytes.end(), text.begin(), text.end());
    return *this;
  }
  template <typename T>
  T take() {
    if (next + sizeof(T) > bytes.size()) throw std::runtime_error("NBD: a message of the server is too short");
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof(T); i++) value = value << 8 | bytes[next++];
    return static_cast<T>(value);
  }
  static Message from(Socket& socket, size_t count) {
    Message message;
    message.bytes.resize(count);
    socket.receiveAll(message.bytes.data(), count);
    return message;
  }
  std::vector<uint8_t> bytes;
  size_t next = 0;
};

}  // namespace

Winsock::Winsock() {
  WSADATA data;
  if (WSAStartup(MAKEWORD(2, 2), &data) != 0) throw std::runtime_error("WSAStartup failed");
}

Winsock::~Winsock() { WSACleanup(); }

Socket::Socket(const std::string& address, uint16_t port, int timeoutMillis)
    : socket_(::socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)) {
  if (socket_ == INVALID_SOCKET) throw std::runtime_error("cannot make a socket");
  sockaddr_in peer = {};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(port);
  peer.sin_addr.s_addr = inet_addr(address.c_str());
  if (connect(socket_, reinterpret_cast<sockaddr*>(&peer), sizeof peer) != 0) {
    int error = WSAGetLastError();
    closesocket(socket_);
    throw std::runtime_error("cannot connect to " + address + ":" + std::to_string(port) + ", error " + std::to_string(error));
  }
  DWORD millis = static_cast<DWORD>(timeoutMillis);
  BOOL yes = TRUE;
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, reinterpret_cast<const char*>(&millis), sizeof millis);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, reinterpret_cast<const char*>(&millis), sizeof millis);
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&yes), sizeof yes);
}

Socket::~Socket() { closesocket(socket_); }

void Socket::sendAll(const void* bytes, size_t count) {
  auto* next = static_cast<const char*>(bytes);
  while (count > 0) {
    int sent = send(socket_, next, static_cast<int>(count), 0);
    if (sent <= 0) throw std::runtime_error("the connection broke, error " + std::to_string(WSAGetLastError()));
    next += sent;
    count -= static_cast<size_t>(sent);
  }
}

void Socket::receiveAll(void* bytes, size_t count) {
  auto* next = static_cast<char*>(bytes);
  while (count > 0) {
    int got = recv(socket_, next, static_cast<int>(count), 0);
    if (got == 0) throw std::runtime_error("the peer closed the connection");
    if (got < 0) throw std::runtime_error("the connection broke, error " + std::to_string(WSAGetLastError()));
    next += got;
    count -= static_cast<size_t>(got);
  }
}

Nbd::Nbd(const std::string& address, uint16_t port, const std::string& exportName) : socket_(address, port, TIMEOUT_MILLIS) {
  negotiate(exportName);
}

Nbd::~Nbd() {
  try {
    request(COMMAND_DISCONNECT, 0, 0);
  } catch (const std::exception&) {
    // The server is gone, which is as good.
  }
}

void Nbd::negotiate(const std::string& exportName) {
  Message greeting = Message::from(socket_, 18);
  if (greeting.take<uint64_t>() != INIT_MAGIC || greeting.take<uint64_t>() != OPTION_MAGIC) {
    throw std::runtime_error("not an NBD server");
  }
  Message go;
  go.put<uint32_t>(3);  // NBD_FLAG_C_FIXED_NEWSTYLE and NBD_FLAG_C_NO_ZEROES
  go.put(OPTION_MAGIC).put(OPTION_GO).put(static_cast<uint32_t>(4 + exportName.size() + 2));
  go.put(static_cast<uint32_t>(exportName.size())).put(exportName).put<uint16_t>(0);
  socket_.sendAll(go.bytes.data(), go.bytes.size());
  for (;;) {
    Message head = Message::from(socket_, 20);
    if (head.take<uint64_t>() != OPTION_REPLY_MAGIC) throw std::runtime_error("NBD: wrong magic in an option reply");
    head.take<uint32_t>();
    auto type = head.take<uint32_t>();
    auto length = head.take<uint32_t>();
    if (length > LONGEST_OPTION_REPLY) throw std::runtime_error("NBD: option reply of " + std::to_string(length) + " bytes");
    Message body = Message::from(socket_, length);
    if (type == REPLY_ACK) return;
    if ((type & 0x80000000) != 0) {
      throw NbdError(type, "export '" + exportName + "': " + std::string(body.bytes.begin(), body.bytes.end()));
    }
    if (type == REPLY_INFO && body.take<uint16_t>() == INFO_EXPORT) {
      sizeBytes_ = body.take<uint64_t>();
      flags_ = body.take<uint16_t>();
    }
  }
}

void Nbd::request(uint16_t type, uint64_t offsetBytes, uint32_t lengthBytes) {
  Message message;
  message.put(REQUEST_MAGIC).put<uint16_t>(0).put(type).put(++cookie_).put(offsetBytes).put(lengthBytes);
  socket_.sendAll(message.bytes.data(), message.bytes.size());
}

void Nbd::awaitReply() {
  Message reply = Message::from(socket_, 16);
  if (reply.take<uint32_t>() != REPLY_MAGIC) throw std::runtime_error("NBD: wrong magic in a reply");
  auto error = reply.take<uint32_t>();
  if (reply.take<uint64_t>() != cookie_) throw std::runtime_error("NBD: a reply to another request");
  if (error != 0) throw NbdError(error, "NBD error " + std::to_string(error));
}

std::vector<uint8_t> Nbd::read(uint64_t offsetBytes, uint32_t lengthBytes) {
  request(COMMAND_READ, offsetBytes, lengthBytes);
  awaitReply();
  std::vector<uint8_t> bytes(lengthBytes);
  socket_.receiveAll(bytes.data(), bytes.size());
  return bytes;
}

void Nbd::write(uint64_t offsetBytes, const std::vector<uint8_t>& bytes) {
  request(COMMAND_WRITE, offsetBytes, static_cast<uint32_t>(bytes.size()));
  socket_.sendAll(bytes.data(), bytes.size());
  awaitReply();
}

void Nbd::flush() {
  request(COMMAND_FLUSH, 0, 0);
  awaitReply();
}

std::vector<uint8_t> Nbd::block(uint64_t number) {
  std::vector<uint8_t> bytes(BLOCK_BYTES);
  for (size_t at = 0; at < BLOCK_BYTES; at += sizeof number) std::memcpy(bytes.data() + at, &number, sizeof number);
  return bytes;
}

uint64_t Nbd::readNumber(uint64_t offsetBytes) {
  std::vector<uint8_t> bytes = read(offsetBytes, BLOCK_BYTES);
  uint64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  if (bytes != block(number)) throw std::runtime_error("a block at " + std::to_string(offsetBytes) + " is torn");
  return number;
}

}  // namespace gnomon::conformance
