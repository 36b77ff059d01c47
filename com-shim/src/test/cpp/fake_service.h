// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// A service in this process for the tests: speaks the channel well or badly, and answers what a test tells it.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gnomon/handles.h"

namespace gnomon::test {

enum class Manners {
    Good,
    WrongProof,       // the challenge's proof is of another secret
    Garbage,          // answers hello with bytes that are no frame of JSON
    Oversize,         // announces a frame of 2 MiB
    Silent,           // accepts and never answers
    Stalls,           // sends half of its challenge and no more
    Closes,           // closes after hello
    Refuses,          // knows no protocol that was offered
    OtherProtocol,    // welcomes with a protocol that was not offered
    EarlyWelcome,     // welcomes without having proved anything
    DoesNotListen,    // the channel's file names a port where nobody is
    NoFile,           // no channel file
};

struct Received {
    std::string call;
    std::string text;
    std::int64_t id = 0;
    std::int64_t object = 0;
    std::int64_t context = 0;
    std::int64_t withinMillis = 0;
    int connection = 0;
};

/** Fields of a reply behind its id; empty: no answer. */
using Handler = std::function<std::string(const Received&)>;

std::string ok(const std::string& result = "{}");
std::string error(const char* hresult, const std::string& reason = "because", const std::string& result = "{}");

/** JSON of a snapshot with ids that end in {@code number}. */
std::string snapshotJson(int number, const std::string& exposed = "null");

/** Listens from construction to destruction; the shim's settings in the registry name it. */
class FakeService {
public:
    explicit FakeService(Manners manners = Manners::Good, bool overPipe = false);
    ~FakeService();
    FakeService(const FakeService&) = delete;
    FakeService& operator=(const FakeService&) = delete;

    void on(const std::string& call, const std::string& reply);
    void on(const std::string& call, Handler handler);
    /** From now on nothing is answered, Probe included; or everything again. */
    void hang(bool hung) { hung_ = hung; }
    /** Sends bytes as they are on the newest connection. */
    void sendRaw(const std::string& bytes);
    void sendFrame(const std::string& text);
    /** Breaks all connections, as a service that dies. */
    void drop();

    std::vector<Received> received();
    /** The newest request of that call; fails the test if there is none. */
    Received last(const std::string& call);
    int count(const std::string& call);
    int connections() const { return connections_; }
    /** Whether no connection is left, waiting for it for at most that long. */
    bool disconnected(int millis = 30000);

private:
    struct Link;
    void acceptTcp();
    void acceptPipe(Handle pipe);
    void serve(const std::shared_ptr<Link>& link);
    bool shakeHands(Link& link);
    void answer(const std::shared_ptr<Link>& link, const Received& request);

    const Manners manners_;
    const bool pipe_;
    std::uint16_t port_ = 0;
    Socket listener_;
    std::atomic<bool> stopping_{false};
    std::atomic<bool> hung_{false};
    std::atomic<int> connections_{0};
    std::atomic<int> open_{0};
    std::mutex mutex_;
    std::map<std::string, Handler> handlers_;
    std::vector<Received> received_;
    std::vector<std::shared_ptr<Link>> links_;
    std::vector<std::thread> threads_;
};

/** Sets or, with a null value, deletes a value of the shim's settings. */
void setSetting(const wchar_t* name, const wchar_t* value);

}  // namespace gnomon::test
