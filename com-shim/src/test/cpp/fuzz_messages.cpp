// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Fuzz driver of everything that the shim parses: replies, the handshake, the channel's file, UTF-8. A seeded mutator over the messages in
// src/test/corpus, built with AddressSanitizer: an exception that escapes, a read beyond the end or undefined behaviour ends it.
//
//   fuzz-messages CORPUS [--seed N] [--seconds N | --rounds N]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "gnomon/message.h"

namespace {

using namespace gnomon;

/** What the mutations like to put in: what means something to the parsers. */
const char* const kWords[] = {
    "\"type\"", "\"reply\"", "\"id\"", "\"hresult\"", "\"result\"", "\"more\":true", "\"fault\"", "\"action\"", "\"delay\"", "\"snapshots\"",
    "\"snapshot\"", "\"nonce\"", "\"proof\"", "null", "true", "-1", "18446744073709551616", "1e400", "[[[[[[[[[", "{", "}", "\\u0000", "\\ud800",
    "\xEF\xBB\xBF", "\xC0\x80", "\xF4\x90\x80\x80", "\"0x80042306\"", "00000000-0000-0000-0000-000000000000", ",", ":"};

class Mutator {
public:
    Mutator(std::vector<std::string> corpus, std::uint64_t seed) : corpus_(std::move(corpus)), random_(seed) {}

    std::string next() {
        std::string text = corpus_[below(corpus_.size())];
        for (std::size_t steps = below(6); steps > 0; --steps) mutate(text);
        return text;
    }
    std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : random_() % bound; }

private:
    void mutate(std::string& text) {
        const std::size_t at = below(text.size() + 1);
        switch (below(7)) {
            case 0:
                if (at < text.size()) text[at] = static_cast<char>(below(256));
                break;
            case 1: text.insert(at, 1, static_cast<char>(below(256))); break;
            case 2: text.erase(at, 1 + below(16)); break;
            case 3: text.insert(at, kWords[below(std::size(kWords))]); break;
            case 4: {
                const std::string& other = corpus_[below(corpus_.size())];
                text = text.substr(0, at) + other.substr(below(other.size() + 1));
                break;
            }
            case 5: {
                const std::string part = text.substr(at, below(64));
                text.insert(below(text.size() + 1), part);
                break;
            }
            default: text.resize(at); break;
        }
    }

    std::vector<std::string> corpus_;
    std::mt19937_64 random_;
};

struct Counts {
    std::uint64_t inputs = 0;
    std::uint64_t answers = 0;
    std::uint64_t late = 0;
    std::uint64_t handshakes = 0;
    std::uint64_t files = 0;
};

[[noreturn]] void broken(const char* what, const std::string& input) {
    std::fprintf(stderr, "broken: %s; input (%zu bytes): %s\n", what, input.size(), input.c_str());
    std::abort();
}

void check(const std::string& text, std::uint64_t choice, Counts& counts) {
    // A copy of exactly that size, so that a read behind it is one behind an allocation.
    const std::vector<char> exact(text.begin(), text.end());
    const std::string_view view(exact.data(), exact.size());
    const auto call = static_cast<Call>(choice % (static_cast<unsigned>(Call::Probe) + 1));
    const ParsedReply parsed = parseReply(view, [&](std::uint64_t id) { return id % 5 == 4 ? std::nullopt : std::optional<Call>(call); });
    ++counts.inputs;
    if (parsed.kind == ReplyKind::Answer) {
        ++counts.answers;
        const Reply& reply = parsed.reply;
        if (reply.id == 0) broken("an answer without id", text);
        if (call == Call::GetSnapshotProperties && reply.hresult >= 0 && reply.snapshots.size() != 1) broken("not one snapshot", text);
        if (reply.snapshots.size() > kMaxSnapshotsOfQuery) broken("too many snapshots", text);
        for (const Snapshot& snapshot : reply.snapshots) {
            if (snapshot.deviceName.size() > kMaxTextUnits) broken("a text beyond its bound", text);
            if (snapshot.deviceName.find(u'\0') != std::u16string::npos) broken("a NUL in a text", text);
        }
    }
    counts.late += parsed.kind == ReplyKind::Late ? 1 : 0;
    counts.handshakes += parseHandshake(view).kind != HandshakeKind::Invalid ? 1 : 0;
    counts.files += parseChannelFile(view) ? 1 : 0;
    if (toUtf16(toUtf8(toUtf16(view))) != toUtf16(view)) broken("text does not survive UTF-8", text);
}

std::vector<std::string> readCorpus(const char* folder) {
    std::vector<std::string> corpus;
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
        std::ifstream in(path, std::ios::binary);
        corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return corpus;
}

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t seed = 1;
    double seconds = 0;
    std::uint64_t rounds = 0;
    for (int i = 2; i + 1 < argc; i += 2) {
        if (std::strcmp(argv[i], "--seed") == 0) seed = std::strtoull(argv[i + 1], nullptr, 10);
        if (std::strcmp(argv[i], "--seconds") == 0) seconds = std::strtod(argv[i + 1], nullptr);
        if (std::strcmp(argv[i], "--rounds") == 0) rounds = std::strtoull(argv[i + 1], nullptr, 10);
    }
    std::vector<std::string> corpus = argc > 1 ? readCorpus(argv[1]) : std::vector<std::string>();
    if (corpus.empty()) {
        std::fprintf(stderr, "usage: fuzz-messages CORPUS [--seed N] [--seconds N | --rounds N]; no messages in the corpus\n");
        return 2;
    }
    std::printf("fuzz: %zu messages, replay with --seed %llu\n", corpus.size(), static_cast<unsigned long long>(seed));
    std::fflush(stdout);
    Counts counts;
    for (const std::string& text : corpus) {
        for (unsigned call = 0; call <= static_cast<unsigned>(Call::Probe); ++call) check(text, call, counts);
    }
    Mutator mutator(std::move(corpus), seed);
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    for (std::uint64_t round = 0; rounds != 0 ? round < rounds : std::chrono::steady_clock::now() < end; ++round) {
        check(mutator.next(), mutator.below(1000), counts);
    }
    std::printf("fuzz: %llu inputs: %llu answers, %llu late, %llu of the handshake, %llu channel files, the others refused\n",
                static_cast<unsigned long long>(counts.inputs), static_cast<unsigned long long>(counts.answers),
                static_cast<unsigned long long>(counts.late), static_cast<unsigned long long>(counts.handshakes),
                static_cast<unsigned long long>(counts.files));
    return counts.answers > 0 && counts.handshakes > 0 && counts.files > 0 ? 0 : 1;
}
