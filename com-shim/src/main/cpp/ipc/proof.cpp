// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include <cstring>

#include "gnomon/open.h"

#include <bcrypt.h>

namespace gnomon {

namespace {

struct AlgorithmTraits {
    using Value = BCRYPT_ALG_HANDLE;
    static Value none() noexcept { return nullptr; }
    static void close(Value value) noexcept { BCryptCloseAlgorithmProvider(value, 0); }
};

struct HashTraits {
    using Value = BCRYPT_HASH_HANDLE;
    static Value none() noexcept { return nullptr; }
    static void close(Value value) noexcept { BCryptDestroyHash(value); }
};

bool succeeded(NTSTATUS status) noexcept { return status >= 0; }

/** One HMAC in the making. Every function of BCrypt takes bytes that it does not change as if it did. */
class Hmac {
public:
    explicit Hmac(const Digest& key) noexcept {
        good_ = succeeded(BCryptOpenAlgorithmProvider(algorithm_.put(), BCRYPT_SHA256_ALGORITHM, nullptr, BCRYPT_ALG_HANDLE_HMAC_FLAG)) &&
                succeeded(BCryptCreateHash(algorithm_.get(), hash_.put(), nullptr, 0, const_cast<UCHAR*>(key.data()),
                                           static_cast<ULONG>(key.size()), 0));
    }
    void add(const void* bytes, std::size_t size) noexcept {
        good_ = good_ && succeeded(BCryptHashData(hash_.get(), static_cast<UCHAR*>(const_cast<void*>(bytes)), static_cast<ULONG>(size), 0));
    }
    bool finish(Digest& digest) noexcept {
        return good_ && succeeded(BCryptFinishHash(hash_.get(), digest.data(), static_cast<ULONG>(digest.size()), 0));
    }

private:
    Owner<AlgorithmTraits> algorithm_;
    Owner<HashTraits> hash_;
    bool good_ = false;
};

}  // namespace

bool proofOf(const Digest& secret, const char* role, const Digest& shimNonce, const Digest& serviceNonce, std::uint16_t port,
             Digest& proof) noexcept {
    const std::uint8_t portBytes[] = {static_cast<std::uint8_t>(port >> 8), static_cast<std::uint8_t>(port & 0xFF)};
    Hmac hmac(secret);
    hmac.add(role, std::strlen(role) + 1);  // with its zero byte
    hmac.add(shimNonce.data(), shimNonce.size());
    hmac.add(serviceNonce.data(), serviceNonce.size());
    hmac.add(portBytes, sizeof(portBytes));
    return hmac.finish(proof);
}

}  // namespace gnomon
