// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

// A small NBD client over Winsock: fixed newstyle negotiation with NBD_OPT_GO, then read, write and flush, one at a time.
// NBD protocol, sections "Newstyle negotiation" and "Transmission phase".

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "com.h"

namespace gnomon::conformance {

/** What the server answered with an error. A connection that breaks is another kind of std::runtime_error. */
struct NbdError : std::runtime_error {
  NbdError(uint32_t number, const std::string& message) : std::runtime_error(message), errorNumber(number) {}
  uint32_t errorNumber;
};

/** Starts and ends Winsock; one instance lives as long as the process uses sockets. */
class Winsock {
 public:
  Winsock();
  Winsock(const Winsock&) = delete;
  Winsock& operator=(const Winsock&) = delete;
  ~Winsock();
};

/** A TCP connection to an IPv4 address on which every read and write ends after a bounded time. Throws std::runtime_error. */
class Socket {
 public:
  Socket(const std::string& address, uint16_t port, int timeoutMillis);
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket();
  void sendAll(const void* bytes, size_t count);
  void receiveAll(void* bytes, size_t count);

 private:
  SOCKET socket_;
};

/** One connection to one export. Not safe for several threads. */
class Nbd {
 public:
  Nbd(const std::string& address, uint16_t port, const std::string& exportName);
  Nbd(const Nbd&) = delete;
  Nbd& operator=(const Nbd&) = delete;
  ~Nbd();

  uint64_t sizeBytes() const { return sizeBytes_; }
  bool readOnly() const { return (flags_ & 2) != 0; }

  std::vector<uint8_t> read(uint64_t offsetBytes, uint32_t lengthBytes);
  void write(uint64_t offsetBytes, const std::vector<uint8_t>& bytes);
  void flush();

  /** A block of 4 KiB that holds nothing but this number, again and again. */
  static std::vector<uint8_t> block(uint64_t number);
  void writeNumber(uint64_t offsetBytes, uint64_t number) { write(offsetBytes, block(number)); }
  /** The number that a block of writeNumber holds; 0 for a block of zeros. */
  uint64_t readNumber(uint64_t offsetBytes);

 private:
  void negotiate(const std::string& exportName);
  void request(uint16_t type, uint64_t offsetBytes, uint32_t lengthBytes);
  void awaitReply();

  Socket socket_;
  uint64_t sizeBytes_ = 0;
  uint16_t flags_ = 0;
  uint64_t cookie_ = 0;
};

}  // namespace gnomon::conformance
