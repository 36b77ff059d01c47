// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "operator.h"

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace gnomon::conformance {
namespace {

constexpr int TIMEOUT_MILLIS = 120000;
constexpr size_t LONGEST_LINE = 1 << 20;

std::string encoded(const std::string& text) {
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte >= 0x7f || c == '%' || c == '=') {
      char hex[4];
      std::snprintf(hex, sizeof hex, "%%%02X", byte);
      out += hex;
    } else {
      out += c;
    }
  }
  return out;
}

std::string decoded(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); i++) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::strtol(text.substr(i + 1, 2).c_str(), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string addressOf(const std::string& endpoint) { return endpoint.substr(0, endpoint.rfind(':')); }

uint16_t portOf(const std::string& endpoint) {
  return static_cast<uint16_t>(std::atoi(endpoint.substr(endpoint.rfind(':') + 1).c_str()));
}

}  // namespace

Operator::Operator(const std::string& endpoint) : socket_(addressOf(endpoint), portOf(endpoint), TIMEOUT_MILLIS) {}

Operator::Values Operator::ask(const std::string& verb, const Values& arguments) {
  std::lock_guard<std::mutex> guard(lock_);
  std::string line = verb;
  for (const auto& [key, value] : arguments) line += " " + key + "=" + encoded(value);
  line += "\n";
  socket_.sendAll(line.data(), line.size());
  std::istringstream answer(readLine());
  std::string token;
  answer >> token;
  if (token != "ok") {
    std::string rest;
    std::getline(answer, rest);
    throw std::runtime_error("operator, " + verb + ":" + decoded(rest));
  }
  Values values;
  while (answer >> token) {
    size_t equals = token.find('=');
    if (equals != std::string::npos) values[token.substr(0, equals)] = decoded(token.substr(equals + 1));
  }
  return values;
}

int64_t Operator::number(const Values& values, const std::string& key) {
  auto found = values.find(key);
  if (found == values.end()) throw std::runtime_error("the operator's answer lacks '" + key + "'");
  return std::strtoll(found->second.c_str(), nullptr, 10);
}

std::string Operator::readLine() {
  std::string line;
  for (char c = 0;;) {
    socket_.receiveAll(&c, 1);
    if (c == '\n') return line;
    line += c;
    if (line.size() > LONGEST_LINE) throw std::runtime_error("the operator's answer has no end");
  }
}

}  // namespace gnomon::conformance
