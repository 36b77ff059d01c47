// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "fake_service.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "gnomon/identities.h"
#include "gnomon/open.h"

namespace gnomon::test {

namespace {

using Json = nlohmann::json;

const char* const kSecret = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const wchar_t* const kPipe = L"\\\\.\\pipe\\Gnomon.Vss.Test";

std::string hexOf(const Digest& digest) {
    std::string text;
    for (const std::uint8_t byte : digest) {
        char digits[3];
        std::snprintf(digits, sizeof(digits), "%02x", byte);
        text += digits;
    }
    return text;
}

Digest digestOf(const std::string& text) {
    Digest digest{};
    for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<std::uint8_t>(std::stoi(text.substr(2 * i, 2), nullptr, 16));
    return digest;
}

std::wstring channelFile() {
    wchar_t folder[300];
    GetTempPathW(300, folder);
    return std::wstring(folder) + L"gnomon-vss-channel-" + std::to_wstring(GetCurrentProcessId()) + L".json";
}

void writeChannelFile(std::uint16_t port) {
    const std::string text = R"({"schemaVersion":1,"address":"127.0.0.1","port":)" + std::to_string(port) + R"(,"secret":")" + kSecret + "\"}";
    Handle file = fileHandle(CreateFileW(channelFile().c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, 0, nullptr));
    DWORD written = 0;
    REQUIRE(WriteFile(file.get(), text.data(), static_cast<DWORD>(text.size()), &written, nullptr));
}

Handle newPipe() {
    return fileHandle(CreateNamedPipeW(kPipe, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE | PIPE_REJECT_REMOTE_CLIENTS,
                                       PIPE_UNLIMITED_INSTANCES, 65536, 65536, 0, nullptr));
}

std::string frameOf(const std::string& text) {
    std::string frame(4, '\0');
    for (std::size_t i = 0; i < 4; ++i) frame[i] = static_cast<char>((text.size() >> (24 - 8 * i)) & 0xFF);
    return frame + text;
}

}  // namespace

/** One connection: a socket, or a pipe opened for overlapped I/O so that reading does not keep writing out. */
struct FakeService::Link {
    Socket socket;
    Handle pipe;
    Handle readDone{CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    Handle writeDone{CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    std::mutex writing;
    int number = 0;

    int some(bool reading, char* buffer, int size) {
        if (socket) return reading ? recv(socket.get(), buffer, size, 0) : ::send(socket.get(), buffer, size, 0);
        OVERLAPPED overlapped{};
        overlapped.hEvent = reading ? readDone.get() : writeDone.get();
        const BOOL done = reading ? ReadFile(pipe.get(), buffer, static_cast<DWORD>(size), nullptr, &overlapped)
                                  : WriteFile(pipe.get(), buffer, static_cast<DWORD>(size), nullptr, &overlapped);
        if (!done && GetLastError() != ERROR_IO_PENDING) return -1;
        DWORD bytes = 0;
        return GetOverlappedResult(pipe.get(), &overlapped, &bytes, TRUE) ? static_cast<int>(bytes) : -1;
    }
    bool send(const std::string& bytes) {
        const std::lock_guard<std::mutex> guard(writing);
        std::string copy = bytes;
        for (std::size_t at = 0; at < copy.size();) {
            const int sent = some(false, copy.data() + at, static_cast<int>(copy.size() - at));
            if (sent <= 0) return false;
            at += static_cast<std::size_t>(sent);
        }
        return true;
    }
    bool read(char* buffer, std::size_t size) {
        for (std::size_t at = 0; at < size;) {
            const int got = some(true, buffer + at, static_cast<int>(size - at));
            if (got <= 0) return false;
            at += static_cast<std::size_t>(got);
        }
        return true;
    }
    bool readFrame(std::string& text) {
        std::uint8_t header[4];
        if (!read(reinterpret_cast<char*>(header), 4)) return false;
        text.assign((std::size_t{header[0]} << 24) | (std::size_t{header[1]} << 16) | (std::size_t{header[2]} << 8) | header[3], '\0');
        return read(text.data(), text.size());
    }
    void close() {
        if (socket) shutdown(socket.get(), SD_BOTH);
        if (pipe) {
            CancelIoEx(pipe.get(), nullptr);
            DisconnectNamedPipe(pipe.get());
        }
    }
};

void setSetting(const wchar_t* name, const wchar_t* value) {
    RegistryKey key;
    REQUIRE(RegCreateKeyExW(HKEY_LOCAL_MACHINE, GNOMON_WIDE(GNOMON_VSS_SETTINGS_KEY), 0, nullptr, 0, KEY_SET_VALUE | KEY_WOW64_64KEY, nullptr,
                            key.put(), nullptr) == ERROR_SUCCESS);
    if (value == nullptr) {
        RegDeleteValueW(key.get(), name);
        return;
    }
    const DWORD size = static_cast<DWORD>((std::wcslen(value) + 1) * sizeof(wchar_t));
    REQUIRE(RegSetValueExW(key.get(), name, 0, REG_SZ, reinterpret_cast<const BYTE*>(value), size) == ERROR_SUCCESS);
}

std::string ok(const std::string& result) { return R"("hresult":"0x00000000","result":)" + result; }

std::string error(const char* hresult, const std::string& reason, const std::string& result) {
    return std::string(R"("hresult":")") + hresult + R"(","result":)" + result + R"(,"reason":")" + reason + "\"";
}

std::string snapshotJson(int number, const std::string& exposed) {
    char id[13];
    std::snprintf(id, sizeof(id), "%012d", number);
    return std::string(R"({"snapshotId":"aaaaaaaa-0000-4000-8000-)") + id + R"(","setId":"bbbbbbbb-0000-4000-8000-000000000001",)" +
           R"("snapshotsCount":5,"deviceName":"\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy)" + std::to_string(number) +
           R"(","originalVolumeName":"\\\\?\\Volume{00000000-0000-0000-0000-000000000043}\\","originatingMachine":"H\u00d6ST",)" +
           R"("serviceMachine":"HOST","exposedName":)" + exposed + R"(,"exposedPath":null,"providerId":")" GNOMON_VSS_PROVIDER_ID
           R"(","attributes":131136,"creationTime":133771234567890000,"status":12})";
}

FakeService::FakeService(Manners manners, bool overPipe) : manners_(manners), pipe_(overPipe) {
    WSADATA data{};
    WSAStartup(MAKEWORD(2, 2), &data);
    setSetting(L"Channel", overPipe ? nullptr : L"tcp");
    setSetting(L"ChannelFile", channelFile().c_str());
    setSetting(L"PipeName", overPipe ? L"Gnomon.Vss.Test" : nullptr);
    if (pipe_) {
        // The first instance is there before a client can come.
        threads_.emplace_back([this, pipe = newPipe()]() mutable { acceptPipe(std::move(pipe)); });
        return;
    }
    listener_.reset(::socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    int size = sizeof(address);
    getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    DeleteFileW(channelFile().c_str());
    if (manners_ != Manners::NoFile) writeChannelFile(port_);
    if (manners_ == Manners::DoesNotListen || manners_ == Manners::NoFile) return;
    listen(listener_.get(), 16);
    threads_.emplace_back([this] { acceptTcp(); });
}

FakeService::~FakeService() {
    stopping_ = true;
    if (listener_) {
        shutdown(listener_.get(), SD_BOTH);
        listener_.reset();
    }
    if (pipe_) {
        // Wakes the thread that waits for a client.
        const Handle client = fileHandle(CreateFileW(kPipe, GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0, nullptr));
    }
    drop();
    for (std::size_t i = 0; ; ++i) {
        std::thread thread;
        {
            const std::lock_guard<std::mutex> guard(mutex_);
            if (i >= threads_.size()) break;
            thread = std::move(threads_[i]);
        }
        thread.join();
    }
    DeleteFileW(channelFile().c_str());
    WSACleanup();
}

void FakeService::acceptTcp() {
    while (!stopping_) {
        auto link = std::make_shared<Link>();
        link->socket.reset(accept(listener_.get(), nullptr, nullptr));
        if (!link->socket) return;
        link->number = ++connections_;
        ++open_;
        const std::lock_guard<std::mutex> guard(mutex_);
        links_.push_back(link);
        threads_.emplace_back([this, link] { serve(link); });
    }
}

void FakeService::acceptPipe(Handle pipe) {
    while (!stopping_ && pipe) {
        auto link = std::make_shared<Link>();
        link->pipe = std::move(pipe);
        OVERLAPPED overlapped{};
        overlapped.hEvent = link->readDone.get();
        if (!ConnectNamedPipe(link->pipe.get(), &overlapped) && GetLastError() == ERROR_IO_PENDING) {
            WaitForSingleObject(link->readDone.get(), INFINITE);
        }
        if (stopping_) return;
        pipe = newPipe();
        link->number = ++connections_;
        ++open_;
        const std::lock_guard<std::mutex> guard(mutex_);
        links_.push_back(link);
        threads_.emplace_back([this, link] { serve(link); });
    }
}

bool FakeService::shakeHands(Link& link) {
    std::string text;
    if (!link.readFrame(text)) return false;
    const Json hello = Json::parse(text);
    if (pipe_) return link.send(frameOf(R"({"type":"welcome","protocol":1,"serviceVersion":"0.1.0","maxFrameBytes":1048576})"));
    Digest nonce{};
    nonce.fill(7);
    Digest secret = digestOf(kSecret);
    if (manners_ == Manners::WrongProof) secret[31] ^= 1;
    Digest proof{};
    const Digest shimNonce = digestOf(hello.at("nonce"));
    proofOf(secret, kServiceRole, shimNonce, nonce, port_, proof);
    const std::string welcome = R"({"type":"welcome","protocol":1,"serviceVersion":"0.1.0","maxFrameBytes":1048576})";
    const std::string challenge = frameOf(R"({"type":"challenge","protocol":1,"nonce":")" + hexOf(nonce) + R"(","proof":")" + hexOf(proof) + "\"}");
    switch (manners_) {
        case Manners::Garbage: link.send(std::string("\0\0\0\5{{{{{", 9)); break;
        case Manners::Oversize: link.send(std::string("\0\x20\0\0", 4) + std::string(1000, ' ')); break;
        case Manners::Silent: break;
        case Manners::Stalls: link.send(challenge.substr(0, challenge.size() / 2)); break;
        case Manners::Closes: return false;
        case Manners::Refuses: link.send(frameOf(R"({"type":"refused","protocols":[9],"message":"too old"})")); break;
        case Manners::EarlyWelcome: link.send(frameOf(welcome)); break;
        default: link.send(challenge); break;
    }
    if (!link.readFrame(text)) return false;
    Digest expected{};
    proofOf(secret, kShimRole, shimNonce, nonce, port_, expected);
    if (Json::parse(text).at("proof") != hexOf(expected)) return false;
    if (manners_ == Manners::OtherProtocol) return link.send(frameOf(R"({"type":"welcome","protocol":2})")) && link.readFrame(text);
    return link.send(frameOf(welcome));
}

void FakeService::serve(const std::shared_ptr<Link>& link) {
    std::string text;
    try {
        if (shakeHands(*link)) {
            while (link->readFrame(text)) {
                const Json json = Json::parse(text);
                Received request;
                request.call = json.at("call");
                request.text = text;
                request.id = json.at("id");
                request.object = json.at("object");
                request.context = json.at("context");
                request.withinMillis = json.at("withinMillis");
                request.connection = link->number;
                const std::lock_guard<std::mutex> guard(mutex_);
                received_.push_back(request);
                threads_.emplace_back([this, link, request] { answer(link, request); });
            }
        }
    } catch (const std::exception& problem) {
        FAIL_CHECK("the fake service could not read: ", problem.what(), ": ", text);
    }
    link->close();
    --open_;
}

void FakeService::answer(const std::shared_ptr<Link>& link, const Received& request) {
    Handler handler;
    {
        const std::lock_guard<std::mutex> guard(mutex_);
        const auto found = handlers_.find(request.call);
        if (found != handlers_.end()) handler = found->second;
    }
    if (hung_) return;
    const std::string fields = handler ? handler(request) : ok();
    if (!fields.empty()) link->send(frameOf(R"({"type":"reply","id":)" + std::to_string(request.id) + "," + fields + "}"));
}

void FakeService::on(const std::string& call, const std::string& reply) {
    on(call, [reply](const Received&) { return reply; });
}

void FakeService::on(const std::string& call, Handler handler) {
    const std::lock_guard<std::mutex> guard(mutex_);
    handlers_[call] = std::move(handler);
}

void FakeService::sendRaw(const std::string& bytes) {
    std::shared_ptr<Link> link;
    {
        const std::lock_guard<std::mutex> guard(mutex_);
        REQUIRE(!links_.empty());
        link = links_.back();
    }
    link->send(bytes);
}

void FakeService::sendFrame(const std::string& text) { sendRaw(frameOf(text)); }

void FakeService::drop() {
    const std::lock_guard<std::mutex> guard(mutex_);
    for (const auto& link : links_) link->close();
}

std::vector<Received> FakeService::received() {
    const std::lock_guard<std::mutex> guard(mutex_);
    return received_;
}

Received FakeService::last(const std::string& call) {
    const std::vector<Received> all = received();
    for (auto request = all.rbegin(); request != all.rend(); ++request) {
        if (request->call == call) return *request;
    }
    FAIL("the service was not asked ", call);
    return Received();
}

int FakeService::count(const std::string& call) {
    int count = 0;
    for (const Received& request : received()) count += request.call == call ? 1 : 0;
    return count;
}

bool FakeService::disconnected(int millis) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(millis);
    while (open_ > 0 && std::chrono::steady_clock::now() < deadline) Sleep(5);
    return open_ == 0;
}

}  // namespace gnomon::test
