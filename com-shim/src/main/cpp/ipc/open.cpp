// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/open.h"

#include "gnomon/settings.h"
#include "gnomon/token.h"
#include "gnomon/version.h"

#include <bcrypt.h>

namespace gnomon {

namespace {

constexpr std::uint32_t kHandshakeMillis = 5000;
constexpr DWORD kMaxChannelFileBytes = 65536;

std::wstring wideOf(const std::string& text) {
    const std::u16string units = toUtf16(text);
    return std::wstring(units.begin(), units.end());
}

Opened failed(Failure failure, std::wstring detail) {
    Opened opened;
    opened.failure = failure;
    opened.detail = std::move(detail);
    return opened;
}

/** Compares in time that does not depend on where the difference is. */
bool sameDigest(const Digest& left, const Digest& right) noexcept {
    std::uint8_t difference = 0;
    for (std::size_t i = 0; i < left.size(); ++i) difference = static_cast<std::uint8_t>(difference | (left[i] ^ right[i]));
    return difference == 0;
}

std::optional<std::string> readSmallFile(const std::wstring& path, std::wstring& why) {
    Handle file = fileHandle(CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                         OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
    if (!file) {
        why = L"file " + path + L" cannot be opened: error " + std::to_wstring(GetLastError());
        return std::nullopt;
    }
    std::string text(kMaxChannelFileBytes, '\0');
    DWORD size = 0;
    if (!ReadFile(file.get(), text.data(), kMaxChannelFileBytes, &size, nullptr)) {
        why = L"file " + path + L" cannot be read: error " + std::to_wstring(GetLastError());
        return std::nullopt;
    }
    text.resize(size);
    return text;
}

/** Reads the next message of the handshake; of a kind that is not {@code expected}, {@code opened} says what was wrong. */
bool nextMessage(Stream& stream, Deadline deadline, HandshakeKind expected, HandshakeMessage& message, Opened& opened) {
    std::vector<char> frame;
    const IoResult result = readFrame(stream, frame, &deadline);
    if (result == IoResult::TimedOut) {
        opened = failed(Failure::TimedOut, L"the service did not answer in the handshake");
        return false;
    }
    if (result == IoResult::Closed) {
        opened = failed(Failure::Unreachable, L"the connection was closed in the handshake");
        return false;
    }
    message = parseHandshake(std::string_view(frame.data(), frame.size()));
    if (message.kind == expected) return true;
    if (message.kind == HandshakeKind::Refused) {
        opened = failed(Failure::Untrusted, L"the service refused: " + wideOf(message.message));
    } else {
        opened = failed(Failure::Protocol, L"unexpected message in the handshake: " + wideOf(message.message));
    }
    return false;
}

bool sendMessage(Stream& stream, const std::string& text, Deadline deadline, Opened& opened) {
    if (writeFrame(stream, text, deadline) == IoResult::Done) return true;
    opened = failed(Failure::Unreachable, L"the connection broke in the handshake");
    return false;
}

Hello hello() {
    Hello message;
    message.shimVersion = kVersion;
    message.processId = GetCurrentProcessId();
    return message;
}

/** Both sides prove that they know the secret, the service first: a squatter on the port learns nothing. */
Opened shakeHandsByProof(std::unique_ptr<Stream> stream, const ChannelAddress& address, Deadline deadline) {
    Hello greeting = hello();
    Digest nonce{};
    if (BCryptGenRandom(nullptr, nonce.data(), static_cast<ULONG>(nonce.size()), BCRYPT_USE_SYSTEM_PREFERRED_RNG) < 0) {
        return failed(Failure::Untrusted, L"no random numbers for the handshake");
    }
    greeting.nonce = nonce;
    Opened opened;
    HandshakeMessage challenge;
    if (!sendMessage(*stream, helloText(greeting), deadline, opened)) return opened;
    if (!nextMessage(*stream, deadline, HandshakeKind::Challenge, challenge, opened)) return opened;
    Digest expected{};
    Digest own{};
    if (!proofOf(address.secret, kServiceRole, nonce, challenge.nonce, address.port, expected) ||
        !proofOf(address.secret, kShimRole, nonce, challenge.nonce, address.port, own)) {
        return failed(Failure::Untrusted, L"HMAC-SHA-256 is not available");
    }
    if (!sameDigest(expected, challenge.proof)) {
        return failed(Failure::Untrusted, L"what listens on port " + std::to_wstring(address.port) + L" does not know the secret");
    }
    HandshakeMessage welcome;
    if (!sendMessage(*stream, proofText(own), deadline, opened)) return opened;
    if (!nextMessage(*stream, deadline, HandshakeKind::Welcome, welcome, opened)) return opened;
    opened.stream = std::move(stream);
    return opened;
}

Opened openByTcp(const Settings& settings, Deadline deadline) {
    std::wstring why;
    const std::optional<std::string> text = readSmallFile(settings.channelFile, why);
    if (!text) return failed(Failure::Unreachable, why);
    const std::optional<ChannelAddress> address = parseChannelFile(*text);
    if (!address) return failed(Failure::Unreachable, L"file " + settings.channelFile + L" does not say where the service listens");
    std::unique_ptr<Stream> stream = openTcp(address->port, deadline, why);
    // Windows answers "refused" only after two seconds: who waited to the end must not do so again at each call.
    if (!stream) return failed(deadline.passed() ? Failure::TimedOut : Failure::Unreachable, why);
    return shakeHandsByProof(std::move(stream), *address, Deadline::earlier(deadline, Deadline::in(kHandshakeMillis)));
}

Opened openByPipe(const Settings& settings, Deadline deadline) {
    std::wstring why;
    HANDLE pipe = nullptr;
    std::unique_ptr<Stream> stream = openPipe(settings.pipePath, deadline, why, pipe);
    if (!stream) return failed(deadline.passed() ? Failure::TimedOut : Failure::Unreachable, why);
    if (!isTrustedServer(pipe, why)) return failed(Failure::Untrusted, why);
    const Deadline handshake = Deadline::earlier(deadline, Deadline::in(kHandshakeMillis));
    Opened opened;
    HandshakeMessage welcome;
    if (!sendMessage(*stream, helloText(hello()), handshake, opened)) return opened;
    if (!nextMessage(*stream, handshake, HandshakeKind::Welcome, welcome, opened)) return opened;
    opened.stream = std::move(stream);
    return opened;
}

}  // namespace

Opened openService(Deadline deadline) {
    const Settings settings = loadSettings();
    return settings.transport == Transport::Tcp ? openByTcp(settings, deadline) : openByPipe(settings, deadline);
}

}  // namespace gnomon
